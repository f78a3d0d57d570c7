/** Each kind of cache on the way back: what is ours goes, what is theirs stays, whatever cuts a run off or refuses it. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { befall, cells, mustBeUnderstood, patience } from './befalling.ts';
import { CACHE_KINDS, ofElastiCache, withKind, type CacheKind } from './caches.ts';
import { exitCodeOf, LASTING, PASSING, type Kind } from './kinds.ts';
import { deathsIn } from './mortal-world.ts';
import { photograph } from './photograph.ts';
import { DESTROY, openStage, ROLLBACK, sample, type Scene } from './scene.ts';
import { finalSnapshots, isLastLook, SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
const { faults } = stage.sandbox;
afterEach(() => faults.clear());
afterAll(() => stage.sandbox.close());

const COMMANDS = { rollback: ROLLBACK, destroy: DESTROY };
type Command = keyof typeof COMMANDS;

const setUp = (kind: CacheKind, play: (scene: Scene) => Promise<void>): Promise<void> =>
  withKind(stage, kind, async (scene) => {
    expect((await scene.run([...SETUP_ALONE, ...kind.flags])).result.error?.message).toBeUndefined();
    await play(scene);
  });

async function unbroken(kind: CacheKind) {
  return withKind(stage, kind, async (scene) => {
    const before = await photograph(scene.account);
    await scene.run([...SETUP_ALONE, ...kind.flags]);
    const undo = async (command: Command) => {
      const earlier = scene.calls().length;
      const ended = await scene.run(COMMANDS[command]);
      const calls = scene.calls().slice(earlier);
      return { ended, calls, picture: await photograph(scene.account) };
    };
    const rollback = await undo('rollback');
    // From where a rollback has left it, what is asked of the cache is the same.
    await scene.run([...SETUP_ALONE, ...kind.flags]);
    const destroy = await undo('destroy');
    return { ...kind, before, commands: { rollback, destroy } };
  });
}

const kinds = await Promise.all(CACHE_KINDS.map(unbroken));
type Unbroken = (typeof kinds)[number];

/** The whole: what is sampled of it is then of every kind, on both ways. */
function of<Cell>(cellsOf: (calls: readonly string[]) => readonly Cell[]) {
  return kinds.flatMap((kind) =>
    (['rollback', 'destroy'] as const).flatMap((command) =>
      cellsOf(kind.commands[command].calls).map((cell) => ({
        of: kind,
        title: kind.title,
        command,
        ...cell,
      })),
    ),
  );
}

const faced = <K extends Kind>(faultKinds: readonly K[]) =>
  of((calls) => cells(ofElastiCache(calls), faultKinds));

async function mustBeUndone(scene: Scene, { commands, theirs }: Unbroken, command: Command): Promise<void> {
  const left = await photograph(scene.account);
  // A lease that could not be given back ends by itself.
  expect({ ...left, parameters: [] }).toEqual({ ...commands[command].picture, parameters: [] });
  if (command === 'destroy' && !theirs) expect(await finalSnapshots(scene)).toEqual(['available']);
}

test.each(kinds)('$title stays at a rollback; a destroy leaves the account as it was before us', (kind) => {
  const { rollback, destroy } = kind.commands;
  expect([rollback.ended.result.error, destroy.ended.result.error]).toEqual([undefined, undefined]);
  expect(rollback.picture.runs).toEqual(kind.before.runs);
  expect(rollback.picture.nodes).not.toEqual([]);
  expect(destroy.picture).toEqual(kind.before);
});

describe('a way back that is killed is completed by another when its lease has ended', () => {
  test.each(sample(of(deathsIn), 401))(
    '$title, $command, $moment of call $call, $action',
    async ({ of: kind, command, ...death }) => {
      await setUp(kind, async (scene) => {
        await scene.runKilled(COMMANDS[command], death);
        await stage.clock.sleep(LEASE_MS);
        const ended = await scene.run(COMMANDS[command]);
        // After its last delete there is no project to be found any more.
        if (ended.exitCode !== 0)
          expect([command, ended.result.error?.code]).toEqual(['destroy', 'NotFound']);
        await mustBeUndone(scene, kind, command);
      });
    },
  );
});

describe('a way back goes on when', () => {
  test.each(sample(faced(PASSING), 571))(
    '$title, $command, $action $does',
    async ({ of: kind, command, action, kind: passing }) => {
      await setUp(kind, async (scene) => {
        befall(faults, action, passing.fault);
        const ended = await scene.run(COMMANDS[command], patience(passing));
        expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
        await mustBeUndone(scene, kind, command);
      });
    },
  );
});

// What never answers is waited for in real time, poll after poll.
describe(
  'a way back goes on, or ends in one sentence and is completed by the next, when',
  { timeout: 120_000 },
  () => {
    test.each(sample(faced(LASTING), 607))(
      '$title, $command, $action $does',
      async ({ of: kind, command, action, kind: lasting }) => {
        await setUp(kind, async (scene) => {
          befall(faults, action, lasting.fault);
          const ended = await scene.run(COMMANDS[command], patience(lasting));
          const isDone = isLastLook(command, action, kind.commands[command].calls);
          mustBeUnderstood(ended, isDone ? 0 : exitCodeOf(command, action, lasting));
          faults.clear();
          const next = await scene.run(COMMANDS[command]);
          // What the first had done all of, in spite of the fault, the next finds no more.
          if (ended.exitCode !== 0 || command === 'rollback')
            expect([next.exitCode, next.result.error?.message]).toEqual([0, undefined]);
          await mustBeUndone(scene, kind, command);
        });
      },
    );
  },
);
