/** The way into cluster mode: one step a run, for between two steps every client must change its protocol. */
import type { Blocked } from '../../../domain/change.ts';
import { given, isAnyGiven, type ReplicationGroupSettings } from '../../../domain/settings.ts';
import { parameterGroupDetail, wantedEngine, wantedParameterGroup } from './engine.ts';
import {
  isOn,
  layoutOf,
  type LivingReplicationGroup,
  type Modification,
  type Surroundings,
} from './modification.ts';

/** Last of all: a compatible cache takes no other change (user guide, "Modifying cluster mode"). */
export function intoCompatible(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
  surroundings: Surroundings,
): Modification[] {
  const { group, members } = living;
  if (given(cache.clusterMode) !== 'compatible' || group.clusterMode !== 'disabled') return [];
  const groupNow = members[0]?.cacheParameterGroupName;
  const newGroup =
    wantedParameterGroup(cache, living, surroundings) ?? (groupNow && `${groupNow}.cluster.on`);
  return [
    {
      call: 'modify',
      change: {
        clusterMode: 'compatible',
        ...(newGroup === undefined ? {} : { cacheParameterGroupName: newGroup }),
      },
      details: [
        modeDetail(cache, group.clusterMode),
        ...(newGroup === undefined ? [] : [parameterGroupDetail(groupNow, newGroup)]),
      ],
    },
  ];
}

/** First of all, for what else is asked for waits for it. */
export function intoEnabled(
  cache: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
): Modification[] {
  if (given(cache.clusterMode) !== 'enabled' || group.clusterMode !== 'compatible') return [];
  return [
    { call: 'modify', change: { clusterMode: 'enabled' }, details: [modeDetail(cache, group.clusterMode)] },
  ];
}

function modeDetail({ clusterMode }: ReplicationGroupSettings, from: string) {
  return { field: 'cluster mode', from, to: clusterMode.value, origin: clusterMode.origin };
}

export function clusterModeObstacle(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
): Blocked | undefined {
  const { group, members } = living;
  const id = group.replicationGroupId;
  const to = given(cache.clusterMode);
  if (to === undefined || to === group.clusterMode) return undefined;
  if (to === 'disabled' || group.clusterMode === 'enabled') {
    return {
      action: 'blocked',
      reason: `Cluster mode of ${id} is ${group.clusterMode} and was asked to be ${to}, and there is no way back`,
      hint: `Leave --cluster-mode out, or set up a second cache with another --cache-name and move over.`,
    };
  }
  if (to === 'enabled' && group.clusterMode === 'disabled') {
    return {
      action: 'blocked',
      reason: `Cluster mode of ${id} is disabled, and enabled would shut out every client that does not speak the cluster protocol yet`,
      hint: 'Say --cluster-mode compatible, move all clients to the configuration endpoint, then say --cluster-mode enabled.',
    };
  }
  if (to === 'enabled') return undefined;
  const engineVersion = members[0]?.engineVersion ?? '7';
  if (group.engine === 'redis' && Number.parseInt(engineVersion) < 7) {
    return {
      action: 'blocked',
      reason: `Cluster mode of ${id} cannot be changed on Redis OSS ${engineVersion}: it takes 7.0`,
      hint: 'Say --engine-version 7.1 first.',
    };
  }
  const failsOver = given(cache.multiAz) ?? isOn(group.automaticFailover);
  if (!failsOver || (given(cache.replicas) ?? layoutOf(living).replicas) < 1) {
    return {
      action: 'blocked',
      reason: `Cluster mode of ${id} can be changed only while it fails over to a replica`,
      hint: 'Add --replicas 1 --multi-az.',
    };
  }
  const groupNow = members[0]?.cacheParameterGroupName ?? 'default.';
  const namesGroup = cache.existingParameterGroup !== undefined || isAnyGiven(cache.parameters);
  if (!groupNow.startsWith('default.') && !namesGroup) {
    return {
      action: 'blocked',
      reason: `${id} uses the parameter group ${groupNow}, and cluster mode takes one with cluster-enabled=yes`,
      hint: 'Say its parameters again with --parameter, or name a group with --parameter-group.',
    };
  }
  if (namesGroup && wantedEngine(cache, living)) {
    return {
      action: 'blocked',
      reason: `Engine and cluster mode of ${id} need one parameter group after the other`,
      hint: 'Change the engine first, and the cluster mode in a second run.',
    };
  }
  return undefined;
}

/** Until it is enabled, a compatible cache takes attributes alone. */
export function compatibleObstacle(
  cache: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
  changes: readonly Modification[],
): Blocked | undefined {
  if (group.clusterMode !== 'compatible' || given(cache.clusterMode) === 'enabled') return undefined;
  const fields = changes.flatMap(({ details }) => details.map(({ field }) => field));
  if (fields.length === 0) return undefined;
  return {
    action: 'blocked',
    reason: `${group.replicationGroupId} has cluster mode compatible, and AWS changes nothing else (${fields.join(', ')}) until it is enabled`,
    hint: 'Say --cluster-mode enabled, when every client speaks the cluster protocol.',
  };
}
