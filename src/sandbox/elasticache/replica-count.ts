/** Which replicas to add to a replication group, and which to remove. */
import type {
  ConfigureShard,
  DecreaseReplicaCountMessage,
  IncreaseReplicaCountMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import { membersOf, replicasOf } from './cache.ts';
import type { Cache, CacheNode, Shard } from './cache.ts';
import { MOST_REPLICAS } from './layout.ts';
import { invalidCombination, invalidValue } from './rejection.ts';

type Request = Pick<
  IncreaseReplicaCountMessage & DecreaseReplicaCountMessage,
  'NewReplicaCount' | 'ReplicaConfiguration' | 'ApplyImmediately'
>;

interface Growth {
  readonly shard: Shard;
  readonly count: number;
  /** Empty when AWS is to choose. */
  readonly zones: readonly string[];
}

export function increasedReplicas(cache: Cache, input: IncreaseReplicaCountMessage): Growth[] {
  return wantedCounts(cache, input).map(({ shard, wanted, zones }) => {
    const replicas = replicasOf(cache, shard).length;
    if (wanted > MOST_REPLICAS)
      throw invalidValue(`The number of replicas must not be greater than ${MOST_REPLICAS}.`);
    if (wanted <= replicas) {
      throw invalidValue(
        `The new replica count ${wanted} must be greater than the current one, ${replicas}.`,
      );
    }
    // The list names the zones of all nodes, the primary's first (API reference, ConfigureShard).
    return { shard, count: wanted - replicas, zones: zones.slice(membersOf(cache, shard).length) };
  });
}

export function decreasedReplicas(cache: Cache, input: DecreaseReplicaCountMessage): CacheNode[] {
  const removed = input.ReplicasToRemove?.length
    ? namedReplicas(cache, input)
    : wantedCounts(cache, input).flatMap(({ shard, wanted }) =>
        lastReplicas(replicasOf(cache, shard), wanted),
      );
  const bare = cache.shards.some((shard) =>
    replicasOf(cache, shard).every((replica) => removed.includes(replica)),
  );
  if (bare && cache.multiAz) {
    throw invalidValue('Must have at least 1 replica for Multi-AZ enabled Replication Group.');
  }
  // With cluster mode a shard of one node fails over to nothing, and AWS lets it be (CreateReplicationGroup does too).
  if (bare && cache.automaticFailover && cache.clusterMode !== 'enabled') {
    throw invalidValue(
      'Must have at least 1 replica for a Replication Group with automatic failover enabled.',
    );
  }
  return removed;
}

function namedReplicas(cache: Cache, input: DecreaseReplicaCountMessage): CacheNode[] {
  requireImmediate(input);
  const replicas = cache.shards.flatMap((shard) => replicasOf(cache, shard));
  return (input.ReplicasToRemove ?? []).map((id) => {
    const replica = replicas.find(({ cacheClusterId }) => cacheClusterId === id.toLowerCase());
    if (!replica) throw invalidValue(`${id} is not a replica of the replication group.`);
    return replica;
  });
}

function lastReplicas(replicas: readonly CacheNode[], wanted: number): CacheNode[] {
  if (wanted < 0 || wanted >= replicas.length) {
    throw invalidValue(
      `The new replica count ${wanted} must be less than the current one, ${replicas.length}.`,
    );
  }
  return replicas.slice(wanted);
}

/** One number for all shards, or one for each that is named. */
function wantedCounts(
  cache: Cache,
  request: Request,
): { shard: Shard; wanted: number; zones: readonly string[] }[] {
  requireImmediate(request);
  const { NewReplicaCount: wanted, ReplicaConfiguration = [] } = request;
  if (ReplicaConfiguration.length > 0) {
    return ReplicaConfiguration.map((configuration) => ({
      shard: shardOf(cache, configuration),
      wanted: configuration.NewReplicaCount ?? 0,
      zones: configuration.PreferredAvailabilityZones ?? [],
    }));
  }
  if (wanted === undefined) {
    throw invalidCombination('NewReplicaCount or ReplicaConfiguration must be specified.');
  }
  return cache.shards.map((shard) => ({ shard, wanted, zones: [] }));
}

function shardOf({ shards }: Cache, { NodeGroupId }: ConfigureShard): Shard {
  const shard = shards.find(({ id }) => id === NodeGroupId);
  if (!shard) throw new ServiceError('NodeGroupNotFoundFault', `Node group ${NodeGroupId ?? ''} not found.`);
  return shard;
}

function requireImmediate({ ApplyImmediately }: Request): void {
  if (!ApplyImmediately) throw invalidValue('ApplyImmediately must be true.');
}
