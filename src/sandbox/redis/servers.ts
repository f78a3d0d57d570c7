/** The servers behind the cache nodes of one sandbox: real ones where the machine has them, else embedded ones. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ownLoopbackAddresses, sharedLoopbackAddress } from '../network/loopback-addresses.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { createCluster } from './cluster.ts';
import type { ClusterSeat } from './cluster.ts';
import { startEmbeddedNode } from './embedded.ts';
import type { Engine, NodeOptions, RedisCluster, RedisNode, RedisServers } from './node.ts';
import { startServerNode } from './server-node.ts';
import type { ServerNode } from './server-node.ts';

export interface RedisServersOptions {
  /** Where the nodes keep their configuration and certificates; removed by nobody but its owner. */
  readonly folder: string;
  /** Made while the servers are looked for. */
  readonly authority: CertificateAuthority | Promise<CertificateAuthority>;
  /** Where to look for a server, in the form of PATH; PATH itself when absent. */
  readonly search?: string;
}

const PROGRAMS = ['redis-server', 'valkey-server'] as const;
/** Before, ACL rules know no subcommands. */
const OLDEST_MAJOR = 7;
const run = promisify(execFile);

export async function createRedisServers(options: RedisServersOptions): Promise<RedisServers> {
  const { folder, search } = options;
  const [authority, found] = await Promise.all([
    options.authority,
    findServers(search ?? process.env['PATH'] ?? ''),
  ]);
  const [usual] = found;
  const secret = randomBytes(16).toString('hex');
  const nodes = new Set<Promise<RedisNode>>();
  // Only Linux has all of 127.0.0.0/8.
  const addresses = process.platform === 'linux' ? ownLoopbackAddresses() : sharedLoopbackAddress();
  let started = 0;

  const ownProgram = (engine: Engine): ServerProgram | undefined =>
    found.find(({ name }) => name === `${engine}-server`);
  const startServerFor = (options: NodeOptions, program: ServerProgram, seat?: ClusterSeat) => {
    started += 1;
    const settings = {
      // The engines' own server where the machine has it: they speak the same protocol.
      program: (ownProgram(options.engine ?? 'redis') ?? program).path,
      // A name may come again while the node that had it before is still being stopped.
      folder: join(folder, `${options.cacheClusterId}.${started}`),
      authority,
      secret,
      ...(seat ? { seat } : {}),
    };
    return startServerNode(settings, options, options.replicaOf as ServerNode | undefined);
  };
  const startNode = (options: NodeOptions): Promise<RedisNode> =>
    // How long a real server loads cannot be chosen: the embedded one says what it would say.
    usual && !options.loading ? startServerFor(options, usual) : startEmbeddedNode(authority, options);

  const kept = (node: Promise<RedisNode>): Promise<RedisNode> => {
    nodes.add(node);
    return node;
  };

  return {
    kind: usual?.name ?? 'embedded',
    program: (engine) => (ownProgram(engine) ?? usual)?.name ?? 'embedded',
    start: (options) => kept(startNode(options)),
    openCluster(port) {
      if (!usual) return embeddedCluster((options) => kept(startNode(options)));
      const cluster = createCluster({
        port,
        addresses,
        secret,
        start: (options, seat) => startServerFor(options, usual, seat),
      });
      return { ...cluster, start: (options, members) => kept(cluster.start(options, members)) };
    },
    async close() {
      // One that is still starting is stopped when it has started.
      const started = await Promise.allSettled(nodes);
      await Promise.all(started.flatMap((node) => (node.status === 'fulfilled' ? node.value.stop() : [])));
      nodes.clear();
      await addresses.close();
    },
  };
}

/** Nodes that each know their own keys and none of the cluster's protocol: what becomes of the caches can be seen on them. */
function embeddedCluster(start: (options: NodeOptions) => Promise<RedisNode>): RedisCluster {
  return {
    start,
    announce: () => Promise.resolve(),
    moveSlots: () => Promise.resolve(),
    forget: () => Promise.resolve(),
  };
}

interface ServerProgram {
  readonly name: (typeof PROGRAMS)[number];
  readonly path: string;
}

/** One of each name at most; the first serves what the other is missing for. */
async function findServers(search: string): Promise<ServerProgram[]> {
  const found = await Promise.all(PROGRAMS.map((name) => findServer(name, search)));
  return found.flatMap((program) => program ?? []);
}

async function findServer(name: ServerProgram['name'], search: string): Promise<ServerProgram | undefined> {
  for (const folder of search.split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if ((await majorVersion(path)) >= OLDEST_MAJOR) return { name, path };
  }
  return undefined;
}

/** Zero where there is no such program. */
async function majorVersion(path: string): Promise<number> {
  try {
    // Most folders of a PATH have none, and a process that cannot be started takes as long as one that can.
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ['--version']);
    return Number(/ v=(\d+)\./.exec(stdout)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
