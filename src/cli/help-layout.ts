/** `--help` as it fits 80 columns. */
import type { Help } from 'commander';

/** Longer lines are hard to read, however wide the terminal is. */
export const WIDTH = 80;
/** Where the explanations begin; a flag that reaches further has a line of its own. */
const COLUMN = 30;

export const HELP_LAYOUT: Pick<Help, 'formatItem'> = {
  formatItem(term, _termWidth, description, { helpWidth = WIDTH }) {
    const first = `  ${term}`;
    const lines = wrapped(description, helpWidth - COLUMN);
    const beside = first.length <= COLUMN - 2 ? [first.padEnd(COLUMN) + (lines.shift() ?? '')] : [first];
    return [...beside, ...lines.map((line) => ' '.repeat(COLUMN) + line)].join('\n');
  },
};

/** 'needs     --project, …', the rest below the first words. */
export function row(label: string, text: string): string {
  const [first = '', ...rest] = wrapped(text, WIDTH - LABEL);
  return [`  ${label}`.padEnd(LABEL) + first, ...rest.map((line) => ' '.repeat(LABEL) + line)].join('\n');
}

const LABEL = 10;

export function paragraph(text: string): string {
  return wrapped(text, WIDTH - 2)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Goes on behind a backslash, as a shell takes it. */
export function exampleLines(command: string): string {
  const [first = '', ...flags] = command.split(/ (?=--[^ ]|>)/);
  const lines = [`  ${first}`];
  for (const flag of flags) {
    const longer = `${lines.at(-1) ?? ''} ${flag}`;
    if (longer.length <= WIDTH - 2) lines[lines.length - 1] = longer;
    else lines.push(`      ${flag}`);
  }
  return lines.join(' \\\n');
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
