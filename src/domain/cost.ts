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

/** What is sold for a price is there; of the others nothing is known. */
export function isInPriceList(cacheNodeType: string, region: string): boolean {
  return region === PRICES.region && KNOWN_NODE_TYPES.includes(cacheNodeType);
}

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

/** USD. Serverless caches are billed by what is stored and done, the stored part never less than the minimum. */
const SERVERLESS = {
  redis: { gigabyteHour: 0.125, millionEcpus: 0.0034, minimumGigabytes: 1 },
  valkey: { gigabyteHour: 0.084, millionEcpus: 0.0023, minimumGigabytes: 0.1 },
} as const;
/** What an app of some users does: an example to compare by, said beside the price. */
const TYPICAL = { gigabytes: 1, requestsPerSecond: 50 } as const;
const SECONDS_A_MONTH = HOURS_A_MONTH * 3600;

/** "Backup storage", ElastiCache pricing: in all regions; one snapshot of each node-based cache is free. */
const BACKUP_USD_PER_GB_MONTH = 0.085;
/** AWS Secrets Manager pricing, us-east-1. */
const SECRET_USD_PER_MONTH = 0.4;

/** "Amazon CloudWatch pricing": a standard resolution alarm, us-east-1. */
const ALARM_USD_PER_MONTH = 0.1;

/** One line of what a plan costs. */
export interface Cost {
  readonly what: string;
  /** With nobody using it; absent where the price is not known. */
  readonly idleMonthlyUsd?: number;
  /** Where use adds to it: the same at the example that `note` tells. */
  readonly typicalMonthlyUsd?: number;
  readonly note: string;
}

/** What is known of a cache that counts for its price. */
export interface PricedCache {
  readonly name: string;
  readonly engine: 'redis' | 'valkey';
  /** Absent: serverless. */
  readonly nodes?: { readonly cacheNodeType: string; readonly count: number };
  readonly snapshotRetention: number;
}

export function costOf({ name, engine, nodes, snapshotRetention }: PricedCache, region: string): Cost[] {
  const cache = nodes ? costOfNodes(name, engine, nodes, region) : costOfServerless(name, engine, region);
  return snapshotRetention > 0 ? [cache, backups(name, nodes === undefined)] : [cache];
}

function costOfNodes(
  what: string,
  engine: 'redis' | 'valkey',
  { cacheNodeType, count }: NonNullable<PricedCache['nodes']>,
  region: string,
): Cost {
  const idle = monthlyUsd(cacheNodeType, engine, count, region);
  const zones = count > 1 ? '; traffic between zones about $0.01 a GB' : '';
  const note = `${count} × ${cacheNodeType}, idle or busy${zones}${freeTier(cacheNodeType, count)}`;
  return { what, note, ...(idle === undefined ? {} : { idleMonthlyUsd: idle }) };
}

export const FREE_TIER =
  'free for accounts still in their first twelve months of the older free tier (newer ones have credits)';

/** "Amazon ElastiCache pricing", AWS Free Tier: only these types, only older accounts. */
function freeTier(cacheNodeType: string, count: number): string {
  return /^cache\.t[23]\.micro$/.test(cacheNodeType) && count === 1 ? `; ${FREE_TIER}` : '';
}

function costOfServerless(what: string, engine: 'redis' | 'valkey', region: string): Cost {
  const { gigabyteHour, millionEcpus, minimumGigabytes } = SERVERLESS[engine];
  const note = `serverless: $${gigabyteHour} a GB-hour, ${minimumGigabytes} GB at least, and $${millionEcpus} a million ECPUs`;
  if (region !== PRICES.region) return { what, note: 'serverless' };
  const stored = (gigabytes: number): number => gigabytes * gigabyteHour * HOURS_A_MONTH;
  const ecpus = (TYPICAL.requestsPerSecond * SECONDS_A_MONTH * millionEcpus) / 1_000_000;
  return {
    what,
    note: `${note}; in use: ${TYPICAL.gigabytes} GB and ${TYPICAL.requestsPerSecond} requests of 1 KB a second`,
    idleMonthlyUsd: cents(stored(minimumGigabytes)),
    typicalMonthlyUsd: cents(stored(Math.max(TYPICAL.gigabytes, minimumGigabytes)) + ecpus),
  };
}

function backups(name: string, serverless: boolean): Cost {
  const free = serverless ? '' : '; the first of a cache is free';
  return { what: `backups of ${name}`, note: `$${BACKUP_USD_PER_GB_MONTH} a GB a month${free}` };
}

export function costOfSecrets(count: number, region: string): Cost[] {
  if (count === 0) return [];
  const what = count === 1 ? '1 secret' : `${count} secrets`;
  const note = 'Secrets Manager';
  return [
    region === PRICES.region
      ? { what, note, idleMonthlyUsd: cents(count * SECRET_USD_PER_MONTH) }
      : { what, note },
  ];
}

export function costOfAlarms(count: number, region: string): Cost[] {
  const usd = monthlyUsdOfAlarms(count, region);
  const note = 'CloudWatch';
  return count === 0
    ? []
    : [{ what: `${count} alarms`, note, ...(usd === undefined ? {} : { idleMonthlyUsd: usd }) }];
}

export function monthlyUsdOfAlarms(count: number, region: string): number | undefined {
  return region === PRICES.region ? cents(count * ALARM_USD_PER_MONTH) : undefined;
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
