/** How caches look in the answers of the API. */
import type {
  CacheCluster,
  NodeGroup,
  PendingModifiedValues,
  ReplicationGroup,
  ReplicationGroupPendingModifiedValues,
} from '@aws-sdk/client-elasticache';
import type { Arn } from './arn.ts';
import { isPrimary, membersOf } from './cache.ts';
import type { Cache, CacheNode, Shard } from './cache.ts';
import type { Endpoints } from './endpoints.ts';
import type { Nodes } from './nodes.ts';
import { formatSlots } from './slots.ts';

/** Every node of Redis OSS and Valkey is the only one of its cache cluster. */
export const CACHE_NODE_ID = '0001';

export interface Descriptions {
  replicationGroup(cache: Cache): ReplicationGroup;
  cacheCluster(cache: Cache, node: CacheNode, withNodes: boolean): CacheCluster;
}

export function createDescriptions(
  arn: Arn,
  endpoints: Endpoints,
  nodes: Pick<Nodes, 'isBehind'>,
): Descriptions {
  const parameterStatus = (cache: Cache, node: CacheNode): 'pending-reboot' | 'in-sync' =>
    nodes.isBehind(cache, node) ? 'pending-reboot' : 'in-sync';

  const nodeGroup = (cache: Cache, shard: Shard): NodeGroup => {
    // No endpoint and no member is shown before the group has been available.
    if (cache.status === 'creating') return { NodeGroupId: shard.id, Status: 'creating' };
    const names = endpoints.of(cache);
    const clustered = cache.clusterMode !== 'disabled';
    const endpoint = (Address: string) => ({ Address, Port: cache.port });
    const ready = membersOf(cache, shard).filter(({ server }) => server);
    return {
      NodeGroupId: shard.id,
      Status: cache.status === 'deleting' || cache.status === 'modifying' ? cache.status : 'available',
      // Clients of cluster mode begin at the configuration endpoint and learn the rest from the nodes.
      PrimaryEndpoint: cache.clusterMode === 'enabled' ? undefined : endpoint(names.primary),
      ReaderEndpoint: cache.clusterMode === 'enabled' ? undefined : endpoint(names.reader),
      Slots: clustered ? formatSlots(shard.slots) : undefined,
      NodeGroupMembers: ready.map((node) => ({
        CacheClusterId: node.cacheClusterId,
        CacheNodeId: CACHE_NODE_ID,
        ReadEndpoint: clustered ? undefined : endpoint(names.node(node.cacheClusterId)),
        PreferredAvailabilityZone: node.networkInterface.availabilityZone,
        CurrentRole: clustered ? undefined : isPrimary(node) ? 'primary' : 'replica',
      })),
    };
  };

  const configurationEndpoint = (cache: Cache) =>
    cache.clusterMode === 'disabled' || ['creating', 'create-failed'].includes(cache.status)
      ? undefined
      : { Address: endpoints.of(cache).configuration, Port: cache.port };

  return {
    replicationGroup: (cache) => ({
      ReplicationGroupId: cache.id,
      Description: cache.description,
      Status: cache.status,
      PendingModifiedValues: pendingOfGroup(cache),
      MemberClusters: cache.nodes.map(({ cacheClusterId }) => cacheClusterId),
      NodeGroups:
        cache.status === 'create-failed' ? [] : cache.shards.map((shard) => nodeGroup(cache, shard)),
      ConfigurationEndpoint: configurationEndpoint(cache),
      SnapshottingClusterId: cache.snapshottingClusterId,
      AutomaticFailover: failoverStatus(cache),
      MultiAZ: cache.multiAz ? 'enabled' : 'disabled',
      SnapshotRetentionLimit: cache.snapshotRetentionLimit,
      SnapshotWindow: cache.snapshotWindow,
      ClusterEnabled: cache.clusterMode !== 'disabled',
      ClusterMode: cache.clusterMode,
      CacheNodeType: cache.cacheNodeType,
      DataTiering: 'disabled',
      KmsKeyId: cache.kmsKeyId,
      StorageEncryptionType: storageEncryption(cache),
      ARN: arn('replicationgroup', cache.id),
      UserGroupIds: cache.userGroupId === undefined ? [] : [cache.userGroupId],
      ReplicationGroupCreateTime: new Date(cache.createdAt),
      NetworkType: 'ipv4',
      IpDiscovery: 'ipv4',
      Engine: cache.engineVersion.engine,
      ...shared(cache),
    }),
    cacheCluster: (cache, node, withNodes) => ({
      CacheClusterId: node.cacheClusterId,
      ClientDownloadLandingPage: 'https://console.aws.amazon.com/elasticache/home#client-download:',
      CacheNodeType: cache.cacheNodeType,
      Engine: cache.engineVersion.engine,
      EngineVersion: cache.engineVersion.actual,
      CacheClusterStatus: node.status,
      NumCacheNodes: 1,
      PreferredAvailabilityZone: node.networkInterface.availabilityZone,
      CacheClusterCreateTime: new Date(node.createdAt),
      PreferredMaintenanceWindow: cache.maintenanceWindow,
      PendingModifiedValues: pendingOfNode(cache),
      NotificationConfiguration: cache.notificationTopicArn
        ? { TopicArn: cache.notificationTopicArn, TopicStatus: cache.notificationTopicStatus }
        : undefined,
      CacheSecurityGroups: [],
      CacheParameterGroup: {
        CacheParameterGroupName: cache.parameterGroupName,
        ParameterApplyStatus: parameterStatus(cache, node),
        CacheNodeIdsToReboot: nodes.isBehind(cache, node) ? [CACHE_NODE_ID] : [],
      },
      CacheSubnetGroupName: cache.subnetGroupName,
      SecurityGroups: node.networkInterface.groupIds.map((SecurityGroupId) => ({
        SecurityGroupId,
        Status: 'active',
      })),
      ReplicationGroupId: cache.kind === 'replication-group' ? cache.id : undefined,
      SnapshotRetentionLimit:
        node.cacheClusterId === cache.snapshottingClusterId ? cache.snapshotRetentionLimit : 0,
      SnapshotWindow: cache.snapshotWindow,
      ARN: arn('cluster', node.cacheClusterId),
      ReplicationGroupLogDeliveryEnabled: false,
      NetworkType: 'ipv4',
      IpDiscovery: 'ipv4',
      CacheNodes: withNodes && (node.server || rebooting(node)) ? [cacheNode(cache, node)] : undefined,
      ...shared(cache),
    }),
  };

  function cacheNode(cache: Cache, node: CacheNode): NonNullable<CacheCluster['CacheNodes']>[number] {
    return {
      CacheNodeId: CACHE_NODE_ID,
      CacheNodeStatus: rebooting(node) ? 'rebooting' : node.status,
      CacheNodeCreateTime: new Date(node.createdAt),
      Endpoint: { Address: endpoints.of(cache).node(node.cacheClusterId), Port: cache.port },
      ParameterGroupStatus: parameterStatus(cache, node),
      CustomerAvailabilityZone: node.networkInterface.availabilityZone,
    };
  }
}

