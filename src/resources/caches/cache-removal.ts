/** A cache of a project of either kind, deleted: after a snapshot of it is seen to be there, unless none is wanted. */
import type { ElastiCache } from '../../aws/elasticache.ts';
import type { Blocked, Change, Detail } from '../../domain/change.ts';
import type { Tags } from '../../domain/ownership.ts';
import type { Step } from '../../engine/resource.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Probe } from '../../engine/wait.ts';
import { isOurs } from '../ownership/late-tags.ts';
import type { CacheAsFound } from './available-cache.ts';
import { lastTags, type Last } from './final-snapshot.ts';

/** What is known of it from the project. */
export interface CacheRemoval {
  readonly name: string;
  readonly project: string;
  readonly userTags: Tags;
  /** Of the project: what proves a cache ours that failed to be created and so shows no tags. */
  readonly securityGroupId: string;
  readonly snapshot: boolean;
  /** When the last app left the cache: a snapshot from before would miss what was written until then. */
  readonly usedUntil: () => Promise<number>;
}

/** What tells one kind of cache from the other. */
interface RemovableCache<Cache extends CacheAsFound> {
  readonly usualMs: number;
  readonly timeoutMs: number;
  read(): Promise<Cache | undefined>;
  delete(): Promise<'deleting' | 'gone' | 'busy'>;
  /** Of one that failed to be created, whose tags AWS never shows. */
  isBuiltOfOurs(cache: Cache): boolean | Promise<boolean>;
  /** What it holds, as the plan shows it. */
  detailOf(cache: Cache): Detail;
  /** Why no final snapshot of it can be taken. */
  snapshotObstacle?(cache: Cache): Blocked | undefined;
  takeSnapshot(cache: Cache, last: Last, step: Step): Promise<void>;
}

/** 'not known yet': AWS shows the tags of a cache only while it is available. */
type Ownership = 'ours' | 'not ours' | 'not known yet';

const POLL_MS = 10_000;

export function cacheRemoval<Cache extends CacheAsFound>(
  { name, project, userTags, snapshot, usedUntil }: CacheRemoval,
  kind: RemovableCache<Cache>,
  elasticache: Pick<ElastiCache, 'readTags'>,
): Undoable {
  const { timeoutMs } = kind;
  const isKept = ({ status }: Cache): boolean => snapshot && status !== 'create-failed';

  async function readOwnership(cache: Cache): Promise<Ownership> {
    const tags = await elasticache.readTags(cache.arn);
    if (typeof tags !== 'string') return isOurs(cache, tags, project, name) ? 'ours' : 'not ours';
    if (cache.status !== 'create-failed') return 'not known yet';
    return (await kind.isBuiltOfOurs(cache)) ? 'ours' : 'not ours';
  }

  async function planExisting(cache: Cache): Promise<Change<unknown>> {
    if (cache.status === 'deleting')
      return { action: 'delete', details: [{ field: 'status', to: 'being deleted already' }] };
    const ownership = await readOwnership(cache);
    if (ownership === 'not ours')
      return { action: 'none', outputs: undefined, note: 'is not ours: it stays' };
    const obstacle = snapshot ? kind.snapshotObstacle?.(cache) : undefined;
    if (obstacle) return obstacle;
    const unsure = { field: 'status', from: cache.status, to: 'awaited: AWS shows whose it is only then' };
    return {
      action: 'delete',
      details: [
        ...(ownership === 'ours' ? [] : [unsure]),
        kind.detailOf(cache),
        {
          field: 'final snapshot',
          to: isKept(cache) ? `${name}-final-<time>, seen available before anything is deleted` : 'none',
        },
      ],
    };
  }

  /** Waits until AWS lets it be changed, and it is known to be ours; undefined: it is gone, or going, or not ours. */
  function settled(step: Step): Promise<Cache | undefined> {
    return step.wait<Cache | undefined>({
      what: `${name} to be available`,
      everyMs: POLL_MS,
      timeoutMs,
      probe: async () => {
        const cache = await kind.read();
        if (!cache || cache.status === 'deleting') return { state: 'ready', value: undefined };
        const ownership = await readOwnership(cache);
        if (ownership === 'not known yet') return { state: 'pending', detail: cache.status };
        return { state: 'ready', value: ownership === 'ours' ? cache : undefined };
      },
    });
  }

  /** Deletes and waits; deletes again where AWS was busy with it. */
  function deleted(arn: string | undefined, step: Step): Promise<void> {
    const probe = async (): Promise<Probe<void>> => {
      const cache = await kind.read();
      // Somebody may make another of that name the moment that it is free.
      if (!cache || (arn !== undefined && (await readOwnership(cache)) === 'not ours'))
        return { state: 'ready', value: undefined };
      if (cache.status === 'deleting' || arn === undefined) return { state: 'pending', detail: 'deleting' };
      const answer = await kind.delete();
      return { state: 'pending', detail: answer === 'busy' ? cache.status : 'deleting' };
    };
    return step.wait({ what: `${name} to be deleted`, everyMs: POLL_MS, timeoutMs, probe });
  }

  return {
    kind: 'cache',
    name,
    usualMs: kind.usualMs,

    async plan() {
      const cache = await kind.read();
      return cache ? planExisting(cache) : { action: 'none', outputs: undefined, note: 'is gone' };
    },

    async undo(step) {
      const cache = await settled(step);
      if (cache && isKept(cache)) {
        const last = { usedUntil: await usedUntil(), tags: lastTags(userTags, project) };
        await kind.takeSnapshot(cache, last, step);
      }
      await deleted(cache?.arn, step);
    },
  };
}
