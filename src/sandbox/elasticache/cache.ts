/**
 * The state of a cache. Replication groups and standalone Redis clusters differ in what their operations allow, not in
 * what they are: shards of nodes, of which one is the primary. Only cluster mode has more than one shard.
 */
import type { NetworkInterface } from '../network/vpc.ts';
import type { RedisCluster, RedisNode, SlotRange, TransitEncryption } from '../redis/node.ts';
import { ServiceError } from '../service.ts';
import type { EngineVersion } from './engine-versions.ts';
import type { Measurable } from './measured-servers.ts';
import type { Origin } from './origin.ts';

export type Status =
  | 'creating'
  | 'available'
  | 'modifying'
  | 'snapshotting'
  | 'deleting'
  | 'create-failed'
  /** Of a cache cluster alone. */
  | 'restore-failed';

/** A replication group does not show that one of its nodes is rebooted. */
export type NodeStatus = Status | 'rebooting cluster nodes';

export type ClusterMode = 'disabled' | 'compatible' | 'enabled';

/** What the API calls a node group. */
export interface Shard {
  readonly id: string;
  primaryId: string;
  slots: readonly SlotRange[];
}

/** One node, which AWS calls a cache cluster. */
export interface CacheNode extends Measurable {
  readonly cacheClusterId: string;
  readonly shard: Shard;
  readonly createdAt: number;
  networkInterface: NetworkInterface;
  status: NodeStatus;
  /** What its server was started with and takes from its parameter group at a reboot only. */
  bootValues?: string;
  server?: RedisNode;
  /** Ends that the VPC reaches the server. */
  endServing?: () => void;
}

export type AuthTokenStrategy = 'ROTATE' | 'SET';

/** What takes time to change, and waits for the maintenance window unless it is to be applied immediately. */
export interface Changes {
  cacheNodeType?: string;
  engineVersion?: EngineVersion;
  parameterGroupName?: string;
  automaticFailover?: boolean;
  multiAz?: boolean;
  clusterMode?: ClusterMode;
  transitEncryption?: TransitEncryption;
  authToken?: { readonly token: string; readonly strategy: AuthTokenStrategy };
  /** Without an id, none any more. */
  userGroup?: { readonly id: string | undefined };
  securityGroupIds?: readonly string[];
  primaryClusterId?: string;
}

export interface Cache {
  readonly kind: 'replication-group' | 'cache-cluster';
  readonly id: string;
  readonly createdAt: number;
  readonly port: number;
  readonly subnetGroupName: string;
  readonly vpcId: string;
  readonly atRestEncryption: boolean;
  readonly kmsKeyId: string | undefined;
  status: Status;
  /** A change is under way, though a read may still say 'available'. */
  changing: boolean;
  pending: Changes;
  shards: Shard[];
  nodes: CacheNode[];
  clusterMode: ClusterMode;
  /** Once the servers of a cache with cluster mode have started. */
  cluster?: RedisCluster;
  /** The snapshot that its primaries begin with, until it has been created. */
  origin?: Origin;
  /** In percent, while slots move between shards. */
  resharding: number | undefined;
  /** Host names that the VPC's resolver knows for this cache. */
  names: Set<string>;

  description: string;
  engineVersion: EngineVersion;
  cacheNodeType: string;
  parameterGroupName: string;
  automaticFailover: boolean;
  multiAz: boolean;
  transitEncryption: TransitEncryption;
  /** Oldest first, two at most. */
  authTokens: readonly string[];
  /** False after the first ROTATE of a cache without a token: clients may still come without one until SET. */
  authRequired: boolean;
  authTokenChangedAt: number | undefined;
  /** Whose users are let in, in the place of tokens. */
  userGroupId: string | undefined;
  maintenanceWindow: string;
  snapshotWindow: string;
  snapshotRetentionLimit: number;
  snapshottingClusterId: string | undefined;
  notificationTopicArn: string | undefined;
  notificationTopicStatus: string;
  autoMinorVersionUpgrade: boolean;
}

export function isPrimary({ cacheClusterId, shard }: CacheNode): boolean {
  return cacheClusterId === shard.primaryId;
}

/** Where there is one shard only, `shard` goes without saying. */
export function primaryOf(cache: Cache, shard: Shard | undefined = cache.shards[0]): CacheNode | undefined {
  return cache.nodes.find((node) => node.shard === shard && isPrimary(node));
}

export function membersOf(cache: Cache, shard: Shard): CacheNode[] {
  return cache.nodes.filter((node) => node.shard === shard);
}

export function replicasOf(cache: Cache, shard: Shard): CacheNode[] {
  return membersOf(cache, shard).filter((node) => !isPrimary(node));
}

/** Snapshots are taken from a replica where there is one, to spare the primary. */
export function snapshotSource(cache: Cache): string | undefined {
  // All shards of a cluster are backed up, so no node stands for them.
  if (cache.snapshotRetentionLimit === 0 || cache.clusterMode === 'enabled') return undefined;
  const chosen = cache.nodes.find(({ cacheClusterId }) => cacheClusterId === cache.snapshottingClusterId);
  return (chosen ?? cache.nodes.at(-1))?.cacheClusterId;
}

/** What the servers are to accept; none means that anybody may connect. */
export function serverTokens(cache: Cache): readonly string[] {
  return cache.authRequired ? cache.authTokens : [];
}

/** The caches of one account. */
export interface Caches {
  readonly groups: Map<string, Cache>;
  readonly clusters: Map<string, Cache>;
  all(): Cache[];
  /** A node by its cache cluster id, whichever cache it belongs to. */
  member(cacheClusterId: string): { cache: Cache; node: CacheNode } | undefined;
  /** Throw for unknown names. */
  group(replicationGroupId: string | undefined): Cache;
  cluster(cacheClusterId: string | undefined): { cache: Cache; node: CacheNode };
}

export function createCaches(): Caches {
  const groups = new Map<string, Cache>();
  const clusters = new Map<string, Cache>();
  const caches: Caches = {
    groups,
    clusters,
    all: () => [...groups.values(), ...clusters.values()],
    member(cacheClusterId) {
      for (const cache of caches.all()) {
        const node = cache.nodes.find((one) => one.cacheClusterId === cacheClusterId);
        if (node) return { cache, node };
      }
      return undefined;
    },
    group(replicationGroupId = '') {
      const cache = groups.get(replicationGroupId.toLowerCase());
      if (!cache) {
        throw new ServiceError(
          'ReplicationGroupNotFoundFault',
          `ReplicationGroup ${replicationGroupId} not found.`,
        );
      }
      return cache;
    },
    cluster(cacheClusterId = '') {
      const found = caches.member(cacheClusterId.toLowerCase());
      if (!found)
        throw new ServiceError('CacheClusterNotFoundFault', `CacheCluster not found: ${cacheClusterId}`);
      return found;
    },
  };
  return caches;
}

/** Refuses what AWS allows only for an available cache. */
export function requireAvailable(cache: Cache, message: string): void {
  if (cache.status === 'available' && !cache.changing) return;
  throw new ServiceError(
    cache.kind === 'replication-group'
      ? 'InvalidReplicationGroupStateFault'
      : 'InvalidCacheClusterStateFault',
    message,
  );
}
