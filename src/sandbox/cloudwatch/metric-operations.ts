/** Reading metrics: which there are, and their statistics over periods. */
import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  ListMetricsInput,
  ListMetricsOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { isStatistic, MINUTE, STATISTICS, summary } from './metric-store.ts';
import type { Metric, MetricName, MetricStore, StatisticSet } from './metric-store.ts';
import { page } from './paging.ts';

/** CloudWatch API reference, ListMetrics: 500 results a page, with data in the past two weeks, or three hours. */
const METRICS_A_PAGE = 500;
const LISTED_MS = 14 * 24 * 60 * MINUTE;
const RECENTLY_MS = 3 * 60 * MINUTE;
/** GetMetricData, MaxDatapoints and MetricDataQueries. */
const MOST_DATAPOINTS = 100_800;
const MOST_QUERIES = 500;
/** GetMetricStatistics: "A single call can return as many as 1,440 data points". */
const MOST_STATISTICS = 1440;

export interface MetricOperationsOptions {
  readonly clock: Clock;
  readonly metrics: MetricStore;
  /** Makes the metrics those of this minute. */
  readonly observe: () => Promise<void>;
}

export function metricOperations({ clock, metrics, observe }: MetricOperationsOptions): Operations {
  return {
    async ListMetrics(input: ListMetricsInput): Promise<ListMetricsOutput> {
      await observe();
      const since = clock.now() - (input.RecentlyActive === 'PT3H' ? RECENTLY_MS : LISTED_MS);
      const listed = metrics.all().filter((metric) => isAsked(metric, input) && lastOf(metric) >= since);
      const { items, next } = page(listed, METRICS_A_PAGE, input.NextToken);
      return {
        Metrics: items.map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: [...dimensions],
        })),
        ...next,
      };
    },

    async GetMetricData(input: GetMetricDataInput): Promise<GetMetricDataOutput> {
      const all = (input.MetricDataQueries ?? []).map(readQuery);
      requireQueries(all);
      const span = readSpan(input);
      await observe();
      const queries = all.filter(({ isReturned }) => isReturned);
      const newestFirst = input.ScanBy !== 'TimestampAscending';
      const found = queries.flatMap(({ id, metric, period, valueOf }) => {
        const points = datapoints(metrics.get(metric), span, period);
        return (newestFirst ? points.reverse() : points).map(({ at, set }) => ({
          id,
          at,
          value: valueOf(set),
        }));
      });
      const size = Math.min(input.MaxDatapoints ?? MOST_DATAPOINTS, MOST_DATAPOINTS);
      const { items, later, next } = page(found, size, input.NextToken);
      return {
        MetricDataResults: queries.map(({ id, label }) => {
          const own = items.filter((item) => item.id === id);
          return {
            Id: id,
            Label: label,
            Timestamps: own.map(({ at }) => new Date(at)),
            Values: own.map(({ value }) => value),
            StatusCode: later.some((item) => item.id === id) ? 'PartialData' : 'Complete',
          };
        }),
        Messages: [],
        ...next,
      };
    },

    async GetMetricStatistics(input: GetMetricStatisticsInput): Promise<GetMetricStatisticsOutput> {
      const { Namespace = '', MetricName = '', Dimensions = [], Statistics = [], Period = 0 } = input;
      const statistics = Statistics.map(requireStatistic);
      if (statistics.length === 0) {
        throw invalid('At least one of the parameters Statistics and ExtendedStatistics must be specified.');
      }
      requirePeriod(Period);
      const span = readSpan(input);
      if ((span.to - span.from) / (Period * 1000) > MOST_STATISTICS) {
        throw new ServiceError(
          'InvalidParameterCombinationException',
          `You have requested more than ${MOST_STATISTICS} datapoints. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
        );
      }
      await observe();
      const metric = metrics.get({ namespace: Namespace, name: MetricName, dimensions: Dimensions });
      const asked = input.Unit === undefined || input.Unit === metric?.unit ? metric : undefined;
      return {
        Label: MetricName,
        Datapoints: datapoints(asked, span, Period).map(({ at, set }) => ({
          Timestamp: new Date(at),
          Unit: metric?.unit,
          ...Object.fromEntries(statistics.map((name) => [name, STATISTICS[name](set)])),
        })),
      };
    },
  };
}

interface Query {
  readonly id: string;
  readonly label: string;
  readonly isReturned: boolean;
  readonly metric: MetricName;
  readonly period: number;
  readonly valueOf: (set: StatisticSet) => number;
}

function readQuery({ Id = '', Expression, MetricStat, Label, ReturnData = true }: MetricDataQuery): Query {
  if (!/^[a-z]\w*$/.test(Id)) {
    throw invalid(
      `The value ${Id} for parameter MetricDataQueries.member.1.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  }
  if (Expression !== undefined) throw invalid(`The sandbox has no metric math: ${Expression}`);
  if (!MetricStat) throw invalid('Either MetricStat or Expression must be specified for each query.');
  const { Metric: { Namespace = '', MetricName = '', Dimensions = [] } = {}, Period = 0, Stat } = MetricStat;
  requirePeriod(Period);
  return {
    id: Id,
    label: Label ?? MetricName,
    isReturned: ReturnData,
    metric: { namespace: Namespace, name: MetricName, dimensions: Dimensions },
    period: Period,
    valueOf: STATISTICS[requireStatistic(Stat)],
  };
}

function requireQueries(queries: readonly Query[]): void {
  if (queries.length === 0 || queries.length > MOST_QUERIES) {
    throw invalid(`The collection MetricDataQueries must have between 1 and ${MOST_QUERIES} elements.`);
  }
  if (new Set(queries.map(({ id }) => id)).size < queries.length) {
    throw invalid('The values for parameter Id in MetricDataQueries are not unique.');
  }
}

function requireStatistic(name: string | undefined): keyof typeof STATISTICS {
  if (isStatistic(name)) return name;
  throw invalid(`The value ${name ?? ''} for parameter Stat is not supported.`);
}

function requirePeriod(seconds: number): void {
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return;
  throw invalid(`The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60, and is ${seconds}.`);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function readSpan({
  StartTime,
  EndTime,
}: {
  StartTime?: Date | undefined;
  EndTime?: Date | undefined;
}): Span {
  const [from, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0];
  if (from < to) return { from, to };
  throw invalid('The parameter StartTime must be less than the parameter EndTime.');
}

/** Each period that has any, oldest first, by when it begins. */
function datapoints(
  metric: Metric | undefined,
  { from, to }: Span,
  periodSeconds: number,
): { at: number; set: StatisticSet }[] {
  if (!metric) return [];
  // What is kept a minute has no shorter periods.
  const period = Math.max(MINUTE, periodSeconds * 1000);
  const points: { at: number; set: StatisticSet }[] = [];
  for (let at = Math.floor(from / period) * period; at < to; at += period) {
    const set = summary(metric, at, at + period);
    if (set) points.push({ at, set });
  }
  return points;
}

function isAsked(metric: Metric, { Namespace, MetricName, Dimensions = [] }: ListMetricsInput): boolean {
  return (
    (Namespace === undefined || Namespace === metric.namespace) &&
    (MetricName === undefined || MetricName === metric.name) &&
    Dimensions.every(({ Name, Value }) =>
      metric.dimensions.some((one) => one.Name === Name && (Value === undefined || one.Value === Value)),
    )
  );
}

function lastOf({ minutes }: Metric): number {
  return [...minutes.keys()].at(-1) ?? 0;
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
