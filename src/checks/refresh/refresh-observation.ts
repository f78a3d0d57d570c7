/** Whether refreshes without cookies agree, and whether a difference is a split or somebody's write meanwhile. */
import { visit, type Page, type Trouble, type Visits } from './refresh-visit.ts';

export interface Observation {
  /** 'moving': each refresh shows something newer, as a value that everybody changes does. */
  readonly verdict: 'agreed' | 'split' | 'moving';
  /** Those that decided. */
  readonly pages: readonly Page[];
}

export async function observe(visits: Visits): Promise<Observation | Trouble> {
  const first = await visit(visits, visits.proof.refreshes);
  if ('trouble' in first) return first;
  if (agree(first)) return { verdict: 'agreed', pages: first };
  // Somebody may have written meanwhile: what was shown first and last is read again.
  const again = await visit(visits, visits.proof.refreshes);
  if ('trouble' in again) return again;
  if (agree(again)) return { verdict: 'agreed', pages: again };
  return { verdict: comesBack([...first, ...again]) ? 'split' : 'moving', pages: first };
}

function agree(pages: readonly Page[]): boolean {
  return new Set(pages.map(({ value }) => value)).size === 1;
}

/** A value that was already replaced by another is shown again: two places keep it. */
function comesBack(pages: readonly Page[]): boolean {
  const runs = pages.filter(({ value }, at) => value !== pages[at - 1]?.value);
  return runs.length > new Set(runs.map(({ value }) => value)).size;
}
