/** A command that is to be copied, over as many lines as it takes. */
import { shellWord } from '../domain/shell-word.ts';
import { widthOf } from './line-width.ts';

/** A flag and its value stay together; the shell joins what a backslash parts. */
export function commandLines(words: readonly string[], columns: number): string[] {
  return linesOf(words.map(shellWord), columns);
}

/** Of a command as it is typed. */
export function typedLines(command: string, columns: number): string[] {
  return linesOf(command.match(SHELL_WORD) ?? [], columns);
}

/** What is quoted may hold blanks. */
const SHELL_WORD = /(?:[^\s\\'"]|\\.|'[^']*'|"[^"]*")+/g;

function linesOf(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  const parts = partsOf(words);
  for (const [index, part] of parts.entries()) {
    const last = lines.at(-1);
    const backslash = index < parts.length - 1 ? 2 : 0;
    if (last !== undefined && widthOf(last) + 1 + widthOf(part) + backslash <= columns) {
      lines[lines.length - 1] = `${last} ${part}`;
    } else {
      lines.push(last === undefined ? part : `  ${part}`);
    }
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

function partsOf(words: readonly string[]): string[] {
  const parts: string[] = [];
  for (const word of words) {
    const flag = parts.at(-1);
    const isValue = flag?.startsWith('--') === true && !word.startsWith('--');
    if (isValue) parts[parts.length - 1] = `${flag} ${word}`;
    else parts.push(word);
  }
  return parts;
}
