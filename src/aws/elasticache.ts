/** Replication groups, the nodes they are made of, subnet and parameter groups. Expected failures are values; no waiting happens here. */
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
  /** Its shards: '0001', '0002'. */
  readonly nodeGroupIds: readonly string[];
  /** enabled, disabled, enabling, disabling. */
  readonly automaticFailover: string;
  readonly multiAz: string;
  /** compatible: clients of either protocol. */
  readonly clusterMode: 'disabled' | 'enabled' | 'compatible';
  readonly transitEncryption: boolean;
  /** preferred: plaintext is accepted beside TLS. Absent without TLS. */
  readonly transitEncryptionMode?: 'preferred' | 'required';
  readonly atRestEncryption: boolean;
  readonly kmsKeyId?: string;
  readonly authTokenEnabled: boolean;
  /** When it was last changed, by AWS's clock. */
  readonly authTokenChangedAt?: number;
  /** ROTATING, SETTING: a change of the token that is not done yet. */
  readonly authTokenStatus?: string;
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
  /** Of its nodes; AWS tells them with cluster mode disabled alone. */
  readonly nodeEndpoints?: readonly NodeEndpoint[];
  /** What automatic failover is to become: enabled, disabled. */
  readonly pendingFailover?: string;
  /** Percent of the slots that move to other shards, while any do. */
  readonly slotsMoved?: number;
}

export interface NodeEndpoint {
  readonly cacheClusterId: string;
  readonly address: string;
  readonly port: number;
  /** primary, replica: which of them it is changes with each failover. */
  readonly role: string;
}

/** A member of a replication group, which alone knows the version, the network, the window and the parameters; or a cache of its own. */
export interface CacheCluster {
  readonly cacheClusterId: string;
  readonly arn: string;
  /** Absent: it stands alone. */
  readonly replicationGroupId?: string;
  readonly status: string;
  readonly cacheNodeType: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly port?: number;
  /** Of its node. */
  readonly endpoint?: { readonly address: string; readonly port: number };
  readonly cacheSubnetGroupName?: string;
  readonly cacheParameterGroupName?: string;
  readonly securityGroupIds: readonly string[];
  readonly maintenanceWindow?: string;
  /** What it is to become, now or in its maintenance window. */
  readonly pendingNodeType?: string;
  readonly pendingEngineVersion?: string;
}

/** A set of parameters of one family: redis7, valkey8. */
export interface CacheParameterGroup {
  readonly cacheParameterGroupName: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
}

export interface CacheParameter {
  readonly name: string;
  readonly value: string | undefined;
  /** A list, or ranges of numbers: 'yes,no', '0,20-2147483647'. */
  readonly allowedValues: string | undefined;
  readonly modifiable: boolean;
  /** A node takes it only when it starts. */
  readonly needsReboot: boolean;
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
  readonly clusterMode: 'disabled' | 'enabled' | 'compatible';
  readonly shards: number;
  /** Of each shard. */
  readonly replicas: number;
  /** Of each shard, one for each of its nodes, the primary's first. */
  readonly preferredAzs?: readonly (readonly string[])[];
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
  readonly port: number;
  readonly cacheParameterGroupName: string;
  readonly cacheSubnetGroupName: string;
  readonly securityGroupIds: readonly string[];
  readonly transitEncryption: boolean;
  /** Plaintext is accepted beside TLS. */
  readonly takesPlaintextToo?: boolean;
  readonly atRestEncryption: boolean;
  readonly kmsKeyId?: string;
  /** What it begins with: the name of one of nodes, or of one of a serverless cache. */
  readonly snapshotName?: string;
  readonly serverlessSnapshotName?: string;
  readonly snapshotRetentionLimit: number;
  readonly snapshotWindow?: string;
  readonly maintenanceWindow?: string;
  /** Absent: whoever reaches it is let in. */
  readonly authToken?: string;
  readonly userGroupId?: string;
  readonly tags: Tags;
}

/** Applied immediately. Only what is to change is named. */
export interface ReplicationGroupModification {
  readonly cacheNodeType?: string;
  /** Never without a version. */
  readonly engine?: string;
  readonly engineVersion?: string;
  readonly cacheParameterGroupName?: string;
  readonly clusterMode?: 'enabled' | 'compatible';
  /** preferred comes before required on a cache without TLS. */
  readonly transitEncryption?: 'preferred' | 'required';
  readonly automaticFailover?: boolean;
  readonly multiAz?: boolean;
  readonly snapshotRetentionLimit?: number;
  readonly snapshotWindow?: string;
  readonly maintenanceWindow?: string;
  readonly description?: string;
  readonly securityGroupIds?: readonly string[];
  /** Not together with the TLS that it needs. */
  readonly userGroupIdToAdd?: string;
}

