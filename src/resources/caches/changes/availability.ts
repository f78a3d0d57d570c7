/** Replicas, failover and Multi-AZ, which build on each other; and shards. */
import type { Blocked } from '../../../domain/change.ts';
import { given, type ReplicationGroupSettings } from '../../../domain/settings.ts';
import { isOn, layoutOf, onOff, type LivingReplicationGroup, type Modification } from './modification.ts';

/** Replicas come before the failover that needs them, and go after it. */
export function availabilityChanges(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
): Modification[] {
  const wanted = given(cache.replicas) ?? layoutOf(living).replicas;
  const replicas = replicaChange(cache, living);
  const failover = failoverChange(cache, living);
  return wanted >= layoutOf(living).replicas ? [...replicas, ...failover] : [...failover, ...replicas];
}

/** After the replicas: a new shard gets as many as the others have. */
export function shardChange(cache: ReplicationGroupSettings, living: LivingReplicationGroup): Modification[] {
  const { shards: now } = layoutOf(living);
  const wanted = given(cache.shards);
  if (wanted === undefined || wanted === now || living.group.clusterMode !== 'enabled') return [];
  const removed = [...living.group.nodeGroupIds].sort().slice(wanted);
  const { origin } = cache.shards;
  return [
    {
      call: 'shards',
      shards: wanted,
      removed,
      details: [{ field: 'shards', from: String(now), to: `${wanted}, their keys moved`, origin }],
    },
  ];
}

function replicaChange(cache: ReplicationGroupSettings, living: LivingReplicationGroup): Modification[] {
  const { replicas: now } = layoutOf(living);
  const wanted = given(cache.replicas) ?? now;
  if (wanted === now || living.members.length === 0) return [];
  const { origin } = cache.replicas;
  return [
    {
      call: 'replicas',
      direction: wanted > now ? 'increase' : 'decrease',
      replicas: wanted,
      details: [{ field: 'replicas', from: String(now), to: String(wanted), origin }],
    },
  ];
}

/** Multi-AZ and failover are separate switches at AWS; the one asked for brings or takes the other along. */
function failoverChange(cache: ReplicationGroupSettings, { group }: LivingReplicationGroup): Modification[] {
  const to = given(cache.multiAz);
  if (to === undefined) return [];
  const multiAz = isOn(group.multiAz);
  // In cluster mode failover is always on (API reference, AutomaticFailoverEnabled).
  const clustered = group.clusterMode !== 'disabled';
  if (multiAz === to && (clustered || isOn(group.automaticFailover) === to)) return [];
  return [
    {
      call: 'modify',
      change: clustered ? { multiAz: to } : { automaticFailover: to, multiAz: to },
      details: [
        {
          field: 'Multi-AZ with failover',
          from: onOff(multiAz),
          to: onOff(to),
          origin: cache.multiAz.origin,
        },
      ],
    },
  ];
}

export function availabilityObstacle(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
): Blocked | undefined {
  const { group } = living;
  const id = group.replicationGroupId;
  const shards = given(cache.shards);
  if (shards !== undefined && shards > 1 && group.clusterMode !== 'enabled') {
    return {
      action: 'blocked',
      reason: `${id} has cluster mode ${group.clusterMode}, and more than one shard takes cluster mode enabled`,
      hint: 'Leave --shards out until --cluster-mode enabled is done.',
    };
  }
  const replicas = given(cache.replicas) ?? layoutOf(living).replicas;
  if (given(cache.multiAz) === true && replicas < 1) {
    return {
      action: 'blocked',
      reason: `Multi-AZ needs a replica, and ${id} has none`,
      hint: 'Add --replicas 1.',
    };
  }
  const needsReplica = group.clusterMode !== 'enabled' && isOn(group.automaticFailover);
  if (replicas < 1 && needsReplica && given(cache.multiAz) !== false) {
    return {
      action: 'blocked',
      reason: `${id} fails over automatically, and with no replica it could not`,
      hint: 'Add --no-multi-az to turn failover off first, or keep one replica.',
    };
  }
  if (replicas < 1 && isOn(group.multiAz) && given(cache.multiAz) !== false) {
    return {
      action: 'blocked',
      reason: `${id} is in several zones, and with no replica it could not be`,
      hint: 'Add --no-multi-az, or keep one replica.',
    };
  }
  return undefined;
}
