import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCacheAccount, MINUTE, refusal, TOKEN } from './cache-account.ts';
import { hasRedis } from './redis-program.ts';
import type { CacheAccount } from './cache-account.ts';
import { inMatrix } from '../matrix.ts';

/** An application as the user guide has it for TLS: names stay names, so that certificates can be compared with them. */
const CLUSTER = `
  const cluster = new Cluster([{ host: values.host, port: 6379 }], {
    dnsLookup: (address, done) => done(null, address),
    slotsRefreshTimeout: 5000,
    redisOptions: { tls: values.token ? {} : undefined, password: values.token },
  });
  cluster.on('error', (error) => { print({ error: error.lastNodeError?.message ?? error.message }); process.exit(); });
`;
const KEYS = Array.from({ length: 60 }, (_, index) => `key-${index}`);

let account: CacheAccount;

beforeAll(async () => {
  account = await createCacheAccount();
});
afterAll(() => account.close());

interface Application {
  readonly host: string;
  readonly token?: string;
}

async function configurationEndpoint(): Promise<string> {
  return (await account.group()).ConfigurationEndpoint!.Address!;
}

function write(application: Application): Promise<unknown> {
  const program = `${CLUSTER} for (const key of values.keys) await cluster.set(key, key); print('written')`;
  return account.run(program, { ...application, keys: KEYS });
}

function read(application: Application): Promise<unknown> {
  const program = `${CLUSTER} print(await Promise.all(values.keys.map((key) => cluster.get(key))))`;
  return account.run(program, { ...application, keys: KEYS });
}

/** CLUSTER SLOTS as the application sees it: the slots with the name and port of their primary. */
function slots(application: Application): Promise<unknown> {
  const program = `${CLUSTER}
    const ranges = await cluster.cluster('SLOTS');
    print(ranges.map(([first, last, [name, port]]) => first + '-' + last + ' ' + name.split('.')[0] + ':' + port).sort())`;
  return account.run(program, application);
}

async function remove(): Promise<void> {
  await account.aws.DeleteReplicationGroup({ ReplicationGroupId: 'app' });
  await account.clock.advance(10 * MINUTE);
}

