/** What CloudWatch has measured of a cache in the last day, as far as its size depends on it. */
import type { CloudWatch, MetricQuery } from '../aws/cloudwatch.ts';
import type { Load, Observed } from '../domain/sizing.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Long enough for CloudWatch to keep it for two months, short enough to see the last hour apart. */
const PERIOD_S = 300;

/** Which metric each figure is read from, and what of it. */
const METRICS: Readonly<
  Record<keyof Load, readonly { readonly name: string; readonly statistic: string }[]>
> = {
  memoryPercent: [{ name: 'DatabaseMemoryUsagePercentage', statistic: 'Maximum' }],
  bytes: [{ name: 'BytesUsedForCache', statistic: 'Maximum' }],
  engineCpuPercent: [{ name: 'EngineCPUUtilization', statistic: 'Maximum' }],
  cpuPercent: [{ name: 'CPUUtilization', statistic: 'Maximum' }],
  evictions: [{ name: 'Evictions', statistic: 'Sum' }],
  connections: [{ name: 'CurrConnections', statistic: 'Maximum' }],
  networkExceeded: [
    { name: 'NetworkBandwidthInAllowanceExceeded', statistic: 'Sum' },
    { name: 'NetworkBandwidthOutAllowanceExceeded', statistic: 'Sum' },
  ],
};

interface Series {
  readonly figure: keyof Load;
  readonly query: MetricQuery;
}

type Points = readonly { readonly at: number; readonly value: number }[];

/** `emitters`: nodes, or the serverless cache itself, by the names that its metrics carry. */
export async function readLoad(
  emitters: readonly string[],
  cloudwatch: CloudWatch,
  now: number,
): Promise<Observed> {
  const series = await findSeries(emitters, cloudwatch);
  const queries = series.map(({ query }) => query);
  const range = { since: now - DAY_MS, until: now, periodSeconds: PERIOD_S };
  const data = queries.length === 0 ? [] : await cloudwatch.getMetricData(queries, range);
  const measured = series.map(({ figure, query }, index) => ({ figure, query, points: data[index] ?? [] }));
  const hour = loadOf(measured, now - HOUR_MS);
  const day = loadOf(measured, now - DAY_MS);
  const newest = measured.flatMap(({ figure, points }) =>
    figure === 'bytes' ? (points.at(-1)?.value ?? []) : [],
  );
  return {
    ...(hour ? { hour } : {}),
    ...(day ? { day } : {}),
    ...(newest.length > 0 ? { bytesNow: Math.max(...newest) } : {}),
  };
}

/** With the dimensions that CloudWatch has: by others it would answer with nothing, for ever. */
async function findSeries(emitters: readonly string[], cloudwatch: CloudWatch): Promise<Series[]> {
  const figures = Object.entries(METRICS) as [keyof Load, (typeof METRICS)[keyof Load]][];
  const filters = figures.flatMap(([, metrics]) => metrics.map(({ name }) => ({ metricName: name })));
  const listed = await cloudwatch.listMetrics(filters);
  return figures.flatMap(([figure, metrics]) =>
    metrics.flatMap(({ name, statistic }) =>
      emitters.flatMap((emitter) => {
        const [own] = listed
          .filter(
            ({ metricName, dimensions }) =>
              metricName === name && Object.values(dimensions).includes(emitter),
          )
          // Of a node there is a second set of the same, with the number of the node.
          .sort((one, other) => Object.keys(one.dimensions).length - Object.keys(other.dimensions).length);
        return own ? [{ figure, query: { metricName: name, dimensions: own.dimensions, statistic } }] : [];
      }),
    ),
  );
}

function loadOf(
  measured: readonly (Series & { readonly points: Points })[],
  since: number,
): Load | undefined {
  const load: Partial<Record<keyof Load, number>> = {};
  for (const { figure, query, points } of measured) {
    const values = points.filter(({ at }) => at >= since).map(({ value }) => value);
    if (values.length === 0) continue;
    const before = load[figure];
    const own =
      query.statistic === 'Sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
    load[figure] =
      query.statistic === 'Sum' ? (before ?? 0) + own : Math.max(before ?? Number.NEGATIVE_INFINITY, own);
  }
  return Object.keys(load).length === 0 ? undefined : load;
}
