/** The values that wait for an app on instances, taken away, so that its next start finds what it had before us. */
import type { Aws } from '../../aws/aws.ts';
import { maskPassword } from '../../domain/connection.ts';
import type { ValuePlace } from '../../domain/instance-place.ts';
import { ownerOf } from '../../domain/ownership.ts';
import type { Undoable } from '../../engine/undo.ts';
import { envFileOwner, removeEnvFile } from './env-file.ts';
import type { RestartDue } from './restart-due.ts';

export interface ParametersWayBack {
  readonly project: string;
  readonly name: string;
  readonly place: ValuePlace;
  /** Named again, for nothing in the account tells where it is. */
  readonly envFile: string | undefined;
  readonly due: RestartDue;
}

export function parametersWayBack(options: ParametersWayBack, aws: Pick<Aws, 'parameters'>): Undoable {
  const { project, name, place, envFile, due } = options;
  const ref = { kind: 'parameters', name } as const;
  if (place !== 'env-file') return inParameterStore(ref, place.parameterPath, options, aws);
  return {
    ...ref,

    plan() {
      if (envFile === undefined) {
        return Promise.resolve({
          action: 'blocked',
          reason: `The values of ${name} are in a file on the machine that it was set up from`,
          hint: 'Name the file: --env-file. One that is not there counts as removed.',
        });
      }
      const owner = envFileOwner(envFile, project);
      if (owner === 'ours') {
        const details = [{ field: envFile, to: 'removed: nothing but our values is in it' }];
        return Promise.resolve({ action: 'delete', details });
      }
      const note = owner === undefined ? 'is gone' : `${envFile} is not ours: it stays`;
      return Promise.resolve({ action: 'none', outputs: undefined, note });
    },

    async undo(step) {
      await due.note(step.now());
      if (envFile !== undefined) removeEnvFile(envFile, project);
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
