/** The canvas app with a cache that `setup` gave it, and what somebody else does to either by AWS's own calls. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { ContainerDefinition, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Clock } from '../../../src/clock.ts';
import type { Sandbox, SandboxAccount } from '../../../src/sandbox/sandbox.ts';
import { collabcanvas, type CollabcanvasOptions } from '../../../src/sandbox/scenarios/collabcanvas.ts';
import { INERT_CANVAS } from '../../faults/inert-canvas.ts';
import { accountCalls, type AccountCall } from '../account-calls.ts';
import { COLLABCANVAS, commandLine, PROGRAMS, REFRESH, type Ended } from '../command-line.ts';
import { typeIn } from '../typed-command.ts';
import { FULL } from '../../matrix.ts';

export const CLUSTER = 'collabcanvas';
export const SERVICE = 'collabcanvas-backend';
export const CACHE = 'collabcanvas-redis';
const MINUTE = 60_000;
/** What `npm test` samples is seen without asking the app: its tasks need not be processes. */
const PROGRAM = FULL ? {} : { inert: INERT_CANVAS };
/** The AWS CLI takes a second to start: each command is a program of its own in the full matrix alone. */
const BY_AWS_CLI = FULL && spawnSync('aws', ['--version']).status === 0;

/** How the canvas was set up, before anything broke. */
export interface Before {
  readonly scenario?: Partial<CollabcanvasOptions>;
  /** More words for `setup`, and for each `verify` those that it must be told again. */
  readonly setup?: readonly string[];
  readonly verify?: readonly string[];
  /** What somebody did after it, and was right in doing. */
  readonly then?: (scene: Scene) => Promise<unknown>;
}

