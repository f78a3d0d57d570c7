/** The tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data". */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { evaluate } from '../../src/sandbox/cloudwatch/alarm-evaluation.ts';
import { MINUTE, MetricStore } from '../../src/sandbox/cloudwatch/metric-store.ts';

const NOW = Date.UTC(2026, 10, 21, 10, 5);
const METRIC = { namespace: 'AWS/ElastiCache', name: 'Evictions', dimensions: [] };
const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** Five minutes, oldest first: `X` above the threshold, `0` below, `-` without data. */
function verdicts(minutes: string, DatapointsToAlarm: number): (string | undefined)[] {
  const metrics = new MetricStore();
  Array.from(minutes).forEach((minute, index) => {
    const at = NOW - (minutes.length - 1 - index) * MINUTE;
    if (minute !== '-') metrics.record(METRIC, 'Count', at, minute === 'X' ? 9 : 0);
  });
  const alarm: MetricAlarm = {
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  return TREATMENTS.map(
    (TreatMissingData) => evaluate({ ...alarm, TreatMissingData }, metrics.get(METRIC), NOW)?.state,
  );
}

const KEPT = undefined;

test.each([
  ['0-X-X', ['OK', 'OK', 'OK', 'OK']],
  ['----0', ['OK', 'OK', 'OK', 'OK']],
  ['-----', ['INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK']],
  ['0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['--X--', ['ALARM', KEPT, 'ALARM', 'OK']],
])('three of three datapoints: %s', (minutes, states) => {
  expect(verdicts(minutes, 3)).toEqual(states);
});

test.each([
  ['0-X-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['00X0X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0-X--', ['OK', 'OK', 'ALARM', 'OK']],
  ['----0', ['OK', 'OK', 'ALARM', 'OK']],
  ['---X-', ['ALARM', KEPT, 'ALARM', 'OK']],
])('two of three datapoints: %s', (minutes, states) => {
  expect(verdicts(minutes, 2)).toEqual(states);
});
