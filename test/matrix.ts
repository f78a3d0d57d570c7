/** `npm run matrix` runs every cell, `npm test` some of them, always the same ones. */
import { test } from 'vitest';

export const FULL = process.env.MATRIX === 'full';

export function sample<Cell>(cells: readonly Cell[], every: number): Cell[] {
  return FULL ? [...cells] : cells.filter((_, at) => at % every === 0);
}

/** What takes long, and is near to something that `npm test` has. */
export const inMatrix = test.runIf(FULL);
