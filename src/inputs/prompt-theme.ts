/** How a question looks: what it asks, below it what is good to know, and the keys that answer it. */
type Status = 'idle' | 'loading' | 'done';
type Style = (text: string, status: Status) => string;

/** Rows that a question takes besides its list: itself, its note, the detail of a choice, the keys. */
const ROWS_BESIDES = 8;
const FEWEST_ROWS = 4;
const MOST_ROWS = 12;

/** How long a list may be on a screen of so many rows. */
export function pageOf(rows = 24): number {
  return Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, rows - ROWS_BESIDES));
}

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
  const said = notes.filter((note) => note !== undefined).join('; ');
  return (text, status) =>
    status === 'done' || said === ''
      ? setting.bold(text)
      : `${setting.bold(text)}\n${noteOf(said, setting)}\n `;
}

/** Of the choice under the cursor: a line of it may be a fact of its own. */
export function detailOf(detail: string, { dim, indented }: Setting): string {
  return dim(
    detail
      .split('\n')
      .map((line) => indented(line, 2))
      .join('\n'),
  );
}

function noteOf(note: string, { dim, indented }: Setting): string {
  return dim(indented(note, 2));
}

export function keysHelp(
  { dim }: Setting,
  returns: boolean,
): (keys: readonly (readonly [string, string])[]) => string {
  const more = [...(returns ? [['Esc', 'back'] as const] : []), ['Ctrl-C', 'leave'] as const];
  return (keys) => dim([...keys, ...more].map(([key, action]) => `${key} ${action}`).join(' · '));
}
