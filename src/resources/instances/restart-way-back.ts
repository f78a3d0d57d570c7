/** An app on instances, restarted once our values are gone, so that it runs as it did before us. */
import type { Aws } from '../../aws/aws.ts';
import { maskPasswords } from '../../domain/connection.ts';
import type { Change } from '../../domain/change.ts';
import type { RunningInstances } from '../../domain/instance-app.ts';
import { unreachable } from '../../domain/instance-choice.ts';
import type { Undoable } from '../../engine/undo.ts';
import { requireRestarted, restartComment, restartInstances } from './instance-restart.ts';
import type { RestartDue } from './restart-due.ts';

export interface RestartWayBack {
  readonly project: string;
  readonly name: string;
  /** Undefined: none of its instances is there any more. */
  readonly app: RunningInstances | undefined;
  readonly command: string | undefined;
  readonly due: RestartDue;
  /** Whether values of ours wait for it, which the step before takes away. */
  readonly hasValues: () => Promise<boolean>;
  /** Its cache goes afterwards: who runs with it must not any more. */
  readonly final: boolean;
}

export function restartWayBack(options: RestartWayBack, aws: Pick<Aws, 'commands' | 'elbv2'>): Undoable {
  const { project, name, app, command, due, hasValues, final } = options;

  async function plan(): Promise<Change<unknown>> {
    const asItIs = (note: string) => ({ action: 'none', outputs: undefined, note }) as const;
    const waiting = await hasValues();
    if (!waiting && (await due.read()) === undefined) return asItIs('runs without anything of ours');
    if (!app) return asItIs('none of its instances runs');
    if (command === undefined) {
      if (!final || !waiting) return asItIs('is to be restarted by hand');
      return {
        action: 'blocked',
        reason: `${name} runs with the cache, and nobody would restart it before the cache is gone`,
        hint: 'Give --restart-command; or roll back, restart it by hand, and destroy then.',
      };
    }
    const missing = unreachable(app.instances);
    if (missing !== undefined) {
      return {
        action: 'blocked',
        reason: `Commands do not reach all instances of ${name} (${missing})`,
        hint: 'Bring the SSM agent back; or leave --restart-command out, and restart it by hand.',
      };
    }
    const to = `${maskPasswords(command)}, on ${app.instances.length} of ${app.instances.length}, one after another`;
    return { action: 'update', details: [{ field: 'instances', to }] };
  }

  return {
    kind: 'restart',
    name,
    usualMs: (app?.instances.length ?? 0) * 90_000,
    plan,

    async undo(step) {
      const since = await due.read();
      if (!app || command === undefined || since === undefined) return;
      const comment = restartComment(project, since);
      requireRestarted(await restartInstances({ app, command, comment }, aws, step), name);
      await due.settle();
    },
  };
}
