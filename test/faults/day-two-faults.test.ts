/** Whatever goes wrong between a command of day two and AWS, it goes through or ends in one sentence, and the next run completes it. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { COLLABCANVAS } from '../sandbox/command-line.ts';
import { sample } from '../matrix.ts';
import { befall, cells, mustBeUnderstood, patience } from './befalling.ts';
import { exitCodeOf, LASTING, PASSING } from './kinds.ts';
import { callsOf, photograph } from './photograph.ts';
import { openStage, type Scene } from './scene.ts';
import { SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
const { faults } = stage.sandbox;
afterEach(() => faults.clear());
afterAll(() => stage.sandbox.close());

const PROJECT = ['--project', 'collabcanvas-backend'];
const NAMED = ['--snapshot-name', 'monday'];
const ALONE = ['--no-probe', '--no-verify', '--yes'];
const SNAPSHOT = ['snapshot', 'create', ...PROJECT, ...NAMED, '--yes'];

interface DayTwo {
  readonly command: string;
  readonly argv: readonly string[];
  readonly before: readonly (readonly string[])[];
}

const ALL: readonly DayTwo[] = [
  {
    command: 'alarms',
    argv: ['alarms', ...PROJECT, '--alarm-email', 'ops@example.com', '--yes'],
    before: [],
  },
  { command: 'snapshot create', argv: SNAPSHOT, before: [] },
  { command: 'snapshot list', argv: ['snapshot', 'list', ...PROJECT], before: [SNAPSHOT] },
  {
    command: 'snapshot restore',
    argv: ['snapshot', 'restore', ...NAMED, '--cache-name', 'collabcanvas-again', ...ALONE],
    before: [SNAPSHOT],
  },
  { command: 'snapshot delete', argv: ['snapshot', 'delete', ...NAMED, '--yes'], before: [SNAPSHOT] },
  {
    command: 'rotate-token',
    argv: ['rotate-token', ...COLLABCANVAS, ...ALONE],
    before: [[...SETUP_ALONE, '--auth', 'token', '--fix-execution-role']],
  },
  { command: 'scale', argv: ['scale', ...COLLABCANVAS, '--replicas', '1', ...ALONE], before: [] },
  { command: 'logs', argv: ['logs', ...PROJECT], before: [] },
  { command: 'status --metrics', argv: ['status', ...PROJECT, '--metrics'], before: [] },
];

/** An unbroken run of each comes before all else. */
const COMMANDS = sample(ALL, 4);

async function begin(scene: Scene, { before }: DayTwo): Promise<void> {
  for (const argv of [SETUP_ALONE, ...before])
    expect((await scene.run(argv)).result.error?.message).toBeUndefined();
}

/** What is there, without ids; a lease that could not be given back ends by itself. */
async function look({ account }: Scene): Promise<object> {
  const call = callsOf(account);
  const { Snapshots } = await call<{ Snapshots: { SnapshotName: string; SnapshotStatus: string }[] }>(
    'elasticache',
    'DescribeSnapshots',
    {},
  );
  const { MetricAlarms } = await call<{ MetricAlarms: { AlarmName: string; Threshold: number }[] }>(
    'cloudwatch',
    'DescribeAlarms',
    {},
  );
  return {
    ...(await photograph(account)),
    parameters: [],
    snapshots: Snapshots.map(({ SnapshotName, SnapshotStatus }) => `${SnapshotName} ${SnapshotStatus}`),
    alarms: MetricAlarms.map(({ AlarmName, Threshold }) => `${AlarmName} ${Threshold}`).sort(),
  };
}

async function unbroken(command: DayTwo) {
  return stage.withScene(async (scene) => {
    await begin(scene, command);
    const earlier = scene.calls().length;
    const ended = await scene.run(command.argv);
    const actions = [...new Set(scene.calls().slice(earlier))].sort();
    return { ...command, ended, actions, picture: await look(scene) };
  });
}

const whole: Awaited<ReturnType<typeof unbroken>>[] = [];
for (const command of COMMANDS) whole.push(await unbroken(command));

test.each(whole)('$command goes through where nothing happens to it', ({ ended }) => {
  expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
});

const faced = <K>(of: (actions: readonly string[]) => readonly K[]) =>
  whole.flatMap((command) => of(command.actions).map((cell) => ({ ...command, ...cell })));

describe('goes on when', () => {
  test.each(
    sample(
      faced((actions) => cells(actions, PASSING)),
      353,
    ),
  )('$command: $action $does', async ({ action, kind, ...command }) => {
    await stage.withScene(async (scene) => {
      await begin(scene, command);
      befall(faults, action, kind.fault);
      const ended = await scene.run(command.argv, patience(kind));
      expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
      // ECS has no client token for it: the repeated call has made another revision, which nothing runs.
      const isRepeated = kind.fault.kind === 'lost-response' || patience(kind) !== undefined;
      const spare = action === 'ecs:RegisterTaskDefinition' && isRepeated;
      const revisions = spare ? { revisions: [] } : {};
      expect({ ...(await look(scene)), ...revisions }).toEqual({ ...command.picture, ...revisions });
    });
  });
});

/** Where nothing stood in the way, the same command again is another rotation, and finds no such snapshot. */
const ONCE = ['rotate-token', 'snapshot delete'];

// What never answers is waited for in real time, poll after poll.
describe('goes on, or ends in one sentence and is completed by the next, when', { timeout: 120_000 }, () => {
  test.each(
    sample(
      faced((actions) => cells(actions, LASTING)),
      229,
    ),
  )('$command: $action $does', async ({ action, kind, ...command }) => {
    await stage.withScene(async (scene) => {
      await begin(scene, command);
      befall(faults, action, kind.fault);
      const ended = await scene.run(command.argv, patience(kind));
      mustBeUnderstood(ended, exitCodeOf(command.command, action, kind));
      faults.clear();
      await stage.clock.sleep(LEASE_MS);
      if (ended.exitCode !== 0 || !ONCE.includes(command.command)) {
        const next = await scene.run(command.argv);
        expect([next.exitCode, next.result.error?.message]).toEqual([0, undefined]);
      }
      expect(await look(scene)).toEqual(command.picture);
    });
  });
});
