/** Cache clusters: the nodes of replication groups, standalone Redis nodes, and Memcached clusters. */
import type {
  CreateCacheClusterMessage,
  DeleteCacheClusterMessage,
  DescribeCacheClustersMessage,
  ModifyCacheClusterMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { isPrimary, replicasOf, requireAvailable, snapshotSource } from './cache.ts';
import type { Cache, CacheNode, Caches } from './cache.ts';
import { newCache } from './creation.ts';
import { shardId } from './layout.ts';
import type { Layout } from './layout.ts';
import { requestedChanges } from './modification-request.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, invalidValue, notInSandbox } from './rejection.ts';
import type { ParameterGroups } from './parameter-groups.ts';
import type { ServiceParts } from './service-parts.ts';
import { ALL_SLOTS } from './slots.ts';

const LONGEST_ID = 50;
const ONE_NODE: Layout = {
  clusterMode: 'disabled',
  shards: [{ id: shardId(1), slots: ALL_SLOTS, nodes: 1, zones: [] }],
};

export function cacheClusterOperations(parts: ServiceParts): Operations {
  const { arn, caches, descriptions, lifeCycle, memcached, modification, placement, snapshots, tags } = parts;

  const answer = (cache: Cache, node: CacheNode) => ({
    CacheCluster: descriptions.cacheCluster(cache, node, false),
  });

  return {
    CreateCacheCluster(input: CreateCacheClusterMessage) {
      const id = identifier('CacheClusterId', input.CacheClusterId, LONGEST_ID);
      if (caches.member(id) ?? memcached.find(id)) {
        throw new ServiceError('CacheClusterAlreadyExistsFault', `Cache cluster ${id} already exists.`);
      }
      if (input.Engine?.toLowerCase() === 'memcached') {
        tags.put(arn('cluster', id), input.Tags);
        return { CacheCluster: memcached.create(id, input) };
      }
      checkCacheCluster(input, parts.parameterGroups);
      const cache = newCache('cache-cluster', id, input, ONE_NODE, parts.creationContext());
      const group = parts.subnetGroups.find(cache.subnetGroupName);
      const groupIds = input.SecurityGroupIds ?? [];
      placement.checkSecurityGroups(group, groupIds);
      const [subnet] = placement.place(group, cache.cacheNodeType, [
        { zone: input.PreferredAvailabilityZone, turn: 0 },
      ]);
      const [shard] = cache.shards;
      if (!shard || !subnet) throw invalidValue(`Cache cluster ${id} has no place.`);
      tags.put(arn('cluster', id), input.Tags);
      shard.primaryId = id;
      lifeCycle.create(cache, [{ cacheClusterId: id, shard, subnet }], groupIds, undefined);
      snapshots.takeDaily(cache);
      cache.snapshottingClusterId = snapshotSource(cache);
      caches.clusters.set(id, cache);
      const { node } = caches.cluster(id);
      return answer(cache, node);
    },

    DescribeCacheClusters(input: DescribeCacheClustersMessage) {
      const withNodes = input.ShowCacheNodeInfo ?? false;
      const one = memcached.find(input.CacheClusterId ?? '');
      const all = one ? [] : described(caches, input);
      const clusters = [
        ...all.map(({ cache, node }) => descriptions.cacheCluster(cache, node, withNodes)),
        ...(input.CacheClusterId ? [one].filter((cluster) => cluster !== undefined) : memcached.all()).map(
          ({ CacheNodes, ...cluster }) => (withNodes ? { ...cluster, CacheNodes } : cluster),
        ),
      ];
      const { items, Marker } = page(clusters, input);
      return { Marker, CacheClusters: items };
    },

    ModifyCacheCluster(input: ModifyCacheClusterMessage) {
      if (memcached.find(input.CacheClusterId ?? '')) throw notInSandbox('changes to Memcached clusters');
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
      const other = memcached.find(input.CacheClusterId ?? '');
      if (other) return { CacheCluster: memcached.delete(other) };
      const { cache, node } = caches.cluster(input.CacheClusterId);
      if (cache.kind === 'replication-group') checkRemoval(cache, node);
      requireAvailable(cache, `Cache cluster ${node.cacheClusterId} is not in a valid state to be deleted.`);
      const { FinalSnapshotIdentifier: final } = input;
      const read = final ? snapshots.takeFinal(cache, final) : undefined;
      if (cache.kind === 'replication-group') lifeCycle.removeNodes(cache, [node]);
      else {
        const forget = (): void => {
          caches.clusters.delete(cache.id);
          snapshots.forgetAutomatic(cache);
          tags.forget(arn('cluster', cache.id));
        };
        lifeCycle.delete(cache, forget, read);
      }
      return answer(cache, node);
    },
  };
}

/** The refusals by which people learn that they want a replication group. */
function checkCacheCluster(input: CreateCacheClusterMessage, parameterGroups: ParameterGroups): void {
  const engine = input.Engine?.toLowerCase() ?? 'redis';
  if (engine === 'valkey') {
    throw invalidValue(
      "This API doesn't support Valkey engine. Please use CreateReplicationGroup API for Valkey cluster creation.",
    );
  }
  if (input.ReplicationGroupId)
    throw notInSandbox('replicas made by CreateCacheCluster (IncreaseReplicaCount makes them)');
  if ((input.NumCacheNodes ?? 1) > 1) throw moreThanOneNode();
  if (input.TransitEncryptionEnabled)
    throw invalidCombination('Encryption feature is not supported for engine REDIS.');
  const { CacheParameterGroupName: parameterGroup } = input;
  if (parameterGroup && parameterGroups.values(parameterGroup)['cluster-enabled'] === 'yes') {
    throw invalidCombination('Cluster mode should be disabled in parameter group, but found it is enabled.');
  }
}

function described(
  caches: Caches,
  { CacheClusterId, ShowCacheClustersNotInReplicationGroups }: DescribeCacheClustersMessage,
): { cache: Cache; node: CacheNode }[] {
  if (CacheClusterId) return [caches.cluster(CacheClusterId)];
  return caches
    .all()
    .filter(({ kind }) => !ShowCacheClustersNotInReplicationGroups || kind === 'cache-cluster')
    .flatMap((cache) => cache.nodes.map((node) => ({ cache, node })));
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
  if (isPrimary(node)) {
    throw invalidState(
      `Cannot delete the cache cluster since it is the primary of replication group ${cache.id}.`,
    );
  }
  if (cache.automaticFailover && replicasOf(cache, node.shard).length === 1) {
    throw invalidState(
      `Cannot delete the cache cluster because it is the only read replica for replication group ${cache.id} which has ` +
        'autofailover enabled or pending. You can disable autofailover and then delete this cache cluster. ' +
        'Alternatively, to delete the entire replication group, use DeleteReplicationGroup.',
    );
  }
}
