/** What to type next. What is too long for a terminal goes on as a shell reads it, its remark below. */
import { typedLines } from './command-lines.ts';
import { hanging, widthOf } from './line-width.ts';

const REMARK = /^(.*\S) {3}(\(.*\))$/;
const COMMAND = /^(?:elasticache-wizard|npx|aws) /;
/** Of something to be pasted: it begins with blanks, or goes on below. */
const PART = /^ |\\$/;
const INDENT = '  ';

/** `columns`: of a terminal. */
export function formatNext(next: readonly string[], columns?: number): string[] {
  if (next.length === 0) return [];
  return ['', 'Next:', ...next.flatMap((line) => (line === '' ? [''] : fitted(line, columns)))];
}

function fitted(line: string, columns: number | undefined): string[] {
  const fits = columns === undefined || widthOf(INDENT + line) <= columns;
  if (fits || PART.test(line)) return [INDENT + line];
  const [, said = line, remark] = REMARK.exec(line) ?? [];
  return [
    ...(COMMAND.test(said)
      ? typedLines(said, columns - INDENT.length).map((each) => INDENT + each)
      : hanging(INDENT, said, columns)),
    ...(remark === undefined ? [] : hanging(INDENT + INDENT, remark, columns)),
  ];
}
