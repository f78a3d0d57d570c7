/** What to type next. A command is left in one piece, to be copied; the remark behind it goes below where both are too long. */
import { widthOf } from './line-width.ts';

const REMARK = /^(.*\S) {3}(\(.*\))$/;

/** `columns`: of a terminal. */
export function formatNext(next: readonly string[], columns?: number): string[] {
  if (next.length === 0) return [];
  return ['', 'Next:', ...next.flatMap((line) => fitted(line === '' ? '' : `  ${line}`, columns))];
}

function fitted(line: string, columns: number | undefined): string[] {
  const [, command, remark] = REMARK.exec(line) ?? [];
  const fits = columns === undefined || widthOf(line) <= columns;
  return fits || command === undefined || remark === undefined ? [line] : [command, `    ${remark}`];
}
