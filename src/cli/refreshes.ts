/** What somebody sees who reloads a page of the app before it has a cache; afterwards the checks show it. */
import { hanging } from '../output/line-width.ts';
import type { Session } from './session.ts';

const REFRESHES = 9;

export async function showRefreshes(url: URL, { output, signal }: Session): Promise<void> {
  const seen: string[] = [];
  for (let turn = 0; turn < REFRESHES; turn += 1) {
    // One connection each, as separate visitors have; no cookies.
    const response = await fetch(url, {
      signal,
      headers: { 'cache-control': 'no-cache', connection: 'close' },
    });
    const body = (await response.json()) as { count?: number };
    seen.push(body.count === undefined ? '?' : String(body.count));
  }
  const verdict =
    new Set(seen).size === 1 ? output.paint.good('they agree') : output.paint.careful('they disagree');
  const sight = `${REFRESHES} refreshes of ${url.pathname} show ${seen.join(', ')}: ${verdict}`;
  output.say([...hanging('Before: ', sight, output.columns()), '']);
}
