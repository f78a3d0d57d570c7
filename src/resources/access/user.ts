/**
 * The user whose password the app has, named default: clients that send a password alone mean it. A new cache asks for
 * the password from its first moment. One that lives without users gets an open user first, so that nobody is cut off
 * before every task has the password.
 */
import type { Access, User } from '../../aws/access.ts';
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import { ACCESS_STRING, USER_NAME, userIdOf } from '../../domain/access.ts';
import type { Detail } from '../../domain/change.ts';
import { foreign, ownershipTags, type Tags } from '../../domain/ownership.ts';
import type { CacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { readOwnerNow, takenMeanwhile, type Owned } from '../ownership/owner.ts';
import { readPassword } from './password.ts';

type UserAws = Pick<Aws, 'access' | 'caches' | 'elasticache' | 'secrets'>;

export function user(cache: CacheSettings, settings: Settings, aws: UserAws): Resource<'user'> {
  const { access, elasticache } = aws;
  const userId = userIdOf(cache.name);
  const tags: Tags = { ...settings.tags, ...ownershipTags(settings.project, userId) };

  const readOwner = (found: User): Promise<Owned> =>
    readOwnerNow(found, settings.project, userId, elasticache);

  async function create(): Promise<void> {
    const living = await aws.caches.read(cache.name);
    const open = living !== undefined && letsInEverybody(living);
    const password = open ? undefined : await readPassword(cache, settings, aws);
    await access.createUser({
      userId,
      userName: USER_NAME,
      // One for Redis OSS is let into Valkey too, and not the other way round.
      engine: living?.engine ?? cache.engine.value,
      accessString: ACCESS_STRING,
      ...(password === undefined ? {} : { password }),
      tags,
    });
  }

  return {
    kind: 'user',
    name: userId,
    needs: [{ kind: 'password', name: cache.name }],

    async plan() {
      const found = await access.readUser(userId);
      if (!found) {
        const living = await aws.caches.read(cache.name);
        const asks = living && letsInEverybody(living) ? 'none until every task has one' : 'asked for';
        const details: Detail[] = [
          { field: 'may', to: ACCESS_STRING },
          { field: 'password', to: asks },
        ];
        return { action: 'create', details };
      }
      const { owner, tags } = await readOwner(found);
      if (owner !== 'ours') return foreign(`The user ${userId}`, owner, tags, '--cache-name');
      if (found.status === 'active') return { action: 'none', outputs: outputsOf(found) };
      const details = [{ field: 'status', from: found.status, to: 'active' }];
      return { action: 'update', outputs: outputsOf(found), details };
    },

    async reconcile(_known, step) {
      if (!(await access.readUser(userId))) await create();
      const ready = await activeUser(access, userId, step);
      if ((await readOwner(ready)).owner === 'ours') return outputsOf(ready);
      throw takenMeanwhile(`user ${userId}`);
    },
  };
}

/** Clients without a password may be on it. */
export function letsInEverybody({ auth }: LivingCache): boolean {
  return auth === 'none';
}

/** Waits until it can be used; then `done` says whether it is as wanted. */
export function activeUser(
  access: Access,
  userId: string,
  step: Step,
  done: (user: User) => boolean = () => true,
): Promise<User> {
  return step.wait({
    what: `the user ${userId} to be active`,
    everyMs: 5_000,
    timeoutMs: 10 * 60_000,
    probe: async (): Promise<Probe<User>> => {
      const found = await access.readUser(userId);
      if (found?.status === 'active' && done(found)) return { state: 'ready', value: found };
      return { state: 'pending', detail: found?.status ?? 'not visible yet' };
    },
  });
}

/** All that the user has from then on. */
export async function givePasswords(
  userId: string,
  passwords: readonly string[],
  access: Access,
  step: Step,
): Promise<void> {
  do await activeUser(access, userId, step);
  while ((await access.setPasswords(userId, passwords)) === 'busy');
  await activeUser(access, userId, step, ({ passwordCount }) => passwordCount === passwords.length);
}

function outputsOf({ userId, authentication }: User): { userId: string; open: boolean } {
  return { userId, open: authentication !== 'password' };
}
