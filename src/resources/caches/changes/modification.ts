/** One call to AWS that brings a living replication group nearer to what was asked for. */
import type {
  CacheCluster,
  ReplicationGroup,
  ReplicationGroupModification,
} from '../../../aws/elasticache.ts';
import type { Detail } from '../../../domain/change.ts';

/** The group must be available again before the next. */
export type Modification = { readonly details: readonly Detail[] } & (
  | { readonly call: 'modify'; readonly change: ReplicationGroupModification }
  | { readonly call: 'replicas'; readonly direction: 'increase' | 'decrease'; readonly replicas: number }
  | { readonly call: 'shards'; readonly shards: number; readonly removed: readonly string[] }
);

/** A group as it is: the group itself, and its members, which alone know version and network. */
export interface LivingReplicationGroup {
  readonly group: ReplicationGroup;
  readonly members: readonly CacheCluster[];
}

/** What of ours it is to use, as far as it is there already. */
export interface Surroundings {
  readonly securityGroupId: string | undefined;
  /** Undefined where no parameter is asked for. */
  readonly cacheParameterGroupName: string | undefined;
  /** None for one that we have not made: its subnets are what they are. */
  readonly subnetGroupName: string | undefined;
}

export function isOn(status: string): boolean {
  return status === 'enabled' || status === 'enabling';
}

export function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}

/** '7.1' asks for any 7.1.x. */
export function isVersion(actual: string, wanted: string): boolean {
  return actual === wanted || actual.startsWith(`${wanted}.`);
}

/** Shards with as many replicas each. */
export function layoutOf({ group }: LivingReplicationGroup): { shards: number; replicas: number } {
  const shards = Math.max(1, group.nodeGroupIds.length);
  return { shards, replicas: Math.floor(group.memberClusters.length / shards) - 1 };
}
