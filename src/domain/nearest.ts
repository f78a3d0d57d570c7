/** What is there, for a name that is not: the nearest one, and a few of the others. */

const FEW = 5;

/** 'Did you mean collabcanvas-backend? There are: collabcanvas-backend, worker and 12 more.' */
export function suggestion(name: string, existing: readonly string[]): string | undefined {
  if (existing.length === 0) return undefined;
  const byDistance = byDistanceFrom(name, existing);
  const [nearest] = byDistance;
  const close = nearest && (nearest.distance <= Math.ceil(name.length / 3) || nearest.each.includes(name));
  const shown = byDistance.slice(0, FEW).map(({ each }) => each);
  const rest = existing.length > FEW ? ` and ${existing.length - FEW} more` : '';
  return `${close ? `Did you mean ${nearest.each}? ` : ''}There are: ${shown.join(', ')}${rest}.`;
}

/** What a slip of the finger may have made this of: two letters are others. Another number is another thing. */
export function misspelt(name: string, existing: readonly string[]): string | undefined {
  const numbers = (text: string): string => text.replace(/\D+/g, ' ');
  const [nearest] = byDistanceFrom(
    name,
    existing.filter((each) => numbers(each) === numbers(name)),
  );
  return nearest && nearest.distance <= 2 ? nearest.each : undefined;
}

/** Of a few words, the one that was not typed to its end, or with a slip. */
export function meantBy(typed: string, words: readonly string[]): string | undefined {
  const begun = words.filter((word) => typed.length >= 3 && word.startsWith(typed.toLowerCase()));
  if (begun.length === 1) return begun[0];
  const near = misspelt(typed, words);
  // Of three letters, two that are others leave nothing to go by.
  const most = Math.ceil(typed.length / 3);
  return near !== undefined && editDistance(typed.toLowerCase(), near.toLowerCase()) <= most
    ? near
    : undefined;
}

function byDistanceFrom(name: string, existing: readonly string[]): { each: string; distance: number }[] {
  return existing
    .map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance || one.each.localeCompare(other.each));
}

/** Levenshtein's, one row at a time. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of one.split('').entries()) {
    const next = [i + 1];
    for (const [j, wanted] of other.split('').entries()) {
      const replaced = (row[j] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
