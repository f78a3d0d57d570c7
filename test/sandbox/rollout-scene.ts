/** An account with the inert canvas app, the whole command line against it, and an app that takes Redis badly in various ways. */
import { VirtualClock } from '../../src/clock.ts';
import type { InertProgram } from '../../src/sandbox/ecs/inert-container.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { openCanvas, type CanvasAccount } from './ecs-account.ts';
import { inertSandbox } from './quick-account.ts';

/** What the app does as soon as it is handed a Redis; in its variable WITH_REDIS. */
export type WithRedis = 'crash' | 'unhealthy' | 'crash later';

export type SceneOptions = Omit<CollabcanvasOptions, 'programsFolder' | 'inert' | 'environment'> & {
  readonly withRedis?: WithRedis;
};

export interface RolloutScene extends CanvasAccount {
  /** The whole of it, proof included. */
  setup(...flags: string[]): Promise<Ended>;
  run(...argv: string[]): Promise<Ended>;
  /** What the service runs, on how many tasks, and whether that has a Redis. */
  runs(): Promise<{ taskDefinition: string | undefined; tasks: number; redis: boolean }>;
  /** How often it was called. */
  calls(action: string): number;
  /** Runs once, a second or so after our first call of `action`. */
  after(action: string, then: () => unknown): void;
  /** Requests through the load balancer, one a second of the clock, until they are stopped. */
  load(): { stop(): Promise<{ sent: number; failed: number }> };
}

export interface RolloutStage {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  open(options?: SceneOptions): Promise<RolloutScene>;
  /** Of the scene that was opened last. */
  closeScene(): Promise<void>;
}

export async function openRolloutStage(): Promise<RolloutStage> {
  const clock = new VirtualClock();
  const sandbox = await inertSandbox({ clock });
  let opened: RolloutScene | undefined;
  return {
    sandbox,
    clock,
    async open({ withRedis, ...options } = {}) {
      const app = await openCanvas(sandbox, {
        drainSeconds: 30,
        ...options,
        inert: { ...INERT_CANVAS, backend: moodyBackend(clock) },
        ...(withRedis ? { environment: { WITH_REDIS: withRedis } } : {}),
      });
      opened = sceneOf(app, sandbox, clock);
      return opened;
    },
    async closeScene() {
      await opened?.at.account.close();
      opened = undefined;
      sandbox.faults.clear();
    },
  };
}

function moodyBackend(clock: VirtualClock): InertProgram {
  return (container) => {
    const { environment, exit } = container;
    const answer = INERT_CANVAS.backend(container);
    const mood = environment.REDIS_URL === undefined ? undefined : environment.WITH_REDIS;
    if (typeof answer === 'number' || mood === undefined) return answer;
    if (mood === 'crash') return 1;
    if (mood === 'crash later') clock.after(60_000, () => exit(1));
    if (mood !== 'unhealthy') return answer;
    return (_request, response) => {
      response.statusCode = 500;
      response.end();
    };
  };
}

function sceneOf(app: CanvasAccount, sandbox: Sandbox, clock: VirtualClock): RolloutScene {
  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, app.at, clock);
  const calls = (action: string): number =>
    sandbox
      .calls()
      .filter((call) => call.action === action && call.accessKeyId === app.at.account.accessKeyId).length;
  return {
    ...app,
    run,
    setup: (...flags) => run('setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...flags),
    async runs() {
      const { taskDefinition, runningCount = 0 } = await app.service();
      const { taskDefinition: revision } = await app.ecs<{
        taskDefinition: { containerDefinitions: { environment?: { name: string }[] }[] };
      }>('DescribeTaskDefinition', { taskDefinition });
      const redis = revision.containerDefinitions.some(({ environment = [] }) =>
        environment.some(({ name }) => name === 'REDIS_URL'),
      );
      return { taskDefinition, tasks: runningCount, redis };
    },
    calls,
    after(action, then) {
      const look = (): void => {
        if (calls(action) > 0) then();
        else clock.after(1_000, look);
      };
      clock.after(1_000, look);
    },
    load() {
      let isOver = false;
      const sending = send(new URL('/api/projects/demo/objects/count', app.at.appUrl), clock, () => isOver);
      return {
        stop() {
          isOver = true;
          return sending;
        },
      };
    },
  };
}

async function send(
  url: URL,
  clock: VirtualClock,
  isOver: () => boolean,
): Promise<{ sent: number; failed: number }> {
  let sent = 0;
  let failed = 0;
  while (!isOver()) {
    sent += 1;
    try {
      const response = await clock.busy(fetch(url, { headers: { connection: 'close' } }));
      await response.arrayBuffer();
      if (!response.ok) failed += 1;
    } catch {
      failed += 1;
    }
    await clock.sleep(1_000);
  }
  return { sent, failed };
}
