/** Accounts with the inert canvas app, and whole runs of the command line against them. */
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from '../sandbox/command-line.ts';
import { inertCanvas, inertSandbox } from '../sandbox/quick-account.ts';
import { mortalWorld, type Death } from './mortal-world.ts';

export { FULL, sample } from '../matrix.ts';

/** The parameter that keeps a second run out. */
export const LEASE = '/elasticache-wizard/collabcanvas-backend/lease';

export const SETUP = ['setup', ...COLLABCANVAS, ...REFRESH, '--yes'];

const PROJECT = ['--project', 'collabcanvas-backend'];
export const ROLLBACK = ['rollback', ...PROJECT, '--yes'];
export const DESTROY = ['destroy', ...PROJECT, '--confirm', 'collabcanvas-backend'];

export interface Scene extends SandboxAccount {
  readonly clock: VirtualClock;
  setup(...flags: string[]): Promise<Ended>;
  /** `timeouts` in ms, of each call. */
  run(argv: readonly string[], timeouts?: { connection: number; response: number }): Promise<Ended>;
  /** Killed there, unless it ends before; in a process and on a machine of its own. */
  runKilled(argv: readonly string[], death: Death): Promise<Ended | 'killed'>;
  /** From now on its runs are refused everything to do with leases. */
  denyLease(): void;
  /** The calls to AWS so far. */
  calls(): readonly string[];
}

export interface Stage {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** Closed with the sandbox. */
  openScene(): Promise<Scene>;
  /** Closed when `play` ends. */
  withScene<T>(play: (scene: Scene) => Promise<T>): Promise<T>;
}

export async function openStage(choices: { readonly cacheSpeed?: number } = {}): Promise<Stage> {
  const clock = new VirtualClock();
  const sandbox = await inertSandbox({ clock, ...choices });
  const open = (): Promise<SandboxAccount> => sandbox.openAccount(inertCanvas());
  return {
    sandbox,
    clock,
    openScene: async () => sceneOf(sandbox, clock, await open()),
    async withScene(play) {
      const opened = await open();
      try {
        return await play(sceneOf(sandbox, clock, opened));
      } finally {
        await opened.account.close();
        sandbox.faults.clear();
      }
    },
  };
}

function sceneOf(sandbox: Sandbox, clock: VirtualClock, opened: SandboxAccount): Scene {
  const run: Scene['run'] = (argv, timeouts) => commandLine(argv, opened, clock, undefined, timeouts);
  return {
    ...opened,
    clock,
    run,
    setup: (...flags) => run([...SETUP, ...flags]),
    async runKilled(argv, death) {
      const world = await mortalWorld(sandbox.endpointUrl, clock, death);
      const env = { ...opened.env, AWS_ENDPOINT_URL: world.endpointUrl };
      try {
        return await Promise.race([commandLine(argv, { env }, world.clock), world.died]);
      } finally {
        world.close();
      }
    },
    denyLease: () => {
      sandbox.faults.add({ kind: 'access-denied', service: 'ssm', accessKeyId: opened.account.accessKeyId });
    },
    calls: () =>
      sandbox
        .calls()
        .filter(({ accessKeyId }) => accessKeyId === opened.env.AWS_ACCESS_KEY_ID)
        .map(({ service, action }) => `${service}:${action}`),
  };
}
