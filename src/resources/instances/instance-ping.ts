/** The cache asked from the app's instances, with the values that they will find, before any of them is restarted. */
import type { Aws } from '../../aws/aws.ts';
import { cachesOf, type Ec2Consumer } from '../../domain/consumer.ts';
import type { Known } from '../../domain/outputs.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import type { ProbeTarget } from '../../domain/probe-target.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import type { InstanceProbe } from '../../probe/instance-probe.ts';
import { askPatiently, isProof, knownTargets, noAnswer, skipped } from '../asking.ts';
import { handedVariables, wantedValues } from './instance-values.ts';
import type { ValueStore } from './value-store.ts';

export function instancePing(
  consumer: Ec2Consumer,
  settings: Settings,
  store: ValueStore,
  probe: InstanceProbe,
  aws: Pick<Aws, 'secrets'>,
): Resource<'ping'> {
  const { name, variables } = consumer.settings;

  async function targetsOf(known: Known): Promise<ProbeTarget[]> {
    const values = (await wantedValues(consumer.settings, settings, known, aws)) ?? [];
    return knownTargets({ variables }, handedVariables(consumer.settings, values, store), known);
  }

  /** The instances run on with what they have; what the next start would find must not be what does not work. */
  async function refuse(report: ProbeReport): Promise<never> {
    const back = (await store.putBack()) ? ' The values are back as they were.' : '';
    throw noAnswer(report, `No instance was restarted.${back}`);
  }

  return {
    kind: 'ping',
    name,
    needs: [
      { kind: 'parameters', name },
      { kind: 'rehearsal', name },
      ...cachesOf(consumer.settings).map((cache) => ({ kind: 'cache' as const, name: cache })),
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
        const app = await consumer.readAgain();
        const answer = await askPatiently(target, () => probe.ask(app, target, how, step), step);
        if ('notAsked' in answer) {
          step.warn('probe.impossible', `The cache was not asked whether it answers: ${answer.notAsked}`);
          return skipped(step);
        }
        report = answer;
        if (isProof(report, { variables }, settings.caches) || report.credentialsWithheld) continue;
        if (report.failed !== undefined) return refuse(report);
        return skipped(step, report);
      }
      return report ? { report } : skipped(step);
    },
  };
}
