/** Replication groups and subnet groups. Expected failures are values; no waiting happens here. */
import type { Tags } from '../domain/ownership.ts';

export interface ReplicationGroup {
  readonly replicationGroupId: string;
  readonly arn: string;
  /** creating, available, modifying, snapshotting, deleting, create-failed: AWS's own word, lower case. */
  readonly status: string;
  readonly description: string;
  readonly engine: string;
  readonly cacheNodeType: string;
  readonly memberClusters: readonly string[];
  /** enabled, disabled, enabling, disabling. */
  readonly automaticFailover: string;
  readonly multiAz: string;
  readonly clusterEnabled: boolean;
  readonly transitEncryption: boolean;
  readonly atRestEncryption: boolean;
  readonly kmsKeyId?: string;
  readonly authTokenEnabled: boolean;
  readonly userGroupIds: readonly string[];
  readonly snapshotRetentionLimit: number;
  readonly snapshotWindow?: string;
  /** Only while it exists: absent during creation. Of the primary, or the configuration endpoint in cluster mode. */
  readonly endpoint?: {
    readonly address: string;
    readonly port: number;
    readonly kind: 'primary' | 'configuration';
  };
  readonly readerEndpoint?: { readonly address: string; readonly port: number };
  /** What automatic failover is to become: enabled, disabled. */
  readonly pendingFailover?: string;
}

/** A member of a replication group. It alone knows the version, the network, the window and the parameters. */
export interface CacheCluster {
  readonly cacheClusterId: string;
  readonly status: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly port?: number;
  readonly cacheSubnetGroupName?: string;
  readonly securityGroupIds: readonly string[];
  readonly maintenanceWindow?: string;
  /** What it is to become, now or in its maintenance window. */
  readonly pendingNodeType?: string;
  readonly pendingEngineVersion?: string;
}

export interface CacheSubnetGroup {
  readonly cacheSubnetGroupName: string;
  readonly arn: string;
  readonly description: string;
  readonly vpcId: string;
  readonly subnets: readonly { readonly subnetId: string; readonly availabilityZone: string }[];
}

/** `assumed`: the endpoint lists none, and this one, of which only the major number is told, is known to be. */
export interface EngineVersion {
  readonly engineVersion: string;
  readonly cacheParameterGroupFamily: string;
  readonly assumed: boolean;
}

export interface NewReplicationGroup {
  readonly replicationGroupId: string;
  readonly description: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly cacheNodeType: string;
  /** Primary and replicas. */
  readonly nodes: number;
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
  readonly port: number;
  readonly cacheParameterGroupName: string;
  readonly cacheSubnetGroupName: string;
  readonly securityGroupIds: readonly string[];
  readonly transitEncryption: boolean;
  readonly atRestEncryption: boolean;
  readonly kmsKeyId?: string;
  readonly snapshotRetentionLimit: number;
  readonly snapshotWindow?: string;
  readonly maintenanceWindow?: string;
  readonly tags: Tags;
}

/** Applied immediately. Only what is to change is named. */
export interface ReplicationGroupModification {
  readonly cacheNodeType?: string;
  readonly engineVersion?: string;
  readonly automaticFailover?: boolean;
  readonly multiAz?: boolean;
  readonly snapshotRetentionLimit?: number;
  readonly snapshotWindow?: string;
  readonly maintenanceWindow?: string;
  readonly description?: string;
  readonly securityGroupIds?: readonly string[];
}

export interface Snapshot {
  readonly snapshotName: string;
  /** creating, available, restoring, copying, deleting, and what AWS does not document. */
  readonly status: string;
  /** Absent while AWS does not say so yet. */
  readonly takenAt?: number;
}

export interface ElastiCache {
  readReplicationGroup(replicationGroupId: string): Promise<ReplicationGroup | undefined>;
  listReplicationGroups(): Promise<ReplicationGroup[]>;
  /** 'tags refused': whoever answers takes none with a creation; nothing was made. */
  createReplicationGroup(group: NewReplicationGroup): Promise<'created' | 'exists' | 'tags refused'>;
  /** 'busy': it is not available; wait and ask again. 'unchanged': AWS saw nothing to change. */
  modifyReplicationGroup(
    replicationGroupId: string,
    change: ReplicationGroupModification,
  ): Promise<'modified' | 'unchanged' | 'busy'>;
  /** Applied immediately; `replicas` is the new count. */
  setReplicaCount(
    replicationGroupId: string,
    direction: 'increase' | 'decrease',
    replicas: number,
  ): Promise<'modified' | 'busy'>;
  deleteReplicationGroup(
    replicationGroupId: string,
    finalSnapshotIdentifier?: string,
  ): Promise<'deleting' | 'gone' | 'busy'>;
  /** Manual ones of this cache, and of earlier ones of the same name. */
  listSnapshots(replicationGroupId: string): Promise<Snapshot[]>;
  /** 'not supported': nodes of this type cannot be backed up. */
  createSnapshot(
    replicationGroupId: string,
    snapshotName: string,
  ): Promise<'creating' | 'exists' | 'busy' | 'not supported'>;
  describeCacheClusters(cacheClusterIds: readonly string[]): Promise<CacheCluster[]>;
  /** A standalone cache cluster may have the name that we want. */
  readCacheCluster(cacheClusterId: string): Promise<CacheCluster | undefined>;
  readCacheSubnetGroup(name: string): Promise<CacheSubnetGroup | undefined>;
  createCacheSubnetGroup(group: {
    name: string;
    description: string;
    subnetIds: readonly string[];
    tags: Tags;
  }): Promise<'created' | 'exists' | 'tags refused'>;
  modifyCacheSubnetGroup(name: string, subnetIds: readonly string[]): Promise<void>;
  deleteCacheSubnetGroup(name: string): Promise<'deleted' | 'gone' | 'busy'>;
  /** 'unreadable': the thing is not `available`, and AWS does not show its tags until then. */
  readTags(arn: string): Promise<Tags | 'unreadable' | 'gone'>;
  addTags(arn: string, tags: Tags): Promise<void>;
  /** None where the endpoint has no such operation. Newest last; of the last hour unless `since` (ms) says otherwise, 14 days at most. */
  describeEvents(
    sourceType: 'replication-group' | 'cache-cluster',
    sourceId: string,
    since?: number,
  ): Promise<{ at: number; message: string }[]>;
  describeEngineVersions(engine: string): Promise<EngineVersion[]>;
}