export interface Scene {
  readonly call: AccountCall;
  readonly at: SandboxAccount;
  readonly sandbox: Sandbox;
  /** Until AWS has done what takes it minutes. */
  readonly wait: (minutes: number) => Promise<void>;
  readonly run: (...argv: readonly string[]) => Promise<Ended>;
  readonly verify: (...argv: readonly string[]) => Promise<Ended>;
  /** As it was printed: by a shell and the AWS CLI where there is one. */
  readonly type: (command: string) => Promise<void>;
  readonly service: () => Promise<Service>;
  readonly cache: () => Promise<ReplicationGroup>;
  readonly nodes: () => Promise<CacheCluster[]>;
  /** The name by which the app is to reach the cache. */
  readonly address: () => Promise<string>;
  /** Somebody's revision of the app's container, and the service on it. */
  readonly deploy: (
    change: (backend: ContainerDefinition) => ContainerDefinition,
    minutes?: number,
  ) => Promise<void>;
  /** The same, with plain values for these variables, or without them. */
  readonly hand: (variables: Readonly<Record<string, string | undefined>>) => Promise<void>;
  /** Tasks and task definitions of the probe's that are still there. */
  readonly left: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export async function openScene(
  sandbox: Sandbox,
  clock: Clock,
  { scenario, setup = [], verify = [], then: follow }: Before,
): Promise<Scene> {
  const at = await sandbox.openAccount(
    collabcanvas({ ...PROGRAM, programsFolder: PROGRAMS, tasks: 2, ...scenario }),
  );
  const call = accountCalls(at, clock);
  const run: Scene['run'] = (...argv) => commandLine(argv, at, clock);
  const wait = (minutes: number): Promise<void> => clock.sleep(minutes * MINUTE);
  const ended = await run('setup', ...COLLABCANVAS, ...REFRESH, ...setup, '--yes');
  if (ended.exitCode !== 0) throw new Error(`setup ended with ${ended.exitCode}: ${told(ended.result)}`);

  async function service(): Promise<Service> {
    const input = { cluster: CLUSTER, services: [SERVICE] };
    return (await call<{ services: Service[] }>('ecs', 'DescribeServices', input)).services[0]!;
  }

  async function cache(): Promise<ReplicationGroup> {
    const input = { ReplicationGroupId: CACHE };
    const { ReplicationGroups } = await call<{ ReplicationGroups: ReplicationGroup[] }>(
      'elasticache',
      'DescribeReplicationGroups',
      input,
    );
    return ReplicationGroups[0]!;
  }

  async function deploy(
    change: (backend: ContainerDefinition) => ContainerDefinition,
    minutes = 15,
  ): Promise<void> {
    const { taskDefinition } = await call<{ taskDefinition: TaskDefinition }>(
      'ecs',
      'DescribeTaskDefinition',
      { taskDefinition: (await service()).taskDefinition },
    );
    const containerDefinitions = taskDefinition.containerDefinitions!.map((each) =>
      each.name === 'backend' ? change(each) : each,
    );
    const made = await call<{ taskDefinition: TaskDefinition }>('ecs', 'RegisterTaskDefinition', {
      ...taskDefinition,
      containerDefinitions,
    });
    await call('ecs', 'UpdateService', {
      cluster: CLUSTER,
      service: SERVICE,
      taskDefinition: made.taskDefinition.taskDefinitionArn,
    });
    await wait(minutes);
  }

  const scene: Scene = {
    call,
    at,
    sandbox,
    wait,
    run,
    service,
    cache,
    deploy,
    verify: (...argv) => run('verify', ...COLLABCANVAS, ...REFRESH, ...verify, ...argv),
    async type(command) {
      if (command.startsWith('elasticache-wizard ')) {
        const { exitCode, result } = await run(...wordsOf(command).slice(1), '--yes');
        if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${told(result)}`);
      } else if (BY_AWS_CLI) await clock.busy(inShell(command, at));
      else await typeIn(command, call);
      await wait(15);
    },
    async nodes() {
      const { CacheClusters } = await call<{ CacheClusters: CacheCluster[] }>(
        'elasticache',
        'DescribeCacheClusters',
        { ShowCacheNodeInfo: true },
      );
      return CacheClusters.filter(({ ReplicationGroupId }) => ReplicationGroupId === CACHE);
    },
    async address() {
      const { ConfigurationEndpoint, NodeGroups } = await cache();
      return (ConfigurationEndpoint ?? NodeGroups?.[0]?.PrimaryEndpoint)?.Address ?? '';
    },
    hand: (variables) => deploy((backend) => handed(backend, variables)),
    async left() {
      const { taskDefinitionArns } = await call<{ taskDefinitionArns: string[] }>(
        'ecs',
        'ListTaskDefinitions',
        {},
      );
      const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', { cluster: CLUSTER });
      const { tasks } = await call<{ tasks: Task[] }>('ecs', 'DescribeTasks', {
        cluster: CLUSTER,
        tasks: taskArns,
      });
      const ours = tasks.filter(({ startedBy }) => startedBy?.startsWith('elasticache-wizard'));
      return [
        ...taskDefinitionArns.filter((arn) => arn.includes('elasticache-wizard-probe')),
        ...ours.map(({ taskArn }) => taskArn ?? ''),
      ];
    },
    close: () => at.account.close(),
  };
  await follow?.(scene);
  return scene;
}

function handed(
  backend: ContainerDefinition,
  variables: Readonly<Record<string, string | undefined>>,
): ContainerDefinition {
  const { environment = [], secrets = [] } = backend;
  const isKept = ({ name = '' }: { name?: string | undefined }): boolean => !(name in variables);
  const plain = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  return {
    ...backend,
    environment: [...environment.filter(isKept), ...plain],
    secrets: secrets.filter(isKept),
  };
}

/** Every answer, for whoever looks at a failure. */
export function told({ checks, error }: Ended['result']): string {
  const lines = checks.map(({ id, outcome, detail }) => `${id} ${outcome}: ${detail}`);
  return [...lines, `${error?.message ?? ''} ${error?.hint ?? ''}`].join('\n');
}

async function inShell(command: string, { env }: SandboxAccount): Promise<void> {
  const files = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_PAGER: '' };
  await promisify(execFile)('sh', ['-c', command], { env: { ...process.env, ...env, ...files } });
}

function wordsOf(command: string): string[] {
  const words = command.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'/g, '$1').replaceAll("\\'", "'"));
}
