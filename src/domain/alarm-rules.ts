/**
 * What is worth waking somebody for, and from which value on. Sources: the ElastiCache user guide, "Which metrics
 * should I monitor?" (A), "Metrics for Valkey and Redis OSS" (B), "Troubleshooting" (C) and "Quotas for ElastiCache" (D).
 */
import type { MonitoredCache, MonitoredNodes, MonitoredServerless } from './monitoring.ts';

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'Sum';
export type Comparison =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export interface AlarmRule {
  /** In its name, one word, for a message's subject is short: 'memory'. */
  readonly what: string;
  readonly metricName: string;
  readonly statistic: Statistic;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** Absent: a count. */
  readonly unit?: '%' | 's' | 'bytes';
  readonly periodSeconds: number;
  /** So many periods are looked at, and in so many of them it must be so. */
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** `missing`: nobody knows, which a node that is down would otherwise hide. `ignore`: as it was before. */
  readonly missingData: 'notBreaching' | 'missing' | 'ignore';
  /** What somebody reads at two in the morning. */
  readonly means: string;
}

/** The one that a metric is held against; of what has no limit there is none. */
export function rulesFor(cache: MonitoredCache): AlarmRule[] {
  return cache.kind === 'serverless' ? rulesForServerless(cache) : rulesForNodes(cache);
}

const MINUTE = 60;
const GIGABYTE = 1_000_000_000;
/** Before a limit there must be time to raise it. */
const SHARE_OF_LIMIT = 0.8;

/** Redis runs its commands on one core: 90 % of it is as much as the node has (A). */
const BUSY_CORE = 90;
/** (B): a node that keeps all its keys refuses writes when it is full, so that it is told of earlier. */
const FULL = 80;
const FULL_WITHOUT_EVICTION = 70;
/** Seconds; a reader of a replica sees what is that old. */
const LAGGING = 5;
/**
 * A T node without credits falls to its baseline; one credit is a minute of one core at full speed. A new T3 or T4g has
 * none, and the smallest earns twelve an hour.
 */
const LAST_CREDITS = 10;
/** (C): a node that swaps that much, with less than that free, is under memory pressure. */
const SWAPPING = 100 * 1024 * 1024;
/** Percent of reads that find their key. */
const USELESS = 80;

function rulesForNodes(cache: MonitoredNodes): AlarmRule[] {
  const { cacheNodeType, hasReplicas, maxmemoryPolicy } = cache;
  const keepsAll = maxmemoryPolicy === 'noeviction';
  return [
    processor(cacheNodeType),
    {
      what: 'memory',
      ...lasting('DatabaseMemoryUsagePercentage', 'Maximum'),
      threshold: keepsAll ? FULL_WITHOUT_EVICTION : FULL,
      unit: '%',
      missingData: 'missing',
      means: keepsAll
        ? 'The memory is nearly full, and nothing is evicted: writes will be refused (OOM). Take a larger node type.'
        : 'The memory is nearly full: keys will be evicted. Take a larger node type, or shorter times to live.',
    },
    makingRoom(maxmemoryPolicy.startsWith('allkeys-')),
    connections(SHARE_OF_LIMIT * maxclientsOf(cacheNodeType)),
    ...(hasReplicas
      ? [
          {
            what: 'replication-lag',
            ...lasting('ReplicationLag', 'Maximum'),
            threshold: LAGGING,
            unit: 's' as const,
            missingData: 'notBreaching' as const,
            means: 'A replica is behind: reads from it are old, and a failover to it would lose writes.',
          },
        ]
      : []),
    {
      what: 'swap',
      ...lasting('SwapUsage', 'Maximum'),
      threshold: SWAPPING,
      unit: 'bytes',
      missingData: 'notBreaching',
      means: 'The node swaps: raise reserved-memory-percent, or take a larger node type.',
    },
    ...(isBurstable(cacheNodeType) ? [credits()] : []),
    ...['In', 'Out'].map((way) => bandwidth(way)),
  ];
}

/** (A): with one or two cores the rest of the host counts too, with more the engine's core alone. */
function processor(cacheNodeType: string): AlarmRule {
  const vcpus = vcpusOf(cacheNodeType);
  return {
    what: 'cpu',
    ...lasting(vcpus > 2 ? 'EngineCPUUtilization' : 'CPUUtilization', 'Average'),
    threshold: vcpus > 2 ? BUSY_CORE : BUSY_CORE / vcpus,
    unit: '%',
    missingData: 'missing',
    means:
      'The node is as busy as it can be: look for slow commands, then take a larger node type or more shards.',
  };
}

