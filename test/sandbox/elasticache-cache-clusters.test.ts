import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCacheAccount, MINUTE, refusal } from './cache-account.ts';
import type { CacheAccount } from './cache-account.ts';

let account: CacheAccount;

beforeEach(async () => {
  account = await createCacheAccount({ search: '' });
});
afterEach(() => account.close());

test('a cache cluster of its own has no parameters for cluster mode', async () => {
  await expect(
    account.aws.CreateCacheCluster({
      CacheClusterId: 'single',
      CacheSubnetGroupName: 'cache-subnets',
      CacheParameterGroupName: 'default.redis7.cluster.on',
    }),
  ).rejects.toEqual(refusal('InvalidParameterCombinationException', /should be disabled in parameter group/));
});

test('a cache cluster of its own shows where it is and who may reach it', async () => {
  await account.aws.CreateCacheCluster({
    CacheClusterId: 'single',
    CacheNodeType: 'cache.t3.micro',
    CacheSubnetGroupName: 'cache-subnets',
    SecurityGroupIds: [account.securityGroup],
  });
  await account.clock.advance(10 * MINUTE);
  const { CacheClusters } = await account.aws.DescribeCacheClusters({
    ShowCacheClustersNotInReplicationGroups: true,
    ShowCacheNodeInfo: true,
  });
  expect(CacheClusters).toMatchObject([
    {
      CacheClusterId: 'single',
      Engine: 'redis',
      EngineVersion: '7.1.0',
      CacheSubnetGroupName: 'cache-subnets',
      SecurityGroups: [{ SecurityGroupId: account.securityGroup, Status: 'active' }],
      CacheNodes: [{ Endpoint: { Port: 6379 } }],
    },
  ]);
  expect(CacheClusters![0]!.ReplicationGroupId).toBeUndefined();
  await account.aws.DeleteCacheCluster({ CacheClusterId: 'single' });
  await account.clock.advance(10 * MINUTE);
});

test('a cache cluster of its own may be Memcached, which is seen and deleted but takes no part in replication', async () => {
  const { aws, clock } = account;
  await aws.CreateCacheCluster({
    CacheClusterId: 'sessions',
    Engine: 'memcached',
    NumCacheNodes: 2,
    CacheSubnetGroupName: 'cache-subnets',
    Tags: [{ Key: 'team', Value: 'web' }],
  });
  await clock.advance(10 * MINUTE);
  const [cluster] = await account.nodes();
  expect(cluster).toMatchObject({
    Engine: 'memcached',
    CacheClusterStatus: 'available',
    NumCacheNodes: 2,
    ConfigurationEndpoint: { Port: 11_211 },
  });
  expect(cluster!.CacheNodes).toHaveLength(2);
  expect((await aws.ListTagsForResource({ ResourceName: cluster!.ARN! })).TagList).toEqual([
    { Key: 'team', Value: 'web' },
  ]);
  await expect(aws.DeleteCacheSubnetGroup({ CacheSubnetGroupName: 'cache-subnets' })).rejects.toEqual(
    refusal('CacheSubnetGroupInUse'),
  );
  await expect(
    aws.CreateCacheCluster({ CacheClusterId: 'sessions', CacheSubnetGroupName: 'cache-subnets' }),
  ).rejects.toEqual(refusal('CacheClusterAlreadyExistsFault'));
  await aws.DeleteCacheCluster({ CacheClusterId: 'sessions' });
  await clock.advance(10 * MINUTE);
  expect(await account.nodes()).toEqual([]);
});
