/** A wait outlives a network that is lost for a while, and nothing else that goes wrong. */
import { describe, expect, test } from 'vitest';
import { VirtualClock, type Clock } from '../../src/clock.ts';
import { nextPause, waitFor, type Probe } from '../../src/engine/wait.ts';
import { WizardError } from '../../src/errors.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const lost = new WizardError('OperationFailed', 'Reading the service: ecs closed the connection', {
  transient: true,
});

function supervise(probe: (elapsed: number) => Probe<string>) {
  const clock = new VirtualClock({ start: 0 });
  const details: string[] = [];
  const answer = waitFor(
    {
      what: 'the rollout',
      everyMs: 5 * SECOND,
      timeoutMs: 30 * MINUTE,
      probe: () => Promise.resolve().then(() => probe(clock.now())),
    },
    { clock, signal: new AbortController().signal, onDetail: (detail) => details.push(detail) },
  );
  return { answer, clock, details };
}

const between = (from: number, to: number, elapsed: number): void => {
  if (from <= elapsed && elapsed < to) throw lost;
};

describe('a network that is lost', () => {
  test('for some minutes does not end the supervision of what goes on meanwhile, and is told', async () => {
    const { answer, details } = supervise((elapsed) => {
      between(MINUTE, 5 * MINUTE, elapsed);
      return elapsed < 6 * MINUTE
        ? { state: 'pending', detail: '1 of 3 tasks' }
        : { state: 'ready', value: 'done' };
    });
    expect(await answer).toBe('done');
    expect(new Set(details)).toEqual(new Set(['1 of 3 tasks', `AWS did not answer: ${lost.message}`]));
  });

  test('again and again may be lost for longer than that in all', async () => {
    const { answer } = supervise((elapsed) => {
      between(0, 4 * MINUTE, elapsed);
      between(5 * MINUTE, 9 * MINUTE, elapsed);
      return elapsed < 10 * MINUTE
        ? { state: 'pending', detail: '1 of 3 tasks' }
        : { state: 'ready', value: 'done' };
    });
    expect(await answer).toBe('done');
  });

  test('for good ends the wait some minutes after the last answer, with what the network said', async () => {
    const { answer, clock } = supervise((elapsed) => {
      between(10 * MINUTE, 60 * MINUTE, elapsed);
      return { state: 'pending', detail: '1 of 3 tasks' };
    });
    await expect(answer).rejects.toBe(lost);
    expect(clock.now()).toBeGreaterThanOrEqual(14 * MINUTE);
    expect(clock.now()).toBeLessThanOrEqual(16 * MINUTE);
  });
});

test('a refusal of AWS ends the wait at once', async () => {
  const denied = new WizardError('AccessDenied', 'Reading the service: access denied');
  const { answer, clock } = supervise(() => {
    throw denied;
  });
  await expect(answer).rejects.toBe(denied);
  expect(clock.now()).toBe(0);
});

describe('what usually takes eight minutes', () => {
  const USUAL = 8 * MINUTE;
  const EVERY = 10 * SECOND;

  /** When it is asked, until it is seen to have ended. */
  function asked(endsAt: number, usual: number | undefined): number[] {
    const times = [0];
    for (let now = 0; now < endsAt; times.push(now)) now += nextPause(now, usual, EVERY);
    return times;
  }
  const ends = Array.from({ length: 24 * 60 }, (_, second) => second * SECOND);

  test('is asked no more often than at an even pace, whenever it ends', () => {
    const more = ends.map((end) => asked(end, USUAL).length - asked(end, undefined).length);
    expect(Math.max(...more)).toBe(0);
  });

  test('is noticed within one interval around that time, and within half of one at it', () => {
    const late = (end: number): number => asked(end, USUAL).at(-1)! - end;
    const latest = (from: number, to: number): number =>
      Math.max(...ends.filter((end) => end >= from && end <= to).map(late));
    expect(latest(USUAL - 2 * MINUTE, USUAL + 2 * MINUTE)).toBeLessThanOrEqual(EVERY);
    expect(latest(USUAL - 15 * SECOND, USUAL + 15 * SECOND)).toBeLessThan(0.6 * EVERY);
    expect(latest(0, 24 * MINUTE)).toBeLessThanOrEqual(2 * EVERY);
  });

  test('is so in a sandbox too, whose clock is faster than its time of day', async () => {
    let passed = 0;
    const fast: Clock = {
      ...{ now: () => 0, after: () => () => undefined, busy: (work) => work },
      sleep: (ms) => Promise.resolve(void (passed += ms)),
    };
    const wait = { what: 'the cache', everyMs: EVERY, usualMs: USUAL, timeoutMs: 30 * MINUTE };
    const probe = (): Promise<Probe<number>> =>
      Promise.resolve(
        passed < USUAL ? { state: 'pending', detail: 'creating' } : { state: 'ready', value: passed },
      );
    const { signal } = new AbortController();
    const noticed = await waitFor({ ...wait, probe }, { clock: fast, signal, onDetail: () => undefined });
    expect(noticed - USUAL).toBeLessThan(0.6 * EVERY);
  });
});
