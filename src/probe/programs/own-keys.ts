/** Keys of the probe's own, written, read and deleted, wherever the cluster keeps them. */
import type { Seen } from './observations.ts';
import type { Connection } from './redis-connection.ts';
import { ErrorReply } from './redis-connection.ts';

const KEYS = 20;

type Connect = (host: string, port: number) => Promise<Connection>;

/** Several, because with cluster mode only some of them are answered with MOVED: what a plain client meets is thrown. */
export async function writeKeys(first: Connection, seen: Seen, connect?: Connect): Promise<string> {
  const nonce = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  const nodes = new Map<string, Connection>();
  const written: [Connection, string][] = [];
  let moved: string | undefined;

  async function write(key: string): Promise<void> {
    const set = ['SET', key, nonce, 'EX', '60'];
    let node = first;
    let reply = await node.ask(...set);
    if (typeof reply !== 'string' && 'refused' in reply && /^MOVED /.test(reply.refused)) {
      // Through a tunnel the other nodes are not reached.
      if (!connect) throw new ErrorReply(reply.refused);
      moved = moved ?? reply.refused;
      node = await nodeAt(reply.refused, connect);
      reply = await node.ask(...set);
    }
    if (typeof reply !== 'string') throw new ErrorReply('refused' in reply ? `SET: ${reply.refused}` : 'SET');
    written.push([node, key]);
    if ((await node.must('GET', key)) !== nonce) {
      throw new Error('a key that was just written was read back with another value');
    }
  }

  async function nodeAt(refusal: string, connect: Connect): Promise<Connection> {
    const place = refusal.split(' ')[2] ?? '';
    const known = nodes.get(place);
    if (known) return known;
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(place) ?? [];
    try {
      const node = await connect(host, Number(port));
      nodes.set(place, node);
      return node;
    } catch (error) {
      throw new ErrorReply(`the shard at ${place} does not answer: ${(error as Error).message}`);
    }
  }

  try {
    for (let n = 0; n < KEYS; n += 1) await write(`elasticache-wizard:probe:${nonce}:${n}`);
  } finally {
    // They would be gone in a minute anyway: a connection that broke meanwhile has said why already.
    for (const [node, key] of written) await node.ask('DEL', key).catch(() => undefined);
    nodes.forEach((node) => node.close());
  }
  if (moved) {
    seen.shards = new Set(written.map(([node]) => node)).size;
    throw new ErrorReply(moved);
  }
  return `${KEYS} keys written, read and deleted`;
}
