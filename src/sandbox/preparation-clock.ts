/**
 * The clock of a scenario that is being prepared: what it waits for was over long ago when somebody looks, so it passes
 * as fast as its processes start. From then on time goes at the sandbox's own pace.
 */
import { VirtualClock } from '../clock.ts';
import type { Clock } from '../clock.ts';

export interface PreparationClock extends Clock {
  /** What is still to come keeps its distance. */
  end(): void;
}

interface Pending {
  readonly dueAt: number;
  readonly run: () => void | Promise<void>;
  cancel: () => void;
}

export function preparationClock(clock: Clock): PreparationClock {
  const past = new VirtualClock({ start: 0 });
  const pending = new Set<Pending>();
  let isOver = false;

  /** What is due at the same moment begins side by side: several processes start in the time of one. */
  const fire = async (): Promise<void> => {
    const due = [...pending].filter(({ dueAt }) => dueAt <= past.now());
    await Promise.all(
      due.map(async (timer) => {
        if (forget(timer)) await timer.run();
      }),
    );
  };

  /** False: it was called off already. */
  const forget = (timer: Pending): boolean => {
    timer.cancel();
    return pending.delete(timer);
  };

  const inThePast = (ms: number, run: Pending['run']): (() => void) => {
    const timer: Pending = { dueAt: past.now() + ms, run, cancel: past.after(ms, fire) };
    pending.add(timer);
    return () => void forget(timer);
  };

  return {
    // Dates are of the machine's own calendar all along.
    now: () => clock.now(),
    sleep: (ms, signal) => (isOver ? clock : past).sleep(ms, signal),
    after: (ms, run) => (isOver ? clock.after(ms, run) : inThePast(ms, run)),
    busy: (work) => (isOver ? clock : past).busy(work),
    end() {
      isOver = true;
      for (const timer of pending) {
        timer.cancel();
        timer.cancel = clock.after(timer.dueAt - past.now(), timer.run);
      }
      pending.clear();
    },
  };
}
