/** How a snapshot of nodes looks in the answers of the API: what it tells of the cache that it was taken of. */
import type { Snapshot } from '@aws-sdk/client-elasticache';
import type { Contents } from '../redis/contents.ts';
import { membersOf } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';
import { CACHE_NODE_ID } from './descriptions.ts';

const MEBIBYTE = 1024 ** 2;

/** What it takes, once that is known; the shards of a cluster hold about the same. */
export function withSizes(snapshot: Snapshot, contents: Contents): void {
  const bytes = contents.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const nodes = snapshot.NodeSnapshots ?? [];
  const CacheSize = `${Math.ceil(bytes / Math.max(1, nodes.length) / MEBIBYTE)} MB`;
  snapshot.NodeSnapshots = nodes.map((each) => ({ ...each, CacheSize }));
}

/** The nodes that it is taken from: of a cluster one of each shard. */
export function sourcesOf(cache: Cache, node: CacheNode): CacheNode[] {
  if (cache.clusterMode === 'disabled') return [node];
  return cache.shards.flatMap((shard) => membersOf(cache, shard).slice(-1));
}

export function describeSnapshot(
  cache: Cache,
  node: CacheNode,
  name: string,
  arn: string,
  now: number,
  source: 'manual' | 'automated',
): Snapshot {
  const grouped = cache.kind === 'replication-group';
  const clustered = cache.clusterMode !== 'disabled';
  return {
    SnapshotName: name,
    ReplicationGroupId: grouped ? cache.id : undefined,
    ReplicationGroupDescription: grouped ? cache.description : undefined,
    CacheClusterId: clustered ? undefined : node.cacheClusterId,
    SnapshotStatus: 'creating',
    SnapshotSource: source,
    CacheNodeType: cache.cacheNodeType,
    Engine: cache.engineVersion.engine,
    EngineVersion: cache.engineVersion.actual,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: node.networkInterface.availabilityZone,
    CacheClusterCreateTime: new Date(node.createdAt),
    PreferredMaintenanceWindow: cache.maintenanceWindow,
    Port: cache.port,
    CacheParameterGroupName: cache.parameterGroupName,
    CacheSubnetGroupName: cache.subnetGroupName,
    VpcId: cache.vpcId,
    AutoMinorVersionUpgrade: cache.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: cache.snapshotRetentionLimit,
    SnapshotWindow: cache.snapshotWindow,
    NumNodeGroups: grouped ? cache.shards.length : undefined,
    AutomaticFailover: cache.automaticFailover ? 'enabled' : 'disabled',
    NodeSnapshots: sourcesOf(cache, node).map((each) => ({
      CacheClusterId: each.cacheClusterId,
      NodeGroupId: grouped ? each.shard.id : undefined,
      CacheNodeId: CACHE_NODE_ID,
      CacheNodeCreateTime: new Date(each.createdAt),
      SnapshotCreateTime: new Date(now),
    })),
    KmsKeyId: cache.kmsKeyId,
    ARN: arn,
    DataTiering: 'disabled',
  };
}
