/** What may have become of a cache of either kind. */
import type { Blocked, Detail } from '../domain/change.ts';
import type { Observation } from '../domain/drift.ts';
import { awsCommand } from '../domain/mending.ts';
import type { CacheSettings } from '../domain/settings.ts';
import { CREATING } from '../resources/caches/available-cache.ts';
import { deletionOf, readFailureReason } from '../resources/caches/cache-failure.ts';
import { lostTags } from './lost-tags.ts';
import { drift, note } from './observer.ts';
import type { Watched } from './watched.ts';

export interface CacheSubject {
  readonly kind: 'cache';
  readonly name: string;
}

interface CacheAsFound {
  readonly arn: string;
  readonly status: string;
}

export function goneCache(subject: CacheSubject, setup: readonly string[]): Observation {
  return drift(subject, 'was deleted: the command makes it anew, empty', setup);
}

/** One that cannot be used. */
export async function brokenCache(
  subject: CacheSubject,
  kind: CacheSettings['kind'],
  { status }: CacheAsFound,
  setup: readonly string[],
  { aws, where }: Watched,
): Promise<Observation | undefined> {
  if (status === 'deleting')
    return drift(subject, 'is being deleted: when it is gone, the command makes it anew, empty', setup);
  if (status !== 'create-failed') return undefined;
  const reason = await readFailureReason(kind, subject.name, aws.elasticache);
  return drift(
    subject,
    `failed to create: ${reason}. It holds the name until it is deleted; then run setup again`,
    awsCommand(where, ...deletionOf(kind, subject.name)),
    { now: status },
  );
}

export async function cacheTags(
  subject: CacheSubject,
  { arn, status }: CacheAsFound,
  watched: Watched,
): Promise<Observation[]> {
  const lost = await lostTags(subject, arn, watched);
  if (lost !== 'unreadable') return lost;
  return [{ outcome: 'unseen', ...subject, what: `AWS does not show its tags just now (it is ${status})` }];
}

/**
 * What setup was told is nowhere kept: settings are compared where `status` is told them again. `blocked` and `details`
 * are what setup would say to them.
 */
export function askedSettings(
  subject: CacheSubject,
  blocked: Blocked | undefined,
  details: readonly Detail[],
  setup: readonly string[],
): Observation[] {
  if (blocked) return [drift(subject, `${blocked.reason}. ${blocked.hint}`, setup)];
  return details.map(({ field, from, to }) =>
    drift(subject, `its ${field} is not what is asked for`, setup, { was: to, now: from }),
  );
}

/** One that is not available is at work on something, and no drift. */
export function busyCache(subject: CacheSubject, status: string): Observation {
  const what =
    status === CREATING ? 'is being created; setup goes on from there' : `is ${status}, and serves meanwhile`;
  return note(subject, what);
}
