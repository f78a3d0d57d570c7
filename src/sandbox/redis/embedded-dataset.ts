/** The keys of an embedded node, and the commands on them that web applications use for sessions, caches and state. */
import { deserialize, serialize } from 'node:v8';
import { systemClock } from '../../clock.ts';
import type { Contents } from './contents.ts';
import { CommandError, OK, Status } from './resp.ts';
import type { Reply } from './resp.ts';

type Value = string | Map<string, string> | Set<string>;

interface Entry {
  readonly value: Value;
  readonly expiresAt?: number;
}

interface Command {
  /** As Redis counts it: the command's name included, negative for a minimum. */
  readonly arity: number;
  readonly writes?: boolean;
  run(data: Dataset, args: string[]): Reply;
}

const clock = systemClock();
const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';
const SYNTAX = 'ERR syntax error';

export class Dataset {
  private entries = new Map<string, Entry>();

  static of(contents: Contents = []): Dataset {
    const data = new Dataset();
    for (const { key, value, expiresAt } of contents) {
      data.set(key.toString('latin1'), deserialize(value) as Value, expiresAt);
    }
    return data;
  }

  contents(): Contents {
    return this.keys().flatMap((key) => {
      const entry = this.entry(key);
      if (!entry) return [];
      const { value, expiresAt } = entry;
      const kept = { database: 0, key: Buffer.from(key, 'latin1'), value: serialize(value) };
      return [{ ...kept, ...(expiresAt === undefined ? {} : { expiresAt }) }];
    });
  }

  /** What a replica has when it stops following. */
  copy(): Dataset {
    const copy = new Dataset();
    copy.entries = structuredClone(this.entries);
    return copy;
  }

