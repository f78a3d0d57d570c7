/** Waiting with three answers. The SDK's waiters have two, and take a failed create for patience. */
import type { Clock } from '../clock.ts';
import { WizardError } from '../errors.ts';

export interface Wait<T> {
  /** What is waited for, for the time-out's sentence: 'collabcanvas-redis to become available'. */
  readonly what: string;
  readonly everyMs: number;
  /** When AWS is usually done, from the wait's beginning on; absent: it is asked at an even pace. */
  readonly usualMs?: number | undefined;
  readonly timeoutMs: number;
  probe(): Promise<Probe<T>>;
}

export type Probe<T> =
  /** `detail` is AWS's own word where there is one: 'creating', '1 of 3 tasks on revision 42'. */
  | {
      readonly state: 'pending';
      readonly detail: string;
      /** AWS has begun it and goes on by itself: a detached run leaves it there. */
      readonly begun?: boolean;
    }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: WizardError };

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onDetail: (detail: string) => void;
  /** What AWS has begun is not waited for: LeftToAws is thrown. */
  readonly detached?: boolean;
}

/** Thrown out of a wait that a detached run does not wait for. Nothing has failed. */
export class LeftToAws extends Error {
  override readonly name = 'LeftToAws';
}

/** What is awaited goes on meanwhile, so a network that is lost for some seconds must not end its supervision. */
const SILENCE_MS = 5 * 60_000;

/**
 * Asks until the probe is ready or failed. Throws the probe's error, a TimedOut error that says what was last
 * seen, or the signal's reason. A probe that throws ends the wait, for the gateways have retried already, unless
 * what it throws is transient and AWS has been silent for some minutes only.
 */
export async function waitFor<T>(wait: Wait<T>, options: WaitOptions): Promise<T> {
  const { clock, signal, onDetail } = options;
  const startedAt = clock.now();
  let answeredAt = startedAt;
  // Counted in pauses, which pass at the clock's own pace: in a sandbox that is faster than `now`.
  let pausedMs = 0;
  const ask = async (): Promise<Probe<T>> => {
    try {
      const answer = await wait.probe();
      answeredAt = clock.now();
      return answer;
    } catch (error) {
      if (!isTransient(error) || clock.now() - answeredAt >= SILENCE_MS) throw error;
      return { state: 'pending', detail: `AWS did not answer: ${error.message}` };
    }
  };
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer.state === 'ready') return answer.value;
    if (answer.state === 'failed') throw answer.error;
    onDetail(answer.detail);
    if (options.detached && answer.begun) throw new LeftToAws(wait.what);
    if (clock.now() - startedAt >= wait.timeoutMs) throw timedOut(wait, answer.detail);
    const pauseMs = nextPause(pausedMs, wait.usualMs, wait.everyMs);
    await clock.sleep(pauseMs, signal);
    pausedMs += pauseMs;
  }
}

/** As multiples of the even pace: far from the usual time, and at it. */
const RARELY = 2;
const OFTEN = 1 / 2;
/** For each usual time that lies between. */
const RARER = 2;

/**
 * Rarely at first, often around the usual time, rarely again when it is long over. What ends within a quarter of its
 * usual time is noticed within one even pace, and whenever it ends, no more was asked than at an even pace.
 */
export function nextPause(elapsedMs: number, usualMs: number | undefined, everyMs: number): number {
  if (usualMs === undefined) return everyMs;
  const off = Math.abs(elapsedMs - usualMs) / usualMs;
  return Math.round(everyMs * Math.min(RARELY, OFTEN + RARER * off));
}

function isTransient(error: unknown): error is WizardError {
  return error instanceof WizardError && error.transient;
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
