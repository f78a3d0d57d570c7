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
  readonly transitEncryptionMode?: string;
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
  readonly nodeGroupCount: number;
  readonly pendingModifications: readonly string[];
  readonly createdAt?: number;
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
  readonly cacheParameterGroupName?: string;
  readonly availabilityZone?: string;
}

export interface CacheSubnetGroup {
  readonly cacheSubnetGroupName: string;
  readonly arn: string;
  readonly vpcId: string;
  readonly subnets: readonly { readonly subnetId: string; readonly availabilityZone: string }[];
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

export interface ElastiCache {
  readReplicationGroup(replicationGroupId: string): Promise<ReplicationGroup | undefined>;
  listReplicationGroups(): Promise<ReplicationGroup[]>;
  createReplicationGroup(group: NewReplicationGroup): Promise<'created' | 'exists'>;
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
  describeCacheClusters(cacheClusterIds: readonly string[]): Promise<CacheCluster[]>;
  /** A standalone cache cluster may have the name that we want. */
  readCacheCluster(cacheClusterId: string): Promise<CacheCluster | undefined>;
  readCacheSubnetGroup(name: string): Promise<CacheSubnetGroup | undefined>;
  createCacheSubnetGroup(group: {
    name: string;
    description: string;
    subnetIds: readonly string[];
    tags: Tags;
  }): Promise<'created' | 'exists'>;
  modifyCacheSubnetGroup(name: string, subnetIds: readonly string[]): Promise<void>;
  deleteCacheSubnetGroup(name: string): Promise<'deleted' | 'gone' | 'busy'>;
  /** 'unreadable': the thing is not `available`, and AWS does not show its tags until then. */
  readTags(arn: string): Promise<Tags | 'unreadable' | 'gone'>;
  addTags(arn: string, tags: Tags): Promise<void>;
  /** Newest last; of the last hour unless `since` (ms) says otherwise, 14 days at most. */
  describeEvents(
    sourceType: 'replication-group' | 'cache-cluster',
    sourceId: string,
    since?: number,
  ): Promise<{ at: number; message: string }[]>;
  describeEngineVersions(
    engine: string,
  ): Promise<{ engineVersion: string; cacheParameterGroupFamily: string }[]>;
  listAllowedNodeTypes(replicationGroupId: string): Promise<string[]>;
}
