/**
 * ElastiCache (Service Authorization Reference, "Amazon ElastiCache"; user guide, "Using condition keys"). A cache is
 * made only where its replication group, its member clusters, its parameter group and its subnet group are all
 * allowed; the network interfaces are made by the service-linked role, so the caller's right to them is not asked.
 */
import type {
  CreateCacheClusterMessage,
  CreateReplicationGroupMessage,
  CreateSnapshotMessage,
  DeleteCacheClusterMessage,
  DeleteReplicationGroupMessage,
  ListAllowedNodeTypeModificationsMessage,
  ModifyCacheClusterMessage,
  ModifyReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import { arnsOf } from '../../elasticache/arn.ts';
import type { ResourceType } from '../../elasticache/arn.ts';
import type { ContextValues } from '../../iam/policy/context.ts';
import { elasticacheAccessPermissions } from './elasticache-access.ts';
import { defaultParameterGroup, memberClusters } from './elasticache-names.ts';
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place, Resource } from './permission.ts';

export function elasticachePermissions(place: Place): PermissionRules {
  const { region, accountId } = place;
  const arn = arnsOf(region, accountId);
  /** A request that names none is about all of them. */
  const about = (type: ResourceType, member: string) => (input: Readonly<Record<string, unknown>>) => {
    const name = input[member];
    return on(arn(type, typeof name === 'string' ? name.toLowerCase() : '*'));
  };
  const making = (type: ResourceType, member: string) => (input: Readonly<Record<string, string>>) =>
    on(made(arn(type, (input[member] ?? '').toLowerCase())));
  const tagging = ({ ResourceName = '' }: { ResourceName?: string }): Needs => on(tagged(ResourceName));
  const optional = (type: ResourceType, name: string | undefined): Resource[] =>
    name === undefined ? [] : [{ arn: arn(type, name) }];

  const createReplicationGroup = (input: CreateReplicationGroupMessage): Needs => {
    const { ReplicationGroupId = '', CacheSubnetGroupName = 'default' } = input;
    const id = ReplicationGroupId.toLowerCase();
    const context = cacheContext(input);
    return on(
      made(arn('replicationgroup', id), context),
      ...memberClusters(id, input).map((name) => ({ arn: arn('cluster', name), context })),
      arn('parametergroup', input.CacheParameterGroupName ?? defaultParameterGroup(input)),
      arn('subnetgroup', CacheSubnetGroupName),
      ...optional('snapshot', input.SnapshotName),
    );
  };

  const createCacheCluster = (input: CreateCacheClusterMessage): Needs =>
    on(
      made(arn('cluster', (input.CacheClusterId ?? '').toLowerCase()), cacheContext(input)),
      arn('parametergroup', input.CacheParameterGroupName ?? defaultParameterGroup(input)),
      arn('subnetgroup', input.CacheSubnetGroupName ?? 'default'),
      ...optional('replicationgroup', input.ReplicationGroupId),
      ...optional('snapshot', input.SnapshotName),
    );

  return {
    CreateReplicationGroup: createReplicationGroup,
    CreateCacheCluster: createCacheCluster,
    ModifyReplicationGroup: (input: ModifyReplicationGroupMessage) =>
      on(
        { arn: arn('replicationgroup', input.ReplicationGroupId ?? ''), context: cacheContext(input) },
        ...optional('parametergroup', input.CacheParameterGroupName),
      ),
    ModifyCacheCluster: (input: ModifyCacheClusterMessage) =>
      on(
        { arn: arn('cluster', input.CacheClusterId ?? ''), context: cacheContext(input) },
        ...optional('parametergroup', input.CacheParameterGroupName),
      ),
    DeleteReplicationGroup: (input: DeleteReplicationGroupMessage) =>
      on(
        arn('replicationgroup', input.ReplicationGroupId ?? ''),
        ...optional('snapshot', input.FinalSnapshotIdentifier),
      ),
    DeleteCacheCluster: (input: DeleteCacheClusterMessage) =>
      on(arn('cluster', input.CacheClusterId ?? ''), ...optional('snapshot', input.FinalSnapshotIdentifier)),
    DescribeReplicationGroups: about('replicationgroup', 'ReplicationGroupId'),
    IncreaseReplicaCount: about('replicationgroup', 'ReplicationGroupId'),
    DecreaseReplicaCount: about('replicationgroup', 'ReplicationGroupId'),
    ModifyReplicationGroupShardConfiguration: about('replicationgroup', 'ReplicationGroupId'),
    TestFailover: about('replicationgroup', 'ReplicationGroupId'),
    RebootCacheCluster: about('cluster', 'CacheClusterId'),
    DescribeCacheClusters: about('cluster', 'CacheClusterId'),
    ListAllowedNodeTypeModifications: (input: ListAllowedNodeTypeModificationsMessage) =>
      on(
        ...optional('replicationgroup', input.ReplicationGroupId),
        ...optional('cluster', input.CacheClusterId),
      ),

    CreateCacheSubnetGroup: making('subnetgroup', 'CacheSubnetGroupName'),
    ModifyCacheSubnetGroup: about('subnetgroup', 'CacheSubnetGroupName'),
    DeleteCacheSubnetGroup: about('subnetgroup', 'CacheSubnetGroupName'),
    DescribeCacheSubnetGroups: about('subnetgroup', 'CacheSubnetGroupName'),

    CreateCacheParameterGroup: making('parametergroup', 'CacheParameterGroupName'),
    ModifyCacheParameterGroup: about('parametergroup', 'CacheParameterGroupName'),
    ResetCacheParameterGroup: about('parametergroup', 'CacheParameterGroupName'),
    DeleteCacheParameterGroup: about('parametergroup', 'CacheParameterGroupName'),
    DescribeCacheParameterGroups: about('parametergroup', 'CacheParameterGroupName'),
    DescribeCacheParameters: about('parametergroup', 'CacheParameterGroupName'),

    CreateSnapshot: (input: CreateSnapshotMessage) =>
      on(
        made(arn('snapshot', input.SnapshotName ?? '')),
        ...optional('replicationgroup', input.ReplicationGroupId),
        ...optional('cluster', input.CacheClusterId),
      ),
    DeleteSnapshot: about('snapshot', 'SnapshotName'),
    DescribeSnapshots: about('snapshot', 'SnapshotName'),
    ...elasticacheAccessPermissions(place),

    ListTagsForResource: tagging,
    AddTagsToResource: tagging,
    RemoveTagsFromResource: tagging,
  };
}

