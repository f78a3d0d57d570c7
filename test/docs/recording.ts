/**
 * What `verify` said in a test, kept without the names of that test's account: docs/troubleshooting.md is made from
 * these, so that it says what the product says. A text that has changed fails the test which made it say so;
 * `npm run docs` records all of them anew.
 */
import { format } from 'prettier';
import { expect } from 'vitest';
import type { CheckReport } from '../../src/domain/check.ts';
import { placeholders } from './placeholders.ts';

export interface Recording {
  /** What was wrong, as a heading. */
  readonly title: string;
  readonly report: CheckReport;
}

export const RECORDINGS = new URL('recordings/', import.meta.url);

/** What another run would count or draw anew. */
const FIGURES: readonly (readonly [RegExp, string])[] = [
  [/(?<=MOVED )\d+/g, '<slot>'],
  [/\d+(\.\d+)? ms\b/g, '<n> ms'],
  [/(?<=after )\d+(?= visits)/g, '<n>'],
  [/\d+ × \d+/g, '<value> × <n>'],
];

export async function expectAsRecorded(title: string, report: CheckReport): Promise<void> {
  const recording = recordingOf(title, report, (text) =>
    FIGURES.reduce((all, [pattern, figure]) => all.replace(pattern, figure), text),
  );
  const written = await format(JSON.stringify(recording), { parser: 'json', printWidth: 110 });
  await expect(written).toMatchFileSnapshot(new URL(`${fileNameOf(title)}.json`, RECORDINGS).pathname);
}

/** Without the names of the account that it speaks of. */
export function recordingOf(
  title: string,
  report: CheckReport,
  rounded: (text: string) => string = (text) => text,
): Recording {
  const { id, outcome, detail } = report;
  const { means, hint, fix } = { means: undefined, hint: undefined, fix: undefined, ...report };
  const told = placeholders();
  const texts = Object.entries({ detail, means, hint, fix }).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, rounded(told(text))] as const],
  );
  return { title, report: { id, outcome, ...Object.fromEntries(texts) } as CheckReport };
}

/** 'a URL with TLS' → 'a-url-with-tls'. */
function fileNameOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll('’', '')
    .replace(/[^a-z0-9]+/g, '-');
}
