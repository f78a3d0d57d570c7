/** The cache asked from where the app runs, with what the new revision will carry, before the live service is touched. */
import {
  expectsCluster,
  explainPing,
  isAnswered,
  isAnsweredByCluster,
  stagesLeftOut,
} from '../../domain/ping.ts';
import type { App } from '../../domain/app.ts';
import type { ProbeReport, Rehearsal } from '../../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../../domain/probe-target.ts';
import type { Endpoint } from '../../domain/outputs.ts';
import type { EcsConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import type { Probe } from '../../probe/probe.ts';
import { cachesOf, secretsOf, wantedVariables } from './variables.ts';

/** A new endpoint's name, and a new rule of a security group, may take a moment to reach everywhere. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 20_000;

export function ping(
  consumer: EcsConsumerSettings,
  settings: Settings,
  app: App,
  probe: Probe,
): Resource<'ping'> {
  const family = app.taskDefinition.family;

  const isProof = (report: ProbeReport): boolean =>
    isAnswered(report) ||
    (isAnsweredByCluster(report) && expectsCluster(settings.caches, cachesOf(consumer)));

  async function ask(
    target: ProbeTarget,
    how: Extract<Rehearsal, { possible: true }>,
    step: Step,
  ): Promise<ProbeReport> {
    let tries = 0;
    return step.wait({
      what: `an answer to ${target.variable}`,
      everyMs: BETWEEN_TRIES_MS,
      timeoutMs: TRIES * 10 * 60_000,
      probe: async () => {
        const report = await probe.ask(app, target, how, step);
        tries += 1;
        if (report.failed === undefined || isProof(report)) return { state: 'ready', value: report };
        const { meaning, hint } = explainPing(report);
        const mayPass = report.failed === 'dns' || report.failed === 'tcp';
        if (mayPass && tries < TRIES) return { state: 'pending', detail: `${meaning}; trying again` };
        return {
          state: 'failed',
          error: new WizardError(
            'CheckFailed',
            `The cache does not answer from where the app runs: ${meaning}`,
            {
              hint: `${hint} The service was not touched.`,
            },
          ),
        };
      },
    });
  }

  return {
    kind: 'ping',
    name: consumer.name,
    needs: [
      { kind: 'taskDefinition', name: family },
      { kind: 'rehearsal', name: consumer.name },
      ...cachesOf(consumer).map((cache) => ({ kind: 'cache' as const, name: cache })),
      ...secretsOf(consumer, settings),
    ],
    usualMs: 60_000,

    plan(known) {
      const revision = known.get('taskDefinition', family);
      if (!settings.proof.probe || revision?.taskDefinitionArn === app.taskDefinition.taskDefinitionArn) {
        return Promise.resolve({ action: 'none', outputs: { report: undefined } });
      }
      const to = 'asked from a task with the app’s network before the service is touched';
      return Promise.resolve({ action: 'create', details: [{ field: 'PING', to }] });
    },

    async reconcile(known, step) {
      const how = known.need('rehearsal', consumer.name);
      // The rehearsal has warned of why.
      if (!how.possible) return skipped(step);
      let report: ProbeReport | undefined;
      const variables = wantedVariables(consumer, settings, known) ?? [];
      const endpointOf = (cache: string): Endpoint | undefined => known.get('cache', cache)?.endpoint;
      for (const target of probeTargets(consumer, variables, endpointOf)) {
        report = await ask(target, how, step);
        if (isProof(report)) continue;
        const leftOut = stagesLeftOut(report).join(', ');
        step.warn(
          'probe.partial',
          `The cache was not asked whether it answers: ${report.runtime} in the image has no means to look at ${leftOut}`,
        );
        return skipped(step, report);
      }
      return report ? { report } : skipped(step);
    },
  };
}

/** Nobody has asked the cache: that is no answer. */
function skipped(step: Step, report?: ProbeReport): { report: ProbeReport | undefined } {
  step.skip();
  return { report };
}
