/** Caches by their name, whatever their kind: what replication groups, serverless caches and single nodes have in common. */
import type { Auth, CacheSettings } from '../domain/settings.ts';
import type { CacheCluster, ElastiCache, NodeEndpoint, ReplicationGroup } from './elasticache.ts';
import type { Serverless, ServerlessCache } from './serverless.ts';

export interface LivingCache {
  readonly kind: CacheSettings['kind'];
  readonly name: string;
  readonly arn: string;
  /** AWS's own word, lower case. */
  readonly status: string;
  readonly engine: string;
  /** Only while it exists: absent during creation. */
  readonly endpoint?: {
    readonly address: string;
    readonly port: number;
    readonly kind: 'primary' | 'configuration' | 'serverless';
  };
  readonly readerEndpoint?: { readonly address: string; readonly port: number };
  /** With cluster mode disabled alone. */
  readonly nodeEndpoints?: readonly NodeEndpoint[];
  readonly clusterMode?: ReplicationGroup['clusterMode'];
  readonly transitEncryption: boolean;
  /** Plaintext is accepted beside TLS. */
  readonly takesPlaintextToo?: boolean;
  readonly auth: Auth;
  readonly userGroupIds?: readonly string[];
  readonly snapshotRetentionLimit: number;
  /** Absent: serverless. */
  readonly nodes?: { readonly cacheNodeType: string; readonly memberClusters: readonly string[] };
}

export interface Caches {
  read(name: string): Promise<LivingCache | undefined>;
  list(): Promise<LivingCache[]>;
  /** As full as AWS tells it; undefined while it does not. */
  readEngineVersion(cache: LivingCache): Promise<string | undefined>;
  /** None while AWS does not tell them. */
  readSecurityGroupIds(cache: LivingCache): Promise<string[]>;
}

export function cachesOver(elasticache: ElastiCache, serverless: Serverless): Caches {
  return {
    async read(name) {
      const group = await elasticache.readReplicationGroup(name);
      if (group) return ofReplicationGroup(group);
      const cache = await serverless.readServerlessCache(name);
      if (cache) return ofServerlessCache(cache);
      const cluster = await elasticache.readCacheCluster(name);
      return cluster && ofCacheCluster(cluster);
    },

    async list() {
      const [groups, caches] = await Promise.all([
        elasticache.listReplicationGroups(),
        serverless.listServerlessCaches(),
      ]);
      return [...groups.map(ofReplicationGroup), ...caches.map(ofServerlessCache)];
    },

    async readEngineVersion({ name, nodes }) {
      if (!nodes) {
        const cache = await serverless.readServerlessCache(name);
        return cache?.fullEngineVersion ?? cache?.majorEngineVersion;
      }
      const [member] = await elasticache.describeCacheClusters(nodes.memberClusters.slice(0, 1));
      return member?.engineVersion;
    },

    async readSecurityGroupIds({ name, nodes }) {
      if (!nodes) return [...((await serverless.readServerlessCache(name))?.securityGroupIds ?? [])];
      const members = await elasticache.describeCacheClusters(nodes.memberClusters);
      return [...new Set(members.flatMap(({ securityGroupIds }) => securityGroupIds))];
    },
  };
}

function ofReplicationGroup(group: ReplicationGroup): LivingCache {
  const { arn, status, engine, cacheNodeType, memberClusters, transitEncryption } = group;
  const { endpoint, readerEndpoint, nodeEndpoints, clusterMode } = group;
  const { snapshotRetentionLimit, userGroupIds, authTokenEnabled } = group;
  const withToken = authTokenEnabled ? 'token' : 'none';
  return {
    kind: 'replicationGroup',
    name: group.replicationGroupId,
    arn,
    status,
    engine,
    ...(endpoint ? { endpoint } : {}),
    ...(readerEndpoint ? { readerEndpoint } : {}),
    ...(nodeEndpoints ? { nodeEndpoints } : {}),
    clusterMode,
    transitEncryption,
    takesPlaintextToo: group.transitEncryptionMode === 'preferred',
    auth: userGroupIds.length > 0 ? 'rbac' : withToken,
    userGroupIds,
    snapshotRetentionLimit,
    nodes: { cacheNodeType, memberClusters },
  };
}

/** One that stands alone: it has neither TLS nor users (ElastiCache API reference, CreateCacheCluster). */
function ofCacheCluster(cluster: CacheCluster): LivingCache {
  const { cacheClusterId, arn, status, engine, endpoint, cacheNodeType } = cluster;
  return {
    kind: 'replicationGroup',
    name: cacheClusterId,
    arn,
    status,
    engine,
    ...(endpoint ? { endpoint: { ...endpoint, kind: 'primary' } } : {}),
    transitEncryption: false,
    auth: 'none',
    snapshotRetentionLimit: 0,
    nodes: { cacheNodeType, memberClusters: [cacheClusterId] },
  };
}

function ofServerlessCache(cache: ServerlessCache): LivingCache {
  const { arn, status, engine, endpoint, readerEndpoint, snapshotRetentionLimit, userGroupId } = cache;
  return {
    kind: 'serverless',
    name: cache.serverlessCacheName,
    arn,
    status,
    engine,
    ...(endpoint ? { endpoint: { ...endpoint, kind: 'serverless' } } : {}),
    ...(readerEndpoint ? { readerEndpoint } : {}),
    transitEncryption: true,
    auth: userGroupId === undefined ? 'none' : 'rbac',
    userGroupIds: userGroupId === undefined ? [] : [userGroupId],
    snapshotRetentionLimit,
  };
}
