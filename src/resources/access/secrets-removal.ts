/**
 * The secrets of a project, deleted: found by their names in the stores that the anchor tells of, and by their tags. What
 * caches and services need that stay is left.
 */
import type { Aws } from '../../aws/aws.ts';
import { serviceParts } from '../../domain/arn.ts';
import type { Detail } from '../../domain/change.ts';
import { ownerOf } from '../../domain/ownership.ts';
import { nameBeginning, passwordName, serviceBeginning, STORE_NAMES } from '../../domain/secrets.ts';
import type { SecretStore } from '../../domain/settings.ts';
import type { Undoable } from '../../engine/undo.ts';

interface Found {
  readonly store: SecretStore;
  readonly name: string;
}

const AFTERWARDS: Readonly<Record<SecretStore, string>> = {
  secretsmanager: 'deleted; for 7 days it can be restored, as a later setup does',
  ssm: 'deleted for good',
};

export interface Staying {
  readonly cacheNames: readonly string[];
  readonly serviceArns: readonly string[];
  readonly executionRoleArns: readonly string[];
  /** Those of the caches that have alarms. */
  readonly watchedCacheNames: readonly string[];
}

export function secretsRemoval(
  project: string,
  stores: readonly SecretStore[],
  staying: Pick<Staying, 'cacheNames' | 'serviceArns'>,
  { secrets }: Pick<Aws, 'secrets'>,
): Undoable {
  const stays = (store: SecretStore, name: string): boolean =>
    staying.cacheNames.some((cache) => name === passwordName(store, project, cache)) ||
    staying.serviceArns.some((arn) => name.startsWith(serviceBeginning(store, project, serviceParts(arn))));

  async function listOurs(): Promise<Found[]> {
    const ours: Found[] = [];
    for (const store of stores) {
      for (const name of await secrets[store].list(nameBeginning(store, project))) {
        if (stays(store, name)) continue;
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
