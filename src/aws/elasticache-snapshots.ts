/** ElastiCache's snapshots behind their part of the interface. */
import { CreateSnapshotCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-elasticache';
import type {
  ElastiCacheClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
  Snapshot as AwsSnapshot,
} from '@aws-sdk/client-elasticache';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import type { ElastiCache, Snapshot } from './elasticache.ts';
import { isFailure } from './failures.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

export function snapshotCalls(send: SendElastiCache): Pick<ElastiCache, 'listSnapshots' | 'createSnapshot'> {
  return {
    async listSnapshots(replicationGroupId) {
      const by = { ReplicationGroupId: replicationGroupId.toLowerCase(), SnapshotSource: 'user' };
      const snapshots = await pages(async (Marker) => {
        const command = new DescribeSnapshotsCommand({ ...by, Marker });
        const page = await send(`Listing the snapshots of ${replicationGroupId}`, command);
        return { items: page.Snapshots ?? [], next: page.Marker };
      });
      return snapshots.map(toSnapshot);
    },

    async createSnapshot(replicationGroupId, SnapshotName) {
      const input = { ReplicationGroupId: replicationGroupId.toLowerCase(), SnapshotName };
      try {
        await send(`Taking the snapshot ${SnapshotName}`, new CreateSnapshotCommand(input));
        return 'creating';
      } catch (error) {
        if (isFailure(error, 'snapshot exists')) return 'exists';
        if (isFailure(error, 'replication group not available', 'cache cluster not available')) return 'busy';
        if (isFailure(error, 'snapshot not supported')) return 'not supported';
        throw error;
      }
    },
  };
}

function toSnapshot({ SnapshotName = '', SnapshotStatus = '', NodeSnapshots = [] }: AwsSnapshot): Snapshot {
  const takenAt = NodeSnapshots[0]?.SnapshotCreateTime?.getTime();
  return {
    snapshotName: SnapshotName,
    status: SnapshotStatus.toLowerCase(),
    ...(takenAt !== undefined && { takenAt }),
  };
}
