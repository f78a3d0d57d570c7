/** One secret of ours: made, restored or given another value until its store shows it so. Never somebody else's. */
import type { SecretDescription, Secrets, SecretValue } from '../../aws/secrets.ts';
import { isBlocked, type Blocked } from '../../domain/change.ts';
import { foreign, ownerOf, ownershipTags } from '../../domain/ownership.ts';
import { STORE_NAMES } from '../../domain/secrets.ts';
import type { SecretStore, Settings } from '../../domain/settings.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';

/** Where a secret of a project is, or is to be. */
export interface SecretPlace {
  readonly secrets: Secrets;
  readonly store: SecretStore;
  readonly name: string;
  readonly settings: Pick<Settings, 'project' | 'tags'>;
}

/** Another project's or somebody's secret of that name stands in the way. */
export async function describeOurs(place: SecretPlace): Promise<SecretDescription | Blocked | undefined> {
  const { secrets, store, name, settings } = place;
  const found = await secrets.describe(name);
  if (!found) return undefined;
  const owner = ownerOf(found.tags, settings.project, name);
  if (owner === 'ours') return found;
  return foreign(`The secret ${name} in ${STORE_NAMES[store]}`, owner, found.tags, '--project');
}

export async function requireOurs(place: SecretPlace): Promise<SecretDescription | undefined> {
  const found = await describeOurs(place);
  if (isBlocked(found)) throw new WizardError('NotOurs', found.reason, { hint: found.hint });
  return found;
}

/** `valueFor` is told the value that there is; where it answers with the same, nothing is written. */
export function keepSecret(
  place: SecretPlace,
  valueFor: (now: string | undefined) => string,
  step: Step,
): Promise<SecretDescription & SecretValue> {
  const { secrets, name, settings } = place;
  // A read may come from before the write: the same value is not written again for that.
  let written: string | undefined;
  return step.wait({
    what: `the secret ${name} to be there`,
    everyMs: 2_000,
    timeoutMs: 5 * 60_000,
    probe: async () => {
      const found = await requireOurs(place);
      if (!found) {
        written ??= valueFor(undefined);
        const tags = { ...settings.tags, ...ownershipTags(settings.project, name) };
        await secrets.create(name, written, tags);
        return { state: 'pending', detail: 'not visible yet' };
      }
      if (found.deleted) {
        await secrets.restore(name);
        return { state: 'pending', detail: 'being restored' };
      }
      const now = await secrets.readValue(name);
      if (!now) return { state: 'pending', detail: 'not readable yet' };
      const wanted = valueFor(now.value);
      if (wanted === now.value) return { state: 'ready', value: { ...found, ...now } };
      if (wanted !== written) await secrets.put(name, wanted);
      written = wanted;
      return { state: 'pending', detail: 'not visible yet' };
    },
  });
}
