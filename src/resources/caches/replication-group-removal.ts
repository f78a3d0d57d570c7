/** The replication group of a project, deleted. */
import type { Aws } from '../../aws/aws.ts';
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import type { Blocked } from '../../domain/change.ts';
import type { Undoable } from '../../engine/undo.ts';
import { WizardError } from '../../errors.ts';
import { isOurs } from '../ownership/late-tags.ts';
import { cacheRemoval, type CacheRemoval } from './cache-removal.ts';
import { canBeBackedUp } from '../../domain/limits.ts';
import { finalSnapshot } from './final-snapshot.ts';

interface ReplicationGroupRemoval extends CacheRemoval {
  readonly subnetGroupName: string | undefined;
}

export function replicationGroupRemoval(
  removal: ReplicationGroupRemoval,
  { elasticache, snapshots }: Pick<Aws, 'elasticache' | 'snapshots'>,
): Undoable {
  const { name, project, snapshot } = removal;

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

  return cacheRemoval(
    removal,
    {
      usualMs: snapshot ? 15 * 60_000 : 10 * 60_000,
      timeoutMs: 60 * 60_000,
      read: () => elasticache.readReplicationGroup(name),
      delete: () => elasticache.deleteReplicationGroup(name),
      isBuiltOfOurs,
      detailOf: ({ memberClusters, cacheNodeType }) => ({
        field: 'nodes',
        from: `${memberClusters.length} × ${cacheNodeType}`,
        to: 'deleted, with what they hold',
      }),
      snapshotObstacle: (group) => (canBeBackedUp(group.cacheNodeType) ? undefined : notSupported(group)),
      takeSnapshot: async (group, last, step) => {
        const source = { kind: 'replicationGroup', name } as const;
        if ((await finalSnapshot(source, last, snapshots, step)) === 'taken') return;
        const { reason, hint } = notSupported(group);
        throw new WizardError('Blocked', reason, { hint });
      },
    },
    elasticache,
  );
}

function notSupported({ replicationGroupId, cacheNodeType }: ReplicationGroup): Blocked {
  return {
    action: 'blocked',
    reason: `No final snapshot of ${replicationGroupId} can be taken: ${cacheNodeType} has no backups`,
    hint: 'What it holds will be lost. Where that is all right: --no-final-snapshot.',
  };
}
