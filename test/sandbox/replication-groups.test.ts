/** Every kind of replication group that setup makes, and what it is to its clients: seen in the account and with ioredis. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { hasRedis } from './redis-program.ts';
import { CACHE, canvases, PROJECT } from './canvas-with-cache.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { FULL, inMatrix } from '../matrix.ts';

const clock = new VirtualClock();
const canvas = canvases(clock);
/** Where nothing is asked of the app or the server. */
const inertCanvas = (): ReturnType<typeof canvas> => canvas({ inert: INERT_CANVAS });

describe('a cache with parameters of its own', () => {
  inMatrix(
    'has them on its server, keeps them, changes them, and takes its group along when it goes',
    async () => {
      const app = await canvas();
      const asked = ['--maxmemory-policy', 'noeviction'];
      const made = await app.setup(...asked);
      expect(made.result.error).toBeUndefined();
      expect(await app.nodes()).toMatchObject([
        { CacheParameterGroup: { CacheParameterGroupName: `${CACHE}-parameters` } },
      ]);
      expect(await app.tagsOf('parametergroup', `${CACHE}-parameters`)).toMatchObject({
        'elasticache-wizard:project': PROJECT,
        'elasticache-wizard:of': `${CACHE}-parameters`,
      });
      if (hasRedis) expect(await app.info('memory')).toContain('maxmemory_policy:noeviction');
      expect((await app.setup(...asked)).result.awsCalls.writes).toBe(0);
      expect((await app.setup()).result.awsCalls.writes).toBe(0);

      const changed = await app.setup('--maxmemory-policy', 'allkeys-lru', '--parameter', 'timeout=60');
      expect(changed.result.error).toBeUndefined();
      if (hasRedis) expect(await app.info('memory')).toContain('maxmemory_policy:allkeys-lru');

      const destroyed = await app.destroy();
      expect(destroyed.result.error).toBeUndefined();
      expect(await app.parameterGroups()).toEqual([]);
    },
  );

  test.each([
    ['noeviktion', ['--parameter', 'maxmemory-policy=noeviktion'], 'is not among its values'],
    ['a name that is not there', ['--parameter', 'maxmemory-polisy=noeviction'], 'maxmemory-policy'],
    ['one that nobody may change', ['--parameter', 'appendonly=yes'], 'lets nobody change it'],
  ])('is refused %s before anything is made', async (_what, argv, said) => {
    const app = await inertCanvas();
    const { exitCode, result } = await app.setup(...argv);
    expect(exitCode).toBe(2);
    expect(`${result.error?.message} ${result.error?.hint}`).toContain(said);
    expect(result.awsCalls.writes).toBe(0);
  });

  test('that are in a group of the user’s is made with that group, which stays as it is', async () => {
    const app = await inertCanvas();
    await app.call('elasticache', 'CreateCacheParameterGroup', {
      CacheParameterGroupName: 'team',
      CacheParameterGroupFamily: 'redis7',
      Description: 'theirs',
    });
    const wrong = await app.setup('--engine', 'valkey', '--parameter-group', 'team');
    expect(wrong.result.error?.message).toContain('of the family redis7, and the cache takes valkey8');
    expect((await app.setup('--parameter-group', 'team')).result.error).toBeUndefined();
    expect(await app.nodes()).toMatchObject([{ CacheParameterGroup: { CacheParameterGroupName: 'team' } }]);
    expect(await app.tagsOf('parametergroup', 'team')).toEqual({});
    await app.destroy();
    expect(await app.parameterGroups()).toEqual(['team']);
  });
});

inMatrix('a Valkey cache is made with the family that AWS says, and its server is proven', async () => {
  const app = await canvas();
  const ended = await app.setup('--engine', 'valkey', '--engine-version', '8.1');
  expect(ended.result.error).toBeUndefined();
  expect(ended.result.proven).toBe(true);
  expect(await app.nodes()).toMatchObject([
    {
      Engine: 'valkey',
      EngineVersion: '8.1.0',
      CacheParameterGroup: { CacheParameterGroupName: 'default.valkey8' },
    },
  ]);
  expect((await app.setup()).result.awsCalls.writes).toBe(0);
});

