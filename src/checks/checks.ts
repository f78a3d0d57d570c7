/** All questions about the result, and the asking of them. */
import { CHECKS, type CheckId, type CheckReport } from '../domain/check.ts';
import type { Emit } from '../engine/events.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { ingress } from './ingress.ts';
import { RESTART_IT, type InstanceCheckContext } from './instance-context.ts';
import { instanceLogs } from './instance-logs.ts';
import { instanceRestarted } from './instance-restarted.ts';
import { instanceVariables } from './instance-variables.ts';
import { logs } from './logs.ts';
import { ping } from './ping.ts';
import { inconclusive, question, together } from './question.ts';
import { refresh } from './refresh.ts';
import { revision } from './revision.ts';
import { stickiness } from './stickiness.ts';
import { variables } from './variables.ts';

const OF_SERVICES = { ingress, variables, ping, revision, logs, stickiness, refresh };
const OF_INSTANCES = {
  ingress,
  variables: instanceVariables,
  ping,
  revision: instanceRestarted,
  logs: instanceLogs,
  stickiness,
  refresh: refreshOfInstances,
};

type AnyContext = CheckContext | InstanceCheckContext;

/** One context for each app; what is told of several says of which. */
export function checks(contexts: readonly AnyContext[]): Check[] {
  const [only] = contexts;
  return CHECKS.map((id) => (only && contexts.length === 1 ? checkOf(id, only) : askedOfAll(id, contexts)));
}

function checkOf(id: CheckId, context: AnyContext): Check {
  return 'waiting' in context ? OF_INSTANCES[id](context) : OF_SERVICES[id](context);
}

/** What an app shows that was not restarted says nothing of the cache. */
function refreshOfInstances(context: InstanceCheckContext): Check {
  if (!context.awaitsRestart || !context.isFront) return refresh(context);
  const answer = inconclusive('the app has not been restarted with the new values', RESTART_IT);
  return question('refresh', () => Promise.resolve(answer));
}

function askedOfAll(id: CheckId, contexts: readonly AnyContext[]): Check {
  return {
    id,
    run: async (signal) =>
      together(
        await Promise.all(
          contexts.map(async (context) => {
            const answer = await checkOf(id, context).run(signal);
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
