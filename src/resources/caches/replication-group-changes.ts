/** What a living replication group would need to become what was asked for, in the order that AWS demands. */
import type { Detail, Blocked } from '../../domain/change.ts';
import type { ReplicationGroupSettings } from '../../domain/settings.ts';
import { attributeChange } from './changes/attributes.ts';
import { availabilityChanges, availabilityObstacle, shardChange } from './changes/availability.ts';
import {
  clusterModeObstacle,
  compatibleObstacle,
  intoCompatible,
  intoEnabled,
} from './changes/cluster-mode.ts';
import { encryptionChange, encryptionObstacle } from './changes/encryption.ts';
import { engineChange, engineObstacle, nodeTypeChange } from './changes/engine.ts';
import type { LivingReplicationGroup, Modification, Surroundings } from './changes/modification.ts';
import { permanenceObstacle } from './changes/permanence.ts';
import { userGroupChange, userGroupObstacle } from './changes/users.ts';

export function modificationsOf(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
  surroundings: Surroundings,
): Modification[] {
  return [
    ...attributeChange(cache, living, surroundings),
    ...intoEnabled(cache, living),
    ...nodeChanges(cache, living, surroundings),
    ...intoCompatible(cache, living, surroundings),
    // Not before TLS.
    ...userGroupChange(cache, living),
  ];
}

/** Those that the nodes themselves take part in. */
function nodeChanges(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
  surroundings: Surroundings,
): Modification[] {
  return [
    ...engineChange(cache, living, surroundings),
    ...nodeTypeChange(cache, living),
    ...encryptionChange(cache, living),
    ...availabilityChanges(cache, living),
    ...shardChange(cache, living),
  ];
}

/** What is not done to a living cache, and the way out. */
export function blockedOf(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
  surroundings: Surroundings,
): Blocked | undefined {
  return (
    passwordObstacle(cache, living) ??
    userGroupObstacle(cache, living) ??
    permanenceObstacle(cache, living, surroundings) ??
    engineObstacle(cache, living) ??
    encryptionObstacle(cache, living) ??
    clusterModeObstacle(cache, living) ??
    availabilityObstacle(cache, living) ??
    compatibleObstacle(cache, living, nodeChanges(cache, living, surroundings))
  );
}

function passwordObstacle(
  { auth }: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
): Blocked | undefined {
  const { replicationGroupId: id, userGroupIds } = group;
  if (group.authTokenEnabled && auth.value !== 'token') {
    return {
      action: 'blocked',
      reason: `${id} asks for an AUTH token, which AWS cannot take away from it again`,
      hint: 'Say --auth token, or choose another --cache-name.',
    };
  }
  if (userGroupIds.length > 0 && auth.value !== 'rbac') {
    return {
      action: 'blocked',
      reason: `${id} lets in whom its user groups say (${userGroupIds.join(', ')})`,
      hint: 'Say --auth rbac, or choose another --cache-name.',
    };
  }
  return undefined;
}

/** The address that it has now is another, or of another kind, when they are done. */
export function changesAddress(modifications: readonly Modification[]): boolean {
  return modifications.some(
    (each) =>
      each.call === 'modify' &&
      (each.change.transitEncryption !== undefined || each.change.clusterMode !== undefined),
  );
}

/** Changes of others that wait for the maintenance window: AWS carries them out at once with any change of ours. */
export function pendingDetails({ group, members }: LivingReplicationGroup): Detail[] {
  const [member] = members;
  const waiting = [
    member?.pendingNodeType && member.pendingNodeType !== group.cacheNodeType
      ? `node type ${member.pendingNodeType}`
      : '',
    member?.pendingEngineVersion ? `engine version ${member.pendingEngineVersion}` : '',
    group.pendingFailover ? `failover ${group.pendingFailover}` : '',
  ].filter(Boolean);
  return waiting.length === 0 ? [] : [{ field: 'waits for its window', to: waiting.join(', ') }];
}
