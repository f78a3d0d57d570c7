/** What the nodes of a replication group are called. */
import { membersOf } from './cache.ts';
import type { Cache, ClusterMode, Shard } from './cache.ts';

/** 'app-001', and with cluster mode 'app-0001-001'. */
export function memberIds(
  replicationGroupId: string,
  clusterMode: ClusterMode,
  shardId: string,
  count: number,
): string[] {
  const prefix = clusterMode === 'disabled' ? replicationGroupId : `${replicationGroupId}-${shardId}`;
  return Array.from({ length: count }, (_, index) => memberId(prefix, index + 1));
}

/** As the shard's others are called, which may be older than its cluster mode. */
export function freeMemberIds(cache: Cache, shard: Shard, count: number): string[] {
  const used = new Set(membersOf(cache, shard).map(({ cacheClusterId }) => cacheClusterId));
  const prefix = shard.primaryId.replace(/-\d{3}$/, '');
  const ids: string[] = [];
  for (let number = 1; ids.length < count; number += 1) {
    const id = memberId(prefix, number);
    if (!used.has(id)) ids.push(id);
  }
  return ids;
}

function memberId(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, '0')}`;
}
