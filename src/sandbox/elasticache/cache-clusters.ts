/** Cache clusters: the nodes of replication groups, and standalone Redis nodes. */
import type {
  CreateCacheClusterMessage,
  DeleteCacheClusterMessage,
  DescribeCacheClustersMessage,
  ModifyCacheClusterMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { primaryOf, requireAvailable, snapshotSource } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';
import { newCache } from './creation.ts';
import { requestedChanges } from './modification-request.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, invalidValue, notInSandbox } from './rejection.ts';
import type { ServiceParts } from './service-parts.ts';

const LONGEST_ID = 50;

export function cacheClusterOperations(parts: ServiceParts): Operations {
  const { arn, caches, descriptions, lifeCycle, modification, placement, snapshots, tags } = parts;

  const answer = (cache: Cache, node: CacheNode) => ({
    CacheCluster: descriptions.cacheCluster(cache, node, false),
  });

  return {
    CreateCacheCluster(input: CreateCacheClusterMessage) {
      const id = identifier('CacheClusterId', input.CacheClusterId, LONGEST_ID);
      checkCacheCluster(input);
      const cache = newCache('cache-cluster', id, input, parts.creationContext());
      if (caches.member(id))
        throw new ServiceError('CacheClusterAlreadyExistsFault', `Cache cluster ${id} already exists.`);
      const group = parts.subnetGroups.find(cache.subnetGroupName);
      const groupIds = input.SecurityGroupIds ?? [];
      placement.checkSecurityGroups(group, groupIds);
      const zones = input.PreferredAvailabilityZone ? [input.PreferredAvailabilityZone] : [];
      const subnets = placement.place(group, 1, zones, 0);
      tags.put(arn('cluster', id), input.Tags);
      cache.primaryId = id;
      lifeCycle.create(
        cache,
        subnets.map((subnet) => ({ cacheClusterId: id, subnet })),
        groupIds,
        undefined,
      );
      cache.snapshottingClusterId = snapshotSource(cache);
      caches.clusters.set(id, cache);
      const { node } = caches.cluster(id);
      return answer(cache, node);
    },

    DescribeCacheClusters(input: DescribeCacheClustersMessage) {
      const all = input.CacheClusterId
        ? [caches.cluster(input.CacheClusterId)]
        : caches.all().flatMap((cache) => cache.nodes.map((node) => ({ cache, node })));
      const matching = all.filter(
        ({ cache }) => !input.ShowCacheClustersNotInReplicationGroups || cache.kind === 'cache-cluster',
      );
      const { items, Marker } = page(matching, input);
      const withNodes = input.ShowCacheNodeInfo ?? false;
      return {
        Marker,
        CacheClusters: items.map(({ cache, node }) => descriptions.cacheCluster(cache, node, withNodes)),
      };
    },

    ModifyCacheCluster(input: ModifyCacheClusterMessage) {
      const { cache, node } = caches.cluster(input.CacheClusterId);
      if (cache.kind === 'replication-group') {
        throw invalidCombination(
          `Cache cluster ${node.cacheClusterId} is part of a replication group. Use ModifyReplicationGroup.`,
        );
      }
      requireAvailable(cache, `Cache cluster ${cache.id} is not in available state.`);
      if ((input.NumCacheNodes ?? 1) !== 1) throw moreThanOneNode();
      const changes = requestedChanges(cache, input, parts.parameterGroups);
      placement.checkSecurityGroups(
        parts.subnetGroups.find(cache.subnetGroupName),
        changes.securityGroupIds ?? [],
      );
      modification.modify(cache, input, changes, input.ApplyImmediately ?? false);
      return answer(cache, node);
    },

    DeleteCacheCluster(input: DeleteCacheClusterMessage) {
      const { cache, node } = caches.cluster(input.CacheClusterId);
      if (cache.kind === 'replication-group') checkRemoval(cache, node);
      requireAvailable(cache, `Cache cluster ${node.cacheClusterId} is not in a valid state to be deleted.`);
      if (input.FinalSnapshotIdentifier) snapshots.takeFinal(cache, input.FinalSnapshotIdentifier);
      if (cache.kind === 'replication-group') lifeCycle.removeReplicas(cache, [node]);
      else {
        lifeCycle.delete(cache, () => {
          caches.clusters.delete(cache.id);
          tags.forget(arn('cluster', cache.id));
        });
      }
      return answer(cache, node);
    },
  };
}

/** The refusals by which people learn that they want a replication group. */
function checkCacheCluster(input: CreateCacheClusterMessage): void {
  const engine = input.Engine?.toLowerCase() ?? 'redis';
  if (engine === 'valkey') {
    throw invalidValue(
      "This API doesn't support Valkey engine. Please use CreateReplicationGroup API for Valkey cluster creation.",
    );
  }
  if (engine === 'memcached') throw notInSandbox('Memcached');
  if (input.ReplicationGroupId)
    throw notInSandbox('replicas made by CreateCacheCluster (IncreaseReplicaCount makes them)');
  if ((input.NumCacheNodes ?? 1) > 1) throw moreThanOneNode();
  if (input.TransitEncryptionEnabled)
    throw invalidCombination('Encryption feature is not supported for engine REDIS.');
}

function moreThanOneNode(): ServiceError {
  return invalidValue('Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.');
}

function checkRemoval(cache: Cache, node: CacheNode): void {
  const invalidState = (message: string): ServiceError =>
    new ServiceError('InvalidCacheClusterStateFault', message);
  if (cache.nodes.length === 1) {
    throw invalidState(
      'Cannot delete the cache cluster since it is the only member of a replication group. Delete the replication group instead.',
    );
  }
  if (node === primaryOf(cache)) {
    throw invalidState(
      `Cannot delete the cache cluster since it is the primary of replication group ${cache.id}.`,
    );
  }
  if (cache.automaticFailover && cache.nodes.length === 2) {
    throw invalidState(
      `Cannot delete the cache cluster because it is the only read replica for replication group ${cache.id} which has ` +
        'autofailover enabled or pending. You can disable autofailover and then delete this cache cluster. ' +
        'Alternatively, to delete the entire replication group, use DeleteReplicationGroup.',
    );
  }
}
