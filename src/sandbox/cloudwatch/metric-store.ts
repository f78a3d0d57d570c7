/** The metrics of one account in one region: for each a set of statistics a minute, as CloudWatch keeps them. */
import type { Dimension, StandardUnit } from '@aws-sdk/client-cloudwatch';

export const MINUTE = 60_000;
/** "Data points with a period of 60 seconds are available for 15 days" (CloudWatch user guide, "Metrics concepts"). */
const MOST_MINUTES = 15 * 24 * 60;

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

export interface StatisticSet {
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface Metric extends MetricName {
  readonly unit: StandardUnit;
  /** By the time at which the minute begins, oldest first. */
  readonly minutes: Map<number, StatisticSet>;
}

export class MetricStore {
  readonly #metrics = new Map<string, Metric>();

  all(): Metric[] {
    return [...this.#metrics.values()];
  }

  get(name: MetricName): Metric | undefined {
    return this.#metrics.get(keyOf(name));
  }

  record(name: MetricName, unit: StandardUnit, at: number, value: number): void {
    const metric = this.get(name) ?? { ...name, unit, minutes: new Map<number, StatisticSet>() };
    this.#metrics.set(keyOf(name), metric);
    const { minutes } = metric;
    const minute = minuteOf(at);
    const one = { sum: value, count: 1, minimum: value, maximum: value };
    const before = minutes.get(minute);
    minutes.set(minute, before ? joined(before, one) : one);
    const [oldest] = minutes.keys();
    if (oldest !== undefined && minutes.size > MOST_MINUTES) minutes.delete(oldest);
  }
}

/** The minutes from `from` until before `to` together; undefined where nothing was measured. */
export function summary({ minutes }: Metric, from: number, to: number): StatisticSet | undefined {
  let all: StatisticSet | undefined;
  for (let minute = minuteOf(from); minute < to; minute += MINUTE) {
    const one = minutes.get(minute);
    if (one) all = all ? joined(all, one) : one;
  }
  return all;
}

export const STATISTICS = {
  Average: ({ sum, count }: StatisticSet) => sum / count,
  Sum: ({ sum }: StatisticSet) => sum,
  Minimum: ({ minimum }: StatisticSet) => minimum,
  Maximum: ({ maximum }: StatisticSet) => maximum,
  SampleCount: ({ count }: StatisticSet) => count,
} as const;

export type StatisticName = keyof typeof STATISTICS;

export function isStatistic(name: string | undefined): name is StatisticName {
  return name !== undefined && Object.hasOwn(STATISTICS, name);
}

export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}

function joined(one: StatisticSet, other: StatisticSet): StatisticSet {
  return {
    sum: one.sum + other.sum,
    count: one.count + other.count,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  return JSON.stringify([namespace, name, placesOf(dimensions)]);
}

/** Dimensions have no order. */
export function placesOf(dimensions: readonly Dimension[] = []): string {
  return dimensions
    .map(({ Name = '', Value = '' }) => `${Name}=${Value}`)
    .sort()
    .join(',');
}
