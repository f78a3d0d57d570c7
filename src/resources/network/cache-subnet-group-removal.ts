/** The cache's subnet group, deleted when no cache is in it any more. */
import type { CacheSubnetGroup, ElastiCache } from '../../aws/elasticache.ts';
import type { Undoable } from '../../engine/undo.ts';
import { untilUnused } from '../caches/unused-group.ts';
import { isOurs } from '../ownership/late-tags.ts';

export function cacheSubnetGroupRemoval(name: string, project: string, elasticache: ElastiCache): Undoable {
  async function isMeant(group: CacheSubnetGroup): Promise<boolean> {
    const tags = await elasticache.readTags(group.arn);
    return typeof tags !== 'string' && isOurs(group, tags, project, name);
  }

  return {
    kind: 'cacheSubnetGroup',
    name,

    async plan() {
      const group = await elasticache.readCacheSubnetGroup(name);
      if (!group) return { action: 'none', outputs: undefined, note: 'is gone' };
      if (!(await isMeant(group)))
        return { action: 'none', outputs: undefined, note: 'is not ours: it stays' };
      return { action: 'delete', details: [] };
    },

    async undo(step) {
      const group = await elasticache.readCacheSubnetGroup(name);
      if (!group || !(await isMeant(group))) return;
      await step.wait(
        untilUnused(`the cache subnet group ${name}`, () => elasticache.deleteCacheSubnetGroup(name)),
      );
    },
  };
}
