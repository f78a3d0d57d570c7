/** The user group of a replication group: given at creation, added and removed later, never beside an AUTH token. */
import type {
  CreateReplicationGroupMessage,
  ModifyReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { Cache, Changes } from './cache.ts';
import type { Engine } from './engine-versions.ts';
import { invalidCombination, invalidValue } from './rejection.ts';
import type { UserGroups } from './user-groups.ts';

/** User guide, "Quotas for ElastiCache": user groups for each replication group. */
const MOST_GROUPS = 1;

export function requestedUserGroup(
  { UserGroupIds, AuthToken, TransitEncryptionEnabled }: CreateReplicationGroupMessage,
  engine: Engine,
  userGroups: Pick<UserGroups, 'requireUsable'>,
): string | undefined {
  const userGroupId = onlyOne(UserGroupIds);
  if (userGroupId === undefined) return undefined;
  requireEncryption(TransitEncryptionEnabled ?? false);
  if (AuthToken) throw invalidCombination('AuthToken and UserGroupIds cannot be specified together.');
  userGroups.requireUsable(userGroupId, engine);
  return userGroupId;
}

export function changedUserGroup(
  cache: Cache,
  input: ModifyReplicationGroupMessage,
  userGroups: Pick<UserGroups, 'requireUsable'>,
): Changes['userGroup'] {
  const added = onlyOne(input.UserGroupIdsToAdd);
  const removed = onlyOne(input.UserGroupIdsToRemove);
  // Also for a group that is about to be encrypted: the one must be done before the other is asked for.
  if (added !== undefined) requireEncryption(cache.transitEncryption !== 'disabled');
  const removesAll = input.RemoveUserGroups === true;
  if (removed !== undefined && removed !== cache.userGroupId) {
    throw invalidValue(`User group ${removed} is not associated with replication group ${cache.id}.`);
  }
  const stays = removesAll || removed !== undefined ? undefined : cache.userGroupId;
  if (added === undefined) return stays === cache.userGroupId ? undefined : { id: undefined };
  if (stays !== undefined) {
    throw invalidValue(`Replication group ${cache.id} can have at most ${MOST_GROUPS} user group.`);
  }
  if (cache.authTokens.length > 0 && input.AuthTokenUpdateStrategy !== 'DELETE') {
    throw invalidCombination(
      'AuthTokenUpdateStrategy DELETE must be specified with UserGroupIdsToAdd while an AUTH token is in use.',
    );
  }
  userGroups.requireUsable(added, cache.engineVersion.engine);
  return { id: added };
}

function onlyOne(userGroupIds: readonly string[] = []): string | undefined {
  if (userGroupIds.length > MOST_GROUPS) {
    throw invalidValue(`A replication group can have at most ${MOST_GROUPS} user group.`);
  }
  return userGroupIds[0]?.toLowerCase();
}

function requireEncryption(encrypted: boolean): void {
  if (encrypted) return;
  throw invalidCombination(
    'User group based access control requires encryption-in-transit to be enabled on the replication group.',
  );
}
