/** Where a run stands that was interrupted: what is there by now, what AWS goes on with, and what has not begun. */
import type { Ref } from '../domain/outputs.ts';
import type { ErrorCode } from '../errors.ts';
import { refName } from './kind-names.ts';
import { wrap } from './line-width.ts';
import type { Result } from './result.ts';

const INTERRUPTIONS: readonly ErrorCode[] = ['Interrupted', 'Terminated'];
const INDENT = 2;

/** Nothing where no change had begun. `columns`: of a terminal. */
export function formatInterruption(
  { error, changes }: Pick<Result, 'error' | 'changes'>,
  begun: readonly Ref[],
  columns?: number,
): string[] {
  if (!error || !INTERRUPTIONS.includes(error.code)) return [];
  const isBegun = ({ kind, name }: Ref): boolean =>
    begun.some((each) => each.kind === kind && each.name === name);
  const done = changes.filter(({ outcome }) => outcome !== undefined && outcome !== 'failed');
  const open = changes.filter(
    (change) => change.action !== 'none' && change.outcome === undefined && !isBegun(change),
  );
  if (done.length === 0 && begun.length === 0) return [];
  return [
    ...(done.length > 0 ? [`Done by then: ${named(done)}`] : []),
    ...(begun.length > 0 ? [`Begun: ${named(begun)}`] : []),
    ...(open.length > 0 ? [`Not begun: ${named(open)}`] : []),
  ].flatMap((text) => wrap(text, columns && columns - INDENT).map((line) => `${' '.repeat(INDENT)}${line}`));
}

function named(refs: readonly Ref[]): string {
  const names = refs.slice(0, 3).map(refName);
  const others = refs.length - names.length;
  return `${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
