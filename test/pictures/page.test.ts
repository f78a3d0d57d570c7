/** A page of transcripts: which commands it has, and what is renewed on it. */
import { expect, test } from 'vitest';
import { readPage, shortened, withTranscripts } from './page.ts';
import { isSameButForTimes } from './volatile.ts';

const PAGE = [
  '<!-- Renewed by a command, on the scenario close-up. -->',
  '<!-- transcript exit=6 only="^Plan" -->',
  '```console',
  '$ elasticache-wizard verify \\',
  '    --project close-up',
  'old',
  '```',
  'Prose.',
  '```yaml',
  '$ none: of ours',
  '```',
].join('\n');

test('a command over two lines is one command', () => {
  const { scenario, transcripts } = readPage(PAGE);
  expect(scenario).toBe('close-up');
  expect(transcripts).toMatchObject([
    { exitCode: 6, only: /^Plan/, commands: [{ line: 'elasticache-wizard verify --project close-up' }] },
  ]);
});

test('only what a transcript holds is renewed', () => {
  expect(withTranscripts(PAGE, ['$ new\nsaid'])).toBe(
    PAGE.replace(/\$ elasticache-wizard[\s\S]*?old/, () => '$ new\nsaid'),
  );
});

test('of a shortened text the ellipsis stands for each part that is left out', () => {
  const said = ['Plan: 2', '  of it', 'noise', 'more noise', 'Plan: 3', 'end'].join('\n');
  expect(shortened(said, /^Plan/)).toBe('Plan: 2\n  of it\n…\nPlan: 3\n…');
  expect(shortened(said, undefined)).toBe(said);
});

test('a recording that differs in times and ports alone is the same one', () => {
  expect(isSameButForTimes('created in 6 min 30 s, p50 0.04 ms', 'created in 6 min 31 s, p50 0.1 ms')).toBe(
    true,
  );
  expect(isSameButForTimes('at http://localhost:4100/', 'at http://localhost:39000/')).toBe(true);
  expect(isSameButForTimes('3 of 3 tasks', '2 of 3 tasks')).toBe(false);
});
