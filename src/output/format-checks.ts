/** The answers of the checks, one line each, and what to do below those that did not pass. */
import type { CheckReport, Outcome } from '../domain/check.ts';
import type { Paint } from './paint.ts';

const MARKS: Readonly<Record<Outcome, { mark: string; paint: keyof Paint }>> = {
  pass: { mark: '✔', paint: 'good' },
  warn: { mark: '!', paint: 'careful' },
  fail: { mark: '✖', paint: 'bad' },
  inconclusive: { mark: '?', paint: 'careful' },
  skip: { mark: '-', paint: 'dim' },
};

const ID_WIDTH = 'inconclusive'.length;

export function formatCheck(report: CheckReport, paint: Paint): string[] {
  const { mark, paint: kind } = MARKS[report.outcome];
  const line = `${paint[kind](mark)} ${report.id.padEnd(ID_WIDTH)}${report.detail}${words(report)}`;
  return 'hint' in report ? [line, `  ${' '.repeat(ID_WIDTH)}${paint.dim(`Try: ${report.hint}`)}`] : [line];
}

/** The marks of these two are not known to everybody. */
function words({ outcome }: CheckReport): string {
  return outcome === 'skip' || outcome === 'inconclusive'
    ? ` (${outcome === 'skip' ? 'skipped' : outcome})`
    : '';
}
