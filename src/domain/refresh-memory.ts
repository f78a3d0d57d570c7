/**
 * How refreshes were before us, kept as a tag on the anchor: afterwards nobody could see it any more, neither a
 * later `verify` nor the run that completes one that was cut off. Only the verdict is kept; values are the app's.
 */
export const REFRESH_TAG = 'elasticache-wizard:refresh';

export interface RefreshQuestion {
  readonly path: string;
  readonly value: string;
}

export interface RefreshMemory extends RefreshQuestion {
  readonly verdict: 'split' | 'agreed';
}

/** Values of EC2 tags take any character, and no more than these (EC2 API reference, Tag). */
const LONGEST_VALUE = 256;

/** Undefined when it does not fit into a tag. */
export function memoryText({ verdict, path, value }: RefreshMemory): string | undefined {
  const text = `${verdict} ${path} ${value}`;
  return text.length <= LONGEST_VALUE ? text : undefined;
}

/** What was remembered of just this question; another path or value says nothing about it. */
export function remembered(text: string | undefined, question: RefreshQuestion): RefreshMemory | undefined {
  const found = (['split', 'agreed'] as const).find(
    (verdict) => text === memoryText({ verdict, ...question }),
  );
  return found && { verdict: found, ...question };
}
