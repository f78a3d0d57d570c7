/** What a server holds, key by key in the form of its own DUMP: any other server takes it, in any number of shards. */
import type { Redis } from 'ioredis';
import type { Admin } from './admin.ts';

export interface KeptKey {
  readonly database: number;
  readonly key: Buffer;
  readonly value: Buffer;
  /** Milliseconds since the epoch; absent: it stays. */
  readonly expiresAt?: number;
}

export type Contents = readonly KeptKey[];

const KEYS_AT_ONCE = 500;
/** Its slot is of another shard, which is given the same keys. */
const ELSEWHERE = /^(MOVED|ASK) /;
const FULL = /^OOM /;

export function readContents(admin: Admin): Promise<Contents> {
  return admin.run(async (connection) => {
    const contents: KeptKey[] = [];
    for (const database of await databasesOf(connection)) {
      if (database !== 0) await connection.select(database);
      contents.push(...(await keysOf(connection, database)));
    }
    return contents;
  });
}

async function databasesOf(connection: Redis): Promise<number[]> {
  const keyspace = await connection.info('keyspace');
  return [...keyspace.matchAll(/^db(\d+):/gm)].map(([, database]) => Number(database));
}

async function keysOf(connection: Redis, database: number): Promise<KeptKey[]> {
  const found: KeptKey[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await connection.scanBuffer(cursor, 'COUNT', KEYS_AT_ONCE);
    cursor = next.toString();
    const pipeline = connection.pipeline();
    for (const key of keys) pipeline.dumpBuffer(key).pexpiretime(key);
    const results = (await pipeline.exec()) ?? [];
    for (const [index, key] of keys.entries()) {
      const value = results[2 * index]?.[1] as Buffer | null;
      const expiresAt = Number(results[2 * index + 1]?.[1]);
      // It may have ended in between.
      if (value) found.push({ database, key, value, ...(expiresAt > 0 ? { expiresAt } : {}) });
    }
  } while (cursor !== '0');
  return found;
}

/** In a cluster each primary takes the keys of its own slots. */
export function writeContents(admin: Admin, contents: Contents): Promise<void> {
  return admin.run(async (connection) => {
    for (const database of new Set(contents.map((each) => each.database))) {
      if (database !== 0) await connection.select(database);
      const own = contents.filter((each) => each.database === database);
      for (let start = 0; start < own.length; start += KEYS_AT_ONCE) {
        await restore(connection, own.slice(start, start + KEYS_AT_ONCE));
      }
    }
  });
}

async function restore(connection: Redis, keys: Contents): Promise<void> {
  const pipeline = connection.pipeline();
  for (const { key, value, expiresAt = 0 } of keys) {
    pipeline.call('RESTORE', key, String(expiresAt), value, 'REPLACE', 'ABSTTL');
  }
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (!error || ELSEWHERE.test(error.message)) continue;
    throw FULL.test(error.message)
      ? new Error('the nodes have not enough memory for the data of the snapshot')
      : error;
  }
}