/** What the condition keys of ElastiCache see of a create or a modify; what is not given is absent. */
function cacheContext(
  input: Partial<CreateReplicationGroupMessage & CreateCacheClusterMessage & ModifyReplicationGroupMessage>,
): ContextValues {
  return {
    'elasticache:CacheNodeType': input.CacheNodeType,
    'elasticache:EngineType': input.Engine,
    'elasticache:EngineVersion': input.EngineVersion,
    'elasticache:TransitEncryptionEnabled': input.TransitEncryptionEnabled,
    'elasticache:AtRestEncryptionEnabled': input.AtRestEncryptionEnabled,
    'elasticache:AuthTokenEnabled': input.AuthToken === undefined ? undefined : true,
    'elasticache:MultiAZEnabled': input.MultiAZEnabled,
    'elasticache:AutomaticFailoverEnabled': input.AutomaticFailoverEnabled,
    'elasticache:ClusterModeEnabled':
      input.ClusterMode === undefined ? undefined : input.ClusterMode !== 'disabled',
    'elasticache:NumNodeGroups': input.NumNodeGroups,
    'elasticache:ReplicasPerNodeGroup': input.ReplicasPerNodeGroup,
    'elasticache:SnapshotRetentionLimit': input.SnapshotRetentionLimit,
    'elasticache:CacheParameterGroupName': input.CacheParameterGroupName,
    'elasticache:KmsKeyId': input.KmsKeyId,
  };
}
