/** docs/troubleshooting.md is what the checks say; `npm run docs` writes it anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_CHECKS } from '../../src/domain/check.ts';
import { closeServers } from '../unit/checked-world.ts';
import { furtherFailures } from './further-failures.ts';
import { RECORDINGS, type Recording } from './recording.ts';
import { sentencesOf } from './sentences.ts';
import { troubleshootingPage } from './troubleshooting-page.ts';

const BROKEN = new URL('../sandbox/broken/', import.meta.url);
const recorded = readdirSync(RECORDINGS)
  .toSorted()
  .map((name) => JSON.parse(readFileSync(new URL(name, RECORDINGS), 'utf8')) as Recording);
let further: Recording[];

beforeAll(async () => {
  further = await furtherFailures();
});
afterAll(closeServers);

test('the page on troubleshooting says what verify says', async () => {
  const page = troubleshootingPage([...recorded, ...further]);
  await expect(page).toMatchFileSnapshot('../../docs/troubleshooting.md');
});

test('it has something about every question of the ladder', () => {
  const told = new Set([...recorded, ...further].map(({ report }) => report.id));
  expect(ALL_CHECKS.filter((id) => !told.has(id))).toEqual([]);
});

test('no two of its headings are the same', () => {
  const titles = [...recorded, ...further].map(({ title }) => title);
  expect(titles.length).toBe(new Set(titles).size);
});

test('what was recorded is of a set-up that is still broken and mended in the matrix, and of each of them', () => {
  const sources = readdirSync(BROKEN).map((name) => readFileSync(new URL(name, BROKEN), 'utf8'));
  const rows = sources.flatMap((source) =>
    [...source.matchAll(/^\s+title: '([^']+)'/gm)].map(([, row]) => row!),
  );
  expect(rows.length).toBe(recorded.length);
  expect(recorded.filter(({ title }) => !rows.some((row) => title.endsWith(` ${row}`)))).toEqual([]);
});

test('the checks still say what was recorded of them', () => {
  const said = sentencesOf('src/checks', 'src/domain');
  const texts = recorded.flatMap(({ title, report }) =>
    [report.detail, ...('hint' in report ? [report.hint, report.means] : [])].flatMap((text) =>
      text === undefined ? [] : [{ title, text }],
    ),
  );
  expect(texts.filter(({ text }) => !said.some((sentence) => sentence.test(text)))).toEqual([]);
});
