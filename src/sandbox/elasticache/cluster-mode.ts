/** The way of a living replication group into cluster mode, and what is not changed there (user guide, "Modifying cluster mode"). */
import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import type { Cache, Changes, ClusterMode } from './cache.ts';
import { invalidCombination } from './rejection.ts';

/** Each from the one before it, and none back. */
const NEXT: Readonly<Record<ClusterMode, ClusterMode | undefined>> = {
  disabled: 'compatible',
  compatible: 'enabled',
  enabled: undefined,
};

export function requestedClusterMode(
  cache: Cache,
  { ClusterMode: wanted }: Pick<ModifyReplicationGroupMessage, 'ClusterMode'>,
): ClusterMode | undefined {
  const { clusterMode: current, engineVersion } = cache;
  if (wanted === undefined || wanted === current) return undefined;
  if (NEXT[current] !== wanted) {
    throw invalidCombination(
      `Cluster mode cannot go from ${current} to ${wanted}: it goes from disabled to compatible to enabled.`,
    );
  }
  if (engineVersion.engine === 'redis' && Number.parseInt(engineVersion.version) < 7) {
    throw invalidCombination(`Cluster mode cannot be changed on redis ${engineVersion.version}.`);
  }
  if (!cache.automaticFailover || cache.nodes.length < 2) {
    throw invalidCombination(
      'Automatic failover and at least one replica are required to change the cluster mode.',
    );
  }
  return wanted;
}

/** A change of the mode comes alone, and a compatible cache takes no other. */
export function checkClusterMode(cache: Cache, changes: Changes): void {
  const other = Object.keys(changes).some((name) => !['clusterMode', 'parameterGroupName'].includes(name));
  if (changes.clusterMode && other) {
    throw invalidCombination(
      'Only CacheParameterGroupName can be modified in the same request as ClusterMode.',
    );
  }
  if (cache.clusterMode === 'compatible' && other) {
    throw invalidCombination(
      'A replication group with cluster mode compatible cannot be modified until its cluster mode is enabled.',
    );
  }
  if (cache.clusterMode !== 'enabled') return;
  if (changes.automaticFailover === false) {
    throw invalidCombination(
      'Turning off automatic failover for replication group with cluster mode enabled is not supported.',
    );
  }
  if (changes.primaryClusterId) {
    throw invalidCombination('PrimaryClusterId cannot be specified with cluster mode enabled.');
  }
}

export function checkSnapshotSource(
  { clusterMode }: Cache,
  { SnapshottingClusterId }: Pick<ModifyReplicationGroupMessage, 'SnapshottingClusterId'>,
): void {
  if (!SnapshottingClusterId || clusterMode !== 'enabled') return;
  throw invalidCombination('Cannot set snapshotting cluster for cluster mode enabled replication group');
}
