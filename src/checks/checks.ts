/** All questions about the result, and the asking of them. */
import { CHECKS, type CheckId, type CheckReport } from '../domain/check.ts';
import type { Emit } from '../engine/events.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { ingress } from './ingress.ts';
import { logs } from './logs.ts';
import { ping } from './ping.ts';
import { together } from './question.ts';
import { refresh } from './refresh.ts';
import { revision } from './revision.ts';
import { stickiness } from './stickiness.ts';
import { variables } from './variables.ts';

const ALL = { ingress, variables, ping, revision, logs, stickiness, refresh };

/** One context for each app; what is told of several says of which. */
export function checks(contexts: readonly CheckContext[]): Check[] {
  const [only] = contexts;
  return CHECKS.map((id) =>
    only && contexts.length === 1 ? ALL[id](only) : askedOfAll(id, contexts),
  );
}

function askedOfAll(id: CheckId, contexts: readonly CheckContext[]): Check {
  return {
    id,
    run: async (signal) =>
      together(
        await Promise.all(
          contexts.map(async (context) => {
            const answer = await ALL[id](context).run(signal);
            return { ...answer, detail: `${context.consumer.name}: ${answer.detail}` };
          }),
        ),
      ),
  };
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