function shared(cache: Cache) {
  const encrypted = cache.transitEncryption !== 'disabled';
  return {
    AuthTokenEnabled: cache.authTokens.length > 0,
    AuthTokenLastModifiedDate:
      cache.authTokenChangedAt === undefined ? undefined : new Date(cache.authTokenChangedAt),
    TransitEncryptionEnabled: encrypted,
    TransitEncryptionMode: cache.transitEncryption === 'disabled' ? undefined : cache.transitEncryption,
    AtRestEncryptionEnabled: cache.atRestEncryption,
    AutoMinorVersionUpgrade: cache.autoMinorVersionUpgrade,
    LogDeliveryConfigurations: [],
  };
}

function failoverStatus({
  automaticFailover,
  pending,
  changing,
  status,
}: Cache): ReplicationGroup['AutomaticFailover'] {
  if (status === 'creating') return automaticFailover ? 'enabling' : 'disabled';
  if (changing && pending.automaticFailover !== undefined)
    return pending.automaticFailover ? 'enabling' : 'disabling';
  return automaticFailover ? 'enabled' : 'disabled';
}

function storageEncryption({ atRestEncryption, kmsKeyId }: Cache): ReplicationGroup['StorageEncryptionType'] {
  if (!atRestEncryption) return 'none';
  return kmsKeyId ? 'sse-kms' : 'sse-elasticache';
}

function pendingEncryption({ pending }: Cache) {
  const mode = pending.transitEncryption;
  return {
    TransitEncryptionEnabled: mode === undefined ? undefined : mode !== 'disabled',
    TransitEncryptionMode: mode === 'disabled' ? undefined : mode,
    AuthTokenStatus: pending.authToken && (pending.authToken.strategy === 'SET' ? 'SETTING' : 'ROTATING'),
  } as const;
}

function pendingOfGroup(cache: Cache): ReplicationGroupPendingModifiedValues {
  const { pending } = cache;
  return {
    PrimaryClusterId: pending.primaryClusterId,
    AutomaticFailoverStatus:
      pending.automaticFailover === undefined
        ? undefined
        : pending.automaticFailover
          ? 'enabled'
          : 'disabled',
    ClusterMode: pending.clusterMode,
    Resharding:
      cache.resharding === undefined
        ? undefined
        : { SlotMigration: { ProgressPercentage: cache.resharding } },
    UserGroups: pending.userGroup && {
      UserGroupIdsToAdd: pending.userGroup.id === undefined ? [] : [pending.userGroup.id],
      UserGroupIdsToRemove: cache.userGroupId === undefined ? [] : [cache.userGroupId],
    },
    ...pendingEncryption(cache),
  };
}

/** Node type and engine version wait on the clusters, not on the group. */
function pendingOfNode(cache: Cache): PendingModifiedValues {
  return {
    CacheNodeType: cache.pending.cacheNodeType,
    EngineVersion: cache.pending.engineVersion?.version,
    ...pendingEncryption(cache),
  };
}

function rebooting({ status }: CacheNode): boolean {
  return status === 'rebooting cluster nodes';
}
