/** Ctrl-C and SIGTERM: the first stops everything clean, the second at once. */
import { WizardError, type ErrorCode } from '../errors.ts';

export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

const REASONS: Readonly<
  Record<'SIGINT' | 'SIGTERM', { code: ErrorCode; message: string; exitCode: number }>
> = {
  SIGINT: { code: 'Interrupted', message: 'Interrupted', exitCode: 130 },
  SIGTERM: { code: 'Terminated', message: 'Terminated', exitCode: 143 },
};

/** A terminal closed by its multiplexer sends both signals, and some shells send one twice, in the same moment. */
const SAME_MOMENT_MS = 300;

export function watchInterrupts(
  signals: Signals,
  now: () => number,
  endAtOnce: (exitCode: number) => void,
  /** Whether a program that has the terminal takes a Ctrl-C as its own. */
  passOn: () => boolean = () => false,
): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    signals.on(signal, () => {
      if (signal === 'SIGINT' && passOn()) return;
      const { code, message, exitCode } = REASONS[signal];
      if (first !== undefined && now() - first > SAME_MOMENT_MS) endAtOnce(exitCode);
      first ??= now();
      const hint = 'AWS goes on with what has begun. Run the same command again to go on.';
      if (!controller.signal.aborted) controller.abort(new WizardError(code, message, { hint }));
    });
  }
  return controller.signal;
}
