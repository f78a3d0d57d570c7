/** ElastiCache's shapes as ours. */
import type {
  CacheCluster as AwsCacheCluster,
  CacheSubnetGroup as AwsCacheSubnetGroup,
  CreateReplicationGroupCommandInput,
  Endpoint as AwsEndpoint,
  ModifyReplicationGroupCommandInput,
  NodeGroup,
  ReplicationGroup as AwsReplicationGroup,
} from '@aws-sdk/client-elasticache';
import type { Tags } from '../domain/ownership.ts';
import type {
  CacheCluster,
  CacheSubnetGroup,
  NewReplicationGroup,
  NodeEndpoint,
  ReplicationGroup,
  ReplicationGroupModification,
} from './elasticache.ts';
import { toTagList } from './tag-list.ts';

export function toReplicationGroup(group: AwsReplicationGroup): ReplicationGroup {
  const configuration = toEndpoint(group.ConfigurationEndpoint);
  const primary = toEndpoint(group.NodeGroups?.[0]?.PrimaryEndpoint);
  const reader = toEndpoint(group.NodeGroups?.[0]?.ReaderEndpoint);
  const pending = group.PendingModifiedValues;
  const slotsMoved = pending?.Resharding?.SlotMigration?.ProgressPercentage;
  return {
    replicationGroupId: group.ReplicationGroupId ?? '',
    arn: group.ARN ?? '',
    status: (group.Status ?? '').toLowerCase(),
    description: group.Description ?? '',
    // Absent on groups from before there was a choice.
    engine: group.Engine ?? 'redis',
    cacheNodeType: group.CacheNodeType ?? '',
    memberClusters: group.MemberClusters ?? [],
    nodeGroupIds: (group.NodeGroups ?? []).flatMap(({ NodeGroupId }) => NodeGroupId ?? []),
    automaticFailover: group.AutomaticFailover ?? 'disabled',
    multiAz: group.MultiAZ ?? 'disabled',
    clusterMode: group.ClusterMode ?? (group.ClusterEnabled === true ? 'enabled' : 'disabled'),
    transitEncryption: group.TransitEncryptionEnabled === true,
    // Groups from before there was a choice have no mode: they refuse plaintext.
    ...(group.TransitEncryptionEnabled === true && {
      transitEncryptionMode: group.TransitEncryptionMode ?? 'required',
    }),
    atRestEncryption: group.AtRestEncryptionEnabled === true,
    ...(group.KmsKeyId !== undefined && { kmsKeyId: group.KmsKeyId }),
    authTokenEnabled: group.AuthTokenEnabled === true,
    ...(group.AuthTokenLastModifiedDate && {
      authTokenChangedAt: group.AuthTokenLastModifiedDate.getTime(),
    }),
    ...(pending?.AuthTokenStatus !== undefined && { authTokenStatus: pending.AuthTokenStatus }),
    userGroupIds: group.UserGroupIds ?? [],
    snapshotRetentionLimit: group.SnapshotRetentionLimit ?? 0,
    ...(group.SnapshotWindow !== undefined && { snapshotWindow: group.SnapshotWindow }),
    ...(configuration
      ? { endpoint: { ...configuration, kind: 'configuration' as const } }
      : primary && { endpoint: { ...primary, kind: 'primary' as const } }),
    ...(reader && { readerEndpoint: reader }),
    nodeEndpoints: (group.NodeGroups ?? []).flatMap(toNodeEndpoints),
    ...(pending?.AutomaticFailoverStatus !== undefined && {
      pendingFailover: pending.AutomaticFailoverStatus,
    }),
    ...(slotsMoved !== undefined && { slotsMoved }),
  };
}

function toNodeEndpoints({ NodeGroupMembers = [] }: NodeGroup): NodeEndpoint[] {
  return NodeGroupMembers.flatMap(({ CacheClusterId: cacheClusterId = '', ReadEndpoint, CurrentRole }) => {
    const endpoint = toEndpoint(ReadEndpoint);
    return endpoint ? [{ cacheClusterId, ...endpoint, role: CurrentRole ?? '' }] : [];
  });
}

export function toCacheCluster(cluster: AwsCacheCluster): CacheCluster {
  // The port of a member is its nodes'; the cluster itself has one in cluster mode and for Memcached alone.
  const endpoint = toEndpoint(cluster.CacheNodes?.[0]?.Endpoint);
  const port = endpoint?.port ?? cluster.ConfigurationEndpoint?.Port;
  const pending = cluster.PendingModifiedValues;
  const parameterGroup = cluster.CacheParameterGroup?.CacheParameterGroupName;
  return {
    cacheClusterId: cluster.CacheClusterId ?? '',
    arn: cluster.ARN ?? '',
    ...(cluster.ReplicationGroupId !== undefined && { replicationGroupId: cluster.ReplicationGroupId }),
    cacheNodeType: cluster.CacheNodeType ?? '',
    status: (cluster.CacheClusterStatus ?? '').toLowerCase(),
    engine: cluster.Engine ?? '',
    engineVersion: cluster.EngineVersion ?? '',
    ...(port !== undefined && { port }),
    ...(endpoint && { endpoint }),
    ...(cluster.CacheSubnetGroupName !== undefined && { cacheSubnetGroupName: cluster.CacheSubnetGroupName }),
    ...(parameterGroup !== undefined && { cacheParameterGroupName: parameterGroup }),
    securityGroupIds: (cluster.SecurityGroups ?? []).flatMap(({ SecurityGroupId }) => SecurityGroupId ?? []),
    ...(cluster.PreferredMaintenanceWindow !== undefined && {
      maintenanceWindow: cluster.PreferredMaintenanceWindow,
    }),
    ...(pending?.CacheNodeType !== undefined && { pendingNodeType: pending.CacheNodeType }),
    ...(pending?.EngineVersion !== undefined && { pendingEngineVersion: pending.EngineVersion }),
  };
}

