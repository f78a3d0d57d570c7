/** The servers behind the cache nodes of one sandbox: real ones where the machine has them, else embedded ones. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateAuthority } from './certificate-authority.ts';
import { startEmbeddedNode } from './embedded.ts';
import type { NodeOptions, RedisNode, RedisServers } from './node.ts';
import { startServerNode } from './server-node.ts';
import type { ServerNode } from './server-node.ts';

export interface RedisServersOptions {
  /** Where the nodes keep their configuration and certificates; removed by nobody but its owner. */
  readonly folder: string;
  readonly authority: CertificateAuthority;
  /** Where to look for a server, in the form of PATH; PATH itself when absent. */
  readonly search?: string;
}

const PROGRAMS = ['redis-server', 'valkey-server'] as const;
/** Before, ACL rules know no subcommands. */
const OLDEST_MAJOR = 7;
const run = promisify(execFile);

export async function createRedisServers({
  folder,
  authority,
  search,
}: RedisServersOptions): Promise<RedisServers> {
  const found = await findServer(search ?? process.env['PATH'] ?? '');
  const secret = randomBytes(16).toString('hex');
  const nodes = new Set<Promise<RedisNode>>();
  let started = 0;

  const startNode = (options: NodeOptions): Promise<RedisNode> => {
    if (!found) return startEmbeddedNode(authority, options);
    started += 1;
    const settings = {
      program: found.path,
      // A name may come again while the node that had it before is still being stopped.
      folder: join(folder, `${options.cacheClusterId}.${started}`),
      authority,
      secret,
    };
    return startServerNode(settings, options, options.replicaOf as ServerNode | undefined);
  };

  return {
    kind: found?.program ?? 'embedded',
    start(options) {
      const node = startNode(options);
      nodes.add(node);
      return node;
    },
    async close() {
      // One that is still starting is stopped when it has started.
      const started = await Promise.allSettled(nodes);
      await Promise.all(started.flatMap((node) => (node.status === 'fulfilled' ? node.value.stop() : [])));
      nodes.clear();
    },
  };
}

async function findServer(
  search: string,
): Promise<{ program: (typeof PROGRAMS)[number]; path: string } | undefined> {
  for (const program of PROGRAMS) {
    for (const folder of search.split(delimiter).filter(Boolean)) {
      const path = join(folder, program);
      if ((await majorVersion(path)) >= OLDEST_MAJOR) return { program, path };
    }
  }
  return undefined;
}

/** Zero where there is no such program. */
async function majorVersion(path: string): Promise<number> {
  try {
    const { stdout } = await run(path, ['--version']);
    return Number(/ v=(\d+)\./.exec(stdout)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
