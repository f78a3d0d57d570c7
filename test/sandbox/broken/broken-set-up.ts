/** One way in which an app is cut off from its cache: what `verify` must name first, and that its fix mends it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import type { CheckId, CheckReport } from '../../../src/domain/check.ts';
import { bare } from '../../../src/sandbox/scenarios/bare.ts';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { PROGRAMS, type Ended } from '../command-line.ts';
import { openScene, type Before, type Scene } from './scene.ts';

export interface BrokenSetUp {
  readonly title: string;
  /** By AWS's own calls, as somebody's hand or pipeline makes them. */
  readonly broken: (scene: Scene) => Promise<unknown>;
  /** More words for `verify`. */
  readonly verify?: (scene: Scene) => readonly string[];
  readonly cause: CheckId;
  /** Risky, or over by itself: not what the exit code is about. */
  readonly outcome?: 'warn';
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

const FULL = process.env['MATRIX'] === 'full';

/** Each leaves the canvas well; where one does not, the next gets another. */
export function brokenSetUps(title: string, before: Before, all: readonly BrokenSetUp[]): void {
  const asked = FULL ? all : all.filter(({ sample }) => sample);
  const clock = new VirtualClock();
  let sandbox: Sandbox;
  let open: Scene | undefined;

  describe.skipIf(asked.length === 0)(title, () => {
    beforeAll(async () => {
      sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
    });
    afterAll(async () => {
      await open?.close();
      await sandbox.close();
    });

    test.each(asked)('$title', { timeout: 120_000 }, async (row) => {
      const scene = open ?? (await openScene(sandbox, clock, before));
      open = undefined;
      await play(row, scene);
      open = scene;
    });
  });
}

async function play({ steps = 1, ...row }: BrokenSetUp, scene: Scene): Promise<void> {
  await row.broken(scene);
  const more = row.verify?.(scene) ?? [];
  let ended = await scene.verify(...more);
  const cause = causeOf(ended, row.outcome);
  expect([ended.exitCode, cause?.id, cause?.detail], told(ended)).toEqual([
    row.outcome === 'warn' ? 0 : 6,
    row.cause,
    expect.stringMatching(row.says),
  ]);
  const fix = cause && 'fix' in cause ? cause.fix : undefined;
  console.log(`SCORE ${row.title} | ${cause?.id} | ${fix ?? `(hint) ${'hint' in cause! ? cause.hint : ''}`}`);
  if (row.cure) {
    expect(fix, 'a cure by hand is for what no command can mend').toBeUndefined();
    expect(cause).toMatchObject({ hint: expect.stringMatching(row.hint ?? /./) as string });
    await row.cure(scene);
  }
  for (let step = 0; step < steps && !row.cure; step += 1) {
    const next = causeOf(ended, row.outcome);
    expect(next, told(ended)).toHaveProperty('fix');
    await scene.type((next as { fix: string }).fix);
    ended = await scene.verify(...more);
  }
  if (row.cure) ended = await scene.verify(...more);
  await row.after?.(scene);
  expect([ended.exitCode, causeOf(ended, row.outcome)?.detail], told(ended)).toEqual([0, undefined]);
  expect(await scene.left()).toEqual([]);
}

function causeOf({ result }: Ended, outcome: 'warn' | 'fail' = 'fail'): CheckReport | undefined {
  return result.checks.find((check) => check.outcome === outcome);
}

/** Every answer, for whoever looks at a failure. */
function told({ result, stderr }: Ended): string {
  const lines = result.checks.map((check) => `${check.id} ${check.outcome}: ${check.detail}`);
  return [...lines, stderr].join('\n');
}
