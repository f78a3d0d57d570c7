/** How caches look in the answers of the API. */
import type {
  CacheCluster,
  NodeGroup,
  PendingModifiedValues,
  ReplicationGroup,
  ReplicationGroupPendingModifiedValues,
} from '@aws-sdk/client-elasticache';
import type { Arn } from './arn.ts';
import { primaryOf } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';
import { NODE_GROUP_ID } from './endpoints.ts';
import type { Endpoints } from './endpoints.ts';

/** Every node of Redis OSS and Valkey is the only one of its cache cluster. */
export const CACHE_NODE_ID = '0001';

export interface Descriptions {
  replicationGroup(cache: Cache): ReplicationGroup;
  cacheCluster(cache: Cache, node: CacheNode, withNodes: boolean): CacheCluster;
}

export function createDescriptions(arn: Arn, endpoints: Endpoints): Descriptions {
  const nodeGroup = (cache: Cache): NodeGroup => {
    // No endpoint and no member is shown before the group has been available.
    if (cache.status === 'creating') return { NodeGroupId: NODE_GROUP_ID, Status: 'creating' };
    const names = endpoints.of(cache);
    const ready = cache.nodes.filter(({ server }) => server);
    return {
      NodeGroupId: NODE_GROUP_ID,
      Status: cache.status === 'deleting' || cache.status === 'modifying' ? cache.status : 'available',
      PrimaryEndpoint: { Address: names.primary, Port: cache.port },
      ReaderEndpoint: { Address: names.reader, Port: cache.port },
      NodeGroupMembers: ready.map((node) => ({
        CacheClusterId: node.cacheClusterId,
        CacheNodeId: CACHE_NODE_ID,
        ReadEndpoint: { Address: names.node(node.cacheClusterId), Port: cache.port },
        PreferredAvailabilityZone: node.networkInterface.availabilityZone,
        CurrentRole: node === primaryOf(cache) ? 'primary' : 'replica',
      })),
    };
  };

  return {
    replicationGroup: (cache) => ({
      ReplicationGroupId: cache.id,
      Description: cache.description,
      Status: cache.status,
      PendingModifiedValues: pendingOfGroup(cache),
      MemberClusters: cache.nodes.map(({ cacheClusterId }) => cacheClusterId),
      NodeGroups: cache.status === 'create-failed' ? [] : [nodeGroup(cache)],
      SnapshottingClusterId: cache.snapshottingClusterId,
      AutomaticFailover: failoverStatus(cache),
      MultiAZ: cache.multiAz ? 'enabled' : 'disabled',
      SnapshotRetentionLimit: cache.snapshotRetentionLimit,
      SnapshotWindow: cache.snapshotWindow,
      ClusterEnabled: false,
      ClusterMode: 'disabled',
      CacheNodeType: cache.cacheNodeType,
      DataTiering: 'disabled',
      KmsKeyId: cache.kmsKeyId,
      StorageEncryptionType: storageEncryption(cache),
      ARN: arn('replicationgroup', cache.id),
      UserGroupIds: [],
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
        ParameterApplyStatus: 'in-sync',
        CacheNodeIdsToReboot: [],
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
      CacheNodes: withNodes && node.server ? [cacheNode(cache, node)] : undefined,
      ...shared(cache),
    }),
  };

  function cacheNode(cache: Cache, node: CacheNode): NonNullable<CacheCluster['CacheNodes']>[number] {
    return {
      CacheNodeId: CACHE_NODE_ID,
      CacheNodeStatus: node.status,
      CacheNodeCreateTime: new Date(node.createdAt),
      Endpoint: { Address: endpoints.of(cache).node(node.cacheClusterId), Port: cache.port },
      ParameterGroupStatus: 'in-sync',
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
