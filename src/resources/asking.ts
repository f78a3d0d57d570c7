/** What it takes to ask the cache from where an app runs, whether in tasks or on instances. */
import { explainPing, expectsCluster, isAnswered, isAnsweredByCluster } from '../domain/ping.ts';
import { cachesOf } from '../domain/consumer.ts';
import type { Known } from '../domain/outputs.ts';
import type { ProbeReport, Rehearsal } from '../domain/probe-report.ts';
import { probeTargets, type ProbedConsumer, type ProbeTarget } from '../domain/probe-target.ts';
import type { CacheSettings } from '../domain/settings.ts';
import type { ContainerVariable } from '../domain/task-definition.ts';
import type { Step } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';

/** A new endpoint's name, and a new rule of a security group, may take a moment to reach everywhere. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 20_000;

export type Answer = ProbeReport | { readonly notAsked: string };

/** As the caches are known by now. */
export function knownTargets(
  consumer: ProbedConsumer,
  variables: readonly ContainerVariable[],
  known: Known,
): ProbeTarget[] {
  return probeTargets(consumer, variables, (cache) => known.get('cache', cache)?.endpoint);
}

/** Asks again while that may help, and gives the last answer. */
export function askPatiently<A extends Answer>(
  { variable }: ProbeTarget,
  ask: () => Promise<A>,
  step: Step,
): Promise<A> {
  let tries = 0;
  return step.wait<A>({
    what: `an answer to ${variable}`,
    everyMs: BETWEEN_TRIES_MS,
    timeoutMs: TRIES * 10 * 60_000,
    probe: async () => {
      const answer = await ask();
      tries += 1;
      const mayPass = 'failed' in answer && (answer.failed === 'dns' || answer.failed === 'tcp');
      if (!mayPass || tries === TRIES) return { state: 'ready', value: answer };
      return { state: 'pending', detail: `${explainPing(answer).meaning}; trying again` };
    },
  });
}

/** One node of a cluster answers for it only where a cluster is meant. */
export function isProof(
  report: ProbeReport,
  consumer: Parameters<typeof cachesOf>[0],
  caches: readonly CacheSettings[],
): boolean {
  return isAnswered(report) || (isAnsweredByCluster(report) && expectsCluster(caches, cachesOf(consumer)));
}

/** `untouched`: what runs on as it is. */
export function noAnswer(report: ProbeReport, untouched: string): WizardError {
  const { meaning, hint } = explainPing(report);
  return new WizardError('CheckFailed', `The cache does not answer from where the app runs: ${meaning}`, {
    hint: `${hint} ${untouched}`,
  });
}

/** Nobody has asked the cache: that is no answer. */
export function skipped(step: Step, report?: ProbeReport): { report: ProbeReport | undefined } {
  step.skip();
  return { report };
}

export function notWanted(reason: string): {
  readonly action: 'none';
  readonly outputs: Extract<Rehearsal, { possible: false }>;
} {
  return { action: 'none', outputs: { possible: false, reason, notWanted: true } };
}

/** Goes on where it cannot be asked, and says so. */
export async function rehearsed(answer: Promise<Rehearsal>, step: Step): Promise<Rehearsal> {
  const how = await answer;
  if (!how.possible) {
    step.warn('probe.impossible', `The cache cannot be asked from where the app runs: ${how.reason}`);
    step.skip();
  }
  return how;
}
