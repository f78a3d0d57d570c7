/** What a Redis server says of itself (redis.io, INFO), and how much of it was new in a time. */

/** `total_connections_received` by its name; `cmdstat_get:calls=3,usec=9` as `cmdstat_get.calls` and `cmdstat_get.usec`. */
export type ServerInfo = ReadonlyMap<string, string>;

/** Some time of a server, mostly a minute. */
export interface Interval {
  /** When it ends. */
  readonly at: number;
  readonly seconds: number;
  /** As the server was at its end. */
  readonly info: ServerInfo;
  /** By how much a counter of the server grew in it. */
  readonly grown: (counter: string) => number;
}

export function parseInfo(text: string): ServerInfo {
  const info = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^#:][^:]*):(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    if (!value.includes('=')) info.set(name, value);
    for (const [, part = '', number = ''] of value.matchAll(/([^=,]+)=([^,]*)/g)) {
      info.set(`${name}.${part}`, number);
    }
  }
  return info;
}

export function numberOf(info: ServerInfo, name: string): number {
  return Number(info.get(name) ?? 0);
}

/**
 * The time from one reading to the next in equal parts. What nobody watched minute by minute is shared among its
 * minutes, whole events as whole ones; a server that has just started counts from zero.
 */
export function intervals(
  before: { readonly at: number; readonly info: ServerInfo },
  now: { readonly at: number; readonly info: ServerInfo },
  parts: number,
): Interval[] {
  const length = (now.at - before.at) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    at: now.at - (parts - 1 - part) * length,
    seconds: length / 1000,
    info: now.info,
    grown: (counter) => {
      const growth = Math.max(0, numberOf(now.info, counter) - numberOf(before.info, counter));
      if (!Number.isInteger(growth)) return growth / parts;
      return Math.floor((growth * (part + 1)) / parts) - Math.floor((growth * part) / parts);
    },
  }));
}

/** Names of the commands that the server has counted: 'get', 'client|setinfo'. */
export function countedCommands(info: ServerInfo): string[] {
  return [...info.keys()].flatMap((name) => /^cmdstat_(.+)\.calls$/.exec(name)?.[1] ?? []);
}

/** Keys of all databases. */
export function keyCount(info: ServerInfo): number {
  return [...info].reduce(
    (sum, [name, value]) => (/^db\d+\.keys$/.test(name) ? sum + Number(value) : sum),
    0,
  );
}

/** In percent of the keys that were looked up; undefined where none was. */
export function hitRate({ grown }: Interval): number | undefined {
  const hits = grown('keyspace_hits');
  const lookups = hits + grown('keyspace_misses');
  return lookups === 0 ? undefined : (100 * hits) / lookups;
}
