/**
 * By which dimensions CloudWatch knows a metric of a cache: an alarm on any others waits for data for ever, and says
 * nothing. So they are read from the metrics that there are.
 */
import type { CloudWatch, Metric, MetricFilter } from '../../aws/cloudwatch.ts';
import type { Dimensions } from '../../domain/alarms.ts';
import { emittersOf, type MonitoredCache } from '../../domain/monitoring.ts';

export interface FoundDimensions {
  readonly dimensions: Dimensions;
  /** CloudWatch lists such a metric; else they are what is documented. */
  readonly seen: boolean;
}

/** Undefined: there is no such metric yet, and no document that could be believed. */
export type FindDimensions = (of: string, metricName: string) => FoundDimensions | undefined;

export async function readDimensions(
  cache: MonitoredCache,
  metricNames: readonly string[],
  { listMetrics }: Pick<CloudWatch, 'listMetrics'>,
): Promise<FindDimensions> {
  const all = await listMetrics(filtersOf(cache, metricNames));
  return (of, metricName) => {
    const listed = all.filter((metric) => metric.metricName === metricName && isOf(metric, of, cache));
    const found = best(listed, cache);
    if (found) return { dimensions: found.dimensions, seen: true };
    return cache.kind === 'nodes' ? { dimensions: documented(of), seen: false } : undefined;
  };
}

/** Sources call the dimension of a serverless cache clusterId, CacheClusterId and ServerlessCacheName, so that only its value can be looked for. */
function filtersOf(cache: MonitoredCache, metricNames: readonly string[]): MetricFilter[] {
  return cache.kind === 'nodes'
    ? emittersOf(cache).map((CacheClusterId) => ({ dimensions: { CacheClusterId } }))
    : metricNames.map((metricName) => ({ metricName }));
}

const OF_NODES = ['CacheClusterId', 'CacheNodeId'];

/** A metric may be there for a part of its data besides, as BytesUsedForCache is for each Tier. */
function isOf({ dimensions }: Metric, of: string, { kind }: MonitoredCache): boolean {
  return kind === 'nodes'
    ? dimensions['CacheClusterId'] === of && Object.keys(dimensions).every((name) => OF_NODES.includes(name))
    : Object.values(dimensions).some((value) => value.toLowerCase() === of.toLowerCase());
}

/** Of a node that which names it most fully, as the documents do; of a serverless cache that of the whole. */
function best(metrics: readonly Metric[], { kind }: MonitoredCache): Metric | undefined {
  const sizeOf = ({ dimensions }: Metric): number => Object.keys(dimensions).length;
  const byLength = [...metrics].sort((one, other) => sizeOf(one) - sizeOf(other));
  return kind === 'nodes' ? byLength.at(-1) : byLength[0];
}

/** "Metrics for Valkey and Redis OSS": a node of Redis is always 0001 of its cluster. */
function documented(CacheClusterId: string): Dimensions {
  return { CacheClusterId, CacheNodeId: '0001' };
}
