/** Makes a check of a function that looks: what it was not let look at is inconclusive, in the gateway's words. */
import type { CheckId, CheckResult } from '../domain/check.ts';
import { WizardError } from '../errors.ts';
import type { Check } from './check.ts';

export function question(id: CheckId, look: (signal: AbortSignal) => Promise<CheckResult>): Check {
  return {
    id,
    async run(signal) {
      try {
        return await look(signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof WizardError)) throw error;
        return inconclusive(error.message, error.hint ?? 'Run it again: elasticache-wizard verify.');
      }
    },
  };
}

export const pass = (detail: string): CheckResult => ({ outcome: 'pass', detail });
export const skip = (detail: string): CheckResult => ({ outcome: 'skip', detail });
export const fail = (detail: string, hint: string): CheckResult => ({ outcome: 'fail', detail, hint });
export const warn = (detail: string, hint: string): CheckResult => ({ outcome: 'warn', detail, hint });
export const inconclusive = (detail: string, hint: string): CheckResult => ({
  outcome: 'inconclusive',
  detail,
  hint,
});

/** Several answers to one question: the worst of them, all of the same worth told. */
export function together(results: readonly CheckResult[]): CheckResult {
  for (const outcome of ['fail', 'inconclusive', 'warn'] as const) {
    const worst = results.filter((result) => result.outcome === outcome);
    const [first] = worst;
    if (first && 'hint' in first) return { ...first, detail: worst.map(({ detail }) => detail).join('; ') };
  }
  const passed = results.filter(({ outcome }) => outcome === 'pass');
  const told = passed.length > 0 ? passed : results;
  return {
    outcome: passed.length > 0 ? 'pass' : 'skip',
    detail: told.map(({ detail }) => detail).join('; '),
  };
}