describe.skipIf(!hasRedis)('a replication group with cluster mode enabled', () => {
  let application: Application;

  beforeAll(async () => {
    await account.create({
      NumCacheClusters: undefined,
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      TransitEncryptionEnabled: true,
      AuthToken: TOKEN,
    });
    application = { host: await configurationEndpoint(), token: TOKEN };
    await write(application);
  });
  afterAll(remove);

  test('has a configuration endpoint, and no other in its shards', async () => {
    const group = await account.group();
    expect(group).toMatchObject({
      ClusterEnabled: true,
      ClusterMode: 'enabled',
      MultiAZ: 'enabled',
      ConfigurationEndpoint: { Port: 6379 },
      NodeGroups: [
        {
          NodeGroupId: '0001',
          Slots: '0-8191',
          NodeGroupMembers: [{ CacheClusterId: 'app-0001-001' }, { CacheClusterId: 'app-0001-002' }],
        },
        {
          NodeGroupId: '0002',
          Slots: '8192-16383',
          NodeGroupMembers: [{ CacheClusterId: 'app-0002-001' }, { CacheClusterId: 'app-0002-002' }],
        },
      ],
    });
    expect(application.host).toMatch(/^clustercfg\.app\.\w{6}\.use1\.cache\.amazonaws\.com$/);
    expect(group.NodeGroups!.map((shard) => shard.PrimaryEndpoint)).toEqual([undefined, undefined]);
    const [node] = await account.nodes();
    expect(node).toMatchObject({
      CacheParameterGroup: { CacheParameterGroupName: 'default.redis7.cluster.on' },
      CacheNodes: [{ Endpoint: { Port: 6379 } }],
    });
    expect(node!.CacheNodes![0]!.Endpoint!.Address).toMatch(/^app-0001-001\.app\.\w{6}\.use1\./);
  });

  test('sends an application from node to node by host names that its certificates cover', async () => {
    expect(await slots(application)).toEqual(['0-8191 app-0001-001:6379', '8192-16383 app-0002-001:6379']);
    expect(await read(application)).toEqual(KEYS);
    const wrong = { ...application, token: 'wrong-token-0123456789' };
    expect(await read(wrong)).toMatchObject({ error: expect.stringMatching(/WRONGPASS/) as string });
  });

  test('redirects a client of one node only, has one database, and keeps its cluster to AWS', async () => {
    const answers = await account.run(
      `const node = new Redis({ host: values.host, port: 6379, tls: {}, password: values.token });
       const answer = (...words) => node.call(...words).catch((error) => error.message);
       const moved = await Promise.all(values.keys.map((key) => answer('GET', key)));
       print([moved.find((one) => /^MOVED/.test(one)), await answer('SELECT', '1'), await answer('CLUSTER', 'RESET')])`,
      { ...application, keys: KEYS },
    );
    expect(answers).toEqual([
      expect.stringMatching(/^MOVED \d+ app-000[12]-001\.app\.\w{6}\.use1\.cache\.amazonaws\.com:6379$/),
      'ERR SELECT is not allowed in cluster mode',
      expect.stringMatching(/^NOPERM/),
    ]);
  });

  test('grows and shrinks with all its keys', async () => {
    const { aws, clock } = account;
    await aws.ModifyReplicationGroupShardConfiguration({
      ReplicationGroupId: 'app',
      NodeGroupCount: 3,
      ApplyImmediately: true,
    });
    await clock.advance(MINUTE);
    expect((await account.group()).Status).toBe('modifying');
    await clock.advance(15 * MINUTE);
    const grown = await account.group();
    expect(grown.Status).toBe('available');
    expect(grown.MemberClusters).toHaveLength(6);
    expect(grown.NodeGroups!.map((shard) => shard.Slots)).toEqual([
      '0-5460',
      '8192-13652',
      '5461-8191,13653-16383',
    ]);
    expect(await read(application)).toEqual(KEYS);
    expect(await slots(application)).toContain('5461-8191 app-0003-001:6379');

    await aws.ModifyReplicationGroupShardConfiguration({
      ReplicationGroupId: 'app',
      NodeGroupCount: 2,
      NodeGroupsToRemove: ['0001'],
      ApplyImmediately: true,
    });
    await clock.advance(15 * MINUTE);
    const shrunk = await account.group();
    expect(shrunk.NodeGroups!.map((shard) => shard.NodeGroupId)).toEqual(['0002', '0003']);
    expect(shrunk.MemberClusters).toHaveLength(4);
    expect(await read(application)).toEqual(KEYS);
  });

  test('fails over in one shard and takes writes again at its new primary', async () => {
    await account.aws.TestFailover({ ReplicationGroupId: 'app', NodeGroupId: '0003' });
    await account.clock.advance(5 * MINUTE);
    expect(await slots(application)).toContainEqual(expect.stringMatching(/ app-0003-002:6379$/));
    expect(await write(application)).toBe('written');
    expect(await read(application)).toEqual(KEYS);
  });

  inMatrix('has more and fewer replicas in the shards that are named', async () => {
    const { aws, clock } = account;
    const counts = async (): Promise<number[]> =>
      (await account.group()).NodeGroups!.map((shard) => shard.NodeGroupMembers!.length);
    await aws.IncreaseReplicaCount({
      ReplicationGroupId: 'app',
      ReplicaConfiguration: [{ NodeGroupId: '0002', NewReplicaCount: 2 }],
      ApplyImmediately: true,
    });
    await clock.advance(10 * MINUTE);
    expect(await counts()).toEqual([3, 2]);
    await expect(
      aws.DecreaseReplicaCount({ ReplicationGroupId: 'app', NewReplicaCount: 0, ApplyImmediately: true }),
    ).rejects.toEqual(refusal('InvalidParameterValueException', /at least 1 replica for Multi-AZ/));
    await aws.DecreaseReplicaCount({
      ReplicationGroupId: 'app',
      ReplicaConfiguration: [{ NodeGroupId: '0002', NewReplicaCount: 1 }],
      ApplyImmediately: true,
    });
    await clock.advance(10 * MINUTE);
    expect(await counts()).toEqual([2, 2]);
    expect(await read(application)).toEqual(KEYS);
  });

  test('rotates its token on all nodes, is backed up as a whole, and keeps failover on', async () => {
    const token = 'second-token-0123456789';
    await account.modify({ AuthToken: token });
    expect(await read(application)).toEqual(KEYS);
    expect(await read({ ...application, token })).toEqual(KEYS);

    await expect(account.modify({ AutomaticFailoverEnabled: false, MultiAZEnabled: false })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', /Turning off automatic failover/),
    );
    await expect(account.modify({ SnapshottingClusterId: 'app-0002-001' })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', 'Cannot set snapshotting cluster'),
    );
    const { Snapshot } = await account.aws.CreateSnapshot({ ReplicationGroupId: 'app', SnapshotName: 'all' });
    expect(Snapshot).toMatchObject({
      NumNodeGroups: 2,
      NodeSnapshots: [{ NodeGroupId: '0002' }, { NodeGroupId: '0003' }],
    });
    await account.clock.advance(5 * MINUTE);
  });
});

