/** A step of a life cycle: some time passes, then something is done. */
import type { Clock } from '../../clock.ts';

/**
 * Runs `work` after `ms` of the clock and resolves with it. The work is the timer's own, so that virtual time holds
 * while it lasts: it must end by itself and not wait for this clock.
 */
export function later<T>(clock: Clock, ms: number, work: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    clock.after(ms, async () => {
      try {
        resolve(await work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
