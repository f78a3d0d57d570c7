/** Snapshots: the one that is named, and all in the words of the result. */
import type { CacheSnapshot, Snapshots } from '../../aws/snapshots.ts';
import { WizardError } from '../../errors.ts';
import type { ResultSnapshot } from '../../output/result.ts';
import type { Session } from '../session.ts';

export function toResultSnapshot(snapshot: CacheSnapshot): ResultSnapshot {
  const {
    snapshotName: name,
    arn,
    cacheName,
    engine,
    engineVersion,
    status,
    automatic,
    takenAt,
    nodes,
  } = snapshot;
  return {
    name,
    arn,
    cache: cacheName,
    engine,
    engineVersion,
    cacheNodeType: nodes?.cacheNodeType ?? null,
    shards: nodes?.shards ?? null,
    sizes: snapshot.sizes,
    takenAt: takenAt === undefined ? null : new Date(takenAt).toISOString(),
    source: automatic ? 'automatic' : 'manual',
    status,
    restorableInto: restorableInto(snapshot),
  };
}

/** ElastiCache user guide, "Restoring from a backup into a new cache". */
function restorableInto({ nodes }: CacheSnapshot): ResultSnapshot['restorableInto'] {
  return nodes?.clustered === true ? ['cluster mode', 'serverless'] : ['nodes', 'cluster mode', 'serverless'];
}

/** Newest first; one that AWS does not date is being taken. */
export function newestFirst(snapshots: readonly CacheSnapshot[]): CacheSnapshot[] {
  return [...snapshots].sort((one, other) => (other.takenAt ?? Infinity) - (one.takenAt ?? Infinity));
}

/** The one that is named. Throws where there is none, or one of either kind of cache. */
export async function requireSnapshot(
  snapshots: Pick<Snapshots, 'named'>,
  { inputs, asker }: Session,
): Promise<CacheSnapshot> {
  const name = inputs.snapshotName?.value ?? (await asker.type('snapshotName'));
  const [snapshot, other] = await snapshots.named(name);
  if (!snapshot) {
    throw new WizardError('NotFound', `There is no snapshot ${name} in this account and region`, {
      hint: 'See what there is: elasticache-wizard snapshot list.',
    });
  }
  if (!other) return snapshot;
  throw new WizardError(
    'Blocked',
    `Two snapshots are called ${name}: one of ${snapshot.cacheName}, and one of the serverless cache ${other.cacheName}`,
    {
      hint: 'Copy the one that is meant to another name (aws elasticache copy-snapshot, copy-serverless-cache-snapshot), then name that.',
    },
  );
}
