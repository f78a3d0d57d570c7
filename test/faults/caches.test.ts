/** Each kind of cache, whatever goes wrong on the way to it: a setup that was cut off or refused is completed by the next. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { befall, cells, mustBeUnderstood, patience } from './befalling.ts';
import { CACHE_KINDS, ofElastiCache, withKind } from './caches.ts';
import { exitCodeOf, LASTING, PASSING, type Kind } from './kinds.ts';
import { mustLookLike } from './likeness.ts';
import { deathsIn } from './mortal-world.ts';
import { photograph } from './photograph.ts';
import { openStage, sample, type Scene } from './scene.ts';
import { SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
const { faults } = stage.sandbox;
afterEach(() => faults.clear());
afterAll(() => stage.sandbox.close());

const unbroken = await Promise.all(
  CACHE_KINDS.map((kind) =>
    withKind(stage, kind, async (scene) => {
      const setup = [...SETUP_ALONE, ...kind.flags];
      const ended = await scene.run(setup);
      const calls = scene.calls();
      const picture = await photograph(scene.account);
      const again = await scene.run(setup);
      return { ...kind, setup, ended, again, calls, picture };
    }),
  ),
);

/** The whole: what is sampled of it is then of every kind. */
function of<Cell>(cellsOf: (calls: readonly string[]) => readonly Cell[]) {
  return unbroken.flatMap((kind) =>
    cellsOf(kind.calls).map((cell) => ({ of: kind, title: kind.title, ...cell })),
  );
}

async function mustComplete(scene: Scene, { setup, picture }: (typeof unbroken)[number]): Promise<void> {
  faults.clear();
  const ended = await scene.run(setup);
  expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
  await mustLookLike(picture, scene);
}

test.each(unbroken)('$title is set up where nothing happens, and unchanged the second time', (kind) => {
  expect(kind.ended.result.error).toBeUndefined();
  expect([kind.again.exitCode, kind.again.result.awsCalls.writes]).toEqual([0, 0]);
});

describe('a setup that is killed is completed by another when its lease has ended', () => {
  test.each(sample(of(deathsIn), 307))(
    '$title, $moment of call $call, $action',
    async ({ of: kind, ...death }) => {
      await withKind(stage, kind, async (scene) => {
        await scene.runKilled(kind.setup, death);
        await stage.clock.sleep(LEASE_MS);
        await mustComplete(scene, kind);
      });
    },
  );
});

const faced = <K extends Kind>(kinds: readonly K[]) => of((calls) => cells(ofElastiCache(calls), kinds));

describe('a setup goes on when', () => {
  test.each(sample(faced(PASSING), 331))(
    '$title, $action $does',
    async ({ of: kind, action, kind: passing }) => {
      await withKind(stage, kind, async (scene) => {
        befall(faults, action, passing.fault);
        const ended = await scene.run(kind.setup, patience(passing));
        expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
        await mustLookLike(kind.picture, scene);
      });
    },
  );
});

// What never answers is waited for in real time, poll after poll.
describe(
  'a setup goes on, or ends in one sentence and is completed by the next, when',
  { timeout: 120_000 },
  () => {
    test.each(sample(faced(LASTING), 359))(
      '$title, $action $does',
      async ({ of: kind, action, kind: lasting }) => {
        await withKind(stage, kind, async (scene) => {
          befall(faults, action, lasting.fault);
          const ended = await scene.run(kind.setup, patience(lasting));
          mustBeUnderstood(ended, exitCodeOf('setup', action, lasting));
          await mustComplete(scene, kind);
        });
      },
    );
  },
);
