/** Snapshots as AWS's users meet them: what they hold, what can be made of them, and what is refused. */
import { ElastiCache } from '@aws-sdk/client-elasticache';
import type {
  CreateReplicationGroupCommandInput,
  CreateServerlessCacheRequest,
} from '@aws-sdk/client-elasticache';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { inMatrix } from '../matrix.ts';
import { PROGRAMS } from './command-line.ts';
import { enterVpc } from './vpc-client.ts';
import type { VpcClient } from './vpc-client.ts';
import { hasRedis } from './redis-program.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEYS = Array.from({ length: 20 }, (_, index) => `key-${index}`);
const FAR = 4_000_000_000_000;

let clock: VirtualClock;
let sandbox: Sandbox;
let aws: ElastiCache;
let app: VpcClient;

beforeAll(async () => {
  clock = new VirtualClock({ auto: false });
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  const options = {
    endpoint: sandbox.endpointUrl,
    region: sandbox.region,
    maxAttempts: 1,
    credentials: { accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!, secretAccessKey: 'secret' },
  };
  aws = new ElastiCache(options);
  const ec2 = new EC2Client(options);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  ec2.destroy();
  const subnets = Subnets.map(({ SubnetId }) => SubnetId!);
  await aws.createCacheSubnetGroup({
    CacheSubnetGroupName: 'cache-subnets',
    CacheSubnetGroupDescription: 'for caches',
    SubnetIds: subnets.slice(0, 3),
  });
  app = await enterVpc(sandbox.account, subnets[0]!);
});

afterAll(async () => {
  aws.destroy();
  await app.close();
  await sandbox.close();
});

type NewGroup = Partial<CreateReplicationGroupCommandInput>;

async function createGroup(ReplicationGroupId: string, more: NewGroup = {}): Promise<string> {
  const { defaultGroups } = placeOf();
  await aws.createReplicationGroup({
    ReplicationGroupId,
    ReplicationGroupDescription: 'shared state',
    CacheNodeType: 'cache.t4g.micro',
    CacheSubnetGroupName: 'cache-subnets',
    SecurityGroupIds: defaultGroups,
    TransitEncryptionEnabled: true,
    ...more,
  });
  await clock.advance(20 * MINUTE);
  return hostOf(ReplicationGroupId);
}

async function createServerless(
  ServerlessCacheName: string,
  more: Partial<CreateServerlessCacheRequest> = {},
) {
  await aws.createServerlessCache({ ServerlessCacheName, Engine: 'redis', ...more });
  await clock.advance(2 * MINUTE);
  const { ServerlessCaches } = await aws.describeServerlessCaches({ ServerlessCacheName });
  return ServerlessCaches![0]!.Endpoint!.Address!;
}

/** The client of these tests is behind the VPC's default group, which lets in its own members. */
function placeOf(): { defaultGroups: string[] } {
  const { vpc } = sandbox.account;
  const place = vpc.attach({
    subnetId: vpc.defaultSubnets!()[0]!,
    groupIds: [],
    description: 'to be seen',
    requester: 'ecs',
  });
  vpc.detach(place.networkInterfaceId);
  return { defaultGroups: [...place.groupIds] };
}

async function groupOf(ReplicationGroupId: string) {
  return (await aws.describeReplicationGroups({ ReplicationGroupId })).ReplicationGroups![0]!;
}

async function hostOf(ReplicationGroupId: string): Promise<string> {
  const { ConfigurationEndpoint, NodeGroups } = await groupOf(ReplicationGroupId);
  return (ConfigurationEndpoint ?? NodeGroups![0]!.PrimaryEndpoint!).Address!;
}

async function write(host: string, cluster = false): Promise<void> {
  const answers = await app.talk({
    host,
    cluster,
    commands: [
      ...KEYS.map((key) => ['SET', key, `of ${key}`] as const),
      ['HSET', 'canvas', 'one', '1', 'two', '2'],
      ['SET', 'session', 'x', 'PXAT', String(FAR)],
    ],
  });
  expect(answers.at(-1)).toBe('OK');
}

async function expectWritten(host: string, cluster = false): Promise<void> {
  const answers = await app.talk({
    host,
    cluster,
    commands: [
      ...KEYS.map((key) => ['GET', key] as const),
      ['HGET', 'canvas', 'two'],
      ['PEXPIRETIME', 'session'],
    ],
  });
  expect(answers).toEqual([...KEYS.map((key) => `of ${key}`), '2', FAR]);
}

async function statusOf(SnapshotName: string): Promise<string> {
  return (await aws.describeSnapshots({ SnapshotName })).Snapshots![0]!.SnapshotStatus!;
}

function refusal(name: string, message: string | RegExp = ''): unknown {
  return expect.objectContaining({ name, message: expect.stringMatching(message) as unknown });
}

