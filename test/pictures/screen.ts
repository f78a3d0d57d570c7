/** What a terminal shows, as rows of runs of one style each: the escape codes are read by xterm.js, not here. */
import { Terminal, type IBufferCell } from '@xterm/headless';

export type Colour =
  | { readonly kind: 'palette'; readonly index: number }
  /** 0xRRGGBB. */
  | { readonly kind: 'rgb'; readonly value: number };

export interface Style {
  readonly foreground?: Colour;
  readonly background?: Colour;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export interface Run {
  readonly column: number;
  /** In cells, of which some characters take two. */
  readonly width: number;
  readonly text: string;
  readonly style: Style;
}

export interface Position {
  readonly column: number;
  readonly row: number;
}

export interface Screen {
  readonly columns: number;
  readonly rows: readonly (readonly Run[])[];
  /** Absent where it is hidden. */
  readonly cursor?: Position | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** `text`: rows with escape codes, of which none is wider than the terminal. */
export async function screenOf(text: string, { columns, rows }: Size, cursor?: Position): Promise<Screen> {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((written) => terminal.write(text.replaceAll('\n', '\r\n'), written));
  const buffer = terminal.buffer.active;
  const read = Array.from({ length: rows }, (_, row) => {
    const line = buffer.getLine(row);
    const cells = Array.from({ length: columns }, (_cell, column) => line?.getCell(column));
    return runsOf(cells.filter((cell) => cell !== undefined));
  });
  terminal.dispose();
  return { columns, rows: read, cursor };
}

/** Everything that a terminal of this width has shown, what has left the window at its top included. */
export async function scrolledText(text: string, columns: number): Promise<string> {
  const terminal = new Terminal({ cols: columns, rows: 50, scrollback: 10_000, allowProposedApi: true });
  await new Promise<void>((written) => terminal.write(text.replaceAll(/\r?\n/g, '\r\n'), written));
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: buffer.length }, (_, row) => {
    const line = buffer.getLine(row);
    return { text: line?.translateToString(true) ?? '', goesOn: line?.isWrapped ?? false };
  });
  terminal.dispose();
  return lines
    .map(({ text: row, goesOn }, at) => (goesOn || at === 0 ? row : `\n${row}`))
    .join('')
    .trimEnd();
}

function runsOf(cells: readonly IBufferCell[]): Run[] {
  const runs: Run[] = [];
  let column = 0;
  for (const cell of cells) {
    const width = cell.getWidth();
    // The second half of a wide character.
    if (width === 0) continue;
    const next: Run = { column, width, text: cell.getChars() || ' ', style: styleOf(cell) };
    const last = runs.at(-1);
    if (last && continues(last, next)) runs[runs.length - 1] = joined(last, next);
    else runs.push(next);
    column += width;
  }
  const shown = runs.findLastIndex(({ text, style }) => text.trim() !== '' || isPainted(style));
  return runs.slice(0, shown + 1).map((run, at) => (at === shown ? withoutEnd(run) : run));
}

function styleOf(cell: IBufferCell): Style {
  const foreground = colourOf(cell.isFgPalette(), cell.isFgRGB(), cell.getFgColor());
  const background = colourOf(cell.isBgPalette(), cell.isBgRGB(), cell.getBgColor());
  return {
    ...(foreground ? { foreground } : {}),
    ...(background ? { background } : {}),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
  };
}

function colourOf(isPalette: boolean, isRgb: boolean, value: number): Colour | undefined {
  if (isPalette) return { kind: 'palette', index: value };
  return isRgb ? { kind: 'rgb', value } : undefined;
}

/** A space has no colour of its own: it belongs to whatever stands before it. */
function continues(last: Run, next: Run): boolean {
  if (!isAscii(last.text) || !isAscii(next.text)) return false;
  if (JSON.stringify(last.style) === JSON.stringify(next.style)) return true;
  return next.text === ' ' && !isPainted(next.style) && !isPainted(last.style);
}

/** Another character may come from another font, so that each has a run, and so a place, of its own. */
function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Seen where it has no character, too. */
function isPainted({ background, inverse, underline }: Style): boolean {
  return background !== undefined || inverse || underline;
}

function joined(last: Run, next: Run): Run {
  return { ...last, text: last.text + next.text, width: last.width + next.width };
}

function withoutEnd(run: Run): Run {
  if (isPainted(run.style)) return run;
  const text = run.text.trimEnd();
  return { ...run, text, width: run.width - (run.text.length - text.length) };
}
