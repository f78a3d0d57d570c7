/** The SDK's standard retries, more patient with throttling and less with silence. */
import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, StandardRetryToken } from '@smithy/types';

export const MAX_ATTEMPTS = 8;

/** Eight times a minute without an answer would be eight minutes of a spinner. */
const MAX_TIMEOUTS = 2;

export class BoundedRetries extends StandardRetryStrategy {
  private readonly timeouts = new WeakMap<StandardRetryToken, number>();

  /** `delay` in ms before an attempt replaces the SDK's own back-off. */
  constructor(delay?: (attempt: number) => number) {
    super({
      maxAttempts: MAX_ATTEMPTS,
      ...(delay && { backoff: { computeNextBackoffDelay: delay, setDelayBase: () => undefined } }),
    });
  }

  override async refreshRetryTokenForRetry(
    token: StandardRetryToken,
    failure: RetryErrorInfo,
  ): Promise<StandardRetryToken> {
    const timeouts = (this.timeouts.get(token) ?? 0) + (isTimeout(failure.error) ? 1 : 0);
    if (timeouts >= MAX_TIMEOUTS) throw new Error('no answer, several times', { cause: failure.error });
    const next = await super.refreshRetryTokenForRetry(token, failure);
    this.timeouts.set(next, timeouts);
    return next;
  }
}

/** The SDK calls connections that were cut or refused time-outs too, and these are over at once. */
function isTimeout(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'TimeoutError' && (code === undefined || code === 'ETIMEDOUT');
}
