/** The last hour of a cache, by the dimensions that its metrics have: one call for all of its nodes. */
import type { Aws } from '../../aws/aws.ts';
import { limitOf, POINTS, POINT_SECONDS, shownMetrics, type MetricSeries } from '../../domain/metrics.ts';
import { emittersOf } from '../../domain/monitoring.ts';
import { readDimensions } from './metric-dimensions.ts';
import { readMonitoredCache } from './monitored-cache.ts';

const POINT_MS = POINT_SECONDS * 1000;

type Reads = Pick<Aws, 'cloudwatch' | 'elasticache' | 'serverless'>;

/** None of a cache that is gone. What has no data has a series all the same, of nothing. */
export async function readMetrics(name: string, now: number, aws: Reads): Promise<MetricSeries[]> {
  const cache = await readMonitoredCache(name, aws);
  if (!cache) return [];
  const shown = shownMetrics(cache);
  const dimensionsOf = await readDimensions(
    cache,
    shown.map(({ metricName }) => metricName),
    aws.cloudwatch,
  );
  const empty = emittersOf(cache).flatMap((of) => shown.map((metric) => ({ ...metric, cache: name, of })));
  const asked = empty.flatMap((series) => {
    const found = dimensionsOf(series.of, series.metricName);
    return found ? [{ series, query: { ...series, dimensions: found.dimensions } }] : [];
  });
  // CloudWatch's periods begin at whole multiples of their length.
  const until = Math.floor(now / POINT_MS + 1) * POINT_MS;
  const since = until - POINTS * POINT_MS;
  const data = await aws.cloudwatch.getMetricData(
    asked.map(({ query }) => query),
    { since, until, periodSeconds: POINT_SECONDS },
  );
  const points = new Map(asked.map(({ series }, index) => [series, data[index] ?? []]));
  return empty.map((series) => {
    const perSecond = series.unit.endsWith('/s') ? POINT_SECONDS : 1;
    const limit = limitOf(series, cache);
    const slots: (number | null)[] = Array.from({ length: POINTS }, () => null);
    for (const { at, value } of points.get(series) ?? []) {
      const slot = Math.floor((at - since) / POINT_MS);
      if (slot >= 0 && slot < POINTS) slots[slot] = value / perSecond;
    }
    const current = slots.findLast((value) => value !== null) ?? null;
    return { ...series, points: slots, current, ...(limit ? { limit } : {}) };
  });
}
