/** All questions about the result, and the asking of them. */
import { CHECKS, type CheckReport } from '../domain/check.ts';
import type { Emit } from '../engine/events.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { ingress } from './ingress.ts';
import { logs } from './logs.ts';
import { ping } from './ping.ts';
import { refresh } from './refresh.ts';
import { revision } from './revision.ts';
import { stickiness } from './stickiness.ts';
import { variables } from './variables.ts';

export function checks(context: CheckContext): Check[] {
  const all = { ingress, variables, ping, revision, logs, stickiness, refresh };
  return CHECKS.map((id) => all[id](context));
}

/** All at once: none changes anything, and two of them wait. The reports come in the order of the checks. */
export function runChecks(checks: readonly Check[], emit: Emit, signal: AbortSignal): Promise<CheckReport[]> {
  return Promise.all(
    checks.map(async (check) => {
      emit({ type: 'check.started', id: check.id });
      const report: CheckReport = { id: check.id, ...(await check.run(signal)) };
      emit({ type: 'check.finished', report });
      return report;
    }),
  );
}
