/** Virtual time: it moves only for sleepers, and holds while anything is busy. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';

test('an hour of sleep takes no time, and timers on the way fire in their order', async () => {
  const clock = new VirtualClock({ start: 0 });
  const seen: string[] = [];
  clock.after(2_000, () => void seen.push(`second at ${clock.now()}`));
  clock.after(1_000, () => void seen.push(`first at ${clock.now()}`));
  await clock.sleep(3_600_000);
  expect(seen).toEqual(['first at 1000', 'second at 2000']);
  expect(clock.now()).toBe(3_600_000);
});

test('time holds while something is busy', async () => {
  const clock = new VirtualClock({ start: 0 });
  let finish = (): void => undefined;
  const work = clock.busy(new Promise<void>((resolve) => (finish = resolve)));
  const slept = clock.sleep(1_000);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(clock.now()).toBe(0);
  finish();
  await Promise.all([work, slept]);
  expect(clock.now()).toBe(1_000);
});

test('timers alone do not move time', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.after(1_000, () => expect.unreachable());
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(clock.now()).toBe(0);
});

test('a sleeper that is interrupted goes with the reason', async () => {
  const clock = new VirtualClock({ start: 0, auto: false });
  const abort = new AbortController();
  const slept = clock.sleep(1_000, abort.signal);
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(slept).rejects.toBe(reason);
});

test('a stepped clock moves by its steps only, and runs what falls due on the way', async () => {
  const clock = new VirtualClock({ start: 0, auto: false });
  const seen: number[] = [];
  clock.after(500, () => void seen.push(clock.now()));
  clock.after(1_500, () => void seen.push(clock.now()));
  await clock.advance(1_000);
  expect([clock.now(), seen]).toEqual([1_000, [500]]);
});
