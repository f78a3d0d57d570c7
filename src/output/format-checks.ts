/** A line for each check as it ends; at the end what is to be done about those that did not pass, the cause first. */
import { ALL_CHECKS, type CheckReport, type Outcome } from '../domain/check.ts';
import { cut, hanging } from './line-width.ts';
import type { Paint } from './paint.ts';

const MARKS: Readonly<Record<Outcome, { mark: string; paint: keyof Paint }>> = {
  pass: { mark: '✔', paint: 'good' },
  warn: { mark: '!', paint: 'careful' },
  fail: { mark: '✖', paint: 'bad' },
  inconclusive: { mark: '?', paint: 'careful' },
  skip: { mark: '-', paint: 'dim' },
};

const ID_WIDTH = Math.max(...ALL_CHECKS.map((id) => id.length));
const LABEL_WIDTH = '  means  '.length;

/** `columns`: of a terminal, where it is one line, and what was not asked is told at the end, together. */
export function formatCheck(report: CheckReport, paint: Paint, columns?: number): string[] {
  if (columns !== undefined && stoppedBy(report) !== undefined) return [];
  const { mark, paint: kind } = MARKS[report.outcome];
  const text = `${report.id.padEnd(ID_WIDTH)} ${inOneLine(report.detail)}${words(report)}`;
  return [`${paint[kind](mark)} ${cut(text, columns === undefined ? undefined : columns - 2)}`];
}

/** Those that did not pass: the cause, what else fails, what could not be seen, what is risky. */
export function formatFindings(
  checks: readonly CheckReport[],
  cause: CheckReport | undefined,
  paint: Paint,
  columns?: number,
): string[] {
  const others = (['fail', 'inconclusive', 'warn'] as const).flatMap((outcome) =>
    checks.filter((report) => report !== cause && report.outcome === outcome),
  );
  const findings = [...(cause ? [cause] : []), ...others];
  const gap = findings.length > 0 ? [''] : [];
  return [
    // In a log each was told in a line of its own; on a screen every row counts.
    ...(columns === undefined ? gap : formatNotAsked(checks, paint, columns)),
    ...findings.flatMap((report) => formatFinding(report, report === cause, paint, columns)),
  ];
}

function formatFinding(report: CheckReport, isCause: boolean, paint: Paint, columns?: number): string[] {
  if (!('hint' in report)) return [];
  const { id, outcome, detail, means, hint, fix } = report;
  const { mark, paint: kind } = MARKS[outcome];
  const labelled = (label: string, text: string): string[] =>
    hanging(`  ${paint.dim(label.padEnd(LABEL_WIDTH - 2))}`, inOneLine(text), columns);
  return [
    `${paint[kind](mark)} ${isCause ? 'root cause: ' : ''}${paint.bold(id)}`,
    ...labelled('seen', detail),
    ...(means === undefined ? [] : labelled('means', means)),
    ...labelled('mend', hint),
    // From the edge of the window and in one piece: it is to be copied.
    ...(fix === undefined ? [] : [fix]),
  ];
}

function formatNotAsked(checks: readonly CheckReport[], paint: Paint, columns: number): string[] {
  const broken = new Set(checks.flatMap((report) => stoppedBy(report) ?? []));
  return [...broken].map((lower) => {
    const above = checks.filter((report) => stoppedBy(report) === lower).map(({ id }) => id);
    return `${paint.dim('-')} ${cut(`not asked, for ${lower} fails: ${above.join(', ')}`, columns - 2)}`;
  });
}

function stoppedBy(report: CheckReport): CheckReport['id'] | undefined {
  return 'stoppedBy' in report ? report.stoppedBy : undefined;
}

/** A line of a log may be part of what was seen. */
function inOneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

/** The marks of these two are not known to everybody. */
function words({ outcome }: CheckReport): string {
  return outcome === 'skip' || outcome === 'inconclusive'
    ? ` (${outcome === 'skip' ? 'skipped' : outcome})`
    : '';
}
