/**
 * RebootCacheCluster (API reference; user guide, "Rebooting nodes"): the node takes the parameters that wait for it, and
 * forgets its data. A replica then loads what its primary has; the replicas of a primary take over that it has nothing.
 */
import type { RebootCacheClusterMessage } from '@aws-sdk/client-elasticache';
import type { Operations } from '../service.ts';
import { isPrimary, primaryOf, replicasOf, requireAvailable } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';
import { CACHE_NODE_ID } from './descriptions.ts';
import { DURATION } from './life-cycle.ts';
import { invalidValue, notInSandbox } from './rejection.ts';
import type { ServiceParts } from './service-parts.ts';

export function rebootOperations({
  caches,
  descriptions,
  events,
  lifeCycle,
  memcached,
  nodes,
}: ServiceParts): Operations {
  const record = ({ cacheClusterId }: CacheNode, what: string): void =>
    events.record('cache-cluster', cacheClusterId, `Cache node ${CACHE_NODE_ID} ${what}`);

  const restart = async (cache: Cache, node: CacheNode): Promise<void> => {
    const primary = isPrimary(node) ? undefined : primaryOf(cache, node.shard)?.server;
    const server = await nodes.launch(cache, node, primary && { replicaOf: primary });
    nodes.join(cache, node, server);
    const followers = isPrimary(node) ? replicasOf(cache, node.shard) : [];
    const running = followers.flatMap((one) => one.server ?? []);
    await Promise.all(running.map((one) => one.replicateFrom(server)));
    cache.changing = false;
    record(node, 'restarted');
  };

  return {
    RebootCacheCluster(input: RebootCacheClusterMessage) {
      const id = input.CacheClusterId ?? '';
      if (memcached.find(id)) throw notInSandbox('changes to Memcached clusters');
      const { cache, node } = caches.cluster(id);
      requireAvailable(cache, `Cache cluster ${node.cacheClusterId} is not in available state.`);
      if (cache.clusterMode !== 'disabled') throw notInSandbox('reboots in cluster mode');
      if (input.CacheNodeIdsToReboot?.join() !== CACHE_NODE_ID) {
        throw invalidValue(`The only node of ${node.cacheClusterId} is ${CACHE_NODE_ID}.`);
      }
      cache.changing = true;
      node.status = 'rebooting cluster nodes';
      const stopped = nodes.shutDown(cache, node);
      let loaded = (): Promise<void> => Promise.resolve();
      lifeCycle.after(DURATION.reboot / 2, async () => {
        await stopped;
        record(node, 'shutdown');
        if (!isPrimary(node)) loaded = await nodes.showLoading(cache, node);
      });
      lifeCycle.after(DURATION.reboot, async () => {
        await restart(cache, node);
        await loaded();
      });
      return { CacheCluster: descriptions.cacheCluster(cache, node, true) };
    },
  };
}
