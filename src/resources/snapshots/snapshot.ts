/** A snapshot of a cache, taken and seen to be there. A run that was cut off meanwhile finds it again. */
import type { Aws } from '../../aws/aws.ts';
import type { CacheSnapshot, SnapshotSource } from '../../aws/snapshots.ts';
import type { Blocked } from '../../domain/change.ts';
import { ownershipTags, type Tags } from '../../domain/ownership.ts';
import { WizardError } from '../../errors.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { availableSnapshot, isUsable } from './available-snapshot.ts';

const POLL_MS = 10_000;
/** A cache that is being changed may be so for long: slots that move, nodes that are replaced. */
const TIMEOUT_MS = 60 * 60_000;

export interface SnapshotOptions {
  readonly source: SnapshotSource;
  readonly snapshotName: string;
  readonly project: string;
  readonly userTags: Tags;
  readonly aws: Pick<Aws, 'caches' | 'elasticache' | 'snapshots'>;
}

export function snapshot(options: SnapshotOptions): Resource<'snapshot'> {
  const { source, snapshotName, project, userTags, aws } = options;
  const { snapshots } = aws;
  const tags = { ...userTags, ...ownershipTags(project, snapshotName) };

  async function readOwn(): Promise<CacheSnapshot | undefined> {
    const all = await snapshots.listOf(source);
    return all.find((each) => each.snapshotName === snapshotName);
  }

  /** Somebody else's may have the name; the two kinds of caches have names of their own. */
  async function obstacle(): Promise<Blocked | undefined> {
    const kind = source.kind === 'serverless' ? 'serverless' : 'replicationGroup';
    const other = (await snapshots.named(snapshotName)).find((each) => each.kind === kind);
    return other && takenBy(other);
  }

  /** Asks until AWS is not busy with the cache, which is then ready for it. */
  function taken(step: Step): Promise<undefined> {
    return step.wait<undefined>({
      what: `the snapshot ${snapshotName} to begin`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const tagged = await snapshots.create(source, snapshotName, tags);
        const answer = tagged === 'tags refused' ? await snapshots.create(source, snapshotName) : tagged;
        if (answer === 'not supported') return { state: 'failed', error: notSupported(source.name) };
        // 'exists': our own create whose answer was lost, or somebody else's: the list of this cache's tells.
        if (answer === 'creating' || answer === 'exists') return { state: 'ready', value: undefined };
        const cache = await aws.caches.read(source.name);
        if (!cache) return { state: 'failed', error: goneCache(source.name) };
        return { state: 'pending', detail: `${source.name} is ${cache.status}` };
      },
    });
  }

  return {
    kind: 'snapshot',
    name: snapshotName,
    needs: [],
    usualMs: 3 * 60_000,

    async plan() {
      const own = await readOwn();
      if (own?.status === 'creating')
        return { action: 'update', details: [{ field: 'status', from: 'creating', to: 'available' }] };
      if (own && isUsable(own))
        return { action: 'none', outputs: { arn: own.arn }, note: `is there already, ${ageOf(own)}` };
      const blocked = await obstacle();
      if (blocked) return blocked;
      const cache = await aws.caches.read(source.name);
      return {
        action: 'create',
        details: [
          { field: 'of', to: source.name },
          ...(cache && cache.status !== 'available'
            ? [{ field: 'cache', from: cache.status, to: 'awaited until it is available' }]
            : []),
        ],
      };
    },

    async reconcile(_known, step) {
      if (!(await readOwn())) await taken(step);
      const lost = (status: string): WizardError =>
        new WizardError('OperationFailed', `Taking the snapshot ${snapshotName}: it is ${status}`, {
          hint: 'AWS may have had too little memory left on the node for it (reserved-memory-percent). Run the same command again; `aws elasticache describe-events` tells what happened.',
        });
      const { arn } = await availableSnapshot(source, snapshotName, snapshots, step, { lost });
      return { arn };
    },
  };
}

function takenBy({ snapshotName, cacheName, ...other }: CacheSnapshot): Blocked {
  const { status } = other;
  return {
    action: 'blocked',
    reason: `There is a snapshot ${snapshotName} already, of ${cacheName}, ${status}, ${ageOf(other)}`,
    hint: 'Choose another name: --snapshot-name.',
  };
}

function ageOf({ takenAt }: Pick<CacheSnapshot, 'takenAt'>): string {
  return takenAt === undefined
    ? 'taken at a time that AWS does not tell'
    : `taken ${new Date(takenAt).toISOString()}`;
}

export function notSupported(cacheName: string): WizardError {
  return new WizardError(
    'Blocked',
    `No snapshot of ${cacheName} can be taken: its node type has no backups`,
    {
      hint: 'T1 nodes have none; change to another node type first (--cache-node-type).',
    },
  );
}

function goneCache(cacheName: string): WizardError {
  return new WizardError('NotFound', `${cacheName} is gone while it was being waited for`);
}
