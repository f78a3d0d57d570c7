/** The user group of a cache and the user in it, deleted: the group first, which cannot be without its default user. */
import type { Access } from '../../aws/access.ts';
import type { Aws } from '../../aws/aws.ts';
import { userGroupIdOf, userIdOf } from '../../domain/access.ts';
import { ownerOf } from '../../domain/ownership.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Probe } from '../../engine/wait.ts';

type RemovalAws = Pick<Aws, 'access' | 'elasticache'>;

export function userGroupRemoval(cacheName: string, project: string, aws: RemovalAws): Undoable {
  return removalOf(
    {
      kind: 'userGroup',
      name: userGroupIdOf(cacheName),
      read: (id) => aws.access.readUserGroup(id),
      delete: (id) => aws.access.deleteUserGroup(id),
    },
    project,
    aws,
  );
}

export function userRemoval(cacheName: string, project: string, aws: RemovalAws): Undoable {
  return removalOf(
    {
      kind: 'user',
      name: userIdOf(cacheName),
      read: (id) => aws.access.readUser(id),
      delete: (id) => aws.access.deleteUser(id),
    },
    project,
    aws,
  );
}

interface Removable {
  readonly kind: 'user' | 'userGroup';
  readonly name: string;
  read(id: string): Promise<{ readonly arn: string; readonly status: string } | undefined>;
  delete(id: string): ReturnType<Access['deleteUser']>;
}

function removalOf(removable: Removable, project: string, { elasticache }: RemovalAws): Undoable {
  const { kind, name } = removable;

  /** Undefined: there is none that is ours. */
  async function readOurs(): Promise<{ readonly status: string } | undefined> {
    const found = await removable.read(name);
    const tags = found && (await elasticache.readTags(found.arn));
    return tags !== undefined && typeof tags !== 'string' && ownerOf(tags, project, name) === 'ours'
      ? found
      : undefined;
  }

  return {
    kind,
    name,

    async plan() {
      if (await readOurs()) return { action: 'delete', details: [] };
      return { action: 'none', outputs: undefined, note: 'is gone' };
    },

    async undo(step) {
      await step.wait<undefined>({
        what: `${name} to be deleted`,
        everyMs: 5_000,
        timeoutMs: 15 * 60_000,
        probe: async (): Promise<Probe<undefined>> => {
          const found = await readOurs();
          if (!found) return { state: 'ready', value: undefined };
          const answer = found.status === 'deleting' ? 'deleting' : await removable.delete(name);
          return { state: 'pending', detail: answer === 'busy' ? found.status : 'deleting' };
        },
      });
    },
  };
}
