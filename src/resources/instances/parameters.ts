/** The variables of an app on instances, kept where it finds them when it starts. */
import type { Aws } from '../../aws/aws.ts';
import { maskPassword } from '../../domain/connection.ts';
import { cachesOf } from '../../domain/consumer.ts';
import { instancePlaceText } from '../../domain/instance-place.ts';
import { isBlocked, type Detail } from '../../domain/change.ts';
import type { Known, Outputs, Ref } from '../../domain/outputs.ts';
import type { RefreshMemory } from '../../domain/refresh-memory.ts';
import type { Ec2ConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { leaveAnchorTag, rememberRefreshes } from '../ownership/anchor.ts';
import { areStored, wantedValues } from './instance-values.ts';
import { settleRestart } from './restart-due.ts';
import { isSame, type InstanceValue, type StoredValues, type ValueStore } from './value-store.ts';

export interface ParametersOptions {
  readonly consumer: Ec2ConsumerSettings;
  readonly settings: Settings;
  readonly store: ValueStore;
  /** What leaves a tag of its own on the same anchor. */
  readonly before: readonly Ref[];
  readonly refreshMemory: RefreshMemory | undefined;
  readonly aws: Pick<Aws, 'ec2' | 'secrets'>;
}

export function parameters(options: ParametersOptions): Resource<'parameters'> {
  const { consumer, settings, store, before, refreshMemory, aws } = options;
  const caches = settings.caches.filter(({ name }) => cachesOf(consumer).includes(name));

  function details(
    wanted: readonly InstanceValue[] | undefined,
    { values }: StoredValues,
    known: Known,
  ): Detail[] {
    return consumer.variables.map(({ name, template, cache }, index) => {
      const now = values.get(name.value);
      const next = wanted?.[index];
      const lives = cache !== undefined && known.get('cache', cache) !== undefined;
      const later = lives ? 'with its new password' : 'known when it exists';
      const announced = cache === undefined ? template : `${template} of ${cache}, ${later}`;
      return {
        field: name.value,
        ...(now && !(next && isSame(next, now)) ? { from: maskPassword(now.value) } : {}),
        to: `${next ? shown(next) : announced}, in ${store.placeOf(name.value)}`,
        origin: name.origin,
      };
    });
  }

  const outputsOf = ({ restarted, stamp }: StoredValues): Outputs['parameters'] => ({ restarted, stamp });

  return {
    kind: 'parameters',
    name: consumer.name,
    needs: [
      ...before,
      ...caches.flatMap(({ name, auth, securityGroupName }): Ref[] => [
        { kind: 'securityGroup', name: securityGroupName },
        { kind: 'cache', name },
        ...(auth.value === 'none' ? [] : [{ kind: 'password' as const, name }]),
        ...(auth.value === 'token' ? [{ kind: 'authToken' as const, name }] : []),
      ]),
    ],

    async plan(known) {
      const stored = await store.read();
      if (isBlocked(stored)) return stored;
      const wanted = await wantedValues(consumer, settings, known, aws);
      if (wanted && areStored(wanted, stored, consumer))
        return { action: 'none', outputs: outputsOf(stored) };
      return {
        action: stored.values.size === 0 ? 'create' : 'update',
        details: details(wanted, stored, known),
      };
    },

    async reconcile(known, step) {
      const wanted = await wantedValues(consumer, settings, known, aws);
      if (!wanted) throw new Error(`the values of ${consumer.name} were written before its caches are known`);
      const text = instancePlaceText(consumer);
      for (const { securityGroupName } of caches) {
        const { groupId } = known.need('securityGroup', securityGroupName);
        await leaveAnchorTag(aws.ec2, groupId, 'instances', text);
        await rememberRefreshes(aws.ec2, groupId, refreshMemory);
      }
      const empty = wanted.filter(({ value }) => value === '').map(({ name }) => name);
      if (empty.length > 0 && consumer.envFile === undefined) {
        step.warn(
          'parameters.empty',
          `Parameter Store keeps no empty value: ${empty.join(', ')} is one space there, which the app has to trim where its start script does not (lines of an environment file lose it)`,
        );
      }
      await store.write(wanted, step);
      // Not before: a run that is cut off in between still knows that the app is to be restarted.
      for (const { securityGroupName } of caches)
        await settleRestart(known.need('securityGroup', securityGroupName).groupId, text, aws.ec2);
      const stored = await store.read();
      if (isBlocked(stored)) throw new Error(`${consumer.name} has lost its values while they were written`);
      return outputsOf(stored);
    },
  };
}

function shown({ value, secret }: InstanceValue): string {
  if (value === '') return '(empty)';
  return secret ? `${maskPassword(value)} (a secret)` : value;
}
