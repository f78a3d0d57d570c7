/** CloudWatch's alarms and metrics, as far as somebody who has a cache watched needs them. */
import type { AlarmActions, LivingAlarm, WantedAlarm } from '../domain/alarms.ts';
import type { Tags } from '../domain/ownership.ts';

export interface MetricAlarm {
  readonly alarmName: string;
  /** What it watches: one metric, or those that its expression is made of. */
  readonly metrics: readonly Metric[];
  /** Whether it tells anybody: an alarm whose actions are off, or that has none, only changes its colour. */
  readonly acts: boolean;
}

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface NewAlarm extends WantedAlarm, AlarmActions {
  /** Taken when it is made, and never again. */
  readonly tags: Tags;
}

/** What is asked for: metrics of one name, or of one thing. */
export interface MetricFilter {
  readonly metricName?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

export interface MetricQuery {
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

export interface CloudWatch {
  /** All of the region: AWS finds them by name, and by metric only one at a time. */
  listMetricAlarms(): Promise<MetricAlarm[]>;
  /** Those of one metric whose names begin so. */
  listAlarms(alarmNamePrefix: string): Promise<LivingAlarm[]>;
  /** One for each alarm; 'gone': deleted meanwhile. */
  readAlarmTags(arns: readonly string[]): Promise<(Tags | 'gone')[]>;
  /** Overwrites what has that name. */
  putMetricAlarm(alarm: NewAlarm): Promise<void>;
  /** Those that are gone already are no failure. */
  deleteAlarms(alarmNames: readonly string[]): Promise<void>;
  /** Of ElastiCache, and only what has had data within two weeks. */
  listMetrics(filters: readonly MetricFilter[]): Promise<Metric[]>;
  /** One series for each query, oldest first; empty where nothing was measured. Times in ms. */
  getMetricData(
    queries: readonly MetricQuery[],
    range: { readonly since: number; readonly until: number; readonly periodSeconds: number },
  ): Promise<{ readonly at: number; readonly value: number }[][]>;
}
