/** An account with the inert canvas app for the way back: set up, looked at, and changed by others in between. */
import { VirtualClock } from '../../src/clock.ts';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { mortalWorld, type Death } from '../faults/mortal-world.ts';
import { callsOf, photograph, type Photograph } from '../faults/photograph.ts';
import { COLLABCANVAS, commandLine, type Ended } from './command-line.ts';
import { inertCanvas, inertSandbox } from './quick-account.ts';

export const PROJECT = 'collabcanvas-backend';
const SERVICE = { cluster: 'collabcanvas', service: 'collabcanvas-backend' };
const PACE = ['--poll-interval', '60'];
export const ROLLBACK = ['rollback', '--project', PROJECT, '--yes', ...PACE];
export const DESTROY = ['destroy', '--project', PROJECT, '--confirm', PROJECT, ...PACE];

export interface Tag {
  key: string;
  value: string;
}
export interface Document {
  taskDefinitionArn: string;
  family: string;
  containerDefinitions: {
    name: string;
    image: string;
    environment: { name: string; value: string }[];
    secrets?: { name: string; valueFrom: string }[];
  }[];
  [member: string]: unknown;
}
export interface Revision {
  taskDefinition: Document;
  tags: Tag[];
}

export interface UndoScene {
  readonly account: SandboxAccount['account'];
  readonly call: ReturnType<typeof callsOf>;
  run(...argv: string[]): Promise<Ended>;
  setup(...argv: string[]): Promise<Ended>;
  /** Killed there, unless it ends before; then waits until its lease is over. */
  runKilled(argv: readonly string[], death: Death): Promise<Ended | 'killed'>;
  look(): Promise<Photograph>;
  running(): Promise<Revision>;
  /** The plain variables of the app's container. */
  environment(): Promise<Record<string, string>>;
  /** Somebody else deploys a new image of the app, in what runs unless another revision is named. */
  deployNewImage(tags?: readonly Tag[], document?: Document, settledAfterMs?: number): Promise<string>;
  image(): Promise<string>;
  targetGroupArn(): Promise<string>;
  /** Write calls so far, leases aside. */
  writes(): string[];
  /** The next cache that is created will not be. */
  failNextCreate(): void;
  close(): Promise<void>;
}

export interface UndoStage {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  open(options?: SceneOptions): Promise<UndoScene>;
  /** Of the scene that was opened last; what befell it is over. */
  closeScene(): Promise<void>;
}

type SceneOptions = Omit<CollabcanvasOptions, 'programsFolder' | 'inert'>;

export async function openUndoStage(): Promise<UndoStage> {
  const clock = new VirtualClock();
  const sandbox = await inertSandbox({ clock });
  let opened: UndoScene | undefined;
  return {
    sandbox,
    clock,
    async open(options) {
      opened = await openScene(sandbox, clock, options);
      return opened;
    },
    async closeScene() {
      await opened?.close();
      opened = undefined;
      sandbox.faults.clear();
    },
  };
}

async function openScene(
  sandbox: Sandbox,
  clock: VirtualClock,
  options: SceneOptions = {},
): Promise<UndoScene> {
  const at = await sandbox.openAccount(inertCanvas({ tasks: 2, ...options }));
  const call = callsOf(at.account);
  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);

  async function running(): Promise<Revision> {
    const { services } = await call<{ services: { taskDefinition: string }[] }>('ecs', 'DescribeServices', {
      cluster: SERVICE.cluster,
      services: [SERVICE.service],
    });
    const { taskDefinition } = services[0]!;
    return call<Revision>('ecs', 'DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] });
  }

  return {
    account: at.account,
    call,
    run,
    setup: (...argv) => run('setup', ...COLLABCANVAS, '--no-probe', '--no-verify', '--yes', ...PACE, ...argv),
    async runKilled(argv, death) {
      const world = await mortalWorld(sandbox.endpointUrl, clock, death);
      const env = { ...at.env, AWS_ENDPOINT_URL: world.endpointUrl };
      try {
        return await Promise.race([commandLine(argv, { env }, world.clock), world.died]);
      } finally {
        world.close();
        await clock.sleep(LEASE_MS);
      }
    },
    look: () => photograph(at.account),
    running,
    async environment() {
      const { environment } = backendOf((await running()).taskDefinition);
      return Object.fromEntries(environment.map(({ name, value }) => [name, value]));
    },
    image: async () => backendOf((await running()).taskDefinition).image,
    async deployNewImage(tags = [], document, settledAfterMs = 20 * 60_000) {
      const now = document ?? (await running()).taskDefinition;
      const { image } = backendOf(now);
      const reference = `${image}-2`;
      at.account.images.set(reference, { ...at.account.images.get(image)!, reference });
      const containerDefinitions = now.containerDefinitions.map((container) =>
        container.name === 'backend' ? { ...container, image: reference } : container,
      );
      const input = { ...now, containerDefinitions, ...(tags.length > 0 ? { tags } : {}) };
      const { taskDefinition } = await call<Revision>('ecs', 'RegisterTaskDefinition', input);
      await call('ecs', 'UpdateService', { ...SERVICE, taskDefinition: taskDefinition.taskDefinitionArn });
      await clock.sleep(settledAfterMs);
      return taskDefinition.taskDefinitionArn;
    },
    async targetGroupArn() {
      const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string }[] }>(
        'elasticloadbalancing',
        'DescribeTargetGroups',
        {},
      );
      return TargetGroups[0]!.TargetGroupArn;
    },
    writes: () =>
      sandbox
        .calls()
        .filter(({ accessKeyId, write }) => write && accessKeyId === at.env.AWS_ACCESS_KEY_ID)
        .map(({ service, action }) => `${service}:${action}`)
        .filter((action) => !action.startsWith('ssm:')),
    failNextCreate: () => at.account.elasticache.failNextCreate('insufficient capacity'),
    close: () => at.account.close(),
  };
}

export function backendOf({ containerDefinitions }: Document): Document['containerDefinitions'][number] {
  return containerDefinitions.find(({ name }) => name === 'backend')!;
}
