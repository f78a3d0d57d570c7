/** What the plan says of a cache that begins with a snapshot. */
import type { Detail } from '../../domain/change.ts';
import type { CacheSettings } from '../../domain/settings.ts';

export function snapshotDetails({ snapshot }: Pick<CacheSettings, 'snapshot'>): Detail[] {
  if (!snapshot) return [];
  return [
    { field: 'data', to: `of the snapshot ${snapshot.snapshotName}` },
    { field: 'what is found', to: snapshot.told },
  ];
}
