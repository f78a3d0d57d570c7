/** The serverless cache of a project, deleted. */
import type { Aws } from '../../aws/aws.ts';
import type { Undoable } from '../../engine/undo.ts';
import { cacheRemoval, type CacheRemoval } from './cache-removal.ts';
import { finalSnapshot } from './final-snapshot.ts';

export function serverlessCacheRemoval(
  removal: CacheRemoval,
  { serverless, elasticache, snapshots }: Pick<Aws, 'serverless' | 'elasticache' | 'snapshots'>,
): Undoable {
  const { name, securityGroupId } = removal;
  return cacheRemoval(
    removal,
    {
      usualMs: 5 * 60_000,
      timeoutMs: 40 * 60_000,
      read: () => serverless.readServerlessCache(name),
      delete: () => serverless.deleteServerlessCache(name),
      isBuiltOfOurs: ({ securityGroupIds }) => securityGroupIds.includes(securityGroupId),
      detailOf: ({ engine }) => ({ field: 'data', from: `serverless ${engine}`, to: 'deleted' }),
      takeSnapshot: async (_cache, last, step) => {
        await finalSnapshot({ kind: 'serverless', name }, last, snapshots, step);
      },
    },
    elasticache,
  );
}
