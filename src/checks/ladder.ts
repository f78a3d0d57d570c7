/** Asks the questions of all apps, from the bottom up: what rests on a failure is not asked. */
import { ALL_CHECKS, rungOf, type CheckId, type CheckReport, type CheckResult } from '../domain/check.ts';
import type { Emit } from '../engine/events.ts';
import type { Check } from './check.ts';
import { together } from './question.ts';

export interface AskedApp {
  /** Before its answers, where another app is asked the same. */
  readonly name: string;
  readonly checks: readonly Check[];
}

interface Answer {
  readonly result: CheckResult;
  /** What fails: this, or what it rests on. */
  readonly broken?: CheckId;
}

/** What rests on nothing is asked at once: none changes anything, and some wait. Reports come in the ladder's order. */
export function climb(apps: readonly AskedApp[], emit: Emit, signal: AbortSignal): Promise<CheckReport[]> {
  const started = new Set<CheckId>();
  const start = (id: CheckId): void => {
    if (!started.has(id)) emit({ type: 'check.started', id });
    started.add(id);
  };
  const climbs = apps.map(({ name, checks }) => ({ name, answers: askAll(checks, start, signal) }));
  const asked = ALL_CHECKS.filter((id) => climbs.some(({ answers }) => answers.has(id)));
  return Promise.all(
    asked.map(async (id) => {
      const answering = climbs.filter(({ answers }) => answers.has(id));
      const results = answering.map(async ({ name, answers }) => {
        const answer = await answers.get(id);
        return answer ? [answering.length === 1 ? answer.result : of(name, answer.result)] : [];
      });
      const report: CheckReport = { id, ...together((await Promise.all(results)).flat()) };
      emit({ type: 'check.finished', report });
      return report;
    }),
  );
}

function askAll(
  checks: readonly Check[],
  start: (id: CheckId) => void,
  signal: AbortSignal,
): ReadonlyMap<CheckId, Promise<Answer>> {
  const answers = new Map<CheckId, Promise<Answer>>();
  for (const id of ALL_CHECKS) {
    const check = checks.find((each) => each.id === id);
    if (!check) continue;
    const below = rungOf(id).restsOn.flatMap((lower) => answers.get(lower) ?? []);
    answers.set(id, answerOf(check, below, start, signal));
  }
  return answers;
}

async function answerOf(
  check: Check,
  below: readonly Promise<Answer>[],
  start: (id: CheckId) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const cause = (await Promise.all(below)).find(({ broken }) => broken !== undefined)?.broken;
  if (cause !== undefined) return { result: notAsked(cause), broken: cause };
  start(check.id);
  const result = await check.run(signal);
  return result.outcome === 'fail' ? { result, broken: check.id } : { result };
}

function notAsked(stoppedBy: CheckId): CheckResult {
  return { outcome: 'skip', detail: `not asked: ${stoppedBy} fails, which it rests on`, stoppedBy };
}

function of(name: string, result: CheckResult): CheckResult {
  return { ...result, detail: `${name}: ${result.detail}` };
}
