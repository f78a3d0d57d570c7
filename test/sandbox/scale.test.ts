/** `scale` of a cache that runs: nothing but its size changes, by the same way as in `setup`. */
import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { PolicyDocument } from '../../src/domain/iam/document.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, type Ended } from './command-line.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const NAMED = COLLABCANVAS.slice(0, 4);

const clock = new VirtualClock();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: inertCanvas(), clock });
  // What nobody says again: names of its own, the project's too, and no sticky sessions.
  const own = [
    '--project',
    'drawings',
    '--security-group-name',
    'canvas-cache',
    '--subnet-group-name',
    'canvas-subnets',
    '--no-stickiness',
  ];
  const { result } = await run('setup', ...COLLABCANVAS, ...own, '--yes');
  expect(result.error).toBeUndefined();
  await clock.advance(10 * 60_000);
});

afterAll(() => sandbox.close());

const run = (...argv: string[]): Promise<Ended> => commandLine(argv, sandbox, clock);
const scale = (...argv: string[]): Promise<Ended> => run('scale', ...NAMED, ...argv);

async function group(): Promise<ReplicationGroup> {
  const call = accountCalls(sandbox, clock);
  const { ReplicationGroups } = await call<{ ReplicationGroups: ReplicationGroup[] }>(
    'elasticache',
    'DescribeReplicationGroups',
  );
  return ReplicationGroups[0]!;
}

/** The run's own lease aside. */
const writes = (): string[] =>
  sandbox
    .calls()
    .filter(({ service, write, outcome }) => write && service !== 'ssm' && outcome === 'ok')
    .map(({ service, action }) => `${service}:${action}`);

const sizingOf = ({ events }: Ended) => events.find(({ type }) => type === 'sizing');

test('without a size it shows what there is and what there could be, and changes nothing', async () => {
  const before = writes().length;
  const ended = await scale();
  expect([ended.exitCode, ended.result.error, writes().length]).toEqual([0, undefined, before]);
  expect(sizingOf(ended)).toMatchObject({
    cache: 'collabcanvas-redis',
    from: { cacheNodeType: 'cache.t3.micro', replicas: 0, monthlyUsd: 12.41 },
    observed: { hour: { evictions: 0 } },
    neighbours: expect.arrayContaining([
      expect.objectContaining({ cacheNodeType: 'cache.t3.small', usableGib: 1.03 }),
    ]) as unknown,
  });
});

test('a size is approved, applied and checked, and the app is left as it is', async () => {
  const named = [
    ...COLLABCANVAS,
    ...['--project', 'drawings', '--subnet-group-name', 'canvas-subnets', '--region', 'us-east-1'],
  ];
  const whole = await run('policy', '--for', 'scale', ...named);
  const { document } = whole.events.find(({ type }) => type === 'policy') as { document: PolicyDocument };
  sandbox.setPolicy(document, sandbox.env.AWS_ACCESS_KEY_ID);
  const before = writes().length;

  const ended = await scale('--cache-node-type', 'cache.t3.small', '--replicas', '1', '--multi-az', '--yes');

  expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
  expect(sizingOf(ended)).toMatchObject({ to: { monthlyUsd: 49.64 } });
  expect(await group()).toMatchObject({
    CacheNodeType: 'cache.t3.small',
    MultiAZ: 'enabled',
    MemberClusters: ['collabcanvas-redis-001', 'collabcanvas-redis-002'],
  });
  const made = writes().slice(before);
  // What is left besides is the probe's task.
  expect(made.filter((call) => !call.startsWith('ecs:'))).toEqual([
    'elasticache:ModifyReplicationGroup',
    'elasticache:IncreaseReplicaCount',
    'elasticache:ModifyReplicationGroup',
  ]);
  expect(made).not.toContain('ecs:UpdateService');
  expect(ended.result.changes.filter(({ action }) => action !== 'none').map(({ kind }) => kind)).toEqual([
    'cache',
  ]);

  const again = await scale('--cache-node-type', 'cache.t3.small', '--yes');
  expect([again.exitCode, again.result.error]).toEqual([0, undefined]);
  expect(again.result.changes.filter(({ action }) => action !== 'none')).toEqual([]);
  sandbox.setPolicy(undefined, sandbox.env.AWS_ACCESS_KEY_ID);
});

test('a size without an approval, or that AWS would not take, changes nothing', async () => {
  const before = writes().length;
  expect((await scale('--replicas', '2')).exitCode).toBe(2);
  const shards = await scale('--shards', '2', '--yes');
  expect([shards.exitCode, shards.result.error?.message]).toEqual([
    4,
    expect.stringContaining('cluster mode'),
  ]);
  const none = await scale('--cache-name', 'collabcanvas-rediss', '--replicas', '2', '--yes');
  expect([none.exitCode, none.result.error?.hint]).toEqual([
    2,
    expect.stringContaining('collabcanvas-redis'),
  ]);
  expect(writes()).toHaveLength(before);
});
