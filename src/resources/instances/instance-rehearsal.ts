/** Finds out, while the cache is being created, with which program the probe can run on the app's instances. */
import type { Aws } from '../../aws/aws.ts';
import { isBlocked } from '../../domain/change.ts';
import { cachesOf, type Ec2Consumer } from '../../domain/consumer.ts';
import type { Ref } from '../../domain/outputs.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import type { InstanceProbe } from '../../probe/instance-probe.ts';
import { notWanted, rehearsed } from '../asking.ts';
import { areStored, wantedValues } from './instance-values.ts';
import type { ValueStore } from './value-store.ts';

export function instanceRehearsal(
  consumer: Ec2Consumer,
  settings: Settings,
  store: ValueStore,
  probe: InstanceProbe,
  aws: Pick<Aws, 'secrets'>,
): Resource<'rehearsal'> {
  const { name } = consumer.settings;

  return {
    kind: 'rehearsal',
    name,
    // None, so that it runs beside the cache's creation; its plan looks at the cache and its password where they are known.
    needs: [],
    plannedAfter: cachesOf(consumer.settings).flatMap((cache): Ref[] => [
      { kind: 'cache', name: cache },
      { kind: 'password', name: cache },
      { kind: 'authToken', name: cache },
    ]),

    async plan(known) {
      if (!settings.proof.probe) return notWanted('left out by --no-probe');
      const stored = await store.read();
      const wanted = await wantedValues(consumer.settings, settings, known, aws);
      const isArrived =
        wanted && !isBlocked(stored) && stored.restarted && areStored(wanted, stored, consumer.settings);
      if (isArrived) return notWanted('nothing changes');
      const to = 'a command of ours on one instance in each zone, which leaves nothing there';
      return { action: 'create', details: [{ field: 'probe', to }] };
    },

    reconcile: (_known, step) => rehearsed(probe.rehearse(consumer.app, step), step),
  };
}