describe.skipIf(!hasRedis)('a snapshot of nodes', () => {
  beforeAll(async () => {
    await write(await createGroup('canvas', { NumCacheClusters: 2 }));
    await aws.createSnapshot({ ReplicationGroupId: 'canvas', SnapshotName: 'Before' });
    await clock.advance(30_000);
  });

  test('keeps its cache busy while it is taken, and then holds what was there when it began', async () => {
    expect((await groupOf('canvas')).Status).toBe('snapshotting');
    expect(await statusOf('before')).toBe('creating');
    await expect(aws.createSnapshot({ ReplicationGroupId: 'canvas', SnapshotName: 'more' })).rejects.toEqual(
      refusal('InvalidReplicationGroupStateFault'),
    );
    await app.talk({
      host: await hostOf('canvas'),
      commands: [
        ['SET', 'key-0', 'changed since'],
        ['SET', 'late', '1'],
      ],
    });
    await clock.advance(5 * MINUTE);
    expect(await statusOf('before')).toBe('available');
    await expect(
      aws.createSnapshot({ ReplicationGroupId: 'canvas', SnapshotName: 'before' }),
    ).rejects.toEqual(refusal('SnapshotAlreadyExistsFault'));
  });

  test('becomes a cache of the same kind, whose replica has the keys too', async () => {
    const creating = createGroup('again', { SnapshotName: 'before', NumCacheClusters: 2 });
    const host = await creating;
    await expectWritten(host);
    expect(await app.talk({ host, commands: [['EXISTS', 'late']] })).toEqual([0]);
    const reader = (await groupOf('again')).NodeGroups![0]!.ReaderEndpoint!.Address!;
    expect(await app.talk({ host: reader, commands: [['GET', 'key-0']] })).toEqual(['of key-0']);
    await aws.deleteReplicationGroup({ ReplicationGroupId: 'again' });
  });

  test('is restoring meanwhile, and cannot be deleted then', async () => {
    const made = aws.createReplicationGroup({
      ReplicationGroupId: 'slow',
      ReplicationGroupDescription: 'slow',
      CacheSubnetGroupName: 'cache-subnets',
      SnapshotName: 'before',
      NumCacheClusters: 1,
    });
    expect((await made).ReplicationGroup).toMatchObject({ CacheNodeType: 'cache.t4g.micro' });
    expect(await statusOf('before')).toBe('restoring');
    await expect(aws.deleteSnapshot({ SnapshotName: 'before' })).rejects.toEqual(
      refusal('InvalidSnapshotStateFault'),
    );
    await clock.advance(20 * MINUTE);
    expect(await statusOf('before')).toBe('available');
    await aws.deleteReplicationGroup({ ReplicationGroupId: 'slow' });
  });

  inMatrix(
    'becomes a cluster of shards, each with the keys of its own slots, and that one another',
    async () => {
      const clustered = {
        AutomaticFailoverEnabled: true,
        ReplicasPerNodeGroup: 0,
        ClusterMode: 'enabled' as const,
      };
      const host = await createGroup('shards', { SnapshotName: 'before', NumNodeGroups: 2, ...clustered });
      await expectWritten(host, true);
      await aws.createSnapshot({ ReplicationGroupId: 'shards', SnapshotName: 'of-shards' });
      await clock.advance(5 * MINUTE);
      const { Snapshots } = await aws.describeSnapshots({ SnapshotName: 'of-shards' });
      expect(Snapshots).toMatchObject([{ NumNodeGroups: 2, NodeSnapshots: [{ CacheSize: '1 MB' }, {}] }]);
      await aws.deleteReplicationGroup({ ReplicationGroupId: 'shards' });
      await clock.advance(10 * MINUTE);

      await expectWritten(
        await createGroup('fewer', { SnapshotName: 'of-shards', NumNodeGroups: 1, ...clustered }),
        true,
      );
      await aws.deleteReplicationGroup({ ReplicationGroupId: 'fewer' });
      await expect(createGroup('flat', { SnapshotName: 'of-shards', NumCacheClusters: 1 })).rejects.toEqual(
        refusal('InvalidParameterCombinationException', /cluster mode disabled/),
      );
    },
  );

  test('becomes a serverless cache, and the snapshot of that one a cache of nodes', async () => {
    const { Snapshots } = await aws.describeSnapshots({ SnapshotName: 'before' });
    const host = await createServerless('less', { SnapshotArnsToRestore: [Snapshots![0]!.ARN!] });
    await expectWritten(host);
    await aws.createServerlessCacheSnapshot({
      ServerlessCacheName: 'less',
      ServerlessCacheSnapshotName: 'of-less',
    });
    await clock.advance(5 * MINUTE);
    await aws.deleteServerlessCache({ ServerlessCacheName: 'less' });
    await expectWritten(
      await createGroup('nodes', { ServerlessCacheSnapshotName: 'of-less', NumCacheClusters: 1 }),
    );
    await aws.deleteReplicationGroup({ ReplicationGroupId: 'nodes' });
  });

  test('goes only into what has room for it, which AWS tells by an event', async () => {
    const value = 'x'.repeat(1_000_000);
    const commands = Array.from({ length: 8 }, (_, index) => ['SET', `big-${index}`, value] as const);
    await app.talk({ host: await hostOf('canvas'), commands });
    await aws.createSnapshot({ ReplicationGroupId: 'canvas', SnapshotName: 'big' });
    await aws.createCacheParameterGroup({
      CacheParameterGroupName: 'tight',
      CacheParameterGroupFamily: 'redis7',
      Description: 'tight',
    });
    await aws.modifyCacheParameterGroup({
      CacheParameterGroupName: 'tight',
      ParameterNameValues: [{ ParameterName: 'reserved-memory-percent', ParameterValue: '99' }],
    });
    await clock.advance(5 * MINUTE);
    await createGroup('small', {
      SnapshotName: 'big',
      CacheParameterGroupName: 'tight',
      NumCacheClusters: 1,
    }).catch(() => undefined);
    expect((await groupOf('small')).Status).toBe('create-failed');
    const { Events = [] } = await aws.describeEvents({
      SourceType: 'replication-group',
      SourceIdentifier: 'small',
    });
    expect(Events.map(({ Message }) => Message)).toEqual([
      expect.stringMatching(/not enough memory for the data/),
    ]);
    expect(await statusOf('big')).toBe('available');
  });

  test('is copied, survives its cache, and is gone some moments after its deletion', async () => {
    await aws.copySnapshot({ SourceSnapshotName: 'before', TargetSnapshotName: 'copy' });
    expect(await statusOf('copy')).toBe('copying');
    await aws.deleteReplicationGroup({ ReplicationGroupId: 'canvas', FinalSnapshotIdentifier: 'last' });
    await clock.advance(10 * MINUTE);
    await aws.deleteSnapshot({ SnapshotName: 'before' });
    expect(await statusOf('before')).toBe('deleting');
    await clock.advance(MINUTE);
    await expect(statusOf('before')).rejects.toEqual(refusal('SnapshotNotFoundFault'));
    await expectWritten(await createGroup('canvas', { SnapshotName: 'copy', NumCacheClusters: 1 }));
    const host = await createGroup('last', { SnapshotName: 'last', NumCacheClusters: 1 });
    expect(await app.talk({ host, commands: [['GET', 'key-0']] })).toEqual(['changed since']);
    await aws.deleteReplicationGroup({ ReplicationGroupId: 'last' });
  });
});

