/** What a change of the number of shards asks for (API reference, ModifyReplicationGroupShardConfiguration). */
import type { ModifyReplicationGroupShardConfigurationMessage } from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Cache, Shard } from './cache.ts';
import { MOST_SHARDS, shardId, tooManyShards } from './layout.ts';
import { invalidCombination, invalidValue } from './rejection.ts';

export interface ShardConfiguration {
  /** Without primaries and slots yet. */
  readonly added: readonly { readonly shard: Shard; readonly zones: readonly string[] }[];
  readonly removed: readonly Shard[];
}

type Request = ModifyReplicationGroupShardConfigurationMessage;

export function requestedShards(cache: Cache, input: Request): ShardConfiguration {
  const { NodeGroupCount: wanted = 0, ApplyImmediately } = input;
  if (cache.clusterMode !== 'enabled') {
    throw invalidCombination(
      'Shard configuration can be modified only for a replication group with cluster mode enabled.',
    );
  }
  if (!ApplyImmediately) throw invalidValue('ApplyImmediately must be true.');
  if (wanted < 1) throw invalidValue('NodeGroupCount must be at least 1.');
  if (wanted > MOST_SHARDS) throw tooManyShards();
  if (wanted < cache.shards.length) return { added: [], removed: removedShards(cache, input) };
  if (input.NodeGroupsToRemove?.length || input.NodeGroupsToRetain?.length) {
    throw invalidCombination('NodeGroupsToRemove and NodeGroupsToRetain are for fewer node groups only.');
  }
  // The same number is a request to share the slots out evenly.
  return { added: addedShards(cache, input), removed: [] };
}

function removedShards({ shards }: Cache, { NodeGroupCount: wanted = 0, ...input }: Request): Shard[] {
  const { NodeGroupsToRemove: toRemove = [], NodeGroupsToRetain: toRetain = [] } = input;
  if (toRemove.length > 0 === toRetain.length > 0) {
    throw invalidCombination(
      'Exactly one of NodeGroupsToRemove and NodeGroupsToRetain must be specified to remove node groups.',
    );
  }
  const known = new Set(shards.map(({ id }) => id));
  const unknown = [...toRemove, ...toRetain].find((id) => !known.has(id));
  if (unknown !== undefined) {
    throw new ServiceError('NodeGroupNotFoundFault', `Node group ${unknown} not found.`);
  }
  const removed = shards.filter(({ id }) =>
    toRemove.length > 0 ? toRemove.includes(id) : !toRetain.includes(id),
  );
  if (shards.length - removed.length !== wanted) {
    throw invalidCombination(
      `NodeGroupCount ${wanted} does not match the node groups to remove or to retain.`,
    );
  }
  return removed;
}

function addedShards(
  { shards }: Cache,
  { NodeGroupCount: wanted = 0, ReshardingConfiguration = [] }: Request,
): ShardConfiguration['added'] {
  const used = new Set(shards.map(({ id }) => id));
  const free: string[] = [];
  for (let number = 1; free.length < wanted - shards.length; number += 1) {
    if (!used.has(shardId(number))) free.push(shardId(number));
  }
  return free.map((id, index) => {
    const asked =
      ReshardingConfiguration.find(({ NodeGroupId }) => NodeGroupId === id) ?? ReshardingConfiguration[index];
    return {
      shard: { id: asked?.NodeGroupId ?? id, primaryId: '', slots: [] },
      zones: asked?.PreferredAvailabilityZones ?? [],
    };
  });
}
