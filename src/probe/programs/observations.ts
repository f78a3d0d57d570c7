/** What the cache tells of itself, its keys and its clients. A refusal of any of it is no failure of the cache. */
import type { NodeFacts, ProbeReport } from '../../domain/probe-report.ts';
import { reducedClients } from './client-list.ts';
import { textOf, type Connection } from './redis-connection.ts';

type Open<Facts> = { -readonly [Member in keyof Facts]?: Facts[Member] | undefined };
/** The optional members of the report, while they are being found out. */
export type Seen = Open<Omit<ProbeReport, 'variable' | 'stages' | 'runtime' | 'node'>> & {
  node?: Open<NodeFacts>;
};

const PINGS = 20;
const SAMPLED_KEYS = 500;
const SAMPLING_MS = 2_000;
/** More would be a list of megabytes. */
const CLIENTS_AT_MOST = 2_000;

export async function readInfo(connection: Connection, seen: Seen): Promise<string> {
  const info = await connection.must('INFO');
  const text = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const number = (name: string): number | undefined => {
    const value = text(name);
    return value ? Number(value) : undefined;
  };
  const clustered = text('cluster_enabled');
  const primary = text('master_host');
  seen.role = text('role');
  seen.maxmemoryPolicy = text('maxmemory_policy');
  seen.clusterEnabled = clustered === undefined ? undefined : clustered === '1';
  seen.node = {
    usedMemory: number('used_memory'),
    maxmemory: number('maxmemory'),
    evictedKeys: number('evicted_keys'),
    connectedClients: number('connected_clients'),
    maxclients: number('maxclients'),
    rejectedConnections: number('rejected_connections'),
    primary: primary === undefined ? undefined : `${primary}:${text('master_port') ?? ''}`,
    primaryLink: text('master_link_status'),
    databases: databasesOf(info),
  };
  seen.latencyMs = await measure(connection);
  return `${seen.role ?? 'role unknown'}, ${seen.maxmemoryPolicy ?? 'maxmemory-policy unknown'}`;
}

function databasesOf(info: string): { db: number; keys: number; expires: number }[] {
  const line = /^db(\d+):keys=(\d+),expires=(\d+)/gm;
  const databases = [];
  for (let found; (found = line.exec(info));) {
    const [db, keys, expires] = found.slice(1).map(Number) as [number, number, number];
    databases.push({ db, keys, expires });
  }
  return databases;
}

async function measure(connection: Connection): Promise<{ p50: number; p99: number }> {
  const taken: number[] = [];
  for (let n = 0; n < PINGS; n += 1) {
    const startedAt = process.hrtime();
    await connection.ask('PING');
    const [seconds, nanoseconds] = process.hrtime(startedAt);
    taken.push(seconds * 1e3 + nanoseconds / 1e6);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((taken[Math.ceil(share * PINGS) - 1] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}

export async function observe(connection: Connection, localAddress: string, seen: Seen): Promise<void> {
  try {
    await sampleKeys(connection, seen);
    seen.clients = await listClients(connection, localAddress, seen);
  } catch {
    // The connection broke: what was found out before that counts.
  }
}

/** SCAN in small steps, never KEYS; names and values stay here. */
async function sampleKeys(connection: Connection, seen: Seen): Promise<void> {
  const until = Date.now() + SAMPLING_MS;
  const sample = { keys: 0, withoutTtl: 0, denied: 0 };
  let cursor = '0';
  do {
    const reply = await connection.ask('SCAN', cursor, 'COUNT', '100');
    if (!Array.isArray(reply)) return;
    cursor = reply[0] as string;
    const names = (reply[1] as string[]).slice(0, SAMPLED_KEYS - sample.keys);
    if (names.length === 0) continue;
    for (const ttl of await connection.askAll(names.map((name) => ['TTL', name]))) {
      if (ttl === '-2') continue;
      sample.keys += 1;
      if (typeof ttl !== 'string') sample.denied += 1;
      else if (ttl === '-1') sample.withoutTtl += 1;
    }
  } while (cursor !== '0' && sample.keys < SAMPLED_KEYS && Date.now() < until);
  seen.sample = sample;
}

async function listClients(
  connection: Connection,
  localAddress: string,
  seen: Seen,
): Promise<ProbeReport['clients']> {
  const connected = seen.node?.connectedClients;
  if (connected !== undefined && connected > CLIENTS_AT_MOST) {
    return { notTold: `${connected} clients are too many to list` };
  }
  try {
    const id = await connection.must('CLIENT', 'ID');
    return reducedClients(textOf(await connection.ask('CLIENT', 'LIST')), id, localAddress);
  } catch (error) {
    return { notTold: (error as Error).message };
  }
}
