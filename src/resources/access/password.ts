/** The password of a cache: made once, and kept where only its name is known. What is there already stays. */
import { isBlocked } from '../../domain/change.ts';
import { randomInt } from 'node:crypto';
import type { Aws } from '../../aws/aws.ts';
import type { Ec2 } from '../../aws/ec2.ts';
import { keptPassword, type KeptPassword } from '../../domain/kept-password.ts';
import { isRotating, SECRET_STORES_TAG } from '../../domain/ownership.ts';
import { passwordName, STORE_NAMES } from '../../domain/secrets.ts';
import type { CacheSettings, SecretStore, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { readAnchor } from '../ownership/anchor.ts';
import { describeOurs, keepSecret, requireOurs, type SecretPlace } from './secret-keeping.ts';

/**
 * ElastiCache takes 16 to 128 characters and few signs among them (API reference, AuthToken). Letters and digits
 * alone mean the same in a URL, a shell and a file of variables.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 64;

const UNDER_WAY =
  'is being rotated: two let in until `elasticache-wizard rotate-token` has brought that to its end';

type PasswordAws = Pick<Aws, 'caches' | 'ec2' | 'secrets'>;

export function password(cache: CacheSettings, settings: Settings, aws: PasswordAws): Resource<'password'> {
  const place = placeOfPassword(cache, settings, aws);
  return {
    kind: 'password',
    name: cache.name,
    // The anchor has to tell in which store to look on the way back.
    needs: [{ kind: 'securityGroup', name: cache.securityGroupName }],

    async plan(known) {
      const found = await describeOurs(place);
      if (isBlocked(found)) return found;
      const where = `${STORE_NAMES[place.store]}, as ${place.name}`;
      if (!found)
        return { action: 'create', details: [{ field: 'password', to: `made and kept in ${where}` }] };
      const outputs = { arn: found.arn };
      if (!found.deleted) {
        const groupId = known.get('securityGroup', cache.securityGroupName)?.groupId;
        const rotating = groupId !== undefined && isRotating(await readAnchor(aws.ec2, groupId));
        return { action: 'none', outputs, ...(rotating ? { note: UNDER_WAY } : {}) };
      }
      const details = [{ field: 'password', from: 'deleted', to: `restored in ${where}` }];
      return { action: 'update', outputs, details };
    },

    async reconcile(known, step) {
      const { groupId } = known.need('securityGroup', cache.securityGroupName);
      await noteStore(aws.ec2, groupId, place.store);
      // A rotation that was under way when all was destroyed is over: a cache that is made anew knows one password.
      const lives = (await aws.caches.read(cache.name)) !== undefined;
      const made = newPassword();
      const wanted = (now: string | undefined): string => {
        if (now === undefined) return made;
        return lives ? now : keptIn(now, place).password;
      };
      const { arn } = await keepSecret(place, wanted, step);
      return { arn };
    },
  };
}

/** For AWS and for values of variables, and for nothing that is shown. */
export async function readPassword(...of: Parameters<typeof readKeptPassword>): Promise<string> {
  return (await readKeptPassword(...of)).password;
}

export async function readKeptPassword(
  cache: Pick<CacheSettings, 'name' | 'secretStore'>,
  settings: Pick<Settings, 'project' | 'tags'>,
  aws: Pick<Aws, 'secrets'>,
): Promise<KeptPassword> {
  const place = placeOfPassword(cache, settings, aws);
  const found = (await requireOurs(place)) && (await place.secrets.readValue(place.name));
  if (found) return keptIn(found.value, place);
  throw new WizardError(
    'OperationFailed',
    `Reading the password of ${cache.name}: ${STORE_NAMES[place.store]} has no ${place.name}`,
    { hint: 'Run setup again: it goes on from here.' },
  );
}

/** Throws where somebody has written something else there. */
export function keptIn(text: string, { name, store }: Pick<SecretPlace, 'name' | 'store'>): KeptPassword {
  const kept = keptPassword(text);
  if (kept) return kept;
  throw new WizardError(
    'OperationFailed',
    `${name} in ${STORE_NAMES[store]} does not hold a password of ours`,
    {
      hint: 'Somebody has written to it: give it back an earlier version, then run the same command again.',
    },
  );
}

export function placeOfPassword(
  { name: cache, secretStore: store }: Pick<CacheSettings, 'name' | 'secretStore'>,
  settings: Pick<Settings, 'project' | 'tags'>,
  { secrets }: Pick<Aws, 'secrets'>,
): SecretPlace {
  return { secrets: secrets[store], store, name: passwordName(store, settings.project, cache), settings };
}

export function newPassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

async function noteStore(ec2: Ec2, groupId: string, store: SecretStore): Promise<void> {
  const noted = (await readAnchor(ec2, groupId))[SECRET_STORES_TAG]?.split(' ') ?? [];
  if (noted.includes(store)) return;
  await ec2.createTags(groupId, { [SECRET_STORES_TAG]: [...noted, store].join(' ') });
}
