/** What people see while a run is under way, on terminals of every size, and what stands there when it is over. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Ref } from '../../src/domain/outputs.ts';
import type { WizardEvent } from '../../src/engine/events.ts';
import { WizardError } from '../../src/errors.ts';
import { openOutput, type Output, type OutputOptions } from '../../src/output/output.ts';
import { notifier } from '../../src/output/notification.ts';
import { resultOf } from '../../src/output/result.ts';
import { VirtualScreen } from './virtual-screen.ts';

const MIN = 60_000;
const cache: Ref = { kind: 'cache', name: 'web-redis' };
const service: Ref = { kind: 'service', name: 'backend' };
const group: Ref = { kind: 'securityGroup', name: 'web-redis-sg' };

const started = (ref: Ref, usualMs?: number): WizardEvent => ({ type: 'step.started', ref, usualMs });
const progress = (ref: Ref, detail: string): WizardEvent => ({
  type: 'step.progress',
  ref,
  detail,
  elapsedMs: 0,
});
const finished = (ref: Ref): WizardEvent => ({
  type: 'step.finished',
  ref,
  outcome: 'created',
  elapsedMs: 1000,
});
const planned = (refs: readonly Ref[], usualMs: number): WizardEvent => ({
  type: 'plan.ready',
  changes: refs.map((ref) => ({ ref, change: { action: 'create', details: [] } })),
  monthlyUsd: 12.41,
  usualMs,
});

let clock: VirtualClock;
let screen: VirtualScreen;
let output: Output;

beforeEach(() => {
  // A frame is drawn when a test says so, and never between two of its lines.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  clock = new VirtualClock({ start: 0, auto: false });
});
afterEach(() => {
  output.renderer.close();
  vi.useRealTimers();
});

async function open(columns: number, rows: number, options: Partial<OutputOptions> = {}): Promise<void> {
  screen = new VirtualScreen(columns, rows);
  output = await openOutput(
    { stdout: screen.stream(), stderr: screen.stream() },
    {
      ...{
        json: false,
        redraws: true,
        color: false,
        colorsStdout: true,
        verbose: false,
        debug: false,
        clock,
      },
      ...options,
    },
  );
}

function tell(...events: readonly WizardEvent[]): void {
  for (const event of events) output.renderer.render(event);
}

/** The lines below what has ended. */
async function frame(): Promise<string[]> {
  vi.advanceTimersByTime(100);
  const lines = await screen.lines();
  return lines.slice(lines.findLastIndex((line) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /.test(line)));
}

describe('several steps at once', () => {
  test('stand under each other, with the word of AWS, how long it takes and usually does', async () => {
    await open(80, 24);
    tell(started(cache, 8 * MIN), progress(cache, 'creating'), started(service, 6 * MIN));
    tell(progress(service, '0 of 3 tasks on backend:42'));
    await clock.advance(125_000);
    expect((await frame()).slice(1)).toEqual([
      '  cache web-redis  creating                    2 min 5 s  usually 8 min',
      '  service backend  0 of 3 tasks on backend:42  2 min 5 s  usually 6 min',
    ]);
  });

  test('say how many are done, and what is left at the usual pace, however fast it went so far', async () => {
    await open(80, 24);
    tell(
      planned([group, cache, service], 14 * MIN),
      started(group),
      finished(group),
      started(cache, 8 * MIN),
    );
    await clock.advance(2 * MIN);
    expect((await frame())[0]).toContain('1 of 3 done, about 12 min left at the usual pace');
    tell(finished(cache), started(service, 6 * MIN));
    expect((await frame())[0]).toContain('2 of 3 done, about 6 min left at the usual pace');
  });

  test('are marked once they take longer than usual, and then nobody knows how much is left', async () => {
    await open(80, 24);
    tell(planned([cache], 8 * MIN), started(cache, 8 * MIN), progress(cache, 'creating'));
    await clock.advance(9 * MIN);
    const [head = '', line] = await frame();
    expect(head.slice(2).trimEnd()).toBe('0 of 1 done');
    expect(line).toBe('! cache web-redis  creating  9 min  longer than usual: 8 min');
  });

  test('that are more than the window has rows are counted', async () => {
    await open(80, 10);
    for (let each = 1; each <= 12; each += 1) tell(started({ kind: 'service', name: `backend-${each}` }));
    const lines = await frame();
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.at(-1)).toBe('  and 8 more');
  });
});

