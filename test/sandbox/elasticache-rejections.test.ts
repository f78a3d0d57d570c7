import type {
  CreateReplicationGroupMessage,
  ModifyReplicationGroupMessage,
  ModifyReplicationGroupShardConfigurationMessage,
} from '@aws-sdk/client-elasticache';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCacheAccount, MINUTE, refusal, TOKEN } from './cache-account.ts';
import type { CacheAccount } from './cache-account.ts';

const COMBINATION = 'InvalidParameterCombinationException';
const VALUE = 'InvalidParameterValueException';

let account: CacheAccount;

beforeAll(async () => {
  account = await createCacheAccount({ search: '' });
});
afterAll(() => account.close());

async function remove(): Promise<void> {
  await account.aws.DeleteReplicationGroup({ ReplicationGroupId: 'app' });
  await account.clock.advance(20 * MINUTE);
}

describe('AWS makes no replication group', () => {
  test.each<[string, Partial<CreateReplicationGroupMessage>, string, RegExp]>([
    [
      'with shards and no failover',
      { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 },
      COMBINATION,
      /cannot be created with auto failover turned off/,
    ],
    [
      'with cluster mode and parameters for none',
      {
        ClusterMode: 'enabled',
        CacheParameterGroupName: 'default.redis7',
        AutomaticFailoverEnabled: true,
      },
      COMBINATION,
      /should be enabled in parameter group, but found it is disabled/,
    ],
    [
      'without cluster mode and with parameters for it',
      { ClusterMode: 'disabled', CacheParameterGroupName: 'default.redis7.cluster.on' },
      COMBINATION,
      /should be disabled in parameter group, but found it is enabled/,
    ],
    [
      'with two shards in compatible mode',
      {
        ClusterMode: 'compatible',
        NumCacheClusters: undefined,
        NumNodeGroups: 2,
        AutomaticFailoverEnabled: true,
      },
      COMBINATION,
      /one node group only/,
    ],
    [
      'with more shards than the quota',
      { NumCacheClusters: undefined, NumNodeGroups: 91, AutomaticFailoverEnabled: true },
      'NodeGroupsPerReplicationGroupQuotaExceededFault',
      /90/,
    ],
    [
      'with more nodes than the quota',
      {
        NumCacheClusters: undefined,
        NumNodeGroups: 46,
        ReplicasPerNodeGroup: 1,
        AutomaticFailoverEnabled: true,
      },
      'NodeQuotaForClusterExceededFault',
      /90/,
    ],
    ['of nodes that there are not', { CacheNodeType: 'cache.x9.large' }, VALUE, /cache\.x9\.large/],
    ['with a key of no form', { KmsKeyId: 'k', AtRestEncryptionEnabled: true }, VALUE, /KMS key/],
    [
      'with a key of another region',
      {
        KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:alias/shop',
        AtRestEncryptionEnabled: true,
      },
      VALUE,
      /KMS key/,
    ],
    [
      'with six replicas a shard',
      { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 6 },
      VALUE,
      /between 0 and 5/,
    ],
    [
      'whose shards leave slots out',
      {
        NumCacheClusters: undefined,
        AutomaticFailoverEnabled: true,
        NodeGroupConfiguration: [{ Slots: '0-8000' }, { Slots: '8192-16383' }],
      },
      COMBINATION,
      /each of the 16384 slots exactly once/,
    ],
    [
      'whose shards are not as many as it says',
      { NumCacheClusters: undefined, NumNodeGroups: 3, NodeGroupConfiguration: [{}, {}] },
      COMBINATION,
      /NumNodeGroups/,
    ],
    [
      'over several zones with a shard of one node',
      {
        NumCacheClusters: undefined,
        NumNodeGroups: 2,
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
      },
      COMBINATION,
      /at least one replica in each node group/,
    ],
    [
      'of Valkey without a version',
      { Engine: 'valkey', EngineVersion: undefined },
      COMBINATION,
      /Cannot find version null for valkey/,
    ],
    [
      'with TLS modes but no TLS',
      { TransitEncryptionMode: 'preferred' },
      COMBINATION,
      /TransitEncryptionEnabled/,
    ],
    [
      'in compatible mode with parameters for none',
      {
        ClusterMode: 'compatible',
        CacheParameterGroupName: 'default.redis7',
        AutomaticFailoverEnabled: true,
      },
      COMBINATION,
      /should be enabled in parameter group/,
    ],
    [
      'in compatible mode with nothing to fail over to',
      {
        ClusterMode: 'compatible',
        CacheParameterGroupName: 'default.redis7.cluster.on',
        AutomaticFailoverEnabled: true,
        NumCacheClusters: 1,
      },
      COMBINATION,
      /at least 2 cache clusters/,
    ],
    [
      'with a key and no encryption at rest',
      { KmsKeyId: 'alias/shop', AtRestEncryptionEnabled: false },
      COMBINATION,
      /KmsKeyId/,
    ],
    [
      'with a token that is too short',
      { TransitEncryptionEnabled: true, AuthToken: 'a'.repeat(15) },
      VALUE,
      /^Invalid AuthToken provided\.$/,
    ],
    [
      'with a token that is too long',
      { TransitEncryptionEnabled: true, AuthToken: 'a'.repeat(129) },
      VALUE,
      /^Invalid AuthToken provided\.$/,
    ],
    [
      'with a snapshot window of half an hour',
      { SnapshotWindow: '03:00-03:30', SnapshotRetentionLimit: 1 },
      VALUE,
      /60 minutes/,
    ],
    [
      'of a node type that does not exist any more',
      { CacheNodeType: 'cache.t1.micro' },
      VALUE,
      /cache\.t1\.micro/,
    ],
  ])('%s', async (_, overrides, shape, message) => {
    await expect(account.aws.CreateReplicationGroup(account.request(overrides))).rejects.toEqual(
      refusal(shape, message),
    );
    expect((await account.aws.DescribeReplicationGroups({})).ReplicationGroups).toEqual([]);
  });
});

