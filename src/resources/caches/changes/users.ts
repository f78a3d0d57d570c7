/** Who is let in by a user group: one is added to a cache that has none, and never exchanged for another. */
import type { Blocked } from '../../../domain/change.ts';
import { userGroupIdOf } from '../../../domain/access.ts';
import { given, type ReplicationGroupSettings } from '../../../domain/settings.ts';
import type { LivingReplicationGroup, Modification } from './modification.ts';

export function userGroupChange(
  { auth, name }: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
): Modification[] {
  if (auth.value !== 'rbac' || group.userGroupIds.length > 0) return [];
  const to = userGroupIdOf(name);
  return [
    {
      call: 'modify',
      change: { userGroupIdToAdd: to },
      details: [{ field: 'user group', from: 'none', to, origin: auth.origin }],
    },
  ];
}

/** "User group based access control requires encryption-in-transit", of which AWS speaks only when it is asked. */
export function userGroupObstacle(
  cache: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
): Blocked | undefined {
  if (cache.auth.value !== 'rbac') return undefined;
  const { replicationGroupId: id, userGroupIds, transitEncryption } = group;
  const foreign = userGroupIds.filter((each) => each !== userGroupIdOf(cache.name));
  if (foreign.length > 0) {
    return {
      action: 'blocked',
      reason: `${id} lets in the users of ${foreign.join(', ')}, which is not ours`,
      hint: 'Their passwords are not known here. Choose another --cache-name; a cache for the app alone is made.',
    };
  }
  if (transitEncryption || given(cache.transitEncryption) === true) return undefined;
  return {
    action: 'blocked',
    reason: `${id} can have users only with encryption in transit`,
    hint: 'Add --transit-encryption, or leave --auth out.',
  };
}
