/** What is shown of the last hour of a cache. */
import { rulesFor, type AlarmRule, type Comparison, type Statistic } from './alarm-rules.ts';
import type { MonitoredCache } from './monitoring.ts';

export type MetricUnit = 'percent' | 'count' | 'seconds' | 'bytes' | 'bytes/s' | 'units/s';

export interface ShownMetric {
  /** In the words of the screen: 'CPU', 'replication lag'. */
  readonly what: string;
  readonly metricName: string;
  readonly statistic: Statistic;
  readonly unit: MetricUnit;
}

export interface MetricLimit {
  readonly comparison: Comparison;
  readonly threshold: number;
}

/** One metric of one node, or of a serverless cache. */
export interface MetricSeries extends ShownMetric {
  readonly cache: string;
  readonly of: string;
  /** Five minutes each, oldest first; null: nothing was measured. */
  readonly points: readonly (number | null)[];
  /** The last that was measured; null: nothing in the hour. */
  readonly current: number | null;
  /** What would set off its alarm; absent where it has none. */
  readonly limit?: MetricLimit;
}

export const POINT_SECONDS = 5 * 60;
export const POINTS = 12;

export function shownMetrics(cache: MonitoredCache): ShownMetric[] {
  const common: ShownMetric[] = [
    { what: 'connections', metricName: 'CurrConnections', statistic: 'Maximum', unit: 'count' },
    { what: 'evictions', metricName: 'Evictions', statistic: 'Sum', unit: 'count' },
    { what: 'hit rate', metricName: 'CacheHitRate', statistic: 'Average', unit: 'percent' },
    { what: 'network in', metricName: 'NetworkBytesIn', statistic: 'Sum', unit: 'bytes/s' },
    { what: 'network out', metricName: 'NetworkBytesOut', statistic: 'Sum', unit: 'bytes/s' },
  ];
  if (cache.kind === 'serverless') {
    return [
      { what: 'data', metricName: 'BytesUsedForCache', statistic: 'Maximum', unit: 'bytes' },
      { what: 'ECPUs', metricName: 'ElastiCacheProcessingUnits', statistic: 'Sum', unit: 'units/s' },
      { what: 'throttled', metricName: 'ThrottledCmds', statistic: 'Sum', unit: 'count' },
      ...common,
    ];
  }
  const processor = rulesFor(cache).find(({ metricName }) => metricName.endsWith('CPUUtilization'));
  return [
    {
      what: 'CPU',
      metricName: processor?.metricName ?? 'CPUUtilization',
      statistic: 'Average',
      unit: 'percent',
    },
    { what: 'memory', metricName: 'DatabaseMemoryUsagePercentage', statistic: 'Maximum', unit: 'percent' },
    ...common,
    ...(cache.hasReplicas ? [REPLICATION_LAG] : []),
  ];
}

const REPLICATION_LAG: ShownMetric = {
  what: 'replication lag',
  metricName: 'ReplicationLag',
  statistic: 'Maximum',
  unit: 'seconds',
};

/** In the unit that is shown. */
export function limitOf({ metricName, unit }: ShownMetric, cache: MonitoredCache): MetricLimit | undefined {
  const rule = rulesFor(cache).find((each) => each.metricName === metricName);
  return rule && { comparison: rule.comparison, threshold: inUnit(rule, unit) };
}

function inUnit({ threshold, periodSeconds }: AlarmRule, unit: MetricUnit): number {
  return unit.endsWith('/s') ? threshold / periodSeconds : threshold;
}

export function isBeyond(value: number, { comparison, threshold }: MetricLimit): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
