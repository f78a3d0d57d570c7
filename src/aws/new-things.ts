/** EC2 is eventually consistent: for up to a minute after it was made, a thing may be "not found" to the next call. */
import type { Clock } from '../clock.ts';
import { isFailure } from './failures.ts';
import type { Failure } from './failures.ts';

const PATIENCE_MS = 60_000;
const EVERY_MS = 2_000;

/** Repeats the call while it fails for one of these reasons; what really is not there fails a minute later. */
export async function untilVisible<T>(
  call: () => Promise<T>,
  clock: Clock,
  ...missing: readonly Failure[]
): Promise<T> {
  const giveUpAt = clock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isFailure(error, ...missing) || clock.now() >= giveUpAt) throw error;
      await clock.sleep(EVERY_MS);
    }
  }
}