test('a cache with retention is backed up each night, keeps so many, and takes them with it', async () => {
  await createGroup('nightly', {
    NumCacheClusters: 1,
    Engine: 'redis',
    SnapshotRetentionLimit: 2,
    SnapshotWindow: '03:00-04:00',
  });
  await clock.advance(4 * 24 * HOUR);
  const of = { ReplicationGroupId: 'nightly' };
  const { Snapshots = [] } = await aws.describeSnapshots(of);
  expect(Snapshots).toHaveLength(2);
  expect(Snapshots[0]).toMatchObject({
    SnapshotName: expect.stringMatching(/^automatic\.nightly-001-\d{4}-\d\d-\d\d-03-00$/) as unknown,
    SnapshotSource: 'automated',
    SnapshotStatus: 'available',
  });
  expect((await aws.describeSnapshots({ ...of, SnapshotSource: 'user' })).Snapshots).toEqual([]);
  await aws.deleteReplicationGroup(of);
  await clock.advance(10 * MINUTE);
  expect((await aws.describeSnapshots(of)).Snapshots).toEqual([]);
});

test('AWS takes 20 snapshots of a node and 24 of a serverless cache a day, and no newer data into an older engine', async () => {
  await createGroup('often', { NumCacheClusters: 1, Engine: 'valkey', EngineVersion: '8.0' });
  for (let times = 0; times < 20; times += 1) {
    await aws.createSnapshot({ ReplicationGroupId: 'often', SnapshotName: `often-${times}` });
    await clock.advance(5 * MINUTE);
  }
  await expect(aws.createSnapshot({ ReplicationGroupId: 'often', SnapshotName: 'more' })).rejects.toEqual(
    refusal('SnapshotQuotaExceededFault'),
  );
  await expect(
    createGroup('older', { SnapshotName: 'often-0', Engine: 'redis', EngineVersion: '7.1' }),
  ).rejects.toEqual(
    refusal('InvalidParameterCombinationException', /valkey 8.0.1 and cannot be restored into redis 7.1/),
  );
  await expect(createGroup('nothing', { SnapshotName: 'not-there' })).rejects.toEqual(
    refusal('SnapshotNotFoundFault'),
  );
  await createServerless('busy');
  for (let times = 0; times < 24; times += 1) {
    await aws.createServerlessCacheSnapshot({
      ServerlessCacheName: 'busy',
      ServerlessCacheSnapshotName: `busy-${times}`,
    });
    await clock.advance(MINUTE);
  }
  await expect(
    aws.createServerlessCacheSnapshot({ ServerlessCacheName: 'busy', ServerlessCacheSnapshotName: 'more' }),
  ).rejects.toEqual(refusal('ServerlessCacheSnapshotQuotaExceededFault'));
});
