/** The cache asked from where the app runs, with what the new revision will carry, before the live service is touched. */
import type { App } from '../../domain/app.ts';
import { cachesOf } from '../../domain/consumer.ts';
import { stagesLeftOut } from '../../domain/ping.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import type { ProbeTarget } from '../../domain/probe-target.ts';
import { startedAtOnce } from '../../domain/rollout-room.ts';
import type { EcsConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import type { Probe } from '../../probe/probe.ts';
import { askPatiently, isProof, knownTargets, noAnswer, skipped } from '../asking.ts';
import { secretsOf, wantedVariables } from './variables.ts';

export function ping(
  consumer: EcsConsumerSettings,
  settings: Settings,
  app: App,
  probe: Probe,
): Resource<'ping'> {
  const family = app.taskDefinition.family;

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
      for (const some of atOnce(knownTargets(consumer, variables, known), app)) {
        const answers = await Promise.allSettled(
          some.map((target) => askPatiently(target, () => probe.ask(app, target, how, step), step)),
        );
        for (const answer of answers) {
          if (answer.status === 'rejected') throw answer.reason;
          report = answer.value;
          if (isProof(report, consumer, settings.caches)) continue;
          if (report.failed !== undefined) throw noAnswer(report, 'The service was not touched.');
          const leftOut = stagesLeftOut(report).join(', ');
          step.warn(
            'probe.partial',
            `The cache was not asked whether it answers: ${report.runtime} in the image has no means to look at ${leftOut}`,
          );
          return skipped(step, report);
        }
      }
      return report ? { report } : skipped(step);
    },
  };
}

/** The rollout that follows takes room for as many tasks; where it stops some of the app's first, there may be none. */
function atOnce(targets: readonly ProbeTarget[], { service }: App): ProbeTarget[][] {
  const room = Math.max(1, startedAtOnce(service));
  const groups = Math.ceil(targets.length / room);
  return Array.from({ length: groups }, (_, group) => targets.slice(group * room, (group + 1) * room));
}
