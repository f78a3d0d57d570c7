/** The configurations that come with the package, unchanged, each on its system: what the account and the app are afterwards. */
import type { DescribeServicesResponse, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import type { DescribeServerlessCachesResponse, ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';

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
  const started = await startSandbox({ scenario, programsFolder: PROGRAMS, clock });
  sandbox = started;
  return {
    call: accountCalls(started, clock),
    appUrl: started.appUrl ?? '',
    run: (...argv) => commandLine(argv, started, clock),
  };
}

const setup = (name: string): string[] => ['setup', '--config', `templates/configs/${name}.yaml`, '--yes'];

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

describe('collabcanvas', () => {
  test('is set up by its configuration, proven, and unchanged the second time', async () => {
    const system = await open(collabcanvas({ programsFolder: PROGRAMS }));
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

describe('close-up', () => {
  test('is set up by its configuration: parts in variables, the password in a secret, and nothing to see of it', async () => {
    const system = await open(closeUp({ programsFolder: PROGRAMS }));
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
      REDIS_PASSWORD: expect.stringMatching(/^from arn:aws:secretsmanager:ap-south-1:.*:REDIS_PASSWORD::$/),
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
  });
});
