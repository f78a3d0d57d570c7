/** Snapshots of caches of either kind. Expected failures are values; no waiting happens here. */
import type { CacheSettings, Engine } from '../domain/settings.ts';
import type { Tags } from '../domain/ownership.ts';

export interface CacheSnapshot {
  /** Of the cache that it was taken of. */
  readonly kind: CacheSettings['kind'];
  readonly snapshotName: string;
  readonly arn: string;
  /** creating, available, restoring, copying, deleting, and what AWS does not document: its own word, lower case. */
  readonly status: string;
  /** Taken by AWS itself, each day. */
  readonly automatic: boolean;
  /** The cache may be gone. */
  readonly cacheName: string;
  readonly engine: Engine;
  /** Of a serverless cache the major number alone. */
  readonly engineVersion: string;
  /** Absent while AWS does not say so yet. */
  readonly takenAt?: number;
  /** As AWS words it, of each shard: '14 MB'. */
  readonly sizes: readonly string[];
  readonly kmsKeyId?: string;
  /** Absent: serverless. */
  readonly nodes?: SnapshotOfNodes;
}

/** What it tells of a cache of nodes: neither its TLS nor its replicas nor who was let in. */
export interface SnapshotOfNodes {
  readonly cacheNodeType: string;
  readonly shards: number;
  /** Its keys lie in slots: it cannot become a cache without cluster mode. */
  readonly clustered: boolean;
  readonly automaticFailover: boolean;
  readonly port?: number;
  readonly vpcId?: string;
  readonly cacheSubnetGroupName?: string;
  readonly cacheParameterGroupName?: string;
  readonly maintenanceWindow?: string;
  readonly snapshotWindow?: string;
  readonly snapshotRetentionLimit?: number;
}

/** A cache cluster stands alone, and has neither replicas nor TLS. */
export interface SnapshotSource {
  readonly kind: 'replicationGroup' | 'cacheCluster' | 'serverless';
  readonly name: string;
}

export interface Snapshots {
  /** Of all caches, automatic ones too. */
  list(): Promise<CacheSnapshot[]>;
  /** Of this cache, and of earlier ones of its name. */
  listOf(source: SnapshotSource): Promise<CacheSnapshot[]>;
  /** Two at most, for each kind of cache has names of its own. */
  named(snapshotName: string): Promise<CacheSnapshot[]>;
  /** 'busy': the cache is not available. 'not supported': nodes of this type cannot be backed up. */
  create(
    source: SnapshotSource,
    snapshotName: string,
    tags?: Tags,
  ): Promise<'creating' | 'exists' | 'busy' | 'not supported' | 'tags refused'>;
  /** 'busy': it is being made, copied, or a cache is being made of it. */
  delete(snapshot: Pick<CacheSnapshot, 'kind' | 'snapshotName'>): Promise<'deleting' | 'gone' | 'busy'>;
}
