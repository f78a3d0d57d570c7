/**
 * What is the same for everybody, so that the build writes it down: help, the version, what a shell is told. Reading
 * it costs little more than Node itself, where the catalogue of inputs and its schemas cost as much again.
 */
export const COMPLETED_FILE = 'completed.json';

/** Where the text of these words is, if they are of a command of ours; undefined for what has to be understood first. */
export function textFileFor(argv: readonly string[]): string | undefined {
  const words = argv.map((word) => (word === '-h' ? '--help' : word));
  const isPlain = words.every((word, at) => PLAIN.test(word) || (at === words.length - 1 && ENDS.has(word)));
  if (!isPlain || words.length === 0) return undefined;
  if (words.at(-1) === '--help') return helpFile(words.slice(0, -1));
  return words[0] === 'help' ? helpFile(words.slice(1)) : textFile(words);
}

const PLAIN = /^[a-z][a-z-]*$/;
const ENDS = new Set(['--help', '--version']);

export const helpFile = (words: readonly string[]): string => textFile(['help', ...words]);

export const textFile = (words: readonly string[]): string => `${words.join('.')}.txt`;
