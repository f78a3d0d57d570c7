/** A snapshot, or a restore with a move, killed at any of its writes is completed by the next run, as if nothing had been. */
import { afterAll, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { deathsIn, type Death } from './mortal-world.ts';
import { inMatrix } from '../matrix.ts';
import { callsOf, photograph } from './photograph.ts';
import { openStage, sample, type Scene } from './scene.ts';
import { SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const NAMED = ['--snapshot-name', 'monday', '--yes'];
const CREATE = ['snapshot', 'create', '--cache-name', 'collabcanvas-redis', ...NAMED];
const MOVE = ['--cache-name', 'collabcanvas-again', '--move', '--no-probe', '--no-verify'];
const RESTORE = ['snapshot', 'restore', ...NAMED, ...MOVE];

async function look(scene: Scene): Promise<object> {
  const { Snapshots } = await callsOf(scene.account)<{
    Snapshots: { SnapshotName: string; SnapshotStatus: string }[];
  }>('elasticache', 'DescribeSnapshots', {});
  const snapshots = Snapshots.map(({ SnapshotName, SnapshotStatus }) => `${SnapshotName} ${SnapshotStatus}`);
  // A lease is not tidied away by a run that has nothing to do.
  return { ...(await photograph(scene.account)), parameters: [], snapshots };
}

async function begin(scene: Scene, before: readonly (readonly string[])[]): Promise<void> {
  for (const argv of [SETUP_ALONE, ...before]) expect((await scene.run(argv)).exitCode).toBe(0);
}

const unbroken = (argv: readonly string[], before: readonly (readonly string[])[]) =>
  stage.withScene(async (scene) => {
    await begin(scene, before);
    const earlier = scene.calls().length;
    const { exitCode, result } = await scene.run(argv);
    return {
      exitCode,
      message: result.error?.message,
      calls: scene.calls().slice(earlier),
      picture: await look(scene),
    };
  });

const completes = (
  argv: readonly string[],
  before: readonly (readonly string[])[],
  picture: object,
  death: Death,
): Promise<void> =>
  stage.withScene(async (scene) => {
    await begin(scene, before);
    await scene.runKilled(argv, death);
    await stage.clock.sleep(LEASE_MS);
    const ended = await scene.run(argv);
    expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
    expect(await look(scene)).toEqual(picture);
  });

/** Leases have a matrix of their own. */
const cellsOf = (calls: readonly string[]) =>
  deathsIn(calls).filter(({ action }) => !action.startsWith('ssm:'));

const taken = await unbroken(CREATE, []);
const restored = await unbroken(RESTORE, [CREATE]);

test('a snapshot and a restore that nothing happens to end well', () => {
  expect([taken.exitCode, taken.message, restored.exitCode, restored.message]).toEqual([
    0,
    undefined,
    0,
    undefined,
  ]);
  expect(taken.picture).toMatchObject({ snapshots: ['monday available'] });
  expect(restored.picture).toMatchObject({ snapshots: ['monday available'], caches: [{}, {}] });
});

test.each(sample(cellsOf(taken.calls), 11))('a snapshot: $moment of call $call, $action', (death) =>
  completes(CREATE, [], taken.picture, death),
);

test.each(sample(cellsOf(restored.calls), 43))('a restore: $moment of call $call, $action', (death) =>
  completes(RESTORE, [CREATE], restored.picture, death),
);

inMatrix(
  'the policy for snapshot is enough to take and delete one, and with that for setup to restore one',
  async () => {
    await stage.withScene(async (scene) => {
      await begin(scene, []);
      const enforce = async (commands: string): Promise<void> => {
        const { events } = await scene.run(['policy', '--for', commands, '--region', 'us-east-1']);
        const printed = events.find(({ type }) => type === 'policy')?.['document'];
        stage.sandbox.setPolicy(printed, scene.env['AWS_ACCESS_KEY_ID']);
      };
      await enforce('snapshot');
      for (const argv of [CREATE, ['snapshot', 'list'], ['snapshot', 'delete', ...NAMED], CREATE]) {
        const { exitCode, result } = await scene.run(argv);
        expect([exitCode, result.error?.message]).toEqual([0, undefined]);
      }
      await enforce('setup,snapshot');
      const { exitCode, result } = await scene.run(RESTORE);
      expect([exitCode, result.error?.message]).toEqual([0, undefined]);
    });
  },
);
