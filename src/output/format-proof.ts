/** How a run ends that was checked: the proof as a small checklist, or what is missing for one. */
import { LINT_CHECKS, type CheckId, type CheckReport, type LadderId } from '../domain/check.ts';
import type { Latency } from '../domain/check-evidence.ts';
import { cut, wrap } from './line-width.ts';
import type { Paint } from './paint.ts';
import { refreshRows } from './refresh-picture.ts';
import type { Result } from './result.ts';

type Checked = Pick<Result, 'checks' | 'proven'>;

/** Whether it is proven, and if not, why; nothing where nothing was asked. */
export function formatProof({ checks, proven }: Checked, paint: Paint, columns?: number): string[] {
  if (checks.length === 0) return [];
  if (proven) {
    return wrap(PROVEN, columns).map((line) => paint.good(line));
  }
  if (checks.some(({ id }) => isLint(id))) {
    return wrap(risksOf(checks), columns).map((line) => paint.careful(line));
  }
  const isOpen = ({ id, outcome }: CheckReport): boolean =>
    outcome === 'fail' || (outcome !== 'pass' && PROOFS.some((each) => each === id));
  const open = checks.filter(isOpen).map(({ id, outcome }) => `${id} ${WORDS[outcome]}`);
  const unasked = PROOFS.filter((id) => !checks.some((check) => check.id === id));
  const reasons = [...open, ...unasked.map((id) => `${id} was not asked`)];
  return wrap(`Not proven: ${reasons.join(', ')}.`, columns).map((line) => paint.careful(line));
}

const PROVEN = 'Proven: the cache answers where the app runs, and every refresh shows the same.';

/** Of what is proven, what a person would ask to see: all the same, how fast, what runs, who comes back to where. */
export function formatChecklist({ checks, proven }: Checked, paint: Paint, columns?: number): string[] {
  if (!proven) return [];
  const evidence = checks.flatMap((check) => check.evidence ?? []);
  const refreshes = evidence.flatMap((each) => each.refreshes ?? []);
  const latencies = evidence.flatMap((each) => each.latencies ?? []);
  const room = columns === undefined ? undefined : columns - INDENT.length;
  const passed = (id: CheckId): string[] =>
    checks.flatMap((check) => (check.id === id && check.outcome === 'pass' ? [cut(check.detail, room)] : []));
  const items: readonly (readonly [label: string, lines: readonly string[]])[] = [
    ['refreshes', refreshes.flatMap((each) => refreshRows(each, paint))],
    ['latency', latencies.map(formatLatency)],
    ['revision', passed('revision')],
    ['cookie', passed('stickiness')],
  ];
  return items.flatMap(([label, lines]) =>
    lines.map((line, at) =>
      at === 0 ? `${paint.good('✔')} ${label.padEnd(11)}${line}` : `${INDENT}${line}`,
    ),
  );
}

const INDENT = ' '.repeat('✔ refreshes  '.length);

function formatLatency({ from, p50, p99 }: Latency): string {
  return `PING in ${p50} ms, 99 of 100 within ${p99} ms${from === undefined ? '' : `, from ${from}`}`;
}

/** Without these two nothing is proven, whatever else was skipped. */
const PROOFS: readonly LadderId[] = ['ping', 'refresh'];

function isLint(id: string): boolean {
  return (LINT_CHECKS as readonly string[]).includes(id);
}

function risksOf(checks: readonly CheckReport[]): string {
  const risks = checks.filter(({ id, outcome }) => isLint(id) && (outcome === 'warn' || outcome === 'fail'));
  const found = risks.length === 0 ? 'No risk found' : `Risky: ${risks.map(({ id }) => id).join(', ')}`;
  return `${found}. Whether the cache answers is not asked by --lint.`;
}

const WORDS = {
  pass: 'passed',
  warn: 'has a warning',
  fail: 'failed',
  inconclusive: 'is inconclusive',
  skip: 'was skipped',
} as const;
