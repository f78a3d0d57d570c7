/** Text in a window of so many columns. Without columns, as in a log, a line is as long as it is. */
import stringWidth from 'string-width';

/** Of a terminal. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

/** Some terminals do not say, and some say 0. */
export function columnsOf({ columns = 0 }: { readonly columns?: number }): number {
  return columns > 0 ? columns : 80;
}

/** As `columnsOf`. */
export function rowsOf({ rows = 0 }: { readonly rows?: number }): number {
  return rows > 0 ? rows : 24;
}

/** What our own texts are written in, a column each. To tell more of letters takes Unicode's tables, which Node is slow to open. */
const OUR_LETTERS = /^[ -~‘’“”–…→×≤≥✔✖]*$/;

/** In columns: what is written in East Asia takes two for each letter. */
export function widthOf(text: string): number {
  return OUR_LETTERS.test(text) ? text.length : stringWidth(text);
}

export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function cut(text: string, columns: number | undefined): string {
  if (columns === undefined || widthOf(text) <= columns) return text;
  return columns < 1 ? '' : `${beginning(text, columns - 1).trimEnd()}…`;
}

/** Between words; one that is wider than the window stays whole, so that it can be copied. */
export function wrap(text: string, columns: number | undefined): string[] {
  return columns === undefined ? [text] : wrapParts(text.split(' '), columns);
}

function wrapParts(parts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(part) > columns) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines.map((line) => line.trimEnd());
}

/** Lines that go on below their own text. Given as parts, it is wrapped between those alone, and not between words. */
export function hanging(
  label: string,
  text: string | readonly string[],
  columns: number | undefined,
): string[] {
  const parts = typeof text === 'string' ? text.split(' ') : text;
  if (columns === undefined) return [label + parts.join(' ')];
  const width = widthOf(label);
  return wrapParts(parts, columns - width).map((line, at) => (at === 0 ? label : ' '.repeat(width)) + line);
}

/** Whole lines for a window, each begun with so many blanks. */
export function indented(text: string, blanks: number, columns: number): string {
  const margin = ' '.repeat(blanks);
  // A line as wide as the window would break before its end.
  return wrap(text, columns - blanks - 1)
    .map((line) => margin + line)
    .join('\n');
}

/** Never half a letter, whatever it is composed of. */
function beginning(text: string, columns: number): string {
  if (OUR_LETTERS.test(text)) return text.slice(0, columns);
  let taken = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    taken += segment;
  }
  return taken;
}
