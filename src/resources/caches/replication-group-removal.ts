/** The cache of a project, deleted: after a snapshot of it is seen to be there, unless none is wanted. */
import type { ElastiCache, ReplicationGroup } from '../../aws/elasticache.ts';
import type { Change, Detail } from '../../domain/change.ts';
import type { Step } from '../../engine/resource.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { finalSnapshot } from './final-snapshot.ts';
import { isOurs } from '../ownership/late-tags.ts';

export interface ReplicationGroupRemoval {
  readonly name: string;
  readonly project: string;
  /** Of the project: what proves a cache ours that failed to be created and so shows no tags. */
  readonly securityGroupId: string;
  readonly subnetGroupName: string | undefined;
  readonly snapshot: boolean;
  /** When the last app left the cache: a snapshot from before would miss what was written until then. */
  readonly usedUntil: () => Promise<number>;
}

/** 'not known yet': AWS shows the tags of a cache only while it is available. */
type Ownership = 'ours' | 'not ours' | 'not known yet';

const POLL_MS = 10_000;
const TIMEOUT_MS = 60 * 60_000;

export function replicationGroupRemoval(
  removal: ReplicationGroupRemoval,
  elasticache: ElastiCache,
): Undoable {
  const { name, project, snapshot } = removal;

  async function readOwnership(group: ReplicationGroup): Promise<Ownership> {
    const tags = await elasticache.readTags(group.arn);
    if (typeof tags !== 'string') return isOurs(group, tags, project, name) ? 'ours' : 'not ours';
    if (group.status !== 'create-failed') return 'not known yet';
    return (await isBuiltOfOurs(group)) ? 'ours' : 'not ours';
  }

  /** A failed create may leave no node: then our subnet group of that name, to which nothing foreign was admitted, tells. */
  async function isBuiltOfOurs({ memberClusters }: ReplicationGroup): Promise<boolean> {
    const { subnetGroupName, securityGroupId } = removal;
    if (subnetGroupName === undefined) return false;
    const members = await elasticache.describeCacheClusters(memberClusters);
    const group = await elasticache.readCacheSubnetGroup(subnetGroupName);
    const tags = group && (await elasticache.readTags(group.arn));
    if (!tags || typeof tags === 'string' || !isOurs(group, tags, project, subnetGroupName)) return false;
    return members.every(
      ({ cacheSubnetGroupName, securityGroupIds }) =>
        cacheSubnetGroupName === subnetGroupName && securityGroupIds.includes(securityGroupId),
    );
  }

  function detailsOf(group: ReplicationGroup): Detail[] {
    const nodes = `${group.memberClusters.length} × ${group.cacheNodeType}`;
    const kept = snapshot && group.status !== 'create-failed';
    return [
      { field: 'nodes', from: nodes, to: 'deleted, with what they hold' },
      {
        field: 'final snapshot',
        to: kept ? `${name}-final-<time>, seen available before anything is deleted` : 'none',
      },
    ];
  }

  async function planExisting(group: ReplicationGroup): Promise<Change<unknown>> {
    if (group.status === 'deleting')
      return { action: 'delete', details: [{ field: 'status', to: 'being deleted already' }] };
    const ownership = await readOwnership(group);
    if (ownership === 'not ours')
      return { action: 'none', outputs: undefined, note: 'is not ours: it stays' };
    if (snapshot && !canBeBackedUp(group.cacheNodeType)) return { action: 'blocked', ...notSupported(group) };
    const unsure = { field: 'status', from: group.status, to: 'awaited: AWS shows whose it is only then' };
    return { action: 'delete', details: [...(ownership === 'ours' ? [] : [unsure]), ...detailsOf(group)] };
  }

  /** Waits until AWS lets it be changed, and it is known to be ours; undefined: it is gone, or going, or not ours. */
  function settled(step: Step): Promise<ReplicationGroup | undefined> {
    return step.wait<ReplicationGroup | undefined>({
      what: `${name} to be available`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const group = await elasticache.readReplicationGroup(name);
        if (!group || group.status === 'deleting') return { state: 'ready', value: undefined };
        const ownership = await readOwnership(group);
        if (ownership === 'not known yet') return { state: 'pending', detail: group.status };
        return { state: 'ready', value: ownership === 'ours' ? group : undefined };
      },
    });
  }

  /** Deletes and waits; deletes again where AWS was busy with it. */
  function deleted(arn: string | undefined, step: Step): Promise<void> {
    const probe = async (): Promise<Probe<void>> => {
      const group = await elasticache.readReplicationGroup(name);
      // Somebody may make another of that name the moment that it is free.
      if (!group || (arn !== undefined && (await readOwnership(group)) === 'not ours'))
        return { state: 'ready', value: undefined };
      if (group.status === 'deleting' || arn === undefined) return { state: 'pending', detail: 'deleting' };
      const answer = await elasticache.deleteReplicationGroup(name);
      return { state: 'pending', detail: answer === 'busy' ? group.status : 'deleting' };
    };
    return step.wait({ what: `${name} to be deleted`, everyMs: POLL_MS, timeoutMs: TIMEOUT_MS, probe });
  }

  return {
    kind: 'cache',
    name,
    usualMs: snapshot ? 15 * 60_000 : 10 * 60_000,

    async plan() {
      const group = await elasticache.readReplicationGroup(name);
      return group ? planExisting(group) : { action: 'none', outputs: undefined, note: 'is gone' };
    },

    async undo(step) {
      const group = await settled(step);
      if (group && snapshot && group.status !== 'create-failed') {
        const taken = await finalSnapshot(name, await removal.usedUntil(), elasticache, step);
        if (taken === 'not supported') {
          const { reason, hint } = notSupported(group);
          throw new WizardError('Blocked', reason, { hint });
        }
      }
      await deleted(group?.arn, step);
    },
  };
}

/** ElastiCache User Guide, "Snapshot and restore": T1 nodes have no backups. */
function canBeBackedUp(cacheNodeType: string): boolean {
  return !cacheNodeType.startsWith('cache.t1.');
}

function notSupported({ replicationGroupId, cacheNodeType }: ReplicationGroup): {
  reason: string;
  hint: string;
} {
  return {
    reason: `No final snapshot of ${replicationGroupId} can be taken: ${cacheNodeType} has no backups`,
    hint: 'What it holds will be lost. Where that is all right: --no-final-snapshot.',
  };
}
