/** One visit of the app, as a new visitor makes it: what came of it is a value, for a drill goes on where visits fail. */
import { refreshOnce } from '../checks/refresh/refresh-request.ts';
import type { ReadValue } from '../checks/refresh/refresh-value.ts';
import type { Clock } from '../clock.ts';

export interface Visited {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the answers are not compared. */
  readonly readValue: ReadValue | undefined;
}

export interface Visit {
  readonly at: number;
  readonly ms: number;
  /** Undefined: no answer. */
  readonly status: number | undefined;
  /** Undefined: it is not in the answer. */
  readonly value: string | undefined;
  /** Why there was no answer: ECONNREFUSED. */
  readonly error: string | undefined;
}

/** Throws when it is aborted, and for nothing else. */
export async function visitOnce(
  { url, headers, readValue }: Visited,
  clock: Clock,
  signal: AbortSignal,
): Promise<Visit> {
  const at = clock.now();
  try {
    const { status, body } = await clock.busy(refreshOnce({ url, headers, signal }));
    return { at, ms: clock.now() - at, status, value: readValue?.(body), error: undefined };
  } catch (error) {
    signal.throwIfAborted();
    return { at, ms: clock.now() - at, status: undefined, value: undefined, error: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in 15 s';
  return 'code' in error ? String(error.code) : error.message;
}
