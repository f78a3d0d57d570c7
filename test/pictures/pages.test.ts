/** What stands in docs/systems and docs/pictures: commands that the tool knows, links that lead somewhere, nothing of whose machine it was. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import { requireWellFormed } from '../unit/well-formed.ts';
import { readPage } from './page.ts';
import { SCENARIOS } from './scenarios.ts';
import { SESSIONS } from './sessions.ts';
import { wordsOf } from './shell-words.ts';

const PAGES = 'docs/systems';
const PICTURES = 'docs/pictures';

const filesOf = (folder: string): [name: string, text: string][] =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

const pages = filesOf(PAGES);
const pictures = filesOf(PICTURES);

/** Paths outside of a user's project, whoever's machine it was, and whoever's key. */
const OF_A_MACHINE = /\/(?:tmp|root|home|Users|work|var\/folders)\/|AKIA[A-Z0-9]{12}|node_modules/;

const knows = (line: string): boolean => 'command' in parseArguments(wordsOf(line).slice(1), '0.0.0');

describe.each(pages)('the walk-through %s', (_name, markdown) => {
  const { scenario, transcripts } = readPage(markdown);
  const lines = transcripts.flatMap(({ commands }) => commands.map(({ line }) => line));

  test('was recorded on a scenario, and shows no transcript that was not', () => {
    expect(Object.keys(SCENARIOS)).toContain(scenario);
    expect(markdown.match(/^```console$/gm)).toHaveLength(transcripts.length);
    const silent = transcripts.filter(({ commands, text }) => text.split('\n').length <= commands.length);
    expect(silent.flatMap(({ commands }) => commands.map(({ line }) => line.split(' ')[0]))).toEqual(
      silent.flatMap(({ commands }) => commands.map(() => 'aws')),
    );
  });

  test('types commands that the tool knows', () => {
    const ours = lines.filter((line) => line.startsWith('elasticache-wizard '));
    expect(ours.length).toBeGreaterThan(5);
    expect(ours.filter((line) => !knows(line))).toEqual([]);
  });

  test('links to what is there', () => {
    const targets = [...markdown.matchAll(/(?<=\]\()(?!https?:)[^)#]+/g)].map(([target]) => target);
    expect(targets.filter((target) => !existsSync(join(dirname(`${PAGES}/page`), target)))).toEqual([]);
  });

  test('says nothing of the machine on which it was recorded', () => {
    expect(markdown).not.toMatch(OF_A_MACHINE);
    expect(markdown).not.toContain(hostname());
  });
});

describe.each(pictures)('the picture %s', (_name, svg) => {
  test('is a small and well-formed file that says nothing of a machine', () => {
    requireWellFormed(svg);
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).not.toMatch(OF_A_MACHINE);
  });
});

test('the pictures are those of the sessions, and small together', () => {
  const taken = SESSIONS.flatMap(({ moments }) =>
    moments.flatMap((moment) => ('picture' in moment ? [`${moment.picture}.svg`] : [])),
  );
  expect(pictures.map(([name]) => name).toSorted()).toEqual(taken.toSorted());
  expect(pictures.reduce((sum, [, svg]) => sum + svg.length, 0)).toBeLessThan(600_000);
});

test('the sessions type commands that the tool knows', () => {
  const typed = SESSIONS.flatMap(({ before = [], moments }) => [
    ...before,
    ...moments.flatMap((moment) => ('run' in moment ? [moment.run.replace(/^npx /, '')] : [])),
  ]);
  const ours = typed.filter((line) => line.startsWith('elasticache-wizard'));
  expect(ours.filter((line) => !knows(line))).toEqual([]);
});
