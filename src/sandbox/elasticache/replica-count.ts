/** Which replicas to add to a replication group, and which to remove. */
import type { DecreaseReplicaCountMessage, IncreaseReplicaCountMessage } from '@aws-sdk/client-elasticache';
import { primaryOf } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';
import { invalidCombination, invalidValue } from './rejection.ts';

const MOST_REPLICAS = 5;

type Request = Pick<
  IncreaseReplicaCountMessage & DecreaseReplicaCountMessage,
  'NewReplicaCount' | 'ReplicaConfiguration' | 'ApplyImmediately'
>;

/** `zones` is empty when AWS is to choose. */
export function increasedReplicas(
  cache: Cache,
  input: IncreaseReplicaCountMessage,
): { count: number; zones: string[] } {
  const wanted = newCount(input);
  const replicas = cache.nodes.length - 1;
  if (wanted === undefined)
    throw invalidCombination('NewReplicaCount or ReplicaConfiguration must be specified.');
  if (wanted > MOST_REPLICAS)
    throw invalidValue(`The number of replicas must not be greater than ${MOST_REPLICAS}.`);
  if (wanted <= replicas) {
    throw invalidValue(`The new replica count ${wanted} must be greater than the current one, ${replicas}.`);
  }
  // The list names the zones of all nodes, the primary's first (API reference, ConfigureShard).
  const zones = input.ReplicaConfiguration?.[0]?.PreferredAvailabilityZones ?? [];
  return { count: wanted - replicas, zones: zones.slice(cache.nodes.length) };
}

export function decreasedReplicas(cache: Cache, input: DecreaseReplicaCountMessage): CacheNode[] {
  const replicas = cache.nodes.filter((node) => node !== primaryOf(cache));
  const removed = namedReplicas(replicas, input) ?? lastReplicas(replicas, newCount(input));
  const left = replicas.length - removed.length;
  if (left === 0 && cache.multiAz) {
    throw invalidValue('Must have at least 1 replica for Multi-AZ enabled Replication Group.');
  }
  if (left === 0 && cache.automaticFailover) {
    throw invalidValue(
      'Must have at least 1 replica for a Replication Group with automatic failover enabled.',
    );
  }
  return removed;
}

function namedReplicas(
  replicas: readonly CacheNode[],
  input: DecreaseReplicaCountMessage,
): CacheNode[] | undefined {
  if (!input.ReplicasToRemove?.length) return undefined;
  newCount(input);
  return input.ReplicasToRemove.map((id) => {
    const replica = replicas.find(({ cacheClusterId }) => cacheClusterId === id.toLowerCase());
    if (!replica) throw invalidValue(`${id} is not a replica of the replication group.`);
    return replica;
  });
}

function lastReplicas(replicas: readonly CacheNode[], wanted: number | undefined): CacheNode[] {
  if (wanted === undefined)
    throw invalidCombination('NewReplicaCount or ReplicasToRemove must be specified.');
  if (wanted < 0 || wanted >= replicas.length) {
    throw invalidValue(
      `The new replica count ${wanted} must be less than the current one, ${replicas.length}.`,
    );
  }
  return replicas.slice(wanted);
}

function newCount({ NewReplicaCount, ReplicaConfiguration, ApplyImmediately }: Request): number | undefined {
  if (!ApplyImmediately) throw invalidValue('ApplyImmediately must be true.');
  return NewReplicaCount ?? ReplicaConfiguration?.[0]?.NewReplicaCount;
}
