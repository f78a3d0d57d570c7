/** The last hour on the screen. */
import { expect, test } from 'vitest';
import type { MetricSeries } from '../../src/domain/metrics.ts';
import { formatMetrics } from '../../src/output/format-metrics.ts';
import { paintWith } from '../../src/output/paint.ts';

const series = (given: Partial<MetricSeries>): MetricSeries => ({
  cache: 'web',
  of: 'web-001',
  what: 'CPU',
  metricName: 'CPUUtilization',
  statistic: 'Average',
  unit: 'percent',
  points: [null, null, 0, 10, 25, 50, 75, 100, 30, 30, 30, 30],
  current: 30,
  ...given,
});

const LAST_HOUR = [
  series({ limit: { comparison: 'GreaterThanOrEqualToThreshold', threshold: 45 } }),
  series({
    what: 'evictions',
    unit: 'count',
    points: [0, 3],
    current: 3,
    limit: { comparison: 'GreaterThanThreshold', threshold: 0 },
  }),
  series({ what: 'network in', unit: 'bytes/s', points: [1_000, 1_234_567], current: 1_234_567 }),
  series({ what: 'hit rate', points: [null, null], current: null }),
];

test('each metric has a bar of five minutes a sign, its value and its alarm', () => {
  expect(formatMetrics(LAST_HOUR, paintWith(false))).toEqual([
    'metrics     web-001  the last hour',
    '  CPU                ▁▂▂▃▅▇▃▃▃▃  30 %        alarm at 45 %',
    '  evictions        ▁▇  3           alarm above 0',
    '  network in       ▂▇  1.2 MB/s',
    '  hit rate         no data in this hour',
  ]);
});

test('a terminal that knows no more gets ASCII', () => {
  const text = formatMetrics(LAST_HOUR, paintWith(false), true).join('\n');
  expect(Buffer.from(text, 'latin1').toString('ascii')).toBe(text);
  expect(text).toContain('_..-=#');
});

test('what is beyond its threshold stands out', () => {
  const [, cpu, evictions] = formatMetrics(LAST_HOUR, paintWith(true));
  expect([cpu, evictions].map((line) => line!.includes('\u001b[31m'))).toEqual([false, true]);
});
