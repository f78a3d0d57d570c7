/** Which shards and nodes a create call asks for, and whether ElastiCache has such a thing. */
import type { CreateReplicationGroupMessage, NodeGroupConfiguration } from '@aws-sdk/client-elasticache';
import type { SlotRange } from '../redis/node.ts';
import { ServiceError } from '../service.ts';
import type { ClusterMode } from './cache.ts';
import { invalidCombination, invalidValue } from './rejection.ts';
import { ALL_SLOTS, evenSlots, parseSlots, SLOT_COUNT, slotNumbers } from './slots.ts';

export const MOST_REPLICAS = 5;
const MOST_NODES = 1 + MOST_REPLICAS;
/** The quota of an account that has not asked for more: of shards, and of the nodes in all of them. */
export const MOST_SHARDS = 90;
const MOST_NODES_OF_CLUSTER = 90;

export interface ShardLayout {
  readonly id: string;
  readonly slots: readonly SlotRange[];
  readonly nodes: number;
  /** Those of the nodes, the primary's first; empty when AWS is to choose. */
  readonly zones: readonly string[];
}

export interface Layout {
  readonly clusterMode: ClusterMode;
  readonly shards: readonly ShardLayout[];
}

/** `clusterParameters`: whether the parameter group that the call names has cluster-enabled; undefined without one. */
export function requestedLayout(
  input: CreateReplicationGroupMessage,
  clusterParameters: boolean | undefined,
): Layout {
  const { NumCacheClusters, NodeGroupConfiguration: configurations = [] } = input;
  const count = shardCount(input);
  if (NumCacheClusters !== undefined && count > 1) {
    throw invalidCombination('NumCacheClusters can only be specified for one node group');
  }
  const clusterMode = requestedMode(input, count, clusterParameters);
  const shards = Array.from({ length: count }, (_, index) =>
    shardLayout(input, configurations[index] ?? {}, index, count),
  );
  checkNodeCount(shards.reduce((sum, { nodes }) => sum + nodes, 0));
  if (clusterMode === 'disabled') checkPreferredZones(input, shards[0]?.nodes ?? 0);
  // Without the caller's own, they are shared out right.
  if (configurations.some(({ Slots }) => Slots !== undefined)) checkSlots(shards);
  checkAvailability(input, clusterMode, shards);
  return { clusterMode, shards };
}

export function shardId(number: number): string {
  return String(number).padStart(4, '0');
}

function shardCount({ NumNodeGroups, NodeGroupConfiguration }: CreateReplicationGroupMessage): number {
  const configured = NodeGroupConfiguration?.length || undefined;
  if (NumNodeGroups !== undefined && configured !== undefined && NumNodeGroups !== configured) {
    throw invalidCombination('NumNodeGroups must be the number of node groups in NodeGroupConfiguration.');
  }
  const count = NumNodeGroups ?? configured ?? 1;
  if (count < 1) throw invalidValue('NumNodeGroups must be at least 1.');
  if (count > MOST_SHARDS) throw tooManyShards();
  return count;
}

export function tooManyShards(): ServiceError {
  return new ServiceError(
    'NodeGroupsPerReplicationGroupQuotaExceededFault',
    `The request cannot be processed because it would exceed the maximum of ${MOST_SHARDS} node groups per replication group.`,
  );
}

export function checkNodeCount(nodes: number): void {
  if (nodes <= MOST_NODES_OF_CLUSTER) return;
  throw new ServiceError(
    'NodeQuotaForClusterExceededFault',
    `The request cannot be processed because it would exceed the allowed number of cache nodes in a single cluster (${MOST_NODES_OF_CLUSTER}).`,
  );
}

/** By the parameter, or else by what only a cluster can have (API reference, CreateReplicationGroup). */
function requestedMode(
  { ClusterMode }: CreateReplicationGroupMessage,
  shards: number,
  clusterParameters: boolean | undefined,
): ClusterMode {
  const mode = ClusterMode ?? (clusterParameters || shards > 1 ? 'enabled' : 'disabled');
  if (mode !== 'disabled' && clusterParameters === false) {
    throw invalidCombination('Cluster mode should be enabled in parameter group, but found it is disabled.');
  }
  if (mode === 'disabled' && clusterParameters) {
    throw invalidCombination('Cluster mode should be disabled in parameter group, but found it is enabled.');
  }
  if (mode !== 'enabled' && shards > 1) {
    throw invalidCombination(`A replication group with cluster mode ${mode} can have one node group only.`);
  }
  return mode;
}

function shardLayout(
  input: CreateReplicationGroupMessage,
  {
    NodeGroupId,
    Slots,
    ReplicaCount,
    PrimaryAvailabilityZone,
    ReplicaAvailabilityZones,
  }: NodeGroupConfiguration,
  index: number,
  count: number,
): ShardLayout {
  const nodes = input.NumCacheClusters ?? 1 + (ReplicaCount ?? input.ReplicasPerNodeGroup ?? 0);
  if (nodes < 1 || nodes > MOST_NODES) {
    throw invalidValue(
      input.NumCacheClusters === undefined
        ? `The number of replicas per node group must be between 0 and ${MOST_REPLICAS}.`
        : `The number of cache clusters must be between 1 and ${MOST_NODES}.`,
    );
  }
  const even = count === 1 ? ALL_SLOTS : evenSlots(count).slice(index, index + 1);
  return {
    id: NodeGroupId ?? shardId(index + 1),
    slots: Slots ? parseSlots(Slots) : even,
    nodes,
    zones:
      input.PreferredCacheClusterAZs ??
      [PrimaryAvailabilityZone, ...(ReplicaAvailabilityZones ?? [])].filter((zone) => zone !== undefined),
  };
}

function checkPreferredZones(
  { PreferredCacheClusterAZs: zones }: CreateReplicationGroupMessage,
  nodes: number,
): void {
  if (!zones?.length || zones.length === nodes) return;
  throw invalidCombination(
    `The number of preferred availability zones (${zones.length}) must be the number of cache clusters (${nodes}).`,
  );
}

function checkSlots(shards: readonly ShardLayout[]): void {
  const slots = shards.flatMap((shard) => slotNumbers(shard.slots));
  if (slots.length !== SLOT_COUNT || new Set(slots).size !== SLOT_COUNT) {
    throw invalidCombination('The slots of the node groups must hold each of the 16384 slots exactly once.');
  }
}

function checkAvailability(
  { AutomaticFailoverEnabled, MultiAZEnabled }: CreateReplicationGroupMessage,
  clusterMode: ClusterMode,
  shards: readonly ShardLayout[],
): void {
  const withoutReplica = shards.some(({ nodes }) => nodes < 2);
  if (clusterMode !== 'disabled' && !AutomaticFailoverEnabled) {
    throw invalidCombination(
      'Redis with cluster mode enabled cannot be created with auto failover turned off.',
    );
  }
  if (clusterMode !== 'enabled' && AutomaticFailoverEnabled && withoutReplica) {
    throw invalidCombination(
      'When using automatic failover, there must be at least 2 cache clusters in the replication group.',
    );
  }
  if (MultiAZEnabled && !AutomaticFailoverEnabled) {
    throw invalidCombination(
      'Automatic failover must be enabled for a replication group with Multi-AZ enabled.',
    );
  }
  if (MultiAZEnabled && withoutReplica) {
    throw invalidCombination('Multi-AZ requires at least one replica in each node group.');
  }
}