test.runIf(hasRedis && FULL)(
  'a cache in cluster mode hands over its configuration endpoint and takes keys on every shard',
  async () => {
    const app = await canvas();
    const mode = ['--cluster-mode', 'enabled'];
    const shape = [...mode, '--shards', '2', '--parameter', 'timeout=300'];
    const ended = await app.setup('--no-verify', ...shape);
    expect(ended.result.error).toBeUndefined();
    expect(JSON.stringify(ended.events)).toContain('only one that speaks the cluster protocol');
    const group = await app.group();
    expect(group).toMatchObject({ ClusterMode: 'enabled', AutomaticFailover: 'enabled' });
    expect(group.NodeGroups).toHaveLength(2);
    const host = group.ConfigurationEndpoint!.Address!;
    expect(await app.variable('REDIS_URL')).toBe(`rediss://${host}:6379`);
    const commands = ['apple', 'banana', 'cherry', 'dill'].map(
      (key) => ['SET', key, 'x'] as [string, ...string[]],
    );
    expect(await app.talk({ host, cluster: true, commands })).toEqual(['OK', 'OK', 'OK', 'OK']);

    const again = await app.setup('--no-verify', ...shape);
    expect(again.result.awsCalls.writes).toBe(0);
    expect((await app.setup('--no-verify')).result.awsCalls.writes).toBe(0);

    const moved = await app.setup('--no-verify', ...mode, '--shards', '1', '--replicas', '1');
    expect(moved.result.error).toBeUndefined();
    expect((await app.group()).MemberClusters).toHaveLength(2);
    const reads = commands.map(([, key]) => ['GET', key!] as [string, ...string[]]);
    expect(await app.talk({ host, cluster: true, commands: reads })).toEqual(['x', 'x', 'x', 'x']);
    expect((await app.destroy()).result.error).toBeUndefined();
  },
);

inMatrix('nodes are placed in the zones that are named, behind groups that exist', async () => {
  const app = await canvas();
  const theirs = await app.theirNetwork();
  const placed = [
    ...['--replicas', '1', '--multi-az', '--preferred-azs', 'us-east-1b,us-east-1a'],
    ...['--subnet-group', theirs.subnetGroup, '--security-group', theirs.securityGroup],
    ...['--description', 'Shared state', '--snapshot-retention', '5', '--snapshot-window', '02:00-03:00'],
    ...['--maintenance-window', 'mon:04:00-mon:05:00'],
  ];
  const ended = await app.setup(...placed);
  expect(ended.result.error).toBeUndefined();
  const nodes = await app.nodes();
  expect(nodes.map(({ PreferredAvailabilityZone }) => PreferredAvailabilityZone)).toEqual([
    'us-east-1b',
    'us-east-1a',
  ]);
  expect(nodes[0]?.CacheSubnetGroupName).toBe(theirs.subnetGroup);
  expect(nodes[0]?.SecurityGroups?.map(({ SecurityGroupId }) => SecurityGroupId)).toContain(
    theirs.securityGroup,
  );
  expect(await app.group()).toMatchObject({
    Description: 'Shared state',
    SnapshotRetentionLimit: 5,
    SnapshotWindow: '02:00-03:00',
    MultiAZ: 'enabled',
  });
  expect((await app.setup(...placed)).result.awsCalls.writes).toBe(0);

  expect((await app.destroy()).result.error).toBeUndefined();
  expect(await app.tagsOf('subnetgroup', theirs.subnetGroup)).toEqual({});
});

test.each([
  ['shards without cluster mode', ['--shards', '3']],
  ['cluster mode compatible without a replica', ['--cluster-mode', 'compatible']],
  ['fewer zones than nodes', ['--replicas', '1', '--preferred-azs', 'us-east-1a']],
  ['a zone without a subnet', ['--preferred-azs', 'us-east-1f']],
  ['a parameter group that is not there', ['--parameter-group', 'nobodys']],
  ['a subnet group that is not there', ['--subnet-group', 'nobodys']],
  ['a version that is not offered', ['--engine', 'valkey', '--engine-version', '7.9']],
  ['a cache to adopt that is not there', ['--adopt']],
])('%s is refused before anything is made', async (_what, argv) => {
  const app = await inertCanvas();
  const { exitCode, result } = await app.setup(...argv);
  expect([2, 4]).toContain(exitCode);
  expect(result.error?.hint).toBeTruthy();
  expect(result.awsCalls.writes).toBe(0);
  expect(await app.groups()).toEqual([]);
});
