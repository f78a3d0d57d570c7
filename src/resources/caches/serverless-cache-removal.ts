/** The serverless cache of a project, deleted: after a snapshot of it is seen to be there, unless none is wanted. */
import type { Aws } from '../../aws/aws.ts';
import type { ServerlessCache } from '../../aws/serverless.ts';
import type { Change } from '../../domain/change.ts';
import type { Step } from '../../engine/resource.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Probe } from '../../engine/wait.ts';
import { finalSnapshot } from './final-snapshot.ts';
import { isOurs } from '../ownership/late-tags.ts';

export interface ServerlessCacheRemoval {
  readonly name: string;
  readonly project: string;
  /** Of the project: what proves a cache ours that failed to be created and so shows no tags. */
  readonly securityGroupId: string;
  readonly snapshot: boolean;
  /** When the last app left the cache: a snapshot from before would miss what was written until then. */
  readonly usedUntil: () => Promise<number>;
}

/** 'not known yet': AWS shows the tags of a cache only while it is available. */
type Ownership = 'ours' | 'not ours' | 'not known yet';

const POLL_MS = 10_000;
const TIMEOUT_MS = 40 * 60_000;

export function serverlessCacheRemoval(
  { name, project, securityGroupId, snapshot, usedUntil }: ServerlessCacheRemoval,
  { serverless, elasticache }: Pick<Aws, 'serverless' | 'elasticache'>,
): Undoable {
  async function readOwnership(cache: ServerlessCache): Promise<Ownership> {
    const tags = await elasticache.readTags(cache.arn);
    if (typeof tags !== 'string') return isOurs(cache, tags, project, name) ? 'ours' : 'not ours';
    if (cache.status !== 'create-failed') return 'not known yet';
    return cache.securityGroupIds.includes(securityGroupId) ? 'ours' : 'not ours';
  }

  async function planExisting(cache: ServerlessCache): Promise<Change<unknown>> {
    if (cache.status === 'deleting')
      return { action: 'delete', details: [{ field: 'status', to: 'being deleted already' }] };
    const ownership = await readOwnership(cache);
    if (ownership === 'not ours')
      return { action: 'none', outputs: undefined, note: 'is not ours: it stays' };
    const unsure = { field: 'status', from: cache.status, to: 'awaited: AWS shows whose it is only then' };
    const kept = snapshot && cache.status !== 'create-failed';
    return {
      action: 'delete',
      details: [
        ...(ownership === 'ours' ? [] : [unsure]),
        { field: 'data', from: `serverless ${cache.engine}`, to: 'deleted' },
        {
          field: 'final snapshot',
          to: kept ? `${name}-final-<time>, seen available before anything is deleted` : 'none',
        },
      ],
    };
  }

  /** Waits until AWS lets it be changed, and it is known to be ours; undefined: it is gone, or going, or not ours. */
  function settled(step: Step): Promise<ServerlessCache | undefined> {
    return step.wait<ServerlessCache | undefined>({
      what: `${name} to be available`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const cache = await serverless.readServerlessCache(name);
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
      const cache = await serverless.readServerlessCache(name);
      // Somebody may make another of that name the moment that it is free.
      if (!cache || (arn !== undefined && (await readOwnership(cache)) === 'not ours'))
        return { state: 'ready', value: undefined };
      if (cache.status === 'deleting' || arn === undefined) return { state: 'pending', detail: 'deleting' };
      const answer = await serverless.deleteServerlessCache(name);
      return { state: 'pending', detail: answer === 'busy' ? cache.status : 'deleting' };
    };
    return step.wait({ what: `${name} to be deleted`, everyMs: POLL_MS, timeoutMs: TIMEOUT_MS, probe });
  }

  return {
    kind: 'cache',
    name,
    usualMs: 5 * 60_000,

    async plan() {
      const cache = await serverless.readServerlessCache(name);
      return cache ? planExisting(cache) : { action: 'none', outputs: undefined, note: 'is gone' };
    },

    async undo(step) {
      const cache = await settled(step);
      if (cache && snapshot && cache.status !== 'create-failed')
        await finalSnapshot(name, await usedUntil(), serverless, step);
      await deleted(cache?.arn, step);
    },
  };
}
