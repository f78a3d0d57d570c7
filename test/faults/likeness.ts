/** What an account has to be in the end: like the one of a setup that nothing happened to. */
import { expect } from 'vitest';
import { photograph, type Photograph } from './photograph.ts';
import { LEASE, type Scene } from './scene.ts';

export async function mustLookLike(picture: Photograph, { account }: Scene): Promise<void> {
  const left = await photograph(account);
  expect({ ...left, parameters: [] }).toEqual(picture);
  // A lease that could not be given back ends by itself; a run with nothing to do does not tidy it away.
  expect([[], [LEASE]]).toContainEqual(left.parameters);
}
