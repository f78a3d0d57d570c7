/** How a question looks: what it asks, below it what is good to know, and the keys that answer it. */
type Status = 'idle' | 'loading' | 'done';
type Style = (text: string, status: Status) => string;

/** Some terminals do not say how many they have, and some say 0. */
const USUAL_ROWS = 24;
const FEWEST_ROWS = 4;
const MOST_ROWS = 12;

/** How text is set on this terminal. */
export interface Setting {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  /** In lines of the window's width, each with this indent. */
  readonly indented: (text: string, columns: number) => string;
}

/** For what is chosen from a list, which stands below. An answered question is one line. */
export function withNote(setting: Setting, note: string | undefined): Style {
  return (text, status) =>
    status === 'done' || !note ? setting.bold(text) : `${setting.bold(text)}\n${noteOf(note, setting)}`;
}

/** For what is typed, on a line of its own below the notes. */
export function withPrompt(setting: Setting, ...notes: readonly (string | undefined)[]): Style {
  // A sentence among them ends where the next note begins.
  const said = notes.flatMap((note) => note?.replace(/\.$/, '') ?? []).join('; ');
  return (text, status) =>
    status === 'done' || said === ''
      ? setting.bold(text)
      : `${setting.bold(text)}\n${noteOf(said, setting)}\n `;
}

/** How many rows there are for a list, and for the detail of the choice under the cursor. */
export interface Page {
  readonly list: number;
  readonly detail: number;
}

export interface ListTexts {
  /** Above and below the list: the question, its note, the keys. */
  readonly beside: readonly string[];
  readonly labels: readonly string[];
  readonly details: readonly string[];
}

/** What is longer than the window cannot be taken back, and would be left there again and again. */
export function pageOf(
  rows: number | undefined,
  { beside, labels, details }: ListTexts,
  setting: Setting,
): Page {
  const rowsOf = (text: string): number => linesOf(text, setting).length;
  // One for the blank line, and one for the line that is begun when the question is answered.
  const room = (rows || USUAL_ROWS) - 2 - beside.reduce((sum, text) => sum + rowsOf(text), 0);
  const longest = Math.max(0, ...details.map(rowsOf));
  const list = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, room - longest));
  const shown = labels.reduce((sum, label) => sum + rowsOf(label), 0);
  return { list, detail: Math.max(1, room - Math.min(list, shown)) };
}

/** Of the choice under the cursor: a line of it may be a fact of its own. */
export function detailOf(detail: string, setting: Setting, rows: number): string {
  const lines = linesOf(detail, setting);
  return setting.dim((lines.length > rows ? [...lines.slice(0, rows - 1), '  …'] : lines).join('\n'));
}

function linesOf(text: string, { indented }: Setting): string[] {
  return text.split('\n').flatMap((line) => indented(line, 2).split('\n'));
}

function noteOf(note: string, { dim, indented }: Setting): string {
  return dim(indented(note, 2));
}

type Key = readonly [key: string, action: string];

export function keysHelp(
  { dim }: Setting,
  { returns, searches }: { readonly returns: boolean; readonly searches: boolean },
): (keys: readonly Key[]) => string {
  const more: readonly Key[] = [
    ...(searches ? [['letters', 'search'] as const] : []),
    ...(returns ? [['Esc', 'back'] as const] : []),
    ['Ctrl-C', 'leave'],
  ];
  return (keys) => dim([...keys, ...more].map(([key, action]) => `${key} ${action}`).join(' · '));
}
