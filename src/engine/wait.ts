/** Waiting with three answers. The SDK's waiters have two, and take a failed create for patience. */
import type { Clock } from '../clock.ts';
import { WizardError } from '../errors.ts';

export interface Wait<T> {
  /** What is waited for, for the time-out's sentence: 'collabcanvas-redis to become available'. */
  readonly what: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  probe(): Promise<Probe<T>>;
}

export type Probe<T> =
  /** `detail` is AWS's own word where there is one: 'creating', '1 of 3 tasks on revision 42'. */
  | { readonly state: 'pending'; readonly detail: string }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: WizardError };

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onDetail: (detail: string) => void;
}

/**
 * Asks until the probe is ready or failed. Throws the probe's error, a TimedOut error that says what was last
 * seen, or the signal's reason. A probe that throws ends the wait: the gateways have retried already.
 */
export async function waitFor<T>(wait: Wait<T>, options: WaitOptions): Promise<T> {
  const { clock, signal, onDetail } = options;
  const startedAt = clock.now();
  for (;;) {
    signal.throwIfAborted();
    const answer = await wait.probe();
    if (answer.state === 'ready') return answer.value;
    if (answer.state === 'failed') throw answer.error;
    onDetail(answer.detail);
    if (clock.now() - startedAt >= wait.timeoutMs) throw timedOut(wait, answer.detail);
    await clock.sleep(wait.everyMs, signal);
  }
}

function timedOut(wait: Wait<unknown>, lastSeen: string): WizardError {
  const minutes = Math.round(wait.timeoutMs / 60_000);
  const waited = minutes > 0 ? `${minutes} min` : `${Math.round(wait.timeoutMs / 1000)} s`;
  return new WizardError(
    'TimedOut',
    `Waiting for ${wait.what}: not done after ${waited}; last seen: ${lastSeen}`,
    {
      hint: 'Nothing is lost. Run the same command again to go on from here, with a longer --timeout if need be.',
    },
  );
}
