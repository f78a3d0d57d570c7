/** Failures that a call is known to have, as values of its gateway. */
import { isFailure } from './failures.ts';
import type { Failure } from './failures.ts';

type Answer = string | object | undefined;

/** What the call gives, or `value` where it fails for one of these reasons. */
export async function valueOn<T extends Answer, V extends Answer>(
  value: V,
  failures: readonly Failure[],
  call: () => Promise<T>,
): Promise<T | V> {
  try {
    return await call();
  } catch (error) {
    if (isFailure(error, ...failures)) return value;
    throw error;
  }
}

/** The same where several outcomes are known, each by failures of its own. */
export async function outcomeOn<T extends Answer, V extends string>(
  outcomes: Readonly<Record<V, readonly Failure[]>>,
  call: () => Promise<T>,
): Promise<T | V> {
  try {
    return await call();
  } catch (error) {
    const outcome = (Object.keys(outcomes) as V[]).find((each) => isFailure(error, ...outcomes[each]));
    if (outcome !== undefined) return outcome;
    throw error;
  }
}
