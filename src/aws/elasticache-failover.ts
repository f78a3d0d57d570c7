/** The test of a failover behind its part of ElastiCache's interface. */
import { TestFailoverCommand } from '@aws-sdk/client-elasticache';
import type {
  ElastiCacheClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Send } from './api.ts';
import type { ElastiCache } from './elasticache.ts';
import { outcomeOn } from './expected.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

export function failoverCalls(send: SendElastiCache): Pick<ElastiCache, 'testFailover'> {
  return {
    testFailover: (replicationGroupId, nodeGroupId) =>
      outcomeOn(
        {
          busy: ['replication group not available', 'cache cluster not available'],
          'too often': ['too many failovers'],
          'not offered': ['failover not offered', 'operation unknown'],
        },
        async () => {
          const command = new TestFailoverCommand({
            ReplicationGroupId: replicationGroupId.toLowerCase(),
            NodeGroupId: nodeGroupId,
          });
          await send(`Testing the failover of ${replicationGroupId}`, command);
          return 'failing over';
        },
      ),
  };
}