  entry(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > clock.now()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  string(key: string): string | undefined {
    const value = this.entry(key)?.value;
    if (value !== undefined && typeof value !== 'string') throw new CommandError(WRONG_TYPE);
    return value;
  }

  hash(key: string): Map<string, string> {
    const value = this.entry(key)?.value ?? new Map<string, string>();
    if (!(value instanceof Map)) throw new CommandError(WRONG_TYPE);
    return value;
  }

  members(key: string): Set<string> {
    const value = this.entry(key)?.value ?? new Set<string>();
    if (!(value instanceof Set)) throw new CommandError(WRONG_TYPE);
    return value;
  }

  set(key: string, value: Value, expiresAt?: number): void {
    this.entries.set(key, expiresAt === undefined ? { value } : { value, expiresAt });
  }

  /** Keeps the time to live; an empty hash or set is no key. */
  put(key: string, value: Map<string, string> | Set<string>): void {
    if (value.size === 0) this.entries.delete(key);
    else this.set(key, value, this.entry(key)?.expiresAt);
  }

  delete(key: string): boolean {
    return this.entry(key) !== undefined && this.entries.delete(key);
  }

  keys(): string[] {
    return [...this.entries.keys()].filter((key) => this.entry(key) !== undefined);
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  GET: { arity: 2, run: (data, [key = '']) => data.string(key) ?? null },
  MGET: {
    arity: -2,
    run: (data, keys) =>
      keys.map((key) => {
        const value = data.entry(key)?.value;
        return typeof value === 'string' ? value : null;
      }),
  },
  SET: { arity: -3, writes: true, run: set },
  MSET: {
    arity: -3,
    writes: true,
    run(data, args) {
      for (const [key, value] of pairs(args, 'mset')) data.set(key, value);
      return OK;
    },
  },
  INCR: {
    arity: 2,
    writes: true,
    run(data, [key = '']) {
      const next = integer(data.string(key) ?? '0') + 1;
      data.set(key, String(next), data.entry(key)?.expiresAt);
      return next;
    },
  },
  DEL: { arity: -2, writes: true, run: (data, keys) => keys.filter((key) => data.delete(key)).length },
  EXISTS: { arity: -2, run: (data, keys) => keys.filter((key) => data.entry(key)).length },
  TYPE: { arity: 2, run: (data, [key = '']) => typeName(data.entry(key)?.value) },
  TTL: {
    arity: 2,
    run(data, [key = '']) {
      const entry = data.entry(key);
      if (!entry) return -2;
      return entry.expiresAt === undefined ? -1 : Math.round((entry.expiresAt - clock.now()) / 1000);
    },
  },
  EXPIRE: {
    arity: 3,
    writes: true,
    run(data, [key = '', seconds = '']) {
      const entry = data.entry(key);
      const expiresAt = clock.now() + integer(seconds) * 1000;
      if (!entry) return 0;
      data.set(key, entry.value, expiresAt);
      return 1;
    },
  },
  KEYS: { arity: 2, run: (data, [pattern = '*']) => matching(data, pattern) },
  DBSIZE: { arity: 1, run: (data) => data.keys().length },
  SCAN: { arity: -2, run: scan },
  HSET: {
    arity: -4,
    writes: true,
    run(data, [key = '', ...fields]) {
      const hash = data.hash(key);
      const before = hash.size;
      for (const [field, value] of pairs(fields, 'hset')) hash.set(field, value);
      data.put(key, hash);
      return hash.size - before;
    },
  },
  HGET: { arity: 3, run: (data, [key = '', field = '']) => data.hash(key).get(field) ?? null },
  HGETALL: { arity: 2, run: (data, [key = '']) => data.hash(key) },
  HLEN: { arity: 2, run: (data, [key = '']) => data.hash(key).size },
  HDEL: {
    arity: -3,
    writes: true,
    run(data, [key = '', ...fields]) {
      const hash = data.hash(key);
      const removed = fields.filter((field) => hash.delete(field)).length;
      data.put(key, hash);
      return removed;
    },
  },
  SADD: {
    arity: -3,
    writes: true,
    run(data, [key = '', ...added]) {
      const members = data.members(key);
      const before = members.size;
      for (const member of added) members.add(member);
      data.put(key, members);
      return members.size - before;
    },
  },
  SREM: {
    arity: -3,
    writes: true,
    run(data, [key = '', ...gone]) {
      const members = data.members(key);
      const removed = gone.filter((member) => members.delete(member)).length;
      data.put(key, members);
      return removed;
    },
  },
  SMEMBERS: { arity: 2, run: (data, [key = '']) => [...data.members(key)] },
  SCARD: { arity: 2, run: (data, [key = '']) => data.members(key).size },
};

/** Undefined for a name that is no command on data. */
export function dataCommand(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function set(data: Dataset, [key = '', value = '', ...options]: string[]): Reply {
  let expiresAt: number | undefined;
  let onlyIf: 'NX' | 'XX' | undefined;
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index]?.toUpperCase();
    if (option === 'NX' || option === 'XX') onlyIf = option;
    else if (option === 'EX' || option === 'PX') {
      const amount = integer(options[(index += 1)] ?? '');
      if (amount <= 0) throw new CommandError("ERR invalid expire time in 'set' command");
      expiresAt = clock.now() + amount * (option === 'EX' ? 1000 : 1);
    } else if (option === 'KEEPTTL') expiresAt = data.entry(key)?.expiresAt;
    else throw new CommandError(SYNTAX);
  }
  const exists = data.entry(key) !== undefined;
  if ((onlyIf === 'NX' && exists) || (onlyIf === 'XX' && !exists)) return null;
  data.set(key, value, expiresAt);
  return OK;
}

/** Everything at once: Redis too may return more than COUNT. */
function scan(data: Dataset, [cursor = '', ...options]: string[]): Reply {
  integer(cursor);
  let pattern = '*';
  for (const [name, value] of pairs(options, 'scan')) {
    if (name.toUpperCase() === 'MATCH') pattern = value;
    else if (name.toUpperCase() !== 'COUNT') throw new CommandError(SYNTAX);
  }
  return ['0', matching(data, pattern)];
}

function matching(data: Dataset, pattern: string): string[] {
  const escaped = pattern.replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`);
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  return data.keys().filter((key) => expression.test(key));
}

function typeName(value: Value | undefined): Reply {
  if (value === undefined) return new Status('none');
  if (typeof value === 'string') return new Status('string');
  return new Status(value instanceof Map ? 'hash' : 'set');
}

function integer(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw new CommandError(NOT_AN_INTEGER);
  return value;
}

function pairs(args: string[], command: string): [string, string][] {
  if (args.length % 2 === 1) throw new CommandError(`ERR wrong number of arguments for '${command}' command`);
  return args.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, args[index + 1] ?? '']] : [],
  );
}
