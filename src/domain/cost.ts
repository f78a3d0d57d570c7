/**
 * What a cache costs. AWS's price list for one region, read on one day: other regions are not scaled from it,
 * their price is said to be unknown.
 */
export const PRICES = { region: 'us-east-1', asOf: '2026-10-02' } as const;

/** AWS bills by the hour; a month is 730 of them, as in AWS's own calculator. */
const HOURS_A_MONTH = 730;
/** A Valkey node costs 20 % less than a Redis OSS node of the same type. */
const VALKEY_SHARE = 0.8;
/** `reserved-memory-percent` is 25 in the default parameter groups. */
const USABLE_SHARE = 0.75;
const GIB = 1024 ** 3;

interface NodeType {
  /** USD, on demand, Redis OSS. */
  readonly hourly: number;
  /** The default `maxmemory` ("Redis OSS node-type specific parameters"); absent where AWS publishes none. */
  readonly maxmemory?: number;
}

const NODE_TYPES: Readonly<Record<string, NodeType>> = {
  'cache.t3.micro': { hourly: 0.017, maxmemory: 536_870_912 },
  'cache.t3.small': { hourly: 0.034, maxmemory: 1_471_026_299 },
  'cache.t3.medium': { hourly: 0.068, maxmemory: 3_317_862_236 },
  'cache.t4g.micro': { hourly: 0.016, maxmemory: 536_870_912 },
  'cache.t4g.small': { hourly: 0.032, maxmemory: 1_471_026_299 },
  'cache.t4g.medium': { hourly: 0.065, maxmemory: 3_317_862_236 },
  'cache.m6g.large': { hourly: 0.149, maxmemory: 6_854_542_746 },
  'cache.m6g.xlarge': { hourly: 0.297, maxmemory: 13_891_921_715 },
  'cache.m7g.large': { hourly: 0.158 },
  'cache.m7g.xlarge': { hourly: 0.315 },
  'cache.r6g.large': { hourly: 0.206, maxmemory: 14_037_181_030 },
  'cache.r6g.xlarge': { hourly: 0.411, maxmemory: 28_261_849_702 },
  'cache.r7g.large': { hourly: 0.219 },
  'cache.r7g.xlarge': { hourly: 0.437 },
};

/** The types whose price and memory are known, cheapest first. */
export const KNOWN_NODE_TYPES: readonly string[] = Object.entries(NODE_TYPES)
  .sort(([, a], [, b]) => a.hourly - b.hourly)
  .map(([name]) => name);

/** Of all nodes together; undefined where the price is not known. */
export function monthlyUsd(
  cacheNodeType: string,
  engine: 'redis' | 'valkey',
  nodes: number,
  region: string,
): number | undefined {
  const nodeType = NODE_TYPES[cacheNodeType];
  if (!nodeType || region !== PRICES.region) return undefined;
  const hourly = engine === 'valkey' ? nodeType.hourly * VALKEY_SHARE : nodeType.hourly;
  return Math.round(hourly * HOURS_A_MONTH * nodes * 100) / 100;
}

/** What is left for data, in GiB; undefined where it is not known. */
export function usableGib(cacheNodeType: string): number | undefined {
  const maxmemory = NODE_TYPES[cacheNodeType]?.maxmemory;
  return maxmemory === undefined ? undefined : Math.round(((maxmemory * USABLE_SHARE) / GIB) * 100) / 100;
}
