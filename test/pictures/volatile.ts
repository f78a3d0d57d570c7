/** What differs from one recording to the next and means nothing: a file is written anew only where more than that differs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Durations, rates, ports of this machine, and what AWS draws at random or names after the second. */
const VOLATILE = [
  /\b\d+(?:\.\d+)? (?:ms|s|min|%|[kM]?B\/s)(?!\w)/g,
  /(?<=localhost:|127\.0\.0\.1:|-p )\d+/g,
  /\b[0-9a-f]{32}\b|\bi-[0-9a-f]{17}\b/g,
  /(?<=-final-)\d+/g,
  /[▁-█]+/g,
];

export function isSameButForTimes(one: string, other: string): boolean {
  return steady(one) === steady(other);
}

/** Things that are done at once end in any order. */
function steady(text: string): string {
  const lines = VOLATILE.reduce((rest, pattern) => rest.replaceAll(pattern, '#'), text).split('\n');
  return lines.toSorted().join('\n');
}

export function writeIfChanged(path: string, text: string): void {
  if (isSameButForTimes(readIfThere(path), text)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
