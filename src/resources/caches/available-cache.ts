/** A cache of either kind, waited for: until it is available and, at last, known to be ours. */
import type { ElastiCache } from '../../aws/elasticache.ts';
import type { Blocked } from '../../domain/change.ts';
import type { Owner, Tags } from '../../domain/ownership.ts';
import type { CacheSettings } from '../../domain/settings.ts';
import type { Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { isUntaggedOurs, tagLate } from '../ownership/late-tags.ts';
import { readOwner, type Foreign } from '../ownership/owner.ts';
import { readFailure } from './cache-failure.ts';

/** What both kinds tell of themselves. */
export interface CacheAsFound {
  readonly arn: string;
  readonly status: string;
  readonly description: string;
}

/** What tells one kind of cache from the other while it is waited for. */
export interface AwaitedCache<Found extends CacheAsFound, Living> {
  readonly kind: CacheSettings['kind'];
  readonly name: string;
  readonly project: string;
  /** That it is to have. */
  readonly tags: Tags;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Of a create that was begun just now. */
  readonly usualMs?: number | undefined;
  read(): Promise<Found | undefined>;
  /** While it is not available. */
  progressOf(found: Found): string;
  /** Why one that is not ours is left alone; undefined: it is used all the same. */
  refuse(owned: Foreign): Blocked | undefined;
  /** With what else is to be known of it. */
  complete(found: Found): Promise<Living>;
}

export interface Available<Living> {
  readonly living: Living;
  readonly owner: Owner;
}

/** A cache just created, or just changed, may not be there in the reads of the next moments. */
const STALE_MS = 60_000;

const NOUNS = { replicationGroup: 'replication group', serverless: 'serverless cache' } as const;

/** AWS's word for both kinds, from the moment that the create call was taken. */
export const CREATING = 'creating';

/** `done` says whether it is as wanted. */
export function availableCache<Found extends CacheAsFound, Living>(
  cache: AwaitedCache<Found, Living>,
  elasticache: ElastiCache,
  step: Step,
  done: (living: Living) => boolean,
): Promise<Available<Living>> {
  const { kind, name, project, tags, everyMs, usualMs, timeoutMs } = cache;
  let seenAt = step.now();

  const probe = async (): Promise<Probe<Available<Living>>> => {
    const found = await cache.read();
    if (!found) return unseen(name, step.now() - seenAt);
    seenAt = step.now();
    const { status } = found;
    if (status === 'create-failed')
      return failed('OperationFailed', await readFailure(kind, name, elasticache));
    if (status === 'deleting')
      return failed('OperationFailed', { reason: `${name} is being deleted by somebody else` });
    const owned = status === 'available' ? await readOwner(found, project, name, elasticache) : undefined;
    if (!owned) return { state: 'pending', detail: cache.progressOf(found), begun: status === CREATING };
    if (isUntaggedOurs(found, owned.tags, project)) {
      await tagLate(elasticache, `The ${NOUNS[kind]} ${name}`, found.arn, tags);
      return { state: 'pending', detail: 'being tagged' };
    }
    const refusal = owned.owner === 'ours' ? undefined : cache.refuse(owned);
    if (refusal) return failed('NotOurs', refusal);
    const living = await cache.complete(found);
    return done(living)
      ? { state: 'ready', value: { living, owner: owned.owner } }
      : { state: 'pending', detail: 'available, not yet changed' };
  };
  return step.wait({ what: `${name} to become available`, everyMs, usualMs, timeoutMs, probe });
}

function unseen(name: string, forMs: number): Probe<never> {
  if (forMs < STALE_MS) return { state: 'pending', detail: 'not visible yet' };
  return failed('OperationFailed', {
    reason: `${name} is gone while it was being waited for`,
    hint: 'Somebody has deleted it. Run the same command again to make it anew.',
  });
}

function failed(
  code: 'OperationFailed' | 'NotOurs',
  { reason, hint }: { readonly reason: string; readonly hint?: string },
): Probe<never> {
  return { state: 'failed', error: new WizardError(code, reason, { hint }) };
}
