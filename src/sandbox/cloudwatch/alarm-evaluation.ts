/**
 * Which state an alarm has earned (CloudWatch user guide, "Using Amazon CloudWatch alarms", "Configuring how
 * CloudWatch alarms treat missing data").
 */
import type { ComparisonOperator, MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import { isStatistic, MINUTE, minuteOf, STATISTICS, summary } from './metric-store.ts';
import type { Metric } from './metric-store.ts';

export interface Verdict {
  readonly state: StateValue;
  readonly reason: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Datapoint {
  readonly at: number;
  readonly value: number;
}

/** AWS looks back further than it has to, so that late data counts; how far varies. */
const FURTHER_PERIODS = 2;

interface Comparison {
  readonly words: string;
  readonly breaches: (value: number, threshold: number) => boolean;
}

const COMPARISONS: Partial<Record<ComparisonOperator, Comparison>> = {
  GreaterThanOrEqualToThreshold: {
    words: 'greater than or equal to',
    breaches: (value, most) => value >= most,
  },
  GreaterThanThreshold: { words: 'greater than', breaches: (value, most) => value > most },
  LessThanThreshold: { words: 'less than', breaches: (value, least) => value < least },
  LessThanOrEqualToThreshold: { words: 'less than or equal to', breaches: (value, least) => value <= least },
};

/** Undefined where it keeps the state that it has. */
export function evaluate(alarm: MetricAlarm, metric: Metric | undefined, now: number): Verdict | undefined {
  const { EvaluationPeriods: periods = 1, Threshold: threshold = 0, TreatMissingData = 'missing' } = alarm;
  const { DatapointsToAlarm: needed = periods } = alarm;
  const comparison = alarm.ComparisonOperator && COMPARISONS[alarm.ComparisonOperator];
  if (!comparison) return undefined;

  const points = recentPoints(alarm, metric, now, periods + FURTHER_PERIODS).slice(0, periods);
  const breaching = points.filter(({ value }) => comparison.breaches(value, threshold));
  const state = stateOf({
    real: points.length,
    breaching: breaching.length,
    periods,
    needed,
    TreatMissingData,
  });
  if (state === undefined) return undefined;
  return {
    state,
    reason: reasonOf({ alarm, comparison, points, breaching, state, needed, periods, threshold }),
    data: {
      queryDate: new Date(now).toISOString(),
      statistic: alarm.Statistic,
      period: alarm.Period,
      recentDatapoints: points.map(({ value }) => value).reverse(),
      threshold,
      evaluatedDatapoints: points.map(({ at, value }) => ({ timestamp: new Date(at).toISOString(), value })),
    },
  };
}

interface Count {
  readonly real: number;
  readonly breaching: number;
  readonly periods: number;
  readonly needed: number;
  readonly TreatMissingData: string;
}

/** The tables of the user guide, in words. */
function stateOf({ real, breaching, periods, needed, TreatMissingData }: Count): StateValue | undefined {
  if (breaching >= needed) return 'ALARM';
  const missing = periods - real;
  if (missing === 0 || TreatMissingData === 'notBreaching') return 'OK';
  if (TreatMissingData === 'breaching') return breaching + missing >= needed ? 'ALARM' : 'OK';
  const isAllBreaching = breaching === real;
  if (TreatMissingData === 'ignore') return isAllBreaching ? undefined : 'OK';
  if (real === 0) return 'INSUFFICIENT_DATA';
  return isAllBreaching ? 'ALARM' : 'OK';
}

/** Newest first. Periods end now, whatever the clock shows. */
function recentPoints(
  { Period = 60, Statistic, Unit }: MetricAlarm,
  metric: Metric | undefined,
  now: number,
  periods: number,
): Datapoint[] {
  if (!metric || !isStatistic(Statistic) || (Unit !== undefined && Unit !== metric.unit)) return [];
  const length = Math.max(MINUTE, Period * 1000);
  const end = minuteOf(now) + MINUTE;
  return Array.from({ length: periods }, (_, back) => end - (back + 1) * length).flatMap((at) => {
    const set = summary(metric, at, at + length);
    return set ? [{ at, value: STATISTICS[Statistic](set) }] : [];
  });
}

interface Grounds {
  readonly alarm: MetricAlarm;
  readonly comparison: Comparison;
  readonly points: readonly Datapoint[];
  readonly breaching: readonly Datapoint[];
  readonly state: StateValue;
  readonly needed: number;
  readonly periods: number;
  readonly threshold: number;
}

/** In CloudWatch's own words. */
function reasonOf(grounds: Grounds): string {
  const { alarm, comparison, points, breaching, state, needed, periods, threshold } = grounds;
  const missing = periods - points.length;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${missing} datapoint${missing === 1 ? ' was' : 's were'} unknown.`;
  }
  if (points.length === 0) {
    const { TreatMissingData = '' } = alarm;
    const treated = `${TreatMissingData.charAt(0).toUpperCase()}${TreatMissingData.slice(1)}`;
    return (
      `Threshold Crossed: no datapoints were received for ${periods} period${periods === 1 ? '' : 's'} and ` +
      `${missing} missing datapoint${missing === 1 ? ' was' : 's were'} treated as [${treated}].`
    );
  }
  const named = state === 'ALARM' ? breaching : points.filter((point) => !breaching.includes(point));
  const list = named.map(({ at, value }) => `${decimal(value)} (${day(at)})`).join(', ');
  return (
    `Threshold Crossed: ${named.length} out of the last ${points.length} datapoints [${list}] ` +
    `${named.length === 1 ? 'was' : 'were'} ${state === 'OK' ? 'not ' : ''}${comparison.words} the threshold ` +
    `(${decimal(threshold)}) (minimum ${needed} datapoint${needed === 1 ? '' : 's'} for ` +
    `${state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK'} transition).`
  );
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** '21/11/26 10:05:00' */
function day(at: number): string {
  const [, year = '', month = '', date = '', time = ''] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(new Date(at).toISOString()) ?? [];
  return `${date}/${month}/${year} ${time}`;
}
