/** Replication groups with cluster mode disabled: create, describe, modify, grow, shrink, fail over, delete. */
import type {
  CreateReplicationGroupMessage,
  DecreaseReplicaCountMessage,
  DeleteReplicationGroupMessage,
  DescribeReplicationGroupsMessage,
  IncreaseReplicaCountMessage,
  ListAllowedNodeTypeModificationsMessage,
  ModifyReplicationGroupMessage,
  TestFailoverMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { primaryOf, requireAvailable, snapshotSource } from './cache.ts';
import type { Cache } from './cache.ts';
import { checkReplicationGroup, newCache, requestedNodes } from './creation.ts';
import { NODE_GROUP_ID } from './endpoints.ts';
import { DURATION } from './life-cycle.ts';
import { requestedChanges } from './modification-request.ts';
import { nodeTypeModifications } from './node-types.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, invalidValue, notInSandbox } from './rejection.ts';
import { decreasedReplicas, increasedReplicas } from './replica-count.ts';
import type { ServiceParts } from './service-parts.ts';

const LONGEST_ID = 40;
const NOT_AVAILABLE = 'Replication group is not in available state.';

export function replicationGroupOperations(
  parts: ServiceParts,
  failure: () => string | undefined,
): Operations {
  const { arn, caches, descriptions, events, lifeCycle, modification, nodes, placement, snapshots, tags } =
    parts;

  const available = (replicationGroupId: string | undefined): Cache => {
    const cache = caches.group(replicationGroupId);
    requireAvailable(cache, NOT_AVAILABLE);
    return cache;
  };
  const answer = (cache: Cache) => ({ ReplicationGroup: descriptions.replicationGroup(cache) });

  return {
    CreateReplicationGroup(input: CreateReplicationGroupMessage) {
      const id = identifier('ReplicationGroupId', input.ReplicationGroupId, LONGEST_ID);
      const count = requestedNodes(input);
      checkReplicationGroup(input);
      const cache = newCache('replication-group', id, input, parts.creationContext());
      if (caches.groups.has(id)) {
        throw new ServiceError(
          'ReplicationGroupAlreadyExistsFault',
          `Replication group ${id} already exists.`,
        );
      }
      const ids = Array.from({ length: count }, (_, index) => memberId(id, index + 1));
      const taken = ids.find((one) => caches.member(one));
      if (taken)
        throw new ServiceError('CacheClusterAlreadyExistsFault', `Cache cluster ${taken} already exists.`);

      const group = parts.subnetGroups.find(cache.subnetGroupName);
      const groupIds = input.SecurityGroupIds ?? [];
      placement.checkSecurityGroups(group, groupIds);
      const subnets = placement.place(group, count, input.PreferredCacheClusterAZs ?? [], 0);
      if (input.MultiAZEnabled && new Set(subnets.map((one) => one.availabilityZone)).size < 2) {
        throw invalidCombination('Multi-AZ requires the nodes to be in at least two availability zones.');
      }
      tags.put(arn('replicationgroup', id), input.Tags);
      for (const one of ids) tags.put(arn('cluster', one), input.Tags);

      cache.description = input.ReplicationGroupDescription ?? '';
      cache.automaticFailover = input.AutomaticFailoverEnabled ?? false;
      cache.multiAz = input.MultiAZEnabled ?? false;
      cache.primaryId = memberId(id, 1);
      const plans = subnets.map((subnet, index) => ({ cacheClusterId: memberId(id, index + 1), subnet }));
      lifeCycle.create(cache, plans, groupIds, failure());
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
      const cache = available(input.ReplicationGroupId);
      if (input.UserGroupIdsToAdd?.length && cache.transitEncryption === 'disabled') {
        throw invalidCombination(
          'User group based access control requires encryption-in-transit to be enabled on the replication group.',
        );
      }
      if (input.UserGroupIdsToAdd?.length) {
        throw new ServiceError(
          'UserGroupNotFoundFault',
          `User group ${input.UserGroupIdsToAdd.join(', ')} not found.`,
        );
      }
      if (input.ClusterMode && input.ClusterMode !== 'disabled') {
        throw notInSandbox('replication groups with cluster mode enabled');
      }
      if (input.LogDeliveryConfigurations?.length) throw notInSandbox('log delivery');
      const changes = requestedChanges(cache, input, parts.parameterGroups);
      const group = parts.subnetGroups.find(cache.subnetGroupName);
      placement.checkSecurityGroups(group, changes.securityGroupIds ?? []);
      modification.modify(cache, input, changes, input.ApplyImmediately ?? false);
      return answer(cache);
    },

    IncreaseReplicaCount(input: IncreaseReplicaCountMessage) {
      const cache = available(input.ReplicationGroupId);
      const { count, zones } = increasedReplicas(cache, input);
      const group = parts.subnetGroups.find(cache.subnetGroupName);
      const subnets = placement.place(group, count, zones, cache.nodes.length);
      const ids = freeMemberIds(cache, count);
      for (const one of ids) tags.put(arn('cluster', one), tags.list(arn('replicationgroup', cache.id)));
      lifeCycle.addReplicas(
        cache,
        subnets.map((subnet, index) => ({ cacheClusterId: ids[index] ?? '', subnet })),
      );
      return answer(cache);
    },

    DecreaseReplicaCount(input: DecreaseReplicaCountMessage) {
      const cache = available(input.ReplicationGroupId);
      lifeCycle.removeReplicas(cache, decreasedReplicas(cache, input));
      return answer(cache);
    },

    TestFailover(input: TestFailoverMessage) {
      const cache = available(input.ReplicationGroupId);
      if (input.NodeGroupId !== NODE_GROUP_ID) {
        throw new ServiceError('NodeGroupNotFoundFault', `Node group ${input.NodeGroupId ?? ''} not found.`);
      }
      const replica = cache.nodes.find((node) => node !== primaryOf(cache));
      if (!cache.automaticFailover || !replica) {
        throw new ServiceError('InvalidReplicationGroupStateFault', 'Automatic failover is not enabled.');
      }
      const primaryId = cache.primaryId;
      events.record(
        'replication-group',
        cache.id,
        `Test Failover API called for node group ${NODE_GROUP_ID}`,
      );
      lifeCycle.change(cache, {
        status: 'modifying',
        durationMs: DURATION.failover,
        async apply() {
          await nodes.promote(cache, replica);
          const message = `Failover from master node ${primaryId} to replica node ${replica.cacheClusterId} completed`;
          events.record('cache-cluster', replica.cacheClusterId, message);
          events.record('replication-group', cache.id, message);
          events.record('cache-cluster', primaryId, `Recovering cache nodes ${NODE_GROUP_ID}`);
          events.record('cache-cluster', primaryId, `Finished recovery for cache nodes ${NODE_GROUP_ID}`);
        },
      });
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
      if (input.FinalSnapshotIdentifier) snapshots.takeFinal(cache, input.FinalSnapshotIdentifier);
      const arns = [
        arn('replicationgroup', cache.id),
        ...cache.nodes.map((one) => arn('cluster', one.cacheClusterId)),
      ];
      lifeCycle.delete(cache, () => {
        caches.groups.delete(cache.id);
        for (const one of arns) tags.forget(one);
      });
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

function memberId(replicationGroupId: string, number: number): string {
  return `${replicationGroupId}-${String(number).padStart(3, '0')}`;
}

function freeMemberIds(cache: Cache, count: number): string[] {
  const used = new Set(cache.nodes.map(({ cacheClusterId }) => cacheClusterId));
  const ids: string[] = [];
  for (let number = 1; ids.length < count; number += 1) {
    const id = memberId(cache.id, number);
    if (!used.has(id)) ids.push(id);
  }
  return ids;
}
