/** AWS takes the new password beside the one in use: from then on, and until the end, both let in. */
import type { Aws } from '../../aws/aws.ts';
import { userIdOf } from '../../domain/access.ts';
import type { Known } from '../../domain/outputs.ts';
import type { CacheSettings, ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { modified, takesToken } from '../access/auth-token.ts';
import { givePasswords } from '../access/user.ts';
import { handOut, keptAt } from './password-pair.ts';

const BOTH = 'that and the new one, both accepted until all apps have the new one';

export function secondAuthToken(
  cache: ReplicationGroupSettings,
  settings: Settings,
  aws: Pick<Aws, 'elasticache' | 'secrets'>,
): Resource<'authToken'> {
  const { name } = cache;
  const outputs = { replicationGroupId: name };
  return {
    kind: 'authToken',
    name,
    needs: [
      { kind: 'cache', name },
      { kind: 'password', name },
    ],
    usualMs: 2 * 60_000,

    plan(known) {
      if (isHandedOut(name, known)) return Promise.resolve({ action: 'none', outputs });
      const details = [{ field: 'AUTH token', from: 'the one in use', to: BOTH }];
      return Promise.resolve({ action: 'update', details });
    },

    async reconcile(_known, step) {
      const pair = await keptAt('prepared', cache, settings, aws, step);
      let looked = false;
      await modified(
        cache,
        aws,
        step,
        (group) => takesToken(group) && group.authTokenChangedAt !== pair.tokenChangedAt,
        async () => {
          // AWS keeps two: a second ROTATE would push out the one in use. A single read may be older than the ROTATE
          // of a run that was cut off.
          if (looked) return aws.elasticache.modifyAuthToken(name, 'ROTATE', pair.next);
          looked = true;
          return 'busy';
        },
      );
      await handOut(pair, cache, settings, aws, step);
      return outputs;
    },
  };
}

export function secondUserPassword(
  cache: CacheSettings,
  settings: Settings,
  aws: Pick<Aws, 'access' | 'secrets'>,
): Resource<'user'> {
  const { access } = aws;
  const userId = userIdOf(cache.name);
  const outputs = { userId, open: false };
  return {
    kind: 'user',
    name: userId,
    needs: [{ kind: 'password', name: cache.name }],
    usualMs: 60_000,

    plan(known) {
      if (isHandedOut(cache.name, known)) return Promise.resolve({ action: 'none', outputs });
      return Promise.resolve({
        action: 'update',
        details: [{ field: 'password', from: 'the one in use', to: BOTH }],
      });
    },

    async reconcile(_known, step) {
      const pair = await keptAt('prepared', cache, settings, aws, step);
      await givePasswords(userId, [pair.password, pair.next], access, step);
      await handOut(pair, cache, settings, aws, step);
      return outputs;
    },
  };
}

function isHandedOut(cache: string, known: Known): boolean {
  return known.get('password', cache) !== undefined;
}
