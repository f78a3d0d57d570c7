/** What is to happen later, and must not happen any more once the account is closed. */
import type { Clock } from '../../clock.ts';

export interface Schedule {
  after(ms: number, run: () => void | Promise<void>): void;
  close(): void;
}

export function createSchedule(clock: Clock): Schedule {
  const waiting = new Set<() => void>();
  return {
    after(ms, run) {
      const cancel = clock.after(ms, () => {
        waiting.delete(cancel);
        return run();
      });
      waiting.add(cancel);
    },
    close() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}
