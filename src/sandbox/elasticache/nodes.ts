/** The nodes of caches in the VPC: their interfaces, their servers, and the names under which clients find them. */
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';
import type { RedisNode, RedisServers } from '../redis/node.ts';
import { primaryOf, serverTokens } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';
import type { Endpoints } from './endpoints.ts';
import { maxmemory } from './node-types.ts';
import type { ParameterGroups } from './parameter-groups.ts';
import type { GroupSubnet } from './subnet-groups.ts';

export interface NodesOptions {
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
  readonly endpoints: Endpoints;
  readonly parameterGroups: ParameterGroups;
}

export interface Nodes {
  /** A new node with its interface; nothing listens yet. */
  attach(cache: Cache, cacheClusterId: string, subnet: GroupSubnet, groupIds: readonly string[]): CacheNode;
  launch(cache: Cache, node: CacheNode, replicaOf?: RedisNode): Promise<RedisNode>;
  /** Lets clients reach the server. */
  join(cache: Cache, node: CacheNode, server: RedisNode): void;
  /** Makes names and routes agree with the cache as it is now. */
  publish(cache: Cache): void;
  /** Nobody reaches the node any more; its interface stays. */
  leave(cache: Cache, node: CacheNode): Promise<void>;
  detach(node: CacheNode): void;
  promote(cache: Cache, node: CacheNode): Promise<void>;
  applyParameters(cache: Cache): Promise<void>;
  applyEncryption(cache: Cache): Promise<void>;
  applyTokens(cache: Cache): Promise<void>;
  applySecurityGroups(cache: Cache, groupIds: readonly string[]): void;
}

export function createNodes({ clock, vpc, fabric, redis, endpoints, parameterGroups }: NodesOptions): Nodes {
  /** Values of the parameter group, and what follows from them and the node type together. */
  const parameters = (cache: Cache): Record<string, string> => {
    const values = parameterGroups.values(cache.parameterGroupName);
    const usable = 1 - Number(values['reserved-memory-percent'] ?? 0) / 100;
    return { ...values, maxmemory: String(Math.floor(maxmemory(cache.cacheNodeType) * usable)) };
  };

  const servers = (cache: Cache): RedisNode[] => cache.nodes.flatMap(({ server }) => server ?? []);

  const each = async (cache: Cache, change: (server: RedisNode) => Promise<void>): Promise<void> => {
    await clock.busy(Promise.all(servers(cache).map(change)));
  };

  const nodes: Nodes = {
    attach(cache, cacheClusterId, { subnetId }, groupIds) {
      const networkInterface = vpc.attach({
        subnetId,
        groupIds,
        description: `ElastiCache ${cacheClusterId}`,
        requester: 'amazon-elasticache',
      });
      const node: CacheNode = {
        cacheClusterId,
        networkInterface,
        createdAt: clock.now(),
        status: 'creating',
      };
      cache.nodes.push(node);
      return node;
    },
    launch(cache, { cacheClusterId }, replicaOf) {
      const values = parameters(cache);
      return clock.busy(
        redis.start({
          cacheClusterId,
          transitEncryption: cache.transitEncryption,
          hostNames: endpoints.certificateNames(cache),
          authTokens: serverTokens(cache),
          parameters: values,
          maxmemoryBytes: Number(values['maxmemory']),
          ...(replicaOf ? { replicaOf } : {}),
        }),
      );
    },
    join(cache, node, server) {
      node.server = server;
      node.status = 'available';
      node.endServing?.();
      node.endServing = fabric.serve(node.networkInterface.privateIpAddress, cache.port, server.endpoint);
    },
    publish(cache) {
      const addresses = endpoints.addresses(cache);
      for (const name of cache.names) if (!addresses.has(name)) fabric.removeName(name);
      for (const [name, ips] of addresses) fabric.setName(name, ips);
      cache.names = new Set(addresses.keys());
    },
    async leave(cache, node) {
      const { server } = node;
      delete node.server;
      node.endServing?.();
      if (cache.nodes.some((one) => one.server)) nodes.publish(cache);
      else {
        for (const name of cache.names) fabric.removeName(name);
        cache.names.clear();
      }
      if (server) await clock.busy(server.stop());
    },
    detach: ({ networkInterface }) => vpc.detach(networkInterface.networkInterfaceId),
    async promote(cache, node) {
      const { server } = node;
      if (!server || primaryOf(cache) === node) return;
      const followers = servers(cache).filter((one) => one !== server);
      await clock.busy(server.promote());
      cache.primaryId = node.cacheClusterId;
      nodes.publish(cache);
      await clock.busy(Promise.all(followers.map((one) => one.replicateFrom(server))));
    },
    applyParameters(cache) {
      const values = parameters(cache);
      return each(cache, (server) => server.setParameters(values));
    },
    async applyEncryption(cache) {
      await each(cache, (server) => server.setTransitEncryption(cache.transitEncryption));
      // A server may listen elsewhere now.
      for (const node of cache.nodes) if (node.server) nodes.join(cache, node, node.server);
      nodes.publish(cache);
    },
    applyTokens: (cache) => each(cache, (server) => server.setAuthTokens(serverTokens(cache))),
    applySecurityGroups(cache, groupIds) {
      for (const node of cache.nodes) {
        const { networkInterfaceId } = node.networkInterface;
        vpc.replaceGroups?.(networkInterfaceId, groupIds);
        node.networkInterface = vpc.networkInterface(networkInterfaceId) ?? node.networkInterface;
      }
    },
  };
  return nodes;
}
