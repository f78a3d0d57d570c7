/** A rollback or a destroy killed at any of its calls to AWS is completed by the next one, as if nothing had been. */
import { afterAll, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { MOMENTS } from './mortal-world.ts';
import { photograph } from './photograph.ts';
import { DESTROY, openStage, ROLLBACK, sample, type Scene } from './scene.ts';
import { finalSnapshots, SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
afterAll(() => stage.sandbox.close());

async function unbroken(argv: readonly string[]) {
  return stage.withScene(async (scene) => {
    const before = await photograph(scene.account);
    await scene.run(SETUP_ALONE);
    const earlier = scene.calls().length;
    const ended = await scene.run(argv);
    const picture = await photograph(scene.account);
    return { ended, before, picture, calls: scene.calls().slice(earlier) };
  });
}

const back = await unbroken(ROLLBACK);
const gone = await unbroken(DESTROY);

const cellsOf = (calls: readonly string[]) =>
  calls.flatMap((action, at) => MOMENTS.map((moment) => ({ call: at + 1, action, moment })));

/** After it the lease is over. */
async function killed(scene: Scene, argv: readonly string[], death: Parameters<Scene['runKilled']>[1]) {
  expect((await scene.run(SETUP_ALONE)).result.error?.message).toBeUndefined();
  const ended = await scene.runKilled(argv, death);
  await stage.clock.sleep(LEASE_MS);
  return ended;
}

test('a rollback that nothing happens to leaves what was there before us, and the cache', () => {
  expect(back.ended.exitCode).toBe(0);
  expect(back.picture.runs).toEqual(back.before.runs);
  expect(back.picture.targetGroups).toEqual(back.before.targetGroups);
  expect(back.picture.caches).toHaveLength(1);
});

test('a destroy that nothing happens to leaves the account as it was before us', () => {
  expect(gone.ended.exitCode).toBe(0);
  expect(gone.picture).toEqual(gone.before);
});

describe('a rollback that is killed is completed by another when its lease has ended', () => {
  test.each(sample(cellsOf(back.calls), 127))('$moment of call $call, $action', async (death) => {
    await stage.withScene(async (scene) => {
      await killed(scene, ROLLBACK, death);
      const ended = await scene.run(ROLLBACK);
      expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
      const left = await photograph(scene.account);
      // A lease is not taken, and so not tidied away either, by a run that has nothing to do.
      expect({ ...left, parameters: [] }).toEqual(back.picture);
    });
  });
});

describe('a destroy that is killed is completed by another when its lease has ended', () => {
  test.each(sample(cellsOf(gone.calls), 199))('$moment of call $call, $action', async (death) => {
    await stage.withScene(async (scene) => {
      await killed(scene, DESTROY, death);
      const ended = await scene.run(DESTROY);
      // After its last delete there is no project to be found any more.
      if (ended.exitCode !== 0) expect(ended.result.error?.code).toBe('NotFound');
      expect(await photograph(scene.account)).toEqual(gone.picture);
      expect(await finalSnapshots(scene)).toEqual(['available']);
    });
  });
});
