/** The users that a cache lets in: ours alone. */
import type { UserGroup } from '../../aws/access.ts';
import type { Aws } from '../../aws/aws.ts';
import { userGroupIdOf, userIdOf } from '../../domain/access.ts';
import { foreign, ownershipTags } from '../../domain/ownership.ts';
import type { CacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { readOwnerNow, takenMeanwhile, type Owned } from '../ownership/owner.ts';

export function userGroup(
  cache: CacheSettings,
  settings: Settings,
  { access, elasticache }: Pick<Aws, 'access' | 'elasticache'>,
): Resource<'userGroup'> {
  const userGroupId = userGroupIdOf(cache.name);
  const userId = userIdOf(cache.name);
  const outputs = { userGroupId };

  const readOwner = (found: UserGroup): Promise<Owned> =>
    readOwnerNow(found, settings.project, userGroupId, elasticache);

  return {
    kind: 'userGroup',
    name: userGroupId,
    needs: [{ kind: 'user', name: userId }],

    async plan() {
      const found = await access.readUserGroup(userGroupId);
      if (!found) return { action: 'create', details: [{ field: 'users', to: userId }] };
      const { owner, tags } = await readOwner(found);
      if (owner !== 'ours') return foreign(`The user group ${userGroupId}`, owner, tags, '--cache-name');
      if (!found.userIds.includes(userId)) {
        return {
          action: 'blocked',
          reason: `${userId} was taken out of the user group ${userGroupId}`,
          hint: `Put it back: aws elasticache modify-user-group --user-group-id ${userGroupId} --user-ids-to-add ${userId}. Then run the same command again.`,
        };
      }
      if (found.status === 'active') return { action: 'none', outputs };
      const details = [{ field: 'status', from: found.status, to: 'active' }];
      return { action: 'update', outputs, details };
    },

    async reconcile(_known, step) {
      if (!(await access.readUserGroup(userGroupId))) {
        const tags = { ...settings.tags, ...ownershipTags(settings.project, userGroupId) };
        const engine = (await access.readUser(userId))?.engine ?? cache.engine.value;
        await access.createUserGroup({ userGroupId, engine, userIds: [userId], tags });
      }
      const ready = await step.wait({
        what: `the user group ${userGroupId} to be active`,
        everyMs: 5_000,
        timeoutMs: 10 * 60_000,
        probe: async (): Promise<Probe<UserGroup>> => {
          const found = await access.readUserGroup(userGroupId);
          if (found?.status === 'active') return { state: 'ready', value: found };
          return { state: 'pending', detail: found?.status ?? 'not visible yet' };
        },
      });
      if ((await readOwner(ready)).owner === 'ours') return outputs;
      throw takenMeanwhile(`user group ${userGroupId}`);
    },
  };
}
