/** What somebody has changed of a replication group, and what of that waits for its maintenance window. */
import type { CacheCluster, ReplicationGroup } from '../aws/elasticache.ts';
import type { Observation } from '../domain/drift.ts';
import { busyCache, type CacheSubject } from './cache.ts';
import { drift } from './observer.ts';

interface Pending {
  readonly what: string;
  readonly now: string;
  /** Undefined: nothing waits. */
  readonly pending: string | undefined;
  /** Of the AWS CLI. */
  readonly flags: (pending: string) => readonly string[];
}

/** `modify`: the command that changes it at once. */
export function pendingChanges(
  subject: CacheSubject,
  group: ReplicationGroup,
  member: CacheCluster | undefined,
  modify: (...words: string[]) => string[],
): Observation[] {
  if (group.status !== 'available') return [busyCache(subject, group.status)];
  const window = member?.maintenanceWindow ? ` ${member.maintenanceWindow}` : '';
  return pendingOf(group, member).flatMap(({ what, now, pending, flags }) =>
    pending === undefined
      ? []
      : [
          drift(
            subject,
            `a change of its ${what} waits for the maintenance window${window}; the command does it now`,
            modify(...flags(pending)),
            { was: now, now: pending },
          ),
        ],
  );
}

function pendingOf(group: ReplicationGroup, member: CacheCluster | undefined): Pending[] {
  return [
    {
      what: 'node type',
      now: group.cacheNodeType,
      pending: member?.pendingNodeType,
      flags: (pending) => ['--cache-node-type', pending],
    },
    {
      what: 'engine version',
      now: member?.engineVersion ?? '',
      pending: member?.pendingEngineVersion,
      flags: (pending) => ['--engine-version', pending],
    },
    {
      what: 'automatic failover',
      now: group.automaticFailover,
      pending: group.pendingFailover,
      flags: (pending) => [
        pending === 'enabled' ? '--automatic-failover-enabled' : '--no-automatic-failover-enabled',
      ],
    },
  ];
}
