/** The nodes of caches in the VPC: their interfaces, their servers, and the names under which clients find them. */
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import { REFUSING } from '../network/seat-rules.ts';
import type { Vpc } from '../network/vpc.ts';
import type { NodeUser } from '../redis/acl.ts';
import type { Contents } from '../redis/contents.ts';
import type { ClusterMember, NodeOptions, RedisNode, RedisServers } from '../redis/node.ts';
import { isPrimary, membersOf, primaryOf, serverTokens } from './cache.ts';
import type { Cache, CacheNode, Shard } from './cache.ts';
import type { Endpoints } from './endpoints.ts';
import type { Engine } from './engine-versions.ts';
import { startMeasuring } from './measured-servers.ts';
import { maxmemory } from './node-types.ts';
import type { ParameterGroups } from './parameter-groups.ts';
import { bootValues } from './parameters.ts';
import type { GroupSubnet } from './subnet-groups.ts';

export interface NodePlan {
  readonly cacheClusterId: string;
  readonly shard: Shard;
  readonly subnet: GroupSubnet;
}

export interface NodesOptions {
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
  readonly endpoints: Endpoints;
  readonly parameterGroups: ParameterGroups;
  readonly nodeUsers: (userGroupId: string) => NodeUser[];
}

export interface Nodes {
  /** A new node with its interface; nothing listens yet. */
  attach(cache: Cache, plan: NodePlan, groupIds: readonly string[]): CacheNode;
  launch(
    cache: Cache,
    node: CacheNode,
    origin?: Pick<NodeOptions, 'replicaOf' | 'successorOf'>,
  ): Promise<RedisNode>;
  /** Lets clients reach the server. */
  join(cache: Cache, node: CacheNode, server: RedisNode): void;
  /** Makes names and routes agree with the cache as it is now. */
  publish(cache: Cache): void;
  /** The server ends; the machine stays, and refuses. */
  shutDown(cache: Cache, node: CacheNode): Promise<void>;
  /** While it takes in what its primary has. Returns how to end that. */
  showLoading(cache: Cache, node: CacheNode): Promise<() => Promise<void>>;
  /** Of all shards, as it is now; nothing of a cache that nothing serves. */
  readContents(cache: Cache): Promise<Contents>;
  /** No more than so many clients at a time. */
  limitClients(node: CacheNode, maxclients: number): Promise<void>;
  /** Nobody reaches the node any more; its interface stays. */
  leave(cache: Cache, node: CacheNode): Promise<void>;
  /** In a cluster: the others no longer count on it. */
  forget(cache: Cache, node: CacheNode): Promise<void>;
  detach(node: CacheNode): void;
  /** Its clients lose their connections, and nobody reaches it until it joins again. */
  isolate(cache: Cache, node: CacheNode): Promise<void>;
  /** `named`: lets the names follow, at once where it is not given. */
  promote(cache: Cache, node: CacheNode, named?: () => void): Promise<void>;
  /** Its parameter group has values that it takes at a reboot only. */
  isBehind(cache: Cache, node: CacheNode): boolean;
  /** What serves an engine on this machine. */
  program(engine: Engine): string;
  /** Other servers with the same data, for what no running server can change. */
  rebuild(cache: Cache): Promise<void>;
  moveSlots(cache: Cache, slots: readonly number[], from: Shard, to: Shard): Promise<void>;
  applyParameters(cache: Cache): Promise<void>;
  applyEncryption(cache: Cache): Promise<void>;
  /** Tokens, or the users of the cache's user group. */
  applyAccess(cache: Cache): Promise<void>;
  applySecurityGroups(cache: Cache, groupIds: readonly string[]): void;
}

