/** The cache asked from the app's instances, with the values that they will find, before any of them is restarted. */
import type { Aws } from '../../aws/aws.ts';
import type { Ec2Consumer } from '../../domain/consumer.ts';
import type { Endpoint, Known } from '../../domain/outputs.ts';
import { expectsCluster, explainPing, isAnswered, isAnsweredByCluster } from '../../domain/ping.ts';
import type { ProbeReport, Rehearsal } from '../../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../../domain/probe-target.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import type { InstanceProbe } from '../../probe/instance-probe.ts';
import { handedVariables, wantedValues } from './instance-values.ts';
import type { ValueStore } from './value-store.ts';

/** A new endpoint's name, and a new rule of a security group, may take a moment to reach everywhere. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 20_000;

type Answer = Awaited<ReturnType<InstanceProbe['ask']>>;

export function instancePing(
  consumer: Ec2Consumer,
  settings: Settings,
  store: ValueStore,
  probe: InstanceProbe,
  aws: Pick<Aws, 'secrets'>,
): Resource<'ping'> {
  const { name, variables } = consumer.settings;
  const caches = [...new Set(variables.flatMap(({ cache }) => cache ?? []))];
  const clustered = expectsCluster(settings.caches, caches);

  async function targetsOf(known: Known): Promise<ProbeTarget[]> {
    const values = (await wantedValues(consumer.settings, settings, known, aws)) ?? [];
    const endpointOf = (cache: string): Endpoint | undefined => known.get('cache', cache)?.endpoint;
    return probeTargets({ variables }, handedVariables(consumer.settings, values, store), endpointOf);
  }

  async function ask(
    target: ProbeTarget,
    how: Extract<Rehearsal, { possible: true }>,
    step: Step,
  ): Promise<Answer> {
    const app = await consumer.readAgain();
    let tries = 0;
    return step.wait<Answer>({
      what: `an answer to ${target.variable}`,
      everyMs: BETWEEN_TRIES_MS,
      timeoutMs: TRIES * 10 * 60_000,
      probe: async () => {
        const answer = await probe.ask(app, target, how, step);
        tries += 1;
        const mayPass = 'failed' in answer && (answer.failed === 'dns' || answer.failed === 'tcp');
        if (!mayPass || tries === TRIES) return { state: 'ready', value: answer };
        return { state: 'pending', detail: `${explainPing(answer).meaning}; trying again` };
      },
    });
  }

  function isWell(report: ProbeReport): boolean {
    return isAnswered(report) || (clustered && isAnsweredByCluster(report));
  }

  /** The instances run on with what they have; what the next start would find must not be what does not work. */
  async function refuse(report: ProbeReport): Promise<never> {
    const back = (await store.putBack()) ? ' The values are back as they were.' : '';
    const { meaning, hint } = explainPing(report);
    throw new WizardError('CheckFailed', `The cache does not answer from where the app runs: ${meaning}`, {
      hint: `${hint} No instance was restarted.${back}`,
    });
  }

  return {
    kind: 'ping',
    name,
    needs: [
      { kind: 'parameters', name },
      { kind: 'rehearsal', name },
      ...caches.map((cache) => ({ kind: 'cache' as const, name: cache })),
    ],
    usualMs: 30_000,

    plan(known) {
      if (!settings.proof.probe || known.get('parameters', name)?.restarted)
        return Promise.resolve({ action: 'none', outputs: { report: undefined } });
      const to = 'asked from one instance in each zone before any is restarted';
      return Promise.resolve({ action: 'create', details: [{ field: 'PING', to }] });
    },

    async reconcile(known, step) {
      const how = known.need('rehearsal', name);
      let report: ProbeReport | undefined;
      // The rehearsal has warned of why.
      if (!how.possible) return skipped(step);
      for (const target of await targetsOf(known)) {
        const answer = await ask(target, how, step);
        if ('notAsked' in answer) {
          step.warn('probe.impossible', `The cache was not asked whether it answers: ${answer.notAsked}`);
          return skipped(step);
        }
        report = answer;
        if (isWell(report) || report.credentialsWithheld) continue;
        if (report.failed !== undefined) return refuse(report);
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
