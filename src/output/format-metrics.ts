/** The last hour as small bars: a line for each metric, with its value and what would set off an alarm. */
import { isBeyond, type MetricSeries, type MetricUnit } from '../domain/metrics.ts';
import type { Paint } from './paint.ts';

/** From nothing to the most that was; the first is of what was measured and is zero. */
const BARS = { blocks: ['▁', '▂', '▃', '▅', '▇'], ascii: ['_', '.', '-', '=', '#'] } as const;
const NOT_MEASURED = ' ';

/** `plain`: the terminal shows nothing but ASCII. */
export function formatMetrics(metrics: readonly MetricSeries[], paint: Paint, plain = false): string[] {
  const things = [...new Set(metrics.map(({ of }) => of))];
  return things.flatMap((thing) => [
    `${paint.bold('metrics')}     ${paint.name(thing)}  the last hour`,
    ...metrics.filter(({ of }) => of === thing).map((series) => formatSeries(series, paint, plain)),
  ]);
}

function formatSeries(series: MetricSeries, paint: Paint, plain: boolean): string {
  const { what, current, limit, unit } = series;
  const label = `  ${what.padEnd(15)}  `;
  if (current === null) return `${label}${paint.dim('no data in this hour')}`;
  const value = textOf(current, unit).padEnd(12);
  const shown = limit && isBeyond(current, limit) ? paint.bad(value) : value;
  const alarm = limit ? paint.dim(`alarm ${limitText(series)}`) : '';
  return `${label}${barsOf(series, plain)}  ${shown}${alarm}`.trimEnd();
}

function barsOf({ points, unit }: MetricSeries, plain: boolean): string {
  const bars = plain ? BARS.ascii : BARS.blocks;
  const most = unit === 'percent' ? 100 : Math.max(0, ...points.map((point) => point ?? 0));
  return points
    .map((point) => {
      if (point === null) return NOT_MEASURED;
      const height = most === 0 ? 0 : Math.ceil((Math.min(point, most) / most) * (bars.length - 1));
      return bars[height] ?? NOT_MEASURED;
    })
    .join('');
}

function limitText({ limit, unit }: MetricSeries): string {
  if (!limit) return '';
  const isFloor = limit.comparison.startsWith('Less');
  const value = textOf(limit.threshold, unit);
  if (limit.comparison === 'GreaterThanThreshold') return `above ${value}`;
  return isFloor ? `below ${value}` : `at ${value}`;
}

const LETTERS = ['', 'k', 'M', 'G', 'T'];

function textOf(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'percent':
      return `${rounded(value)} %`;
    case 'seconds':
      return `${rounded(value)} s`;
    case 'count':
      return String(Math.round(value));
    case 'units/s':
      return `${rounded(value)} /s`;
    case 'bytes':
    case 'bytes/s': {
      const power = Math.min(LETTERS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
      return `${rounded(value / 1000 ** power)} ${LETTERS[power] ?? ''}B${unit === 'bytes/s' ? '/s' : ''}`;
    }
  }
}

function rounded(value: number): string {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}
