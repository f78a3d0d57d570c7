/** The restart that hands an app on instances its new values; where it fails, the values from before come back. */
import type { Aws } from '../../aws/aws.ts';
import { maskPasswords } from '../../domain/connection.ts';
import type { Ec2Consumer } from '../../domain/consumer.ts';
import type { Ref } from '../../domain/outputs.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import {
  restartComment,
  restartInstances,
  type RestartFailure,
  type RestartOrder,
} from './instance-restart.ts';
import type { ValueStore } from './value-store.ts';

export interface RestartOptions {
  readonly consumer: Ec2Consumer;
  readonly command: string;
  readonly settings: Settings;
  readonly store: ValueStore;
  /** What must be there before. */
  readonly needs: readonly Ref[];
  readonly aws: Pick<Aws, 'commands' | 'elbv2'>;
}

export function restart(options: RestartOptions): Resource<'restart'> {
  const { consumer, command, settings, store, needs, aws } = options;
  const { name } = consumer.settings;
  const { instances } = consumer.app;

  const restarting = (order: Omit<RestartOrder, 'command' | 'comment'>, stamp: string, step: Step) =>
    restartInstances({ ...order, command, comment: restartComment(settings.project, stamp) }, aws, step);

  /** Returns what is to be done now. */
  async function wayBack({ touched, by }: RestartFailure, step: Step): Promise<string> {
    const tell = (rolledBack: boolean, valuesBack = rolledBack): void =>
      step.emit({ type: 'restart.failed', consumer: name, rolledBack, valuesBack });
    const again = 'Mend the cause and run the same command again.';
    if (settings.onFailure === 'keep') {
      tell(false);
      return `The new values were kept, as asked. ${again}`;
    }
    step.progress('putting the values back');
    if (!(await store.putBack())) {
      tell(false);
      return `How the values were before is not known, so they were left as they are. ${again}`;
    }
    const app = { ...consumer.app, instances: touched };
    // Values come back more than once, and look alike then: an earlier restart must not count for this one.
    const failure = await restarting({ app }, `back ${step.now()}`, step);
    tell(failure === undefined, true);
    if (failure?.by === 'command' && by === 'command') {
      return `The values are as before; the restart command itself does not work, so the app was probably never stopped: run setup again with another --restart-command.`;
    }
    if (failure) {
      return `The values are as before, and restarting with them failed too (${failure.reason}): look at ${name} now.`;
    }
    return `The values are back as they were, and ${name} runs with them. ${again}`;
  }

  return {
    kind: 'restart',
    name,
    needs: [{ kind: 'parameters', name }, ...needs],
    usualMs: instances.length * 90_000,

    plan(known) {
      const values = known.get('parameters', name);
      const outputs = { instanceIds: instances.map(({ instanceId }) => instanceId) };
      if (values?.restarted) return Promise.resolve({ action: 'none', outputs });
      const to = `${maskPasswords(command)}, on ${instances.length} of ${instances.length}, one after another`;
      return Promise.resolve({ action: 'update', details: [{ field: 'instances', to }] });
    },

    async reconcile(known, step) {
      const { stamp } = known.need('parameters', name);
      const app = await consumer.readAgain();
      const failure = await restarting({ app }, stamp, step);
      if (failure) {
        const hint = await wayBack(failure, step);
        throw new WizardError(
          'RolloutFailed',
          `${name} did not restart with the new values: ${failure.reason}`,
          {
            hint,
          },
        );
      }
      await store.markRestarted();
      return { instanceIds: app.instances.map(({ instanceId }) => instanceId) };
    },
  };
}
