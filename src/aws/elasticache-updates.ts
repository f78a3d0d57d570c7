/** Service updates: what AWS offers to bring a cache up to date, and nobody has applied. */
import { DescribeUpdateActionsCommand } from '@aws-sdk/client-elasticache';
import type {
  ElastiCacheClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import type { ElastiCache } from './elasticache.ts';
import { valueOn } from './expected.ts';

export function updateCalls(
  send: Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>,
): Pick<ElastiCache, 'listPendingUpdates'> {
  return {
    listPendingUpdates: (name, isGroup) =>
      valueOn([], ['operation unknown'], async () => {
        const of = isGroup ? { ReplicationGroupIds: [name] } : { CacheClusterIds: [name] };
        const actions = await pages(async (Marker) => {
          const command = new DescribeUpdateActionsCommand({
            ...of,
            ServiceUpdateStatus: ['available'],
            UpdateActionStatus: ['not-applied'],
            Marker,
          });
          const page = await send(`Reading the service updates of ${name}`, command);
          return { items: page.UpdateActions ?? [], next: page.Marker };
        });
        return actions.map((action) => ({
          name: action.ServiceUpdateName ?? '',
          severity: action.ServiceUpdateSeverity ?? '',
          ...(action.ServiceUpdateRecommendedApplyByDate && {
            applyBy: action.ServiceUpdateRecommendedApplyByDate.getTime(),
          }),
        }));
      }),
  };
}
