/** Renews the transcripts of docs/systems: types the commands of each page, from its top to its end, into an account of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { hasRedis } from '../sandbox/redis-program.ts';
import { openAccount } from './account-owner.ts';
import { useInstallation } from './installation.ts';
import { readPage, shortened, withTranscripts } from './page.ts';
import type { ScenarioName } from './scenarios.ts';
import { isSameButForTimes, writeIfChanged } from './volatile.ts';

const PAGES = resolve('docs/systems');
/** On which all of them were recorded. */
const DAY = Date.parse('2026-11-21T09:00:00Z');
const installed = useInstallation();

describe.skipIf(!hasRedis)('the commands of a page', () => {
  test.each(readdirSync(PAGES).filter((name) => name.endsWith('.md')))('%s', async (name) => {
    const path = `${PAGES}/${name}`;
    const markdown = readFileSync(path, 'utf8');
    const { scenario, transcripts } = readPage(markdown);
    const clock = new VirtualClock({ start: DAY });
    const account = await openAccount(scenario as ScenarioName, installed(), clock);
    const texts: string[] = [];
    try {
      for (const { commands, exitCode, only, text } of transcripts) {
        const parts: string[] = [];
        for (const [at, { line, written }] of commands.entries()) {
          const ended = await account.type(line);
          const isLast = at === commands.length - 1;
          expect([line, ended.exitCode], ended.said).toEqual([line, isLast ? exitCode : 0]);
          parts.push(written, ...(ended.said === '' ? [] : [shortened(ended.said, only)]));
        }
        const next = parts.join('\n');
        texts.push(isSameButForTimes(text, next) ? text : next);
      }
    } finally {
      await account.close();
    }
    writeIfChanged(path, withTranscripts(markdown, texts));
  });
});