describe('a window of any size', () => {
  const long = 'a very long explanation of what AWS is doing at this moment, in 東京 and elsewhere';

  test.each([
    [200, 50],
    [80, 24],
    [40, 10],
    [24, 6],
  ])('of %i × %i never wraps what is redrawn', async (columns, rows) => {
    await open(columns, rows);
    tell(
      started(cache, 8 * MIN),
      progress(cache, long),
      started({ kind: 'service', name: '東京のサービス' }, MIN),
    );
    expect(await frame()).toHaveLength(rows > 6 ? 3 : 2);
    tell(finished(cache), finished({ kind: 'service', name: '東京のサービス' }));
    expect((await screen.lines()).join('')).not.toContain('done');
  });

  test('that does not say its size is not drawn on, and shows what has ended', async () => {
    await open(0, 0);
    tell(started(cache, 8 * MIN), progress(cache, long), finished(cache));
    expect(await screen.lines()).toEqual(['✔ cache web-redis created in 1 s']);
    expect(screen.cursor).toBe(true);
  });

  test.each([
    ['at once', true],
    ['later, as in tmux', false],
  ])('that changes leaves nothing behind, when the program hears of it %s', async (_, hears) => {
    await open(80, 24);
    tell(finished(group), started(cache, 8 * MIN), progress(cache, 'creating'), started(service, 6 * MIN));
    await frame();
    for (const [columns, rows] of [
      [40, 10],
      [120, 30],
      [30, 8],
      [80, 24],
    ] as const) {
      await screen.resize(columns, rows, hears);
      vi.advanceTimersByTime(250);
      screen.tellSize();
      const whole = (await screen.lines()).join('\n');
      expect(whole.match(/running:/g), whole).toHaveLength(1);
    }
    tell(finished(cache), finished(service));
    expect(await screen.lines()).toEqual([
      '✔ security group web-redis-sg created in 1 s',
      '✔ cache web-redis created in 1 s',
      '✔ service backend created in 1 s',
    ]);
  });

  test('that has no letters but ASCII is shown those', async () => {
    await open(80, 24, { ascii: { stdout: true, stderr: true } });
    tell(finished(group), { type: 'warning', code: 'x', message: 'The app’s tasks → 3 × 1 …' });
    const lines = await screen.lines();
    expect(lines[0]).toBe('+ security group web-redis-sg created in 1 s');
    expect(lines[1]).toBe("! The app's tasks -> 3 x 1 ...");
  });
});

describe('a run that is ended', () => {
  const facts = {
    changes: [
      { ...group, action: 'create', outcome: 'created' },
      { ...cache, action: 'create' },
      { ...service, action: 'update' },
    ] as const,
    ...{
      caches: [],
      consumers: [],
      stickiness: [],
      checks: [],
      awsCalls: { reads: 1, writes: 1 },
      elapsedMs: 1,
    },
  };

  test('by Ctrl-C says what is there, what AWS goes on with and how to go on, with the cursor back', async () => {
    await open(60, 24);
    tell(finished(group), started(cache, 8 * MIN), progress(cache, 'creating'));
    await frame();
    expect(screen.cursor).toBe(false);
    const error = new WizardError('Interrupted', 'Interrupted', { hint: 'Run the same command again.' });
    output.renderer.close();
    output.finish(resultOf('setup', facts, 130, error), { error, begun: [cache] });
    expect(await screen.lines()).toEqual([
      '✔ security group web-redis-sg created in 1 s',
      '✖ Interrupted',
      '  Try: Run the same command again.',
      '  Done by then: security group web-redis-sg',
      '  Begun: cache web-redis',
      '  Not begun: service backend',
    ]);
    expect(screen.cursor).toBe(true);
  });

  test('at once, by a second Ctrl-C, leaves no half frame and says how to go on', async () => {
    await open(80, 24);
    tell(started(cache, 8 * MIN), progress(cache, 'creating'));
    await frame();
    output.abandon();
    const lines = await screen.lines();
    expect(lines[0]).toBe('✖ Ended at once, in the middle of its work');
    expect(lines.join(' ')).toContain('Run the same command again');
    expect(screen.cursor).toBe(true);
  });
});

describe('--progress', () => {
  test('events: a line for each piece of news, and nothing is drawn anew', async () => {
    await open(80, 24, { redraws: false });
    tell(started(cache, 8 * MIN), progress(cache, 'creating'), finished(cache));
    expect(await screen.lines()).toEqual([
      '… cache web-redis  usually 8 min',
      '… cache web-redis  creating',
      '✔ cache web-redis created in 1 s',
    ]);
  });

  test('errors-only: warnings and failures, and each minute one sign of life', async () => {
    await open(80, 24, { redraws: false, terse: 'for nobody' });
    tell(planned([group, cache, service], 8 * MIN), started(group), finished(group));
    tell(started(cache, 8 * MIN), started(service, MIN), progress(cache, 'creating'));
    await clock.advance(50_000);
    tell(progress(cache, 'still creating'));
    await clock.advance(75_000);
    tell({ type: 'warning', code: 'x', message: 'Mind the gap.' }, finished(cache), finished(service));
    await clock.advance(5 * MIN);
    expect(await screen.lines()).toEqual([
      '… cache web-redis  still creating  1 min (usually 8 min), and 1 more',
      '… cache web-redis  still creating  2 min (usually 8 min), and 1 more',
      '! Mind the gap.',
    ]);
  });

  test('errors-only: whoever is asked to approve the plan sees it', async () => {
    await open(80, 24, { redraws: false, terse: 'for an approver' });
    tell(planned([cache], 8 * MIN));
    expect((await screen.lines())[0]).toBe('Plan');
  });
});

describe('--notify', () => {
  const notifierOn = (bellOnly: boolean): ReturnType<typeof notifier> =>
    notifier(screen.stream(), { command: 'setup', clock, bellOnly });

  test('rings and tells the terminal when the run has ended, well or not, and shows nothing', async () => {
    await open(80, 24);
    notifierOn(false).ended(0);
    notifierOn(false).ended(6);
    expect(await screen.lines()).toEqual([]);
    expect(screen.bells).toBe(2);
    expect(screen.notices).toEqual([
      'elasticache-wizard setup: done',
      'elasticache-wizard setup: ended with exit code 6',
    ]);
  });

  test('rings for a question only when nobody has answered one for a while', async () => {
    await open(80, 24);
    const bell = notifierOn(true);
    await clock.advance(19_000);
    bell.asks();
    bell.answered();
    await clock.advance(21_000);
    bell.asks();
    await screen.lines();
    expect([screen.bells, screen.notices]).toEqual([1, []]);
  });
});