export function toCacheSubnetGroup(group: AwsCacheSubnetGroup): CacheSubnetGroup {
  return {
    cacheSubnetGroupName: group.CacheSubnetGroupName ?? '',
    arn: group.ARN ?? '',
    description: group.CacheSubnetGroupDescription ?? '',
    vpcId: group.VpcId ?? '',
    subnets: (group.Subnets ?? []).map(({ SubnetIdentifier = '', SubnetAvailabilityZone }) => ({
      subnetId: SubnetIdentifier,
      availabilityZone: SubnetAvailabilityZone?.Name ?? '',
    })),
  };
}

export function fromNewReplicationGroup(group: NewReplicationGroup): CreateReplicationGroupCommandInput {
  return {
    ReplicationGroupId: group.replicationGroupId.toLowerCase(),
    ReplicationGroupDescription: group.description,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    CacheNodeType: group.cacheNodeType,
    ...nodesOf(group),
    AutomaticFailoverEnabled: group.automaticFailover,
    MultiAZEnabled: group.multiAz,
    Port: group.port,
    CacheParameterGroupName: group.cacheParameterGroupName,
    CacheSubnetGroupName: group.cacheSubnetGroupName.toLowerCase(),
    SecurityGroupIds: [...group.securityGroupIds],
    TransitEncryptionEnabled: group.transitEncryption,
    TransitEncryptionMode: group.takesPlaintextToo === true ? 'preferred' : undefined,
    SnapshotName: group.snapshotName,
    ServerlessCacheSnapshotName: group.serverlessSnapshotName,
    AtRestEncryptionEnabled: group.atRestEncryption,
    KmsKeyId: group.kmsKeyId,
    SnapshotRetentionLimit: group.snapshotRetentionLimit,
    SnapshotWindow: group.snapshotWindow,
    PreferredMaintenanceWindow: group.maintenanceWindow,
    AuthToken: group.authToken,
    UserGroupIds: group.userGroupId === undefined ? undefined : [group.userGroupId],
    Tags: tagsAtCreation(group.tags),
  };
}

export function fromModification(
  change: ReplicationGroupModification,
): Omit<ModifyReplicationGroupCommandInput, 'ReplicationGroupId'> {
  return {
    CacheNodeType: change.cacheNodeType,
    Engine: change.engine,
    EngineVersion: change.engineVersion,
    CacheParameterGroupName: change.cacheParameterGroupName,
    ClusterMode: change.clusterMode,
    ...(change.transitEncryption && {
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: change.transitEncryption,
    }),
    AutomaticFailoverEnabled: change.automaticFailover,
    MultiAZEnabled: change.multiAz,
    SnapshotRetentionLimit: change.snapshotRetentionLimit,
    SnapshotWindow: change.snapshotWindow,
    PreferredMaintenanceWindow: change.maintenanceWindow,
    ReplicationGroupDescription: change.description,
    SecurityGroupIds: change.securityGroupIds && [...change.securityGroupIds],
    UserGroupIdsToAdd: change.userGroupIdToAdd === undefined ? undefined : [change.userGroupIdToAdd],
  };
}

/** The members that count nodes and name zones are others in cluster mode (API reference, CreateReplicationGroup). */
function nodesOf({ clusterMode, shards, replicas, preferredAzs }: NewReplicationGroup) {
  if (clusterMode === 'disabled') {
    return {
      NumCacheClusters: 1 + replicas,
      ...(preferredAzs && { PreferredCacheClusterAZs: preferredAzs.flat() }),
    };
  }
  return {
    ClusterMode: clusterMode,
    NumNodeGroups: shards,
    ReplicasPerNodeGroup: replicas,
    ...(preferredAzs && {
      NodeGroupConfiguration: preferredAzs.map(([PrimaryAvailabilityZone, ...ReplicaAvailabilityZones]) => ({
        PrimaryAvailabilityZone,
        ...(ReplicaAvailabilityZones.length > 0 ? { ReplicaAvailabilityZones } : {}),
        ReplicaCount: replicas,
      })),
    }),
  };
}

function toEndpoint(endpoint: AwsEndpoint | undefined): { address: string; port: number } | undefined {
  const { Address: address, Port: port } = endpoint ?? {};
  return address === undefined || port === undefined ? undefined : { address, port };
}

/** An empty list would be sent, as a parameter without a value. */
export function tagsAtCreation(tags: Tags): ReturnType<typeof toTagList> | undefined {
  return Object.keys(tags).length > 0 ? toTagList(tags) : undefined;
}
