/**
 * The last copy of a cache. It is taken and seen to be there before the cache is deleted, for a backup can fail
 * without a word, and a deletion cannot be taken back (ElastiCache User Guide, "Taking manual backups").
 */
import type { CacheSnapshot, Snapshots, SnapshotSource } from '../../aws/snapshots.ts';
import { PROJECT_TAG, type Tags } from '../../domain/ownership.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { availableSnapshot, timestamp } from '../snapshots/available-snapshot.ts';

const POLL_MS = 10_000;
const TIMEOUT_MS = 60 * 60_000;
/** One that a run which was cut off has taken. An older one may miss what others than the project's apps wrote. */
const RECENT_MS = 60 * 60_000;

/** What a last snapshot must hold, and carry. */
export interface Last {
  readonly usedUntil: number;
  readonly tags: Tags | undefined;
}

/** An account may demand the user's tags of all that is made; our own on it are no claim, for `of` is missing. */
export function lastTags(userTags: Tags, project: string): Tags | undefined {
  return Object.keys(userTags).length === 0 ? undefined : { ...userTags, [PROJECT_TAG]: project };
}

export function finalSnapshotPrefix(cacheName: string): string {
  return `${cacheName}-final-`;
}

/** `tags`: where everything has to carry the user's. */
export async function finalSnapshot(
  source: SnapshotSource,
  { usedUntil, tags }: Last,
  snapshots: Pick<Snapshots, 'listOf' | 'create'>,
  step: Step,
): Promise<'taken' | 'not supported'> {
  const cacheName = source.name;
  const prefix = finalSnapshotPrefix(cacheName);
  const isFresh = ({ snapshotName, status, takenAt = step.now() }: CacheSnapshot): boolean =>
    snapshotName.startsWith(prefix) &&
    (status === 'creating' || status === 'available') &&
    takenAt >= usedUntil &&
    step.now() - takenAt < RECENT_MS;

  const found = (await snapshots.listOf(source)).find(isFresh)?.snapshotName;
  const name = found ?? `${prefix}${timestamp(step.now())}`;
  if (found === undefined && (await take(name)) === 'not supported') return 'not supported';
  await availableSnapshot(source, name, snapshots, step, {
    lost: (status) =>
      new WizardError(
        'OperationFailed',
        `Taking the snapshot ${name}: it is ${status}, and so ${cacheName} was not deleted`,
        { hint: 'Run the same command again, or add --no-final-snapshot to do without.' },
      ),
  });
  return 'taken';

  function take(snapshotName: string): Promise<'taken' | 'not supported'> {
    return step.wait<'taken' | 'not supported'>({
      what: `the snapshot ${snapshotName} to begin`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const tagged = await snapshots.create(source, snapshotName, tags);
        const answer = tagged === 'tags refused' ? await snapshots.create(source, snapshotName) : tagged;
        if (answer === 'busy') return { state: 'pending', detail: 'AWS is busy with the cache' };
        return { state: 'ready', value: answer === 'not supported' ? answer : 'taken' };
      },
    });
  }
}
