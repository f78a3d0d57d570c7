/** What refreshes showed before and now, as two rows of values: a difference is seen before it is read. */
import type { CheckEvidence, Shown } from '../domain/check-evidence.ts';
import type { Paint } from './paint.ts';

type Refreshes = NonNullable<CheckEvidence['refreshes']>;

/** Beside its label, before what it comes to. */
const ROW_WIDTH = 44;
/** The first is that of what is shown now. */
const COLOURS = ['good', 'careful', 'name', 'bad', 'bold'] as const satisfies readonly (keyof Paint)[];

/** Each begins with 'before' or 'now'; what the colours say is said in words too. */
export function refreshRows({ now, nowInOrder, before }: Refreshes, paint: Paint): string[] {
  const rowBefore = before && (before.inOrder ?? inGroups(before.counts));
  const values = [...new Set([...nowInOrder, ...(rowBefore ?? [])])];
  const row = (all: readonly string[]): string => cells(all, values, paint);
  return [
    ...(before ? [`before  ${rowBefore ? `${row(rowBefore)}  ${inWords(rowBefore)}` : before.shown}`] : []),
    `now     ${row(nowInOrder)}  ${inWords(now.map(({ value }) => value))}`,
  ];
}

/** Where only the counts are known. */
function inGroups(counts: readonly Shown[] | undefined): string[] | undefined {
  return counts?.flatMap(({ value, times }) => Array.from({ length: times }, () => value));
}

function inWords(shown: readonly string[]): string {
  const different = new Set(shown).size;
  return different === 1 ? 'all the same' : `${different} different`;
}

/** Values where they fit; else a letter stands for each, the same in both rows. */
function cells(shown: readonly string[], values: readonly string[], paint: Paint): string {
  const width = Math.max(...values.map(({ length }) => length));
  const fits = shown.length * (width + 1) <= ROW_WIDTH;
  const most = Math.floor(ROW_WIDTH / 2) - 2;
  const told = fits ? shown : shown.slice(0, most);
  const row = told.map((value) => {
    const at = values.indexOf(value);
    const text = fits ? value.padStart(width) : letter(at);
    return paint[COLOURS[at % COLOURS.length] ?? 'bold'](text);
  });
  return [...row, ...(told.length < shown.length ? ['...'] : [])].join(' ');
}

function letter(at: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + (at % 26));
}