describe('a living replication group', () => {
  afterEach(remove);

  test.each<
    [string, Partial<CreateReplicationGroupMessage>, Partial<ModifyReplicationGroupMessage>, string, RegExp]
  >([
    [
      'does not turn TLS on and required at once',
      {},
      { TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' },
      COMBINATION,
      /preferred first/,
    ],
    ['takes no token without TLS', {}, { AuthToken: TOKEN }, VALUE, /encryption-in-transit is enabled/],
    [
      'takes no token while it is only given TLS',
      {},
      { AuthToken: TOKEN, TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' },
      VALUE,
      /encryption-in-transit is enabled/,
    ],
    [
      'takes no users while it is only given TLS',
      {},
      { UserGroupIdsToAdd: ['shop'], TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' },
      COMBINATION,
      /requires encryption-in-transit to be enabled on the replication group/,
    ],
    [
      'does not go into cluster mode without failover',
      {},
      { ClusterMode: 'compatible' },
      COMBINATION,
      /Automatic failover and at least one replica/,
    ],
    [
      'does not go into cluster mode before Redis OSS 7',
      { EngineVersion: '6.2', AutomaticFailoverEnabled: true },
      { ClusterMode: 'compatible' },
      COMBINATION,
      /redis 6\.2/,
    ],
    [
      'takes no parameters for cluster mode without it',
      {},
      { CacheParameterGroupName: 'default.redis7.cluster.on' },
      COMBINATION,
      /cluster-enabled has a different value in the requested parameter group/,
    ],
    [
      'takes no parameters of another family',
      {},
      { CacheParameterGroupName: 'default.valkey8' },
      COMBINATION,
      /family/,
    ],
    [
      'is not modified by nothing',
      {},
      { AutoMinorVersionUpgrade: true },
      COMBINATION,
      /^No modifications were requested$/,
    ],
  ])('%s', async (_, overrides, changes, shape, message) => {
    const before = await account.create(overrides);
    await expect(account.modify(changes)).rejects.toEqual(refusal(shape, message));
    expect(await account.group()).toEqual(before);
  });

  test.each<[string, Partial<ModifyReplicationGroupShardConfigurationMessage>, string, RegExp]>([
    ['later than now', { NodeGroupCount: 3, ApplyImmediately: false }, VALUE, /ApplyImmediately/],
    [
      'without saying which go',
      { NodeGroupCount: 1 },
      COMBINATION,
      /NodeGroupsToRemove and NodeGroupsToRetain/,
    ],
    [
      'by one that it has not',
      { NodeGroupCount: 1, NodeGroupsToRemove: ['0009'] },
      'NodeGroupNotFoundFault',
      /0009/,
    ],
    [
      'to another number than it says',
      { NodeGroupCount: 1, NodeGroupsToRemove: ['0001', '0002'] },
      COMBINATION,
      /does not match/,
    ],
  ])('does not change its shards %s', async (_, changes, shape, message) => {
    await account.create({ NumCacheClusters: undefined, NumNodeGroups: 2, AutomaticFailoverEnabled: true });
    await expect(
      account.aws.ModifyReplicationGroupShardConfiguration({
        ReplicationGroupId: 'app',
        NodeGroupCount: 2,
        ApplyImmediately: true,
        ...changes,
      }),
    ).rejects.toEqual(refusal(shape, message));
  });
});

test('AWS puts no node into a zone that has none of its type', async () => {
  const other = await createCacheAccount({ search: '', zones: ['us-east-1a', 'us-east-1e'] });
  await expect(
    other.aws.CreateReplicationGroup(
      other.request({ PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1e'] }),
    ),
  ).rejects.toEqual(refusal(VALUE, /cache\.t4g\.micro is not available in availability zone us-east-1e/));
  const { NodeGroups } = await other.create();
  const zones = NodeGroups![0]!.NodeGroupMembers!.map((node) => node.PreferredAvailabilityZone);
  expect(zones).toEqual(['us-east-1a', 'us-east-1a']);
  await other.close();
});
