/** The configurations that come with the package, unchanged, each on its system: what the account and the app are afterwards. */
import type { DescribeServicesResponse, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import type {
  CacheClusterMessage,
  DescribeServerlessCachesResponse,
  ReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { inMatrix, sample } from '../matrix.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

let sandbox: Sandbox | undefined;

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

interface System {
  readonly call: AccountCall;
  readonly appUrl: string;
  run(...argv: string[]): Promise<Ended>;
}

async function open(scenario: Scenario): Promise<System> {
  const clock = new VirtualClock();
  const started = await quickSandbox({ scenario, clock });
  sandbox = started;
  return {
    call: accountCalls(started, clock),
    appUrl: started.appUrl ?? '',
    run: (...argv) => commandLine(argv, started, clock),
  };
}

const setup = (name: string): string[] => ['setup', '--config', `templates/configs/${name}.yaml`, '--yes'];

const RESTART = 'systemctl restart kempian';

/** What the running revision gives its container: values, and where secrets are kept. */
async function variablesOf(
  { call }: System,
  cluster: string,
  service: string,
): Promise<Record<string, string>> {
  const { services } = await call<DescribeServicesResponse>('ecs', 'DescribeServices', {
    cluster,
    services: [service],
  });
  const { taskDefinition } = await call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', {
    taskDefinition: services![0]!.taskDefinition,
  });
  const { environment = [], secrets = [] } = taskDefinition!.containerDefinitions!.find(
    ({ name }) => name !== 'log-router',
  )!;
  return Object.fromEntries([
    ...environment.map(({ name, value }) => [name, value]),
    ...secrets.map(({ name, valueFrom }) => [name, `from ${valueFrom}`]),
  ]) as Record<string, string>;
}

describe.skipIf(!hasRedis)('collabcanvas', () => {
  // `setup.test.ts` does the same by flags.
  inMatrix('is set up by its configuration, proven, and unchanged the second time', async () => {
    const system = await open(quickCanvas());
    const { exitCode, result } = await system.run(...setup('collabcanvas'));
    expect([result.error, exitCode, result.proven]).toEqual([undefined, 0, true]);
    const { ReplicationGroups } = await system.call<ReplicationGroupMessage>(
      'elasticache',
      'DescribeReplicationGroups',
    );
    expect(ReplicationGroups).toEqual([
      expect.objectContaining({
        ReplicationGroupId: 'collabcanvas-redis',
        Description: 'Redis cache for CollabCanvas multi-instance state',
        Status: 'available',
        CacheNodeType: 'cache.t3.micro',
        MemberClusters: ['collabcanvas-redis-001'],
        ClusterEnabled: false,
      }),
    ]);
    const { REDIS_URL } = await variablesOf(system, 'collabcanvas', 'collabcanvas-backend');
    expect(REDIS_URL).toMatch(/^rediss:\/\/master\.collabcanvas-redis\..*:6379$/);
    const counts = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const response = await fetch(`${system.appUrl}/api/projects/demo/objects/count`);
        return ((await response.json()) as { count: number }).count;
      }),
    );
    expect(new Set(counts).size).toBe(1);
    const again = await system.run(...setup('collabcanvas'));
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
  });
});

describe.skipIf(!hasRedis)('close-up', () => {
  test('is set up by its configuration: parts in variables, the password in a secret, and nothing to see of it', async () => {
    const system = await open(closeUp({ programsFolder: PROGRAMS }));
    const before = await variablesOf(system, 'close-up', 'close-up-api');
    const ended = await system.run(...setup('close-up'));
    expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
    const { ServerlessCaches } = await system.call<DescribeServerlessCachesResponse>(
      'elasticache',
      'DescribeServerlessCaches',
    );
    expect(ServerlessCaches).toEqual([
      expect.objectContaining({
        ServerlessCacheName: 'close-up-redis',
        Status: 'available',
        Engine: 'redis',
      }),
    ]);
    const variables = await variablesOf(system, 'close-up', 'close-up-api');
    expect(variables).toMatchObject({
      REDIS_HOST: ServerlessCaches![0]!.Endpoint!.Address,
      REDIS_PORT: '6379',
      REDIS_DB: '0',
      REDIS_TLS: 'true',
      REDIS_PASSWORD: expect.stringMatching(
        /^from arn:aws:secretsmanager:ap-south-1:.*:REDIS_PASSWORD::$/,
      ) as string,
    });
    const views = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const response = await fetch(`${system.appUrl}/views/home`);
        return (await response.json()) as { views: number; from: string };
      }),
    );
    expect(new Set(views.map(({ from }) => from))).toEqual(new Set(['redis']));
    expect(views.map(({ views: count }) => count).toSorted()).toEqual([1, 2, 3, 4]);
    const again = await system.run(...setup('close-up'));
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    const status = await system.run('status', '--project', 'close-up', '--strict');
    // The file leaves open who is to be told.
    expect(new Set(status.result.driftNotes?.map(({ kind }) => kind))).toEqual(new Set(['alarms']));
    const back = await system.run('rollback', '--project', 'close-up', '--yes');
    expect([back.result.error, await variablesOf(system, 'close-up', 'close-up-api')]).toEqual([
      undefined,
      before,
    ]);
  });
});

