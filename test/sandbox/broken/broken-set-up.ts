/** One way in which an app is cut off from its cache: what `verify` must name first, and that its fix mends it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import type { CheckId, CheckReport } from '../../../src/domain/check.ts';
import { bare } from '../../../src/sandbox/scenarios/bare.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { Ended } from '../command-line.ts';
import { hasRedis } from '../redis-program.ts';
import { openScene, told, type Before, type Scene } from './scene.ts';
import { expectAsRecorded } from '../../docs/recording.ts';
import { FULL } from '../../matrix.ts';
import { quickSandbox } from '../quick-account.ts';

export interface BrokenSetUp {
  readonly title: string;
  /** By AWS's own calls, as somebody's hand or pipeline makes them. */
  readonly broken: (scene: Scene) => Promise<unknown>;
  /** More words for `verify`. */
  readonly verify?: (scene: Scene) => readonly string[];
  readonly cause: CheckId;
  /** Over by itself, or not seen: not what the exit code is about. */
  readonly outcome?: 'warn' | 'inconclusive';
  readonly says: RegExp;
  /** Where no command can mend it: the hint that names the cure, and what it tells to do. */
  readonly hint?: RegExp;
  readonly cure?: (scene: Scene) => Promise<unknown>;
  /** Commands in a row, each printed when the one before it was run. */
  readonly steps?: number;
  /** Left as it was for the next. */
  readonly after?: (scene: Scene) => Promise<unknown>;
  /** Runs with the others of `npm test`, and not in the matrix alone. */
  readonly sample?: true;
}

/** What was named first and what mends it, for whoever runs the matrix. */
const scores: { title: string; cause: CheckId; mendedBy: string }[] = [];

/** Each leaves the canvas well; where one does not, the next gets another. */
export function brokenSetUps(title: string, before: Before, all: readonly BrokenSetUp[]): void {
  const asked = FULL ? all : all.filter(({ sample }) => sample);
  const clock = new VirtualClock();
  let sandbox: Sandbox;
  let open: Scene | undefined;

  describe.skipIf(asked.length === 0 || (FULL && !hasRedis))(title, () => {
    beforeAll(async () => {
      sandbox = await quickSandbox({ scenario: bare, clock });
    });
    afterAll(async () => {
      const lines = scores.splice(0).map((score) => `${score.title} | ${score.cause} | ${score.mendedBy}`);
      process.stdout.write(FULL ? `${title}\n${lines.map((line) => `  ${line}\n`).join('')}` : '');
      await open?.close();
      await sandbox.close();
    });

    for (const row of asked)
      test(row.title, { timeout: 120_000 }, async () => {
        const scene = open ?? (await openScene(sandbox, clock, before));
        open = undefined;
        await play({ ...row, title: `${title} ${row.title}` }, scene);
        open = scene;
      });
  });
}

async function play({ steps = 1, cure, ...row }: BrokenSetUp, scene: Scene): Promise<void> {
  await row.broken(scene);
  const verify = (): Promise<Ended> => scene.verify(...(row.verify?.(scene) ?? []));
  let ended = await verify();
  const cause = causeOf(ended, row.outcome);
  expect([ended.exitCode, cause?.id, cause?.detail], told(ended.result)).toEqual([
    row.outcome === undefined ? 6 : 0,
    row.cause,
    expect.stringMatching(row.says),
  ]);
  if (cause) await expectAsRecorded(row.title, cause);
  scores.push({ title: row.title, cause: row.cause, mendedBy: mendingOf(cause) });
  if (cure) {
    expect(cause, 'a cure by hand is for what no command can mend').not.toHaveProperty('fix');
    expect(cause).toHaveProperty('hint', expect.stringMatching(row.hint ?? /./));
    await cure(scene);
    ended = await verifiedAgain(verify);
  }
  for (let step = 0; step < steps && !cure; step += 1) {
    const next = causeOf(ended, row.outcome);
    expect(next, told(ended.result)).toHaveProperty('fix');
    await scene.type(mendingOf(next));
    ended = await (step === steps - 1 ? verifiedAgain(verify) : verify());
  }
  await row.after?.(scene);
  const after = ended.result.checks.find(({ id }) => id === row.cause);
  expect([ended.exitCode, after?.outcome === (row.outcome ?? 'fail')], told(ended.result)).toEqual([
    0,
    false,
  ]);
  expect(await scene.left()).toEqual([]);
}

/** On AWS the probe's task takes half a minute to start, and an app has connected again by then: here it takes none. */
async function verifiedAgain(verify: () => Promise<Ended>): Promise<Ended> {
  let ended = await verify();
  for (let more = 2; more > 0 && ended.exitCode !== 0; more -= 1) ended = await verify();
  return ended;
}

function mendingOf(cause: CheckReport | undefined): string {
  if (cause && 'fix' in cause) return cause.fix;
  return cause && 'hint' in cause ? `(${cause.hint})` : '';
}

function causeOf({ result }: Ended, outcome: CheckReport['outcome'] = 'fail'): CheckReport | undefined {
  return result.checks.find((check) => check.outcome === outcome);
}
