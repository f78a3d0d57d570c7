/** CloudWatch alarms, as far as somebody who asks what is watched needs them. */

export interface MetricAlarm {
  readonly alarmName: string;
  /** What it watches: one metric, or those that its expression is made of. */
  readonly metrics: readonly AlarmMetric[];
  /** Whether it tells anybody: an alarm whose actions are off, or that has none, only changes its colour. */
  readonly acts: boolean;
}

export interface AlarmMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface CloudWatch {
  /** All of the region: AWS finds them by name, and by metric only one at a time. */
  listMetricAlarms(): Promise<MetricAlarm[]>;
}

/** Most runs ask for no alarm: its client is loaded with the first call. */
export function cloudWatchOnUse(load: () => Promise<CloudWatch>): CloudWatch {
  let loaded: Promise<CloudWatch> | undefined;
  return {
    listMetricAlarms: async () => (await (loaded ??= load())).listMetricAlarms(),
  };
}
