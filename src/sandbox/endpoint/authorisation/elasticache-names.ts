/** Names that a create of a cache implies: its member clusters and the parameter group that it takes by default. */
import type { CreateReplicationGroupMessage } from '@aws-sdk/client-elasticache';

type Members = Pick<
  CreateReplicationGroupMessage,
  'NumCacheClusters' | 'NumNodeGroups' | 'ReplicasPerNodeGroup' | 'ClusterMode' | 'CacheParameterGroupName'
>;

/** 'app-001', and with cluster mode 'app-0001-001'. */
export function memberClusters(id: string, input: Members): string[] {
  const { NumNodeGroups: shards = 1, ReplicasPerNodeGroup = 0 } = input;
  const nodes = input.NumCacheClusters ?? ReplicasPerNodeGroup + 1;
  const sharded =
    shards > 1 ||
    (input.ClusterMode ?? 'disabled') !== 'disabled' ||
    Boolean(input.CacheParameterGroupName?.endsWith('.cluster.on'));
  return count(shards).flatMap((shard) =>
    count(nodes).map((node) =>
      sharded ? `${id}-${padded(shard, 4)}-${padded(node, 3)}` : `${id}-${padded(node, 3)}`,
    ),
  );
}

/** 'default.redis7', 'default.valkey8', 'default.redis7.cluster.on'. */
export function defaultParameterGroup(
  input: Pick<CreateReplicationGroupMessage, 'Engine' | 'EngineVersion'> & Members,
): string {
  const { Engine = 'redis', EngineVersion = '7.1' } = input;
  const [major = '', minor = ''] = EngineVersion.split('.');
  const family = { 5: 'redis5.0', 6: 'redis6.x' }[major] ?? `${Engine.toLowerCase()}${major || minor}`;
  const sharded = (input.NumNodeGroups ?? 1) > 1 || input.ClusterMode === 'enabled';
  return `default.${family}${sharded ? '.cluster.on' : ''}`;
}

function count(to: number): number[] {
  return Array.from({ length: to }, (_, index) => index + 1);
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, '0');
}
