/** The end of the way to a password: once every task has it, the user that was open asks for it. */
import type { Aws } from '../../aws/aws.ts';
import { userGroupIdOf, userIdOf } from '../../domain/access.ts';
import type { Ref } from '../../domain/outputs.ts';
import type { CacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { readPassword } from './password.ts';
import { activeUser, letsInEverybody } from './user.ts';

export function requiredPassword(
  cache: CacheSettings,
  settings: Settings,
  /** Those that are handed the password. */
  consumers: readonly Ref[],
  aws: Pick<Aws, 'access' | 'caches' | 'secrets'>,
): Resource<'requiredPassword'> {
  const { access } = aws;
  const userId = userIdOf(cache.name);
  const outputs = { userId };
  const isOpen = async (): Promise<boolean> => {
    const found = await access.readUser(userId);
    return found !== undefined && found.authentication !== 'password';
  };

  return {
    kind: 'requiredPassword',
    name: userId,
    needs: [
      { kind: 'user', name: userId },
      { kind: 'userGroup', name: userGroupIdOf(cache.name) },
      { kind: 'cache', name: cache.name },
      ...consumers,
    ],

    async plan(known) {
      const user = known.get('user', userId);
      // A cache that is made with the user asks for its password from the first moment.
      const living = user ? undefined : await aws.caches.read(cache.name);
      const open = user ? user.open : living !== undefined && letsInEverybody(living);
      if (!open) return { action: 'none', outputs };
      const apps = consumers.map((consumer) => consumer.name).join(', ');
      const to = `refused once all tasks of ${apps} have the password`;
      return { action: 'update', details: [{ field: 'clients without a password', from: 'let in', to }] };
    },

    async reconcile(_known, step) {
      while (await isOpen()) {
        await activeUser(access, userId, step);
        const answer = await access.setPasswords(userId, [await readPassword(cache, settings, aws)]);
        if (answer === 'busy') continue;
        await activeUser(access, userId, step, ({ authentication }) => authentication === 'password');
      }
      return outputs;
    },
  };
}
