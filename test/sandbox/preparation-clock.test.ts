/** What a scenario waits for while it is prepared takes no time; what is still to come then takes its own. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { preparationClock } from '../../src/sandbox/preparation-clock.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

test('an hour of preparation is over before the machine’s own clock has moved', async () => {
  const machine = new VirtualClock({ start: START, auto: false });
  const clock = preparationClock(machine);
  const seen: string[] = [];
  clock.after(30 * MINUTE, () => void seen.push('second'));
  clock.after(20 * MINUTE, () => void seen.push('first'));
  clock.after(10 * MINUTE, () => void seen.push('never'))();
  await clock.sleep(60 * MINUTE);
  expect([seen, clock.now()]).toEqual([['first', 'second'], START]);
});

test('what a process takes to start is waited for', async () => {
  const clock = preparationClock(new VirtualClock({ start: START, auto: false }));
  const seen: string[] = [];
  const started = new Promise((resolve) => setTimeout(resolve, 20));
  void clock.busy(started).then(() => seen.push('started'));
  await clock.sleep(MINUTE);
  expect(seen).toEqual(['started']);
});

test('what is due at the same moment is done at the same time, unless one calls the other off', async () => {
  const clock = preparationClock(new VirtualClock({ start: START, auto: false }));
  const seen: string[] = [];
  let second: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (second = resolve));
  clock.after(MINUTE, () => first);
  clock.after(MINUTE, () => {
    callOff();
    second();
  });
  const callOff = clock.after(MINUTE, () => void seen.push('called off'));
  await clock.sleep(2 * MINUTE);
  expect(seen).toEqual([]);
});

test('what is still to come when it is ready keeps its distance, and can be called off', async () => {
  const machine = new VirtualClock({ start: START, auto: false });
  const clock = preparationClock(machine);
  const seen: string[] = [];
  clock.after(15 * MINUTE, () => void seen.push('check'));
  const callOff = clock.after(15 * MINUTE, () => void seen.push('called off'));
  await clock.sleep(10 * MINUTE);
  clock.end();
  callOff();
  clock.after(6 * MINUTE, () => void seen.push('asked for later'));
  await machine.advance(4 * MINUTE);
  expect(seen).toEqual([]);
  await machine.advance(MINUTE);
  expect(seen).toEqual(['check']);
  await machine.advance(MINUTE);
  expect(seen).toEqual(['check', 'asked for later']);
});