describe.skipIf(!hasRedis)('funmagic', () => {
  test('is set up by its configuration: four caches, jobs that are never evicted, an empty prefix beside another', async () => {
    const system = await open(funmagic({ programsFolder: PROGRAMS }));
    const { exitCode, result } = await system.run(...setup('funmagic'));
    expect([result.error, exitCode]).toEqual([undefined, 0]);
    expect(result.caches.map(({ name, status, nodes }) => [name, status, nodes])).toEqual([
      ['funmagic-redis', 'available', 2],
      ['funmagic-queue', 'available', 2],
      ['funmagic-pubsub', 'available', 2],
      ['funmagic-admin', 'available', 2],
    ]);
    const { CacheClusters } = await system.call<CacheClusterMessage>('elasticache', 'DescribeCacheClusters');
    const groups = Object.fromEntries(
      CacheClusters!.map(({ CacheClusterId, CacheParameterGroup }) => [
        CacheClusterId!,
        CacheParameterGroup!.CacheParameterGroupName!,
      ]),
    );
    expect(groups).toMatchObject({
      'funmagic-redis-001': 'default.redis7',
      'funmagic-queue-001': 'funmagic-queue-parameters',
      'funmagic-admin-002': 'funmagic-admin-parameters',
    });
    await fetch(`${system.appUrl}/jobs?count=5`, { method: 'POST' });
    const response = await fetch(`${system.appUrl}/jobs`);
    expect(await response.json()).toMatchObject({ prefix: 'bull' });
    const again = await system.run(...setup('funmagic'));
    const pending = again.result.changes.filter(({ action }) => action !== 'none');
    expect([again.exitCode, pending]).toEqual([0, []]);
    // Each app is restarted by its own command, as the file has it.
    const back = await system.run('rollback', '--config', 'templates/configs/funmagic.yaml', '--yes');
    expect([back.result.error, back.exitCode]).toEqual([undefined, 0]);
    const alone = await fetch(`${system.appUrl}/jobs`);
    expect(((await alone.json()) as { prefix: string }).prefix).toMatch(/^unset-/);
  });
});

describe.skipIf(!hasRedis).each(sample(['production', 'development'] as const, 2))(
  'kempian in %s',
  (phase) => {
    test('moves from its own Redis to the cache, and back', async () => {
      const system = await open(kempian({ programsFolder: PROGRAMS, phases: [phase] }));
      const { exitCode, result } = await system.run(...setup(`kempian-${phase}`));
      expect([result.error, exitCode]).toEqual([undefined, 0]);
      const [cache] = result.caches;
      expect(cache).toMatchObject(
        phase === 'production'
          ? { name: 'kempian-cache-prod', nodes: 2, auth: 'token', transitEncryption: true }
          : { name: 'kempian-cache-dev', nodes: 1, auth: 'none', transitEncryption: false },
      );
      const usedCache = async (): Promise<unknown> => (await fetch(`${system.appUrl}/health`)).json();
      expect(JSON.stringify(await usedCache())).toContain(cache!.endpoint!.address);
      const back = await system.run(
        'rollback',
        '--project',
        `kempian-${phase}`,
        '--yes',
        '--restart-command',
        RESTART,
      );
      expect([back.result.error, back.exitCode]).toEqual([undefined, 0]);
      expect(JSON.stringify(await usedCache())).not.toContain(cache!.endpoint!.address);
    });
  },
);
