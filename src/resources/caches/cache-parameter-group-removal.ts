/** The parameter groups of a cache, deleted when no cache uses them any more; one that took another's place included. */
import type { CacheParameterGroup, ElastiCache } from '../../aws/elasticache.ts';
import { ownerOf } from '../../domain/ownership.ts';
import type { Undoable } from '../../engine/undo.ts';
import { isUntaggedOurs } from '../ownership/late-tags.ts';

export function cacheParameterGroupRemoval(
  name: string,
  project: string,
  elasticache: ElastiCache,
): Undoable {
  async function isOurs(group: CacheParameterGroup): Promise<boolean> {
    const { cacheParameterGroupName: own } = group;
    if (own !== name && !own.startsWith(`${name}-`)) return false;
    const tags = await elasticache.readTags(group.arn);
    if (typeof tags === 'string') return false;
    return ownerOf(tags, project, own) === 'ours' || isUntaggedOurs(group, tags, project);
  }

  async function listOurs(): Promise<string[]> {
    const ours: string[] = [];
    for (const group of await elasticache.listCacheParameterGroups()) {
      if (await isOurs(group)) ours.push(group.cacheParameterGroupName);
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
        await step.wait({
          what: `the cache parameter group ${each} to be deleted`,
          everyMs: 10_000,
          timeoutMs: 10 * 60_000,
          probe: async () => {
            const answer = await elasticache.deleteCacheParameterGroup(each);
            return answer === 'busy'
              ? { state: 'pending', detail: 'still used by a cache' }
              : { state: 'ready', value: undefined };
          },
        });
      }
    },
  };
}
