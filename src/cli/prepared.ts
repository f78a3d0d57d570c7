/**
 * What is the same for everybody, so that the build writes it down: help, the version, what a shell completes. Reading
 * it costs little more than Node itself, where the catalogue of inputs and its schemas cost as much again.
 */
import type { Completed } from './completion/commands.ts';

export interface Prepared {
  /** By the words of the command line. */
  readonly texts: Readonly<Record<string, string>>;
  readonly completed: Completed;
}

/** Where a text of these words may have been prepared; undefined for what has to be understood first. */
export function textFor(argv: readonly string[]): string | undefined {
  const words = argv.map((word) => (word === '-h' ? '--help' : word));
  if (words[0] === 'help' && words.length > 1) return helpKey(words.slice(1));
  const last = words.pop();
  if (last === 'help' && words.length === 0) return helpKey([]);
  if (last === '--version' && words.length === 0) return '--version';
  return last === '--help' && words.length <= 2 ? helpKey(words) : undefined;
}

export function helpKey(words: readonly string[]): string {
  return ['help', ...words].join(' ');
}