describe.skipIf(!hasRedis)('a replication group that goes into cluster mode', () => {
  inMatrix(
    'keeps its data and its old clients while it is compatible, and its data when it is enabled',
    async () => {
      const before = await account.create({ AutomaticFailoverEnabled: true });
      const primary = before.NodeGroups![0]!.PrimaryEndpoint!.Address!;
      const single = (program: string) =>
        account.run(`const redis = new Redis({ host: values.primary, port: 6379 }); ${program}`, { primary });
      expect(await single(`print(await redis.set('canvas', '36'))`)).toBe('OK');
      await expect(account.modify({ ClusterMode: 'enabled' })).rejects.toEqual(
        refusal('InvalidParameterCombinationException', /from disabled to compatible to enabled/),
      );
      await expect(
        account.modify({ ClusterMode: 'compatible', CacheNodeType: 'cache.t4g.small' }),
      ).rejects.toEqual(refusal('InvalidParameterCombinationException', /same request as ClusterMode/));

      const compatible = await account.modify({ ClusterMode: 'compatible' });
      expect(compatible).toMatchObject({ ClusterMode: 'compatible', MemberClusters: ['app-001', 'app-002'] });
      expect(await single(`print(await redis.get('canvas'))`)).toBe('36');
      const host = compatible.ConfigurationEndpoint!.Address!;
      expect(host).toMatch(/^app\.\w{6}\.clustercfg\.use1\.cache\.amazonaws\.com$/);
      expect(await account.run(`${CLUSTER} print(await cluster.get('canvas'))`, { host })).toBe('36');
      // Without TLS there is no certificate to compare with, and nodes are known by their addresses.
      expect(
        await account.run(`${CLUSTER} print((await cluster.cluster('SLOTS'))[0][2][0])`, { host }),
      ).toMatch(/^10\.0\.[01]\.\d+$/);
      await expect(account.modify({ CacheNodeType: 'cache.t4g.small' })).rejects.toEqual(
        refusal('InvalidParameterCombinationException', /until its cluster mode is enabled/),
      );

      const enabled = await account.modify({ ClusterMode: 'enabled' });
      expect(enabled.NodeGroups![0]!.PrimaryEndpoint).toBeUndefined();
      expect(await account.run(`${CLUSTER} print(await cluster.get('canvas'))`, { host })).toBe('36');
      await expect(account.modify({ ClusterMode: 'disabled' })).rejects.toEqual(
        refusal('InvalidParameterCombinationException'),
      );
      await expect(account.modify({ CacheParameterGroupName: 'default.redis7' })).rejects.toEqual(
        refusal('InvalidParameterCombinationException', /cluster-enabled has a different value/),
      );
      const encrypted = await account.modify({
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: 'preferred',
      });
      const name = encrypted.ConfigurationEndpoint!.Address!;
      expect(await slots({ host: name })).toEqual(['0-16383 app-001:6379']);
      await remove();
    },
  );
});
