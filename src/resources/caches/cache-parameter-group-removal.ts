/** The parameter groups of a cache, deleted when no cache uses them any more; one that took another's place included. */
import type { CacheParameterGroup, ElastiCache } from '../../aws/elasticache.ts';
import type { Undoable } from '../../engine/undo.ts';
import { isOurs } from '../ownership/late-tags.ts';
import { untilUnused } from './unused-group.ts';

export function cacheParameterGroupRemoval(
  name: string,
  project: string,
  elasticache: ElastiCache,
): Undoable {
  async function isMeant(group: CacheParameterGroup): Promise<boolean> {
    const { cacheParameterGroupName: own } = group;
    if (own !== name && !own.startsWith(`${name}-`)) return false;
    const tags = await elasticache.readTags(group.arn);
    return typeof tags !== 'string' && isOurs(group, tags, project, own);
  }

  async function listOurs(): Promise<string[]> {
    const ours: string[] = [];
    for (const group of await elasticache.listCacheParameterGroups()) {
      if (await isMeant(group)) ours.push(group.cacheParameterGroupName);
    }
    return ours;
  }

  return {
    kind: 'cacheParameterGroup',
    name,

    async plan() {
      const ours = await listOurs();
      if (ours.length === 0) return { action: 'none', outputs: undefined, note: 'is gone' };
      const others = ours.filter((each) => each !== name);
      return { action: 'delete', details: others.map((to) => ({ field: 'and', to })) };
    },

    async undo(step) {
      for (const each of await listOurs()) {
        await step.wait(
          untilUnused(`the cache parameter group ${each}`, () => elasticache.deleteCacheParameterGroup(each)),
        );
      }
    },
  };
}
