/** The password of a living cache, where it is kept by us. For programs that ask the cache, and for nothing that is shown. */
import type { LivingCache } from '../../aws/caches.ts';
import { passwordName } from '../../domain/secrets.ts';
import { readPassword } from '../../resources/access/password.ts';
import type { Living } from '../opening/living.ts';

/** Undefined: the cache asks for none, or others have made it. */
export async function readKnownPassword(
  { anchors, aws, project, userTags }: Pick<Living, 'anchors' | 'aws' | 'project' | 'userTags'>,
  { auth, name }: LivingCache,
): Promise<string | undefined> {
  if (auth === 'none') return undefined;
  const stores = anchors.flatMap(({ cacheName, secretStores }) => (cacheName === name ? secretStores : []));
  for (const secretStore of stores) {
    // A project may have used the one, then the other.
    const kept = await aws.secrets[secretStore].describe(passwordName(secretStore, project, name));
    if (kept && !kept.deleted) return readPassword({ name, secretStore }, { project, tags: userTags }, aws);
  }
  return undefined;
}