export function createNodes({
  clock,
  vpc,
  fabric,
  redis,
  endpoints,
  parameterGroups,
  nodeUsers,
}: NodesOptions): Nodes {
  /** Values of the parameter group, and what follows from them and the node type together. */
  const parameters = (cache: Cache): Record<string, string> => {
    const values = parameterGroups.values(cache.parameterGroupName);
    const usable = 1 - Number(values['reserved-memory-percent'] ?? 0) / 100;
    // Zero would mean no limit.
    const bytes = Math.max(1, Math.floor(maxmemory(cache.cacheNodeType) * usable));
    return { ...values, maxmemory: String(bytes) };
  };

  const clusterMembers = (cache: Cache): ClusterMember[] =>
    cache.nodes.map((node) => ({
      cacheClusterId: node.cacheClusterId,
      announced: endpoints.announced(cache, node),
      primaryId: node.shard.primaryId,
      slots: node.shard.slots,
    }));

  const usersOf = ({ userGroupId }: Cache): NodeUser[] | undefined =>
    userGroupId === undefined ? undefined : nodeUsers(userGroupId);

  const optionsOf = (cache: Cache, { cacheClusterId }: CacheNode): NodeOptions => {
    const values = parameters(cache);
    return {
      cacheClusterId,
      engine: cache.engineVersion.engine,
      transitEncryption: cache.transitEncryption,
      hostNames: endpoints.certificateNames(cache),
      authTokens: serverTokens(cache),
      users: usersOf(cache),
      parameters: values,
      maxmemoryBytes: Number(values['maxmemory']),
    };
  };

  const servers = (cache: Cache): RedisNode[] => cache.nodes.flatMap(({ server }) => server ?? []);

  const each = async (cache: Cache, change: (server: RedisNode) => Promise<void>): Promise<void> => {
    await clock.busy(Promise.all(servers(cache).map(change)));
  };

  const nodes: Nodes = {
    attach(cache, { cacheClusterId, shard, subnet }, groupIds) {
      const networkInterface = vpc.attach({
        subnetId: subnet.subnetId,
        groupIds,
        description: `ElastiCache ${cacheClusterId}`,
        requester: 'amazon-elasticache',
      });
      const node: CacheNode = {
        cacheClusterId,
        shard,
        networkInterface,
        createdAt: clock.now(),
        status: 'creating',
      };
      cache.nodes.push(node);
      return node;
    },
    async launch(cache, node, origin) {
      const options: NodeOptions = { ...optionsOf(cache, node), ...origin };
      node.bootValues = bootValues(options.parameters);
      const restored = isPrimary(node) ? cache.origin?.contents : undefined;
      if (cache.clusterMode !== 'disabled') cache.cluster ??= redis.openCluster(cache.port);
      const start = async (): Promise<RedisNode> => {
        const filled = restored ? { ...options, contents: await restored } : options;
        return cache.cluster?.start(filled, clusterMembers(cache)) ?? redis.start(filled);
      };
      return clock.busy(start());
    },
    async readContents(cache) {
      const primaries = cache.shards.flatMap((shard) => primaryOf(cache, shard)?.server ?? []);
      const contents = await clock.busy(Promise.all(primaries.map((server) => server.readContents())));
      return contents.flat();
    },
    join(cache, node, server) {
      startMeasuring(clock, node);
      node.server = server;
      node.status = 'available';
      node.endServing?.();
      node.endServing = fabric.serve(node.networkInterface.privateIpAddress, cache.port, server.endpoint);
    },
    async shutDown(cache, node) {
      const { server } = node;
      delete node.server;
      node.endServing?.();
      node.endServing = fabric.serve(node.networkInterface.privateIpAddress, cache.port, REFUSING);
      if (server) await clock.busy(server.stop());
    },
    async showLoading(cache, node) {
      const loading = await clock.busy(redis.start({ ...optionsOf(cache, node), loading: true }));
      node.endServing?.();
      node.endServing = fabric.serve(node.networkInterface.privateIpAddress, cache.port, loading.endpoint);
      return () => loading.stop();
    },
    limitClients: (node, maxclients) =>
      clock.busy(node.server?.limitClients(maxclients) ?? Promise.resolve()),
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
      if (cache.nodes.some((one) => one.server)) {
        nodes.publish(cache);
      } else {
        for (const name of cache.names) fabric.removeName(name);
        cache.names.clear();
      }
      if (server) await clock.busy(server.stop());
    },
    forget: (cache, { cacheClusterId }) =>
      clock.busy(cache.cluster?.forget(cacheClusterId) ?? Promise.resolve()),
    detach: ({ networkInterface }) => vpc.detach(networkInterface.networkInterfaceId),
    async isolate(cache, node) {
      node.endServing?.();
      node.endServing = fabric.serve(node.networkInterface.privateIpAddress, cache.port, REFUSING);
      if (node.server) await clock.busy(node.server.dropClients());
    },
    async promote(cache, node, named = () => nodes.publish(cache)) {
      const { server, shard } = node;
      if (!server || isPrimary(node)) return;
      const followers = membersOf(cache, shard).flatMap((one) => (one === node ? [] : (one.server ?? [])));
      await clock.busy(server.promote());
      shard.primaryId = node.cacheClusterId;
      named();
      await clock.busy(Promise.all(followers.map((one) => one.replicateFrom(server))));
    },
    async moveSlots(cache, slots, from, to) {
      const [source, target] = [primaryOf(cache, from)?.server, primaryOf(cache, to)?.server];
      if (source && target)
        await clock.busy(cache.cluster?.moveSlots(slots, source, target) ?? Promise.resolve());
    },
    isBehind: (cache, node) =>
      node.bootValues !== undefined && node.bootValues !== bootValues(parameters(cache)),
    program: (engine) => redis.program(engine),
    async rebuild(cache) {
      const before = servers(cache);
      // The new servers of a cluster must not meet the old ones.
      delete cache.cluster;
      const replace = async (shard: Shard): Promise<void> => {
        const primary = primaryOf(cache, shard);
        if (!primary?.server) return;
        const server = await nodes.launch(cache, primary, { successorOf: primary.server });
        const replicas = membersOf(cache, shard).filter((node) => node !== primary && node.server);
        const successors = await Promise.all(
          replicas.map(
            async (node) => [node, await nodes.launch(cache, node, { replicaOf: server })] as const,
          ),
        );
        for (const [node, successor] of [[primary, server] as const, ...successors]) {
          nodes.join(cache, node, successor);
        }
      };
      await Promise.all(cache.shards.map(replace));
      nodes.publish(cache);
      // Clients that were connected find the new servers when they connect again.
      await clock.busy(Promise.all(before.map((server) => server.stop())));
    },
    applyParameters(cache) {
      const values = parameters(cache);
      return each(cache, (server) => server.setParameters(values));
    },
    async applyEncryption(cache) {
      await each(cache, (server) => server.setTransitEncryption(cache.transitEncryption));
      const { cluster } = cache;
      if (cluster) {
        const announce = cache.nodes.map((node) =>
          cluster.announce(node.cacheClusterId, endpoints.announced(cache, node)),
        );
        await clock.busy(Promise.all(announce));
      }
      // A server may listen elsewhere now.
      for (const node of cache.nodes) if (node.server) nodes.join(cache, node, node.server);
      nodes.publish(cache);
    },
    applyAccess(cache) {
      const users = usersOf(cache);
      return each(cache, (server) =>
        users ? server.setUsers(users) : server.setAuthTokens(serverTokens(cache)),
      );
    },
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
