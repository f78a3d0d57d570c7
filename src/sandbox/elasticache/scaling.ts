/** A replication group in another size: replicas and shards, more and fewer. */
import type {
  DecreaseReplicaCountMessage,
  IncreaseReplicaCountMessage,
  ListAllowedNodeTypeModificationsMessage,
  ModifyReplicationGroupShardConfigurationMessage,
} from '@aws-sdk/client-elasticache';
import type { Operations } from '../service.ts';
import { membersOf, primaryOf, replicasOf } from './cache.ts';
import type { Cache, Shard } from './cache.ts';
import { checkNodeCount } from './layout.ts';
import { DURATION } from './life-cycle.ts';
import { freeMemberIds, memberIds } from './members.ts';
import { nodeTypeModifications } from './node-types.ts';
import type { NodePlan } from './nodes.ts';
import { invalidCombination, invalidValue } from './rejection.ts';
import { decreasedReplicas, increasedReplicas } from './replica-count.ts';
import { availableGroup } from './replication-groups.ts';
import type { ServiceParts } from './service-parts.ts';
import { requestedShards } from './shard-configuration.ts';
import type { ShardConfiguration } from './shard-configuration.ts';
import { evenMoves, slotNumbers, slotRanges } from './slots.ts';

export function scalingOperations(parts: ServiceParts): Operations {
  const { arn, caches, descriptions, lifeCycle, nodes, placement, tags } = parts;

  const answer = (cache: Cache) => ({ ReplicationGroup: descriptions.replicationGroup(cache) });
  /** DG "Modifying cluster mode": no other changes until the mode is enabled. */
  const scalable = (replicationGroupId: string | undefined): Cache => {
    const cache = availableGroup(caches, replicationGroupId);
    if (cache.clusterMode !== 'compatible') return cache;
    throw invalidCombination('A replication group with cluster mode compatible cannot be scaled.');
  };
  const copyTags = (cache: Cache, plans: readonly NodePlan[]): void => {
    const groupTags = tags.list(arn('replicationgroup', cache.id));
    for (const { cacheClusterId } of plans) tags.put(arn('cluster', cacheClusterId), groupTags);
  };

  const replicaPlans = (cache: Cache, input: IncreaseReplicaCountMessage): NodePlan[] => {
    const wanted = increasedReplicas(cache, input).flatMap(({ shard, count, zones }) => {
      const present = membersOf(cache, shard).length;
      return freeMemberIds(cache, shard, count).map((cacheClusterId, index) => ({
        cacheClusterId,
        shard,
        wish: { zone: zones[index], turn: cache.shards.indexOf(shard) + present + index },
      }));
    });
    const group = parts.subnetGroups.find(cache.subnetGroupName);
    const subnets = placement.place(
      group,
      cache.cacheNodeType,
      wanted.map(({ wish }) => wish),
    );
    return wanted.flatMap(({ cacheClusterId, shard }, index) => {
      const subnet = subnets[index];
      return subnet ? [{ cacheClusterId, shard, subnet }] : [];
    });
  };

  /** As many nodes in each new shard as the first one has. */
  const shardPlans = (cache: Cache, added: ShardConfiguration['added']): NodePlan[] => {
    const [model] = cache.shards;
    const size = model ? membersOf(cache, model).length : 1;
    const group = parts.subnetGroups.find(cache.subnetGroupName);
    return added.flatMap(({ shard, zones }, position) => {
      const ids = memberIds(cache.id, cache.clusterMode, shard.id, size);
      shard.primaryId = ids[0] ?? '';
      const subnets = placement.place(
        group,
        cache.cacheNodeType,
        ids.map((_, index) => ({ zone: zones[index], turn: cache.shards.length + position + index })),
      );
      return subnets.map((subnet, index) => ({ cacheClusterId: ids[index] ?? '', shard, subnet }));
    });
  };

  const moveSlots = async (cache: Cache, kept: readonly Shard[]): Promise<void> => {
    const moves = evenMoves(cache.shards, kept);
    for (const [done, { from, to, slots }] of moves.entries()) {
      cache.resharding = Math.floor((100 * done) / moves.length);
      await nodes.moveSlots(cache, slots, from, to);
      const moved = new Set(slots);
      from.slots = slotRanges(slotNumbers(from.slots).filter((slot) => !moved.has(slot)));
      to.slots = slotRanges([...slotNumbers(to.slots), ...slots]);
    }
    cache.resharding = undefined;
  };

  return {
    IncreaseReplicaCount(input: IncreaseReplicaCountMessage) {
      const cache = scalable(input.ReplicationGroupId);
      const plans = replicaPlans(cache, input);
      checkNodeCount(cache.nodes.length + plans.length);
      copyTags(cache, plans);
      lifeCycle.addNodes(cache, plans);
      return answer(cache);
    },

    DecreaseReplicaCount(input: DecreaseReplicaCountMessage) {
      const cache = scalable(input.ReplicationGroupId);
      lifeCycle.removeNodes(cache, decreasedReplicas(cache, input));
      return answer(cache);
    },

    ModifyReplicationGroupShardConfiguration(input: ModifyReplicationGroupShardConfigurationMessage) {
      const cache = scalable(input.ReplicationGroupId);
      const { added, removed } = requestedShards(cache, input);
      const plans = shardPlans(cache, added);
      checkNodeCount(cache.nodes.length + plans.length);
      const kept = cache.shards.filter((shard) => !removed.includes(shard));
      if (plans.length > 0) {
        copyTags(cache, plans);
        cache.shards.push(...added.map(({ shard }) => shard));
        lifeCycle.addNodes(cache, plans, () => moveSlots(cache, cache.shards));
      } else if (removed.length > 0) {
        // Replicas first: a node cannot forget its own primary.
        const leaving = removed.flatMap((shard) => [
          ...replicasOf(cache, shard),
          ...membersOf(cache, shard).filter((node) => node === primaryOf(cache, shard)),
        ]);
        lifeCycle.removeNodes(cache, leaving, async () => {
          await moveSlots(cache, kept);
          cache.shards = kept;
        });
      } else {
        lifeCycle.change(cache, {
          status: 'modifying',
          durationMs: DURATION.modification,
          apply: () => moveSlots(cache, cache.shards),
        });
      }
      return answer(cache);
    },

    ListAllowedNodeTypeModifications(input: ListAllowedNodeTypeModificationsMessage) {
      if (Boolean(input.ReplicationGroupId) === Boolean(input.CacheClusterId)) {
        throw invalidValue('Exactly one of ReplicationGroupId and CacheClusterId must be specified.');
      }
      const cache = input.ReplicationGroupId
        ? caches.group(input.ReplicationGroupId)
        : caches.cluster(input.CacheClusterId).cache;
      const { up, down } = nodeTypeModifications(cache.cacheNodeType);
      return { ScaleUpModifications: up, ScaleDownModifications: down };
    },
  };
}
