/** A screen as an SVG file: a terminal in colours of its own, which reads as well on a light page as on a dark one. */
import type { Colour, Position, Run, Screen, Style } from './screen.ts';

const CELL = { width: 8.4, height: 19 };
const FONT_SIZE = 14;
/** From the top of a cell to the line on which its letters stand. */
const BASELINE = 14;
const PADDING = 14;
const TITLE_HEIGHT = 34;
const FONTS = 'ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,Liberation Mono,monospace';

const FRAME = { background: '#161b22', border: '#444c56', title: '#8b949e', dots: '#444c56' };
const FOREGROUND = '#e6edf3';
/** The sixteen that a theme chooses; the others of the 256 follow by rule. */
const PALETTE = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#8b949e', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
];

export function screenSvg(screen: Screen, title: string): string {
  const rows = screen.rows.slice(0, lastRow(screen) + 1);
  const width = round(screen.columns * CELL.width + 2 * PADDING);
  const height = TITLE_HEIGHT + rows.length * CELL.height + PADDING;
  const backgrounds = rows.flatMap((runs, row) => runs.flatMap((run) => backgroundOf(run, row)));
  const texts = rows.flatMap((runs, row) => runs.flatMap((run) => textOf(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${FONTS}" font-size="${FONT_SIZE}">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{white-space:pre}</style>',
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${FRAME.background}" stroke="${FRAME.border}"/>`,
    ...[18, 36, 54].map((x) => `<circle cx="${x}" cy="17" r="5.5" fill="${FRAME.dots}"/>`),
    `<text x="${round(width / 2)}" y="21" fill="${FRAME.title}" font-size="12" text-anchor="middle">${escaped(title)}</text>`,
    ...backgrounds,
    `<g fill="${FOREGROUND}">`,
    ...texts,
    '</g>',
    ...(screen.cursor ? [cursorAt(screen.cursor)] : []),
    '</svg>',
    '',
  ].join('\n');
}

/** What is empty below is left away. */
function lastRow({ rows, cursor }: Screen): number {
  return Math.max(
    0,
    cursor?.row ?? 0,
    rows.findLastIndex((runs) => runs.length > 0),
  );
}

function backgroundOf({ column, width, style }: Run, row: number): string[] {
  const colour = style.inverse ? (hex(style.foreground) ?? FOREGROUND) : hex(style.background);
  if (colour === undefined) return [];
  return [rect(column, row, width, colour)];
}

function textOf({ column, text, width, style }: Run, row: number): string[] {
  if (text.trim() === '' && !style.underline) return [];
  // Spaces in front are no text: whatever is copied from the picture has them from its place.
  const indent = style.underline ? 0 : text.length - text.trimStart().length;
  const shown = style.underline ? text : text.trim();
  const cells = style.underline ? width : width - (text.length - shown.length);
  const attributes = [
    `x="${left(column + indent)}"`,
    `y="${top(row) + BASELINE}"`,
    // Fonts differ in width; the cells of a terminal do not.
    `textLength="${round(cells * CELL.width)}"`,
    ...looks(style),
  ];
  return [`<text ${attributes.join(' ')}>${escaped(shown)}</text>`];
}

function looks(style: Style): string[] {
  const colour = style.inverse ? (hex(style.background) ?? FRAME.background) : hex(style.foreground);
  return [
    ...(colour ? [`fill="${colour}"`] : []),
    ...(style.bold ? ['font-weight="bold"'] : []),
    ...(style.italic ? ['font-style="italic"'] : []),
    ...(style.underline ? ['text-decoration="underline"'] : []),
    ...(style.dim ? ['opacity="0.65"'] : []),
  ];
}

function cursorAt({ column, row }: Position): string {
  return rect(column, row, 1, FOREGROUND, ' opacity="0.55"');
}

function rect(column: number, row: number, width: number, colour: string, more = ''): string {
  const size = `width="${round(width * CELL.width)}" height="${CELL.height}"`;
  return `<rect x="${left(column)}" y="${top(row)}" ${size} fill="${colour}"${more}/>`;
}

function left(column: number): number {
  return round(PADDING + column * CELL.width);
}

function top(row: number): number {
  return TITLE_HEIGHT + row * CELL.height;
}

function hex(colour: Colour | undefined): string | undefined {
  if (!colour) return undefined;
  return colour.kind === 'rgb' ? rgb(colour.value) : (PALETTE[colour.index] ?? rgb(xterm256(colour.index)));
}

/** xterm's own rule: a cube of six steps a colour, then 24 greys. */
function xterm256(index: number): number {
  if (index >= 232) return (8 + (index - 232) * 10) * 0x010101;
  const steps = [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6];
  return steps.reduce((value, step) => value * 256 + (step === 0 ? 0 : 55 + step * 40), 0);
}

function rgb(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** As XML has it, without what it cannot hold at all. */
function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/\p{Cc}/gu, '').replaceAll(/[&<>"]/g, (character) => names[character] ?? character);
}
