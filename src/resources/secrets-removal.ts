/** All secrets of a project, deleted: found by their names in the stores that the anchor tells of, and by their tags. */
import type { Aws } from '../aws/aws.ts';
import type { Detail } from '../domain/change.ts';
import { ownerOf } from '../domain/ownership.ts';
import { nameBeginning, STORE_NAMES } from '../domain/secrets.ts';
import type { SecretStore } from '../domain/settings.ts';
import type { Undoable } from '../engine/undo.ts';

interface Found {
  readonly store: SecretStore;
  readonly name: string;
}

const AFTERWARDS: Readonly<Record<SecretStore, string>> = {
  secretsmanager: 'deleted; for 7 days it can be restored, as a later setup does',
  ssm: 'deleted for good',
};

export function secretsRemoval(
  project: string,
  stores: readonly SecretStore[],
  { secrets }: Pick<Aws, 'secrets'>,
): Undoable {
  async function listOurs(): Promise<Found[]> {
    const ours: Found[] = [];
    for (const store of stores) {
      for (const name of await secrets[store].list(nameBeginning(store, project))) {
        // A list may be older than the last deletion.
        const found = await secrets[store].describe(name);
        if (found && !found.deleted && ownerOf(found.tags, project, name) === 'ours')
          ours.push({ store, name });
      }
    }
    return ours;
  }

  return {
    kind: 'secrets',
    name: project,

    async plan() {
      const ours = await listOurs();
      if (ours.length === 0) return { action: 'none', outputs: undefined, note: 'there are none' };
      const details = ours.map(({ store, name }): Detail => ({
        field: `${name} in ${STORE_NAMES[store]}`,
        to: AFTERWARDS[store],
      }));
      return { action: 'delete', details };
    },

    async undo() {
      for (const { store, name } of await listOurs()) await secrets[store].delete(name);
    },
  };
}
