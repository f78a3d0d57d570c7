/**
 * A cluster of servers: several shards, each a primary and its replicas. Every node has a loopback address of its own,
 * because nodes reach each other at the very port that they announce to clients, and that is the cache's port in the VPC.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoopbackAddresses } from '../network/loopback-addresses.ts';
import type { ClusterMember, NodeOptions, RedisCluster, RedisNode } from './node.ts';
import type { ServerNode } from './server-node.ts';
import { moveSlots } from './slot-migration.ts';

/** Where a member listens and by which configuration it knows the others. */
export interface ClusterSeat {
  readonly address: string;
  readonly port: number;
  readonly busPort: number;
  readonly announced: string;
  readonly isPrimary: boolean;
  /** What nodes.conf is to hold. */
  readonly nodesFile: string;
}

export interface ClusterOptions {
  readonly port: number;
  readonly addresses: LoopbackAddresses;
  readonly secret: string;
  readonly start: (options: NodeOptions, seat: ClusterSeat) => Promise<ServerNode>;
}

interface Identity {
  readonly nodeId: string;
  readonly address: string;
  server?: ServerNode;
}

/** The bus is on the announced port plus this, unless one says otherwise; on addresses of their own it is free. */
const BUS_OFFSET = 10_000;
const HIGHEST_PORT = 65_535;
/** How often to look whether a handshake is over; it takes two or three turns of a tenth of a second. */
const ACQUAINTANCE_MS = 25;

export function createCluster({ port, addresses, secret, start }: ClusterOptions): RedisCluster {
  const identities = new Map<string, Promise<Identity>>();
  const busPort = port + BUS_OFFSET > HIGHEST_PORT ? port - BUS_OFFSET : port + BUS_OFFSET;

  const identityOf = (cacheClusterId: string): Promise<Identity> => {
    const known = identities.get(cacheClusterId);
    if (known) return known;
    const identity = addresses
      .take()
      .then((address) => ({ nodeId: randomBytes(20).toString('hex'), address }));
    identities.set(cacheClusterId, identity);
    return identity;
  };

  const running = async (): Promise<{ identity: Identity; server: ServerNode }[]> => {
    const all = await Promise.all(identities.values());
    return all.flatMap((identity) => (identity.server ? [{ identity, server: identity.server }] : []));
  };

  /** One line a node, as the server itself writes it: id, place, role, primary, pings, epoch, state, slots. */
  const nodesFile = async (self: ClusterMember, members: readonly ClusterMember[]): Promise<string> => {
    const lines = await Promise.all(
      members.map(async ({ cacheClusterId, announced, primaryId, slots }, index) => {
        const { nodeId, address } = await identityOf(cacheClusterId);
        const primary = primaryId === cacheClusterId ? undefined : await identityOf(primaryId);
        const flags = [
          ...(cacheClusterId === self.cacheClusterId ? ['myself'] : []),
          primary ? 'slave' : 'master',
        ];
        const ranges = primary ? [] : slots.map(([first, last]) => `${first}-${last}`);
        const place = `${address}:${port}@${busPort},${announced}`;
        const state = [primary?.nodeId ?? '-', 0, 0, index + 1, 'connected', ...ranges];
        return [nodeId, place, flags.join(','), ...state].join(' ');
      }),
    );
    return [...lines, `vars currentEpoch ${members.length} lastVoteEpoch 0`, ''].join('\n');
  };

  const cluster: RedisCluster = {
    async start(options, members) {
      if (!addresses.exclusive) {
        throw new Error(
          'this machine has one loopback address only, and each node of a cluster needs its own (Linux has them)',
        );
      }
      const { cacheClusterId } = options;
      const self = members.find((member) => member.cacheClusterId === cacheClusterId);
      if (!self) throw new Error(`${cacheClusterId} is not among the members of its cluster`);
      // The file names every member, so all must have their addresses before the first starts.
      const [identity] = await Promise.all([
        identityOf(cacheClusterId),
        ...members.map((member) => identityOf(member.cacheClusterId)),
      ]);
      const elders = await running();
      const server = await start(options, {
        address: identity.address,
        port,
        busPort,
        announced: self.announced,
        isPrimary: self.primaryId === cacheClusterId,
        nodesFile: await nodesFile(self, members),
      });
      // Those that ran before do not have the newcomer in their files.
      await server.admin.send(
        elders.map(({ identity: { address } }) => [
          'CLUSTER',
          'MEET',
          address,
          String(port),
          String(busPort),
        ]),
      );
      await Promise.all(elders.map((elder) => untilKnown(elder.server, identity.nodeId)));
      identity.server = server;
      return {
        ...server,
        get endpoint() {
          return server.endpoint;
        },
        async stop() {
          await server.stop();
          // It may have been stopped before, and its address be another's by now.
          if (identity.server !== server) return;
          delete identity.server;
          identities.delete(cacheClusterId);
          addresses.free(identity.address);
        },
      };
    },
    async forget(cacheClusterId) {
      const { nodeId } = await identityOf(cacheClusterId);
      const others = (await running()).filter(({ identity }) => identity.nodeId !== nodeId);
      await Promise.all(others.map(({ server }) => server.admin.send([['CLUSTER', 'FORGET', nodeId]])));
    },
    async announce(cacheClusterId, name) {
      const { server } = await identityOf(cacheClusterId);
      await server?.announce(name);
    },
    async moveSlots(slots, from, to) {
      const all = await running();
      const at = (node: RedisNode) => {
        const found = all.find(({ server }) => server.cacheClusterId === node.cacheClusterId);
        if (!found) throw new Error(`${node.cacheClusterId} does not run in this cluster`);
        return {
          nodeId: found.identity.nodeId,
          address: found.identity.address,
          port,
          admin: found.server.admin,
        };
      };
      await moveSlots(slots, at(from), at(to), secret);
    },
  };
  return cluster;
}

/** In real time, as servers live in it. */
async function untilKnown(server: ServerNode, nodeId: string): Promise<void> {
  await server.admin.run(async (connection) => {
    while (!String(await connection.call('CLUSTER', 'NODES')).includes(nodeId)) await delay(ACQUAINTANCE_MS);
  });
}
