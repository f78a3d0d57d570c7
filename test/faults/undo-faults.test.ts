/** Whatever goes wrong on the way back, it goes through or ends in one sentence, and the next run completes it. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { befall, cells, mustBeUnderstood, patience } from './befalling.ts';
import { exitCodeOf, LASTING, PASSING } from './kinds.ts';
import { photograph, type Photograph } from './photograph.ts';
import { DESTROY, openStage, ROLLBACK, sample, type Scene } from './scene.ts';
import { finalSnapshots, isLastLook, SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
const { faults } = stage.sandbox;
afterEach(() => faults.clear());
afterAll(() => stage.sandbox.close());

const COMMANDS = { rollback: ROLLBACK, destroy: DESTROY };
type Command = keyof typeof COMMANDS;

async function unbroken(
  command: Command,
): Promise<{ calls: readonly string[]; actions: string[]; picture: Photograph }> {
  return stage.withScene(async (scene) => {
    await scene.run(SETUP_ALONE);
    const before = scene.calls().length;
    await scene.run(COMMANDS[command]);
    const calls = scene.calls().slice(before);
    return { calls, actions: [...new Set(calls)].sort(), picture: await photograph(scene.account) };
  });
}

const whole = { rollback: await unbroken('rollback'), destroy: await unbroken('destroy') };

async function mustLookUndone(command: Command, scene: Scene): Promise<void> {
  const left = await photograph(scene.account);
  // A lease that could not be given back ends by itself.
  expect({ ...left, parameters: [] }).toEqual({ ...whole[command].picture, parameters: [] });
  if (command === 'destroy') expect(await finalSnapshots(scene)).toEqual(['available']);
}

describe.each(['rollback', 'destroy'] as const)('a %s goes on when', (command) => {
  test.each(sample(cells(whole[command].actions, PASSING), 431))(
    '$action $does',
    async ({ action, kind }) => {
      await stage.withScene(async (scene) => {
        await scene.run(SETUP_ALONE);
        befall(faults, action, kind.fault);
        const ended = await scene.run(COMMANDS[command], patience(kind));
        expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
        await mustLookUndone(command, scene);
      });
    },
  );
});

// What never answers is waited for in real time, poll after poll.
describe.each(['rollback', 'destroy'] as const)(
  'a %s goes on, or ends in one sentence and is completed by the next, when',
  { timeout: 120_000 },
  (command) => {
    test.each(sample(cells(whole[command].actions, LASTING), 263))(
      '$action $does',
      async ({ action, kind }) => {
        await stage.withScene(async (scene) => {
          await scene.run(SETUP_ALONE);
          befall(faults, action, kind.fault);
          const ended = await scene.run(COMMANDS[command], patience(kind));
          const isDone = isLastLook(command, action, whole[command].calls);
          mustBeUnderstood(ended, isDone ? 0 : exitCodeOf(command, action, kind));
          faults.clear();
          const next = await scene.run(COMMANDS[command]);
          // What the first had done all of, in spite of the fault, the next finds no more.
          if (ended.exitCode !== 0 || command === 'rollback')
            expect([next.exitCode, next.result.error?.message]).toEqual([0, undefined]);
          await mustLookUndone(command, scene);
        });
      },
    );
  },
);
