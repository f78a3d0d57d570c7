/** The kinds of cache that take calls of their own: what is there before, and what a setup is told. */
import { callsOf } from './photograph.ts';
import type { Scene, Stage } from './scene.ts';

const CACHE = 'collabcanvas-redis';

export interface CacheKind {
  readonly title: string;
  readonly flags: readonly string[];
  /** Made by others, and left to them by a destroy. */
  readonly theirs?: { readonly action: string; readonly input: object };
}

export const CACHE_KINDS: readonly CacheKind[] = [
  {
    title: 'a cache with parameters of its own',
    flags: ['--maxmemory-policy', 'noeviction', '--parameter', 'timeout=300'],
  },
  {
    title: 'a cache in cluster mode',
    flags: [
      '--cluster-mode',
      'enabled',
      '--shards',
      '2',
      '--replicas',
      '1',
      '--maxmemory-policy',
      'noeviction',
    ],
  },
  {
    title: 'a replication group of others',
    flags: ['--adopt'],
    theirs: {
      action: 'CreateReplicationGroup',
      input: {
        ReplicationGroupId: CACHE,
        ReplicationGroupDescription: 'theirs',
        Engine: 'redis',
        EngineVersion: '7.1',
        NumCacheClusters: 2,
        TransitEncryptionEnabled: true,
      },
    },
  },
  {
    title: 'a cache cluster of others',
    flags: ['--adopt'],
    theirs: {
      action: 'CreateCacheCluster',
      input: { CacheClusterId: CACHE, Engine: 'redis', NumCacheNodes: 1 },
    },
  },
];

/** An account in which what is theirs is available; closed when `play` ends. */
export function withKind<T>(stage: Stage, kind: CacheKind, play: (scene: Scene) => Promise<T>): Promise<T> {
  return stage.withScene(async (scene) => {
    await makeTheirs(scene, kind);
    return play(scene);
  });
}

async function makeTheirs({ account, clock }: Scene, { theirs }: CacheKind): Promise<void> {
  if (!theirs) return;
  const call = callsOf(account);
  const { services } = await call<{
    services: { networkConfiguration: { awsvpcConfiguration: { subnets: string[] } } }[];
  }>('ecs', 'DescribeServices', { cluster: 'collabcanvas', services: ['collabcanvas-backend'] });
  const SubnetIds = services[0]!.networkConfiguration.awsvpcConfiguration.subnets;
  const { Subnets } = await call<{ Subnets: { VpcId: string }[] }>('ec2', 'DescribeSubnets', { SubnetIds });
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', {
    GroupName: 'theirs',
    Description: 'theirs',
    VpcId: Subnets[0]!.VpcId,
  });
  const CacheSubnetGroupName = 'theirs';
  await call('elasticache', 'CreateCacheSubnetGroup', {
    CacheSubnetGroupName,
    CacheSubnetGroupDescription: 'theirs',
    SubnetIds,
  });
  await call('elasticache', theirs.action, {
    CacheNodeType: 'cache.t3.micro',
    CacheSubnetGroupName,
    SecurityGroupIds: [GroupId],
    ...theirs.input,
  });
  await clock.sleep(60 * 60_000);
}

/** What only a cache takes: the rest is the same whatever the cache, and asked elsewhere. */
export function ofElastiCache(calls: readonly string[]): string[] {
  return [...new Set(calls)].filter((call) => call.startsWith('elasticache:')).sort();
}
