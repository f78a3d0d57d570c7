/** When a cache is backed up without anybody's asking, what such a snapshot is called, and how long it is kept. */
import type { Snapshot } from '@aws-sdk/client-elasticache';
import type { Cache } from './cache.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** A new cache is left alone for so long, so that no test depends on the time of day. */
const FIRST_AFTER = 12 * HOUR;

/** Until the window begins the next time. */
export function untilAutomaticSnapshot(
  { snapshotWindow }: Pick<Cache, 'snapshotWindow'>,
  now: number,
  isNew: boolean,
): number {
  const [hours = 0, minutes = 0] = snapshotWindow.slice(0, 5).split(':').map(Number);
  const at = new Date(now).setUTCHours(hours, minutes, 0, 0);
  const least = now + (isNew ? FIRST_AFTER : 1);
  return at + Math.max(0, Math.ceil((least - at) / DAY)) * DAY - now;
}

/** 'automatic.canvas-redis-002-2026-11-21-03-00', as user guide and CLI samples show it. */
export function automaticName(cacheClusterId: string, now: number): string {
  return `automatic.${cacheClusterId}-${new Date(now).toISOString().slice(0, 16).replaceAll(/[T:]/g, '-')}`;
}

export function isExpired(
  { SnapshotSource, ReplicationGroupId, CacheClusterId, NodeSnapshots = [] }: Snapshot,
  { id, snapshotRetentionLimit }: Pick<Cache, 'id' | 'snapshotRetentionLimit'>,
  now: number,
): boolean {
  const takenAt = NodeSnapshots[0]?.SnapshotCreateTime?.getTime() ?? now;
  const isOf = (ReplicationGroupId ?? CacheClusterId) === id;
  return SnapshotSource === 'automated' && isOf && now - takenAt >= snapshotRetentionLimit * DAY;
}
