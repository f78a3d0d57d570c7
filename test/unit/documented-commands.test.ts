/** What README and docs tell people to type is understood by the command line, and what they link to is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import { CATALOGUE } from '../../src/inputs/catalogue.ts';
import { COMMANDS, flagOf, type Input } from '../../src/inputs/input.ts';
import { anchorsOf, commandsIn, linksIn, spansIn, wordsOf } from './documentation.ts';

const PAGES = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const textOf = (page: string): string => readFileSync(page, 'utf8');

const FLAGS = new Set([
  ...Object.entries(CATALOGUE as Readonly<Record<string, Input<unknown>>>).flatMap(
    ([name, { aliases = [] }]) =>
      [flagOf(name), ...aliases].flatMap((flag) => [flag, flag.replace('--', '--no-')]),
  ),
  '--help',
  '--version',
]);
/** `drill outage --seconds 60` in the middle of a sentence. */
const STARTS_LIKE_OURS = new RegExp(`^(${[...COMMANDS, 'completion', 'help'].join('|')})( |$)`);

function understood(words: readonly string[]): string | undefined {
  // `verify --from` asks from there: what stands last is only named.
  const isNamed = words.at(-1)?.startsWith('--') === true;
  if (isNamed && failureOf([...words, 'value']) === undefined) return undefined;
  return failureOf(words);
}

function failureOf(words: readonly string[]): string | undefined {
  try {
    parseArguments(words, '0.0.0');
    return undefined;
  } catch (error) {
    return `elasticache-wizard ${words.join(' ')}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

describe.each(PAGES)('%s', (page) => {
  const text = textOf(page);

  test('gives no command that is not understood', () => {
    const inSentences = spansIn(text).filter((span) => STARTS_LIKE_OURS.test(span) && span.includes(' --'));
    const commands = [...commandsIn(text), ...inSentences.map((span) => wordsOf(span))];
    // Each as often as once: many causes are mended by the same.
    const apart = new Map(commands.map((words) => [words.join(' '), words]));
    expect([...apart.values()].flatMap((words) => understood(words) ?? [])).toEqual([]);
  });

  test('names no flag that there is not', () => {
    const flags = spansIn(text).flatMap((span) => /^(--[a-z][\w-]*)/.exec(span)?.[1] ?? []);
    expect(flags.filter((flag) => !FLAGS.has(flag))).toEqual([]);
  });

  test('links to what is there', () => {
    const broken = linksIn(text).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(textOf(file)).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});
