/** The values that wait for an app on instances, taken away, so that its next start finds what it had before us. */
import type { Aws } from '../../aws/aws.ts';
import { maskPassword } from '../../domain/connection.ts';
import type { ValuePlace } from '../../domain/instance-place.ts';
import { ownerOf } from '../../domain/ownership.ts';
import type { Undoable } from '../../engine/undo.ts';
import { envFileOwner, removeEnvFile } from './env-file.ts';
import { isEnvFileOf } from './named-env-files.ts';
import type { RestartDue } from './restart-due.ts';

export interface ParametersWayBack {
  readonly project: string;
  readonly name: string;
  readonly place: ValuePlace;
  /** Named again, for nothing in the account tells where they are. */
  readonly envFiles: readonly string[];
  readonly due: RestartDue;
}

export function parametersWayBack(options: ParametersWayBack, aws: Pick<Aws, 'parameters'>): Undoable {
  const ref = { kind: 'parameters', name: options.name } as const;
  return 'parameterPath' in options.place
    ? inParameterStore(ref, options.place.parameterPath, options, aws)
    : inEnvFiles(ref, options.place.app, options);
}

function inEnvFiles(
  ref: { readonly kind: 'parameters'; readonly name: string },
  app: string | undefined,
  { project, envFiles, due }: ParametersWayBack,
): Undoable {
  const listOurs = () => envFiles.filter((file) => isEnvFileOf(file, project, app));
  return {
    ...ref,

    plan() {
      if (envFiles.length === 0) {
        return Promise.resolve({
          action: 'blocked',
          reason: `The values of ${ref.name} are in a file on the machine that it was set up from`,
          hint: 'Name the file: --env-file, once for each app. One that is not there counts as removed.',
        });
      }
      const to = 'removed: nothing but our values is in it';
      const details = listOurs().map((field) => ({ field, to }));
      if (details.length > 0) return Promise.resolve({ action: 'delete', details });
      const foreign = envFiles.filter((file) => envFileOwner(file) !== undefined);
      const note = foreign.length === 0 ? 'is gone' : `not ours, and stays: ${foreign.join(', ')}`;
      return Promise.resolve({ action: 'none', outputs: undefined, note });
    },

    async undo(step) {
      await due.note(step.now());
      for (const file of listOurs()) removeEnvFile(file);
    },
  };
}

function inParameterStore(
  ref: { readonly kind: 'parameters'; readonly name: string },
  path: string,
  { project, due }: ParametersWayBack,
  { parameters }: Pick<Aws, 'parameters'>,
): Undoable {
  const listOurs = () => listOwnParameters(path, project, { parameters });
  return {
    ...ref,

    async plan() {
      const ours = await listOurs();
      if (ours.length === 0) return { action: 'none', outputs: undefined, note: 'there are none' };
      const values = await Promise.all(ours.map((each) => parameters.read(each)));
      const details = ours.map((field, index) => ({
        field,
        from: maskPassword(values[index]?.value ?? ''),
        to: 'not there: what the app has of its own counts again',
      }));
      return { action: 'delete', details };
    },

    async undo(step) {
      // First: a run that is cut off later still knows that the app is to be restarted.
      await due.note(step.now());
      for (const each of await listOurs()) await parameters.delete(each);
    },
  };
}

export async function listOwnParameters(
  path: string,
  project: string,
  { parameters }: Pick<Aws, 'parameters'>,
): Promise<string[]> {
  const ours: string[] = [];
  for (const name of await parameters.list(path)) {
    // A list may be older than the last deletion.
    if (!(await parameters.read(name))) continue;
    if (ownerOf(await parameters.readTags(name), project, name) === 'ours') ours.push(name);
  }
  return ours;
}
