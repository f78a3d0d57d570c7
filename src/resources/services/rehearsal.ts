/** Finds out, while the cache is being created, with which program the probe can run where the app runs. */
import type { App } from '../../domain/app.ts';
import { cachesOf } from '../../domain/consumer.ts';
import type { Known } from '../../domain/outputs.ts';
import type { EcsConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import type { Probe } from '../../probe/probe.ts';
import { notWanted, rehearsed } from '../asking.ts';
import { hasVariables, runsOldSecrets, secretsOf, wantedVariables } from './variables.ts';

export function rehearsal(
  consumer: EcsConsumerSettings,
  settings: Settings,
  app: App,
  probe: Probe,
): Resource<'rehearsal'> {
  return {
    kind: 'rehearsal',
    name: consumer.name,
    // None, so that it runs beside the cache's creation; its plan looks at the cache where that is known.
    needs: [],
    plannedAfter: [
      ...cachesOf(consumer).map((cache) => ({ kind: 'cache' as const, name: cache })),
      ...secretsOf(consumer, settings),
    ],
    usualMs: 60_000,

    plan(known) {
      const reason = notNeeded(consumer, settings, app, known);
      if (reason !== undefined) return Promise.resolve(notWanted(reason));
      const to = 'a task of ours beside the app’s, stopped and removed at once';
      return Promise.resolve({ action: 'create', details: [{ field: 'probe', to }] });
    },

    reconcile: (_known, step) => rehearsed(probe.rehearse(app, step), step),
  };
}

function notNeeded(
  consumer: EcsConsumerSettings,
  settings: Settings,
  app: App,
  known: Known,
): string | undefined {
  if (!settings.proof.probe) return 'left out by --no-probe';
  const wanted = wantedVariables(consumer, settings, known);
  return wanted && hasVariables(app, wanted) && !runsOldSecrets(app, consumer, known)
    ? 'nothing changes'
    : undefined;
}