export interface PendingUpdate {
  readonly name: string;
  /** critical, important, medium, low. */
  readonly severity: string;
  readonly applyBy?: number;
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
  /** ROTATE: this token too lets in, beside what did before. SET: this one alone, which was rotated in last. */
  modifyAuthToken(
    replicationGroupId: string,
    strategy: 'ROTATE' | 'SET',
    authToken: string,
  ): Promise<'modified' | 'busy'>;
  /** Applied immediately; `replicas` is the new count of each shard. */
  setReplicaCount(
    replicationGroupId: string,
    direction: 'increase' | 'decrease',
    replicas: number,
  ): Promise<'modified' | 'busy'>;
  /** Applied immediately: the slots move while it serves. `removed`: the shards that go where there are to be fewer. */
  setShardCount(
    replicationGroupId: string,
    shards: number,
    removed: readonly string[],
  ): Promise<'modified' | 'busy'>;
  /** In this region; undefined where the endpoint does not tell. */
  isNodeTypeOffered(cacheNodeType: string): Promise<boolean | undefined>;
  /** None where the endpoint has no such operation. */
  listAllowedNodeTypes(replicationGroupId: string): Promise<string[] | undefined>;
  /** AWS takes the primary of the shard away; events tell how it goes on. 'not offered': AWS has blocked it, or lacks it. */
  testFailover(
    replicationGroupId: string,
    nodeGroupId: string,
  ): Promise<'failing over' | 'busy' | 'too often' | 'not offered'>;
  deleteReplicationGroup(
    replicationGroupId: string,
    finalSnapshotIdentifier?: string,
  ): Promise<'deleting' | 'gone' | 'busy'>;
  describeCacheClusters(cacheClusterIds: readonly string[]): Promise<CacheCluster[]>;
  /** A standalone cache cluster may have the name that we want. */
  readCacheCluster(cacheClusterId: string): Promise<CacheCluster | undefined>;
  /** Of one that stands alone; applied immediately. */
  setCacheClusterSecurityGroups(
    cacheClusterId: string,
    securityGroupIds: readonly string[],
  ): Promise<'modified' | 'busy' | 'gone'>;
  readCacheSubnetGroup(name: string): Promise<CacheSubnetGroup | undefined>;
  createCacheSubnetGroup(group: {
    name: string;
    description: string;
    subnetIds: readonly string[];
    tags: Tags;
  }): Promise<'created' | 'exists' | 'tags refused'>;
  modifyCacheSubnetGroup(name: string, subnetIds: readonly string[]): Promise<void>;
  deleteCacheSubnetGroup(name: string): Promise<'deleted' | 'gone' | 'busy'>;
  readCacheParameterGroup(name: string): Promise<CacheParameterGroup | undefined>;
  listCacheParameterGroups(): Promise<CacheParameterGroup[]>;
  createCacheParameterGroup(group: {
    name: string;
    family: string;
    description: string;
    tags: Tags;
  }): Promise<'created' | 'exists' | 'tags refused'>;
  /** `source`: user for what differs from the family's defaults; absent: all of them. */
  describeCacheParameters(name: string, source?: 'user'): Promise<CacheParameter[]>;
  /** None where the endpoint has no such operation. */
  describeEngineDefaultParameters(family: string): Promise<CacheParameter[] | undefined>;
  modifyCacheParameterGroup(
    name: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<'modified' | 'busy'>;
  deleteCacheParameterGroup(name: string): Promise<'deleted' | 'gone' | 'busy'>;
  /** 'unreadable': the thing is not `available`, and AWS does not show its tags until then. */
  readTags(arn: string): Promise<Tags | 'unreadable' | 'gone'>;
  addTags(arn: string, tags: Tags): Promise<void>;
  /** None where the endpoint has no such operation. Newest last; of the last hour unless `since` (ms) says otherwise, 14 days at most. */
  describeEvents(
    sourceType: 'replication-group' | 'cache-cluster' | 'serverless-cache',
    sourceId: string,
    since?: number,
  ): Promise<{ at: number; message: string }[]>;
  /** Service updates that AWS offers for it and nobody has applied; none where the endpoint has no such operation. */
  listPendingUpdates(name: string, isGroup: boolean): Promise<PendingUpdate[]>;
  describeEngineVersions(engine: string): Promise<EngineVersion[]>;
}
