/** A setup killed at any of its calls to AWS is completed by the next one, as if nothing had been. */
import { afterAll, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { COLLABCANVAS, REFRESH, type Ended } from '../sandbox/command-line.ts';
import { mustLookLike } from './likeness.ts';
import { deathsIn, MOMENTS } from './mortal-world.ts';
import { photograph } from './photograph.ts';
import { openStage, sample, SETUP, type Scene } from './scene.ts';

// The next run comes while the cache is still being created.
const stage = await openStage({ cacheSpeed: 1 });
afterAll(() => stage.sandbox.close());

const unbroken = await stage.withScene(async (scene) => {
  const ended = await scene.setup();
  return { ended, calls: scene.calls(), picture: await photograph(scene.account) };
});

const cells = unbroken.calls.flatMap((action, at) =>
  MOMENTS.map((moment) => ({ call: at + 1, action, moment })),
);

test('a setup that nothing happens to is proven', () => {
  expect([unbroken.ended.exitCode, unbroken.ended.result.proven]).toEqual([0, true]);
});

describe('a setup that is killed is completed by another when its lease has ended', () => {
  test.each(sample(cells, 349))('$moment of call $call, $action', async ({ call, moment }) => {
    await stage.withScene(async (scene) => {
      await scene.runKilled(SETUP, { call, moment });
      await stage.clock.sleep(LEASE_MS);
      await mustComplete(scene);
    });
  });
});

describe('a setup that is killed is completed at once by another where nobody may have a lease', () => {
  test.each(sample(deathsIn(unbroken.calls), 61))(
    '$moment of call $call, $action',
    async ({ call, moment }) => {
      await stage.withScene(async (scene) => {
        scene.denyLease();
        await scene.runKilled(SETUP, { call, moment });
        await mustComplete(scene);
      });
    },
  );
});

/** The account is the one that an unbroken run leaves, and as much is proven. */
async function mustComplete(scene: Scene): Promise<void> {
  const ended = await scene.setup();
  expect(ended.result.error?.message).toBeUndefined();
  expect(ended.exitCode).toBe(0);
  const proof = leftNothingToDo(ended) ? await scene.run(['verify', ...COLLABCANVAS, ...REFRESH]) : ended;
  expect([proof.exitCode, proof.result.proven]).toEqual([0, true]);
  await mustLookLike(unbroken.picture, scene);
}

/** A setup that changes nothing starts no probe either: that is for `verify`. */
function leftNothingToDo({ result }: Ended): boolean {
  return result.changes.every(({ action }) => action === 'none');
}
