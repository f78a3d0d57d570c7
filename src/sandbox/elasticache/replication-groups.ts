/** Replication groups: create, describe, modify, delete. */
import type {
  CreateReplicationGroupMessage,
  DeleteReplicationGroupMessage,
  DescribeReplicationGroupsMessage,
  ModifyReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { requireAvailable, snapshotSource } from './cache.ts';
import type { Cache, Caches } from './cache.ts';
import { checkReplicationGroup, newCache } from './creation.ts';
import { requestedLayout } from './layout.ts';
import { memberIds } from './members.ts';
import { requestedChanges } from './modification-request.ts';
import type { NodePlan } from './nodes.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, notInSandbox } from './rejection.ts';
import { changedUserGroup, requestedUserGroup } from './replication-group-access.ts';
import type { ServiceParts } from './service-parts.ts';

const LONGEST_ID = 40;
const NOT_AVAILABLE = 'Replication group is not in available state.';

export function replicationGroupOperations(
  parts: ServiceParts,
  failure: () => string | undefined,
): Operations {
  const { arn, caches, descriptions, lifeCycle, modification, placement, snapshots, tags } = parts;

  const answer = (cache: Cache) => ({ ReplicationGroup: descriptions.replicationGroup(cache) });

  const clusterParameters = (name: string | undefined): boolean | undefined =>
    name === undefined ? undefined : parts.parameterGroups.values(name)['cluster-enabled'] === 'yes';

  return {
    CreateReplicationGroup(input: CreateReplicationGroupMessage) {
      const id = identifier('ReplicationGroupId', input.ReplicationGroupId, LONGEST_ID);
      const layout = requestedLayout(input, clusterParameters(input.CacheParameterGroupName));
      checkReplicationGroup(input);
      const cache = newCache('replication-group', id, input, layout, parts.creationContext());
      cache.userGroupId = requestedUserGroup(input, cache.engineVersion.engine, parts.userGroups);
      if (caches.groups.has(id)) {
        throw new ServiceError(
          'ReplicationGroupAlreadyExistsFault',
          `Replication group ${id} already exists.`,
        );
      }
      const members = layout.shards.flatMap((shard, index) =>
        memberIds(id, layout.clusterMode, shard.id, shard.nodes).map((cacheClusterId, place) => ({
          cacheClusterId,
          shard: index,
          wish: { zone: shard.zones[place], turn: index + place },
        })),
      );
      const taken = members.find(({ cacheClusterId }) => caches.member(cacheClusterId));
      if (taken) {
        throw new ServiceError(
          'CacheClusterAlreadyExistsFault',
          `Cache cluster ${taken.cacheClusterId} already exists.`,
        );
      }

      const group = parts.subnetGroups.find(cache.subnetGroupName);
      const groupIds = input.SecurityGroupIds ?? [];
      placement.checkSecurityGroups(group, groupIds);
      const subnets = placement.place(
        group,
        cache.cacheNodeType,
        members.map(({ wish }) => wish),
      );
      const plans = members.flatMap(({ cacheClusterId, shard: index }, place): NodePlan[] => {
        const [shard, subnet] = [cache.shards[index], subnets[place]];
        return shard && subnet ? [{ cacheClusterId, shard, subnet }] : [];
      });
      for (const shard of cache.shards) {
        const own = plans.filter((plan) => plan.shard === shard);
        shard.primaryId = own[0]?.cacheClusterId ?? '';
        const zones = new Set(own.map(({ subnet }) => subnet.availabilityZone));
        if (input.MultiAZEnabled && zones.size < 2) {
          throw invalidCombination('Multi-AZ requires the nodes to be in at least two availability zones.');
        }
      }
      tags.put(arn('replicationgroup', id), input.Tags);
      for (const { cacheClusterId } of plans) tags.put(arn('cluster', cacheClusterId), input.Tags);

      cache.description = input.ReplicationGroupDescription ?? '';
      cache.automaticFailover = input.AutomaticFailoverEnabled ?? false;
      cache.multiAz = input.MultiAZEnabled ?? false;
      lifeCycle.create(cache, plans, groupIds, failure());
      snapshots.takeDaily(cache);
      cache.snapshottingClusterId = snapshotSource(cache);
      caches.groups.set(id, cache);
      return answer(cache);
    },

    DescribeReplicationGroups(input: DescribeReplicationGroupsMessage) {
      const all = input.ReplicationGroupId
        ? [caches.group(input.ReplicationGroupId)]
        : [...caches.groups.values()];
      const { items, Marker } = page(all, input);
      return { Marker, ReplicationGroups: items.map((cache) => descriptions.replicationGroup(cache)) };
    },

    ModifyReplicationGroup(input: ModifyReplicationGroupMessage) {
      const cache = availableGroup(caches, input.ReplicationGroupId);
      if (input.LogDeliveryConfigurations?.length) throw notInSandbox('log delivery');
      const userGroup = changedUserGroup(cache, input, parts.userGroups);
      const changes = {
        ...requestedChanges(cache, input, parts.parameterGroups),
        ...(userGroup ? { userGroup } : {}),
      };
      const group = parts.subnetGroups.find(cache.subnetGroupName);
      placement.checkSecurityGroups(group, changes.securityGroupIds ?? []);
      modification.modify(cache, input, changes, input.ApplyImmediately ?? false);
      return answer(cache);
    },

    DeleteReplicationGroup(input: DeleteReplicationGroupMessage) {
      const cache = caches.group(input.ReplicationGroupId);
      if (cache.status !== 'create-failed') {
        const member = cache.nodes[0]?.cacheClusterId ?? cache.id;
        requireAvailable(cache, `Cache cluster ${member} is not in a valid state to be deleted.`);
      }
      if (input.RetainPrimaryCluster)
        throw notInSandbox('cache clusters that outlive their replication group');
      const { FinalSnapshotIdentifier: final } = input;
      const read = final ? snapshots.takeFinal(cache, final) : undefined;
      const arns = [
        arn('replicationgroup', cache.id),
        ...cache.nodes.map((one) => arn('cluster', one.cacheClusterId)),
      ];
      const forget = (): void => {
        caches.groups.delete(cache.id);
        snapshots.forgetAutomatic(cache);
        for (const one of arns) tags.forget(one);
      };
      lifeCycle.delete(cache, forget, read);
      return answer(cache);
    },
  };
}

/** Throws unless it can be changed now. */
export function availableGroup(caches: Caches, replicationGroupId: string | undefined): Cache {
  const cache = caches.group(replicationGroupId);
  requireAvailable(cache, NOT_AVAILABLE);
  return cache;
}
