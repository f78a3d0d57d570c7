/** What an account has to be in the end: like the one of a setup that nothing happened to. */
import { expect } from 'vitest';
import { COLLABCANVAS } from '../sandbox/command-line.ts';
import { leftProbes, photograph, type Photograph } from './photograph.ts';
import { LEASE, type Scene } from './scene.ts';

/** While a probe's revision is younger, another run may still wait for its task. */
const PROBE_LASTS_MS = 11 * 60_000;

export async function mustLookLike(picture: Photograph, scene: Scene): Promise<void> {
  await removeLeftProbes(scene);
  const left = await photograph(scene.account);
  expect({ ...left, parameters: [] }).toEqual({ ...picture, parameters: [] });
  // A lease that could not be given back ends by itself; a run with nothing to do does not tidy it away.
  expect([[], [LEASE]]).toContainEqual(left.parameters);
}

/** What is left of a probe that was cut off goes with the first one after that. */
async function removeLeftProbes(scene: Scene): Promise<void> {
  if ((await leftProbes(scene.account)).length === 0) return;
  await scene.clock.sleep(PROBE_LASTS_MS);
  expect((await scene.run(['verify', ...COLLABCANVAS])).result.error?.message).toBeUndefined();
}
