/** What runs, as rows of a window: each column stands under itself, and the least needed one goes first. */
import { formatDuration } from './format-duration.ts';
import { cut, padded, widthOf, type Window } from './line-width.ts';
import type { Paint } from './paint.ts';
import { isLate, usualTime, type RunningStep } from './running-steps.ts';

const GAP = 2;
/** With fewer a status word says nothing. */
const LEAST_DETAIL = 8;
/** A status word of AWS is no longer; a sentence of ours may be cut. */
const ENOUGH_DETAIL = 16;

/** Never more rows than there are: of the others only how many they are. */
export function runningTable(
  steps: readonly RunningStep[],
  { columns, rows }: Window,
  paint: Paint,
): string[] {
  const shown = steps.length > rows ? steps.slice(0, Math.max(0, rows - 1)) : steps;
  const left = steps.length - shown.length;
  const lines = tableOf(shown, columns - GAP, paint);
  return [...lines, ...(left > 0 && rows > 0 ? [`  ${paint.dim(`and ${left} more`)}`] : [])];
}

function tableOf(steps: readonly RunningStep[], columns: number, paint: Paint): string[] {
  const elapsed = steps.map(({ elapsedMs }) => formatDuration(elapsedMs));
  const wanted = {
    label: widest(steps.map(({ label }) => label)),
    detail: widest(steps.map(({ detail }) => detail)),
    elapsed: widest(elapsed),
    usual: widest(steps.map(usualTime)),
  };
  const left = columns - wanted.elapsed - 2 * GAP;
  const withUsual = wanted.label + Math.min(wanted.detail, ENOUGH_DETAIL) + wanted.usual + GAP <= left;
  const { label, detail } = shared(wanted, withUsual ? left - wanted.usual - GAP : left);
  return steps.map((step, index) => {
    const mark = isLate(step) ? paint.careful('!') : ' ';
    const cells = [
      padded(cut(step.label, label), label),
      ...(detail > 0 ? [padded(cut(step.detail, detail), detail)] : []),
      padded(elapsed[index] ?? '', wanted.elapsed),
      ...(withUsual ? [isLate(step) ? paint.careful(usualTime(step)) : paint.dim(usualTime(step))] : []),
    ];
    return `${mark} ${cells.join(' '.repeat(GAP))}`.trimEnd();
  });
}

/** Whose step it is comes before what AWS calls its state. */
function shared(
  wanted: { readonly label: number; readonly detail: number },
  columns: number,
): { label: number; detail: number } {
  if (wanted.label + wanted.detail <= columns) return wanted;
  const label = Math.max(
    0,
    Math.min(wanted.label, Math.max(columns - wanted.detail, Math.ceil(columns * 0.6))),
  );
  const detail = Math.max(0, columns - label);
  return detail < Math.min(LEAST_DETAIL, wanted.detail)
    ? { label: Math.max(0, Math.min(wanted.label, columns + GAP)), detail: 0 }
    : { label, detail };
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(widthOf));
}
