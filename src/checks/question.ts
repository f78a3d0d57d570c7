/** Makes a check of a function that looks: what it was not let look at is inconclusive, in the gateway's words. */
import type { CheckId, CheckResult, Remedy } from '../domain/check.ts';
import { evidenceOf } from '../domain/check-evidence.ts';
import { WizardError } from '../errors.ts';
import type { Check } from './check.ts';

export function question(id: CheckId, look: (signal: AbortSignal) => Promise<CheckResult>): Check {
  return {
    id,
    async run(signal) {
      try {
        return await look(signal);
      } catch (error) {
        if (signal.aborted) throw error;
        return unseen(error);
      }
    },
  };
}

/** The answer of a part that nobody was let look at, so that the others are still told. */
export function unseen(error: unknown): CheckResult {
  if (!(error instanceof WizardError) || error.code === 'Interrupted') throw error;
  return inconclusive(error.message, error.hint ?? 'Run it again: elasticache-wizard verify.');
}

export const pass = (detail: string): CheckResult => ({ outcome: 'pass', detail });
export const skip = (detail: string): CheckResult => ({ outcome: 'skip', detail });
const open =
  (outcome: 'fail' | 'warn' | 'inconclusive') =>
  (detail: string, hint: string, remedy: Remedy = {}): CheckResult => ({ outcome, detail, hint, ...remedy });
export const fail = open('fail');
export const warn = open('warn');
export const inconclusive = open('inconclusive');

/** Several answers to one question: the worst of them, all of the same worth told. */
export function together(results: readonly CheckResult[]): CheckResult {
  for (const outcome of ['fail', 'inconclusive', 'warn'] as const) {
    const worst = results.filter((result) => result.outcome === outcome);
    const [first] = worst;
    if (first && 'hint' in first) {
      return { ...first, ...evidenceOf(results), detail: worst.map(({ detail }) => detail).join('; ') };
    }
  }
  const passed = results.filter(({ outcome }) => outcome === 'pass');
  const told = passed.length > 0 ? passed : results;
  return {
    ...(passed.length > 0 ? { outcome: 'pass' } : { ...told[0], outcome: 'skip' }),
    ...evidenceOf(results),
    detail: told.map(({ detail }) => detail).join('; '),
  };
}