/** Where anything may go, evictions are how it works, and the question is whether it helps; elsewhere they are a loss. */
function makingRoom(anythingMayGo: boolean): AlarmRule {
  return anythingMayGo
    ? {
        what: 'hit-rate',
        metricName: 'CacheHitRate',
        statistic: 'Average',
        comparison: 'LessThanThreshold',
        threshold: USELESS,
        unit: '%',
        periodSeconds: 5 * MINUTE,
        evaluationPeriods: 12,
        datapointsToAlarm: 12,
        missingData: 'notBreaching',
        means: 'For information: for an hour few reads have found what they looked for.',
      }
    : evictions();
}

function rulesForServerless({ dataStorageMaximum, ecpuMaximum }: MonitoredServerless): AlarmRule[] {
  const gigabytes = dataStorageMaximum ?? MOST_GIGABYTES;
  const ecpus = ecpuMaximum ?? MOST_ECPUS;
  return [
    {
      what: 'data',
      ...lasting('BytesUsedForCache', 'Maximum'),
      threshold: Math.round(SHARE_OF_LIMIT * gigabytes * GIGABYTE),
      unit: 'bytes',
      // A minute without traffic has no datapoint, and the data is still there.
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      missingData: 'ignore',
      means:
        'The stored data nears its limit: keys will be evicted, and then writes refused. Raise --data-storage-maximum.',
    },
    {
      what: 'ecpus',
      ...lasting('ElastiCacheProcessingUnits', 'Sum'),
      threshold: Math.round(SHARE_OF_LIMIT * ecpus * MINUTE),
      missingData: 'notBreaching',
      means: 'The processing units near their limit: requests will be throttled. Raise --ecpu-maximum.',
    },
    {
      what: 'throttling',
      ...atOnce('ThrottledCmds'),
      means: 'Requests are throttled: the cache scales more slowly than its load, or is at its limit.',
    },
    evictions(),
    connections(SHARE_OF_LIMIT * MOST_CLIENTS),
  ];
}

/** (D): as far as a serverless cache goes where nobody has set a limit. */
const MOST_GIGABYTES = 5_000;
const MOST_ECPUS = 15_000_000;

function evictions(): AlarmRule {
  return {
    what: 'evictions',
    ...atOnce('Evictions'),
    means: 'Keys were thrown away to make room, which nothing else tells of.',
  };
}

function connections(threshold: number): AlarmRule {
  return {
    what: 'connections',
    ...lasting('CurrConnections', 'Maximum'),
    threshold,
    missingData: 'notBreaching',
    means: 'Nearly as many connections as there can be: some client opens them and does not close them.',
  };
}

function credits(): AlarmRule {
  return {
    what: 'cpu-credits',
    ...lasting('CPUCreditBalance', 'Minimum'),
    comparison: 'LessThanOrEqualToThreshold',
    threshold: LAST_CREDITS,
    periodSeconds: 5 * MINUTE,
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    missingData: 'notBreaching',
    means: 'The node has used up its CPU credits and slows down to its baseline: take a larger node type.',
  };
}

function bandwidth(way: string): AlarmRule {
  return {
    what: `network-${way.toLowerCase()}`,
    ...atOnce(`NetworkBandwidth${way}AllowanceExceeded`),
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    means: 'More traffic than the node type may have: packets wait or are lost. Take a larger node type.',
  };
}

/** True for five minutes: a moment's peak is no reason. */
function lasting(
  metricName: string,
  statistic: Statistic,
): Pick<
  AlarmRule,
  'metricName' | 'statistic' | 'comparison' | 'periodSeconds' | 'evaluationPeriods' | 'datapointsToAlarm'
> {
  return {
    metricName,
    statistic,
    comparison: 'GreaterThanOrEqualToThreshold',
    periodSeconds: MINUTE,
    evaluationPeriods: 5,
    datapointsToAlarm: 5,
  };
}

/** Once is too often. */
function atOnce(metricName: string): Omit<AlarmRule, 'what' | 'means'> {
  return {
    ...lasting(metricName, 'Sum'),
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missingData: 'notBreaching',
  };
}

/** "Supported node types": T2 micro and small and M3 medium have one, other T types and all .large two, the rest more. */
export function vcpusOf(cacheNodeType: string): number {
  if (/^cache\.(t1|t2)\.(micro|small)$|^cache\.m[13]\.(small|medium)$/.test(cacheNodeType)) return 1;
  return isBurstable(cacheNodeType) || /\.(medium|large)$/.test(cacheNodeType) ? 2 : 4;
}

export function isBurstable(cacheNodeType: string): boolean {
  return /^cache\.t\d/.test(cacheNodeType);
}

const MOST_CLIENTS = 65_000;

/** "Redis OSS specific parameters", maxclients, which cannot be changed. */
function maxclientsOf(cacheNodeType: string): number {
  if (/^cache\.(t2\.\w+|\w+\.micro)$/.test(cacheNodeType)) return 20_000;
  return /^cache\.t3\./.test(cacheNodeType) ? 46_000 : MOST_CLIENTS;
}
