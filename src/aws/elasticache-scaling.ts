/** More and fewer nodes behind their part of ElastiCache's interface, and which types a node may have. */
import {
  DecreaseReplicaCountCommand,
  DescribeReservedCacheNodesOfferingsCommand,
  IncreaseReplicaCountCommand,
  ListAllowedNodeTypeModificationsCommand,
  ModifyReplicationGroupShardConfigurationCommand,
} from '@aws-sdk/client-elasticache';
import type {
  ElastiCacheClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Send } from './api.ts';
import type { ElastiCache } from './elasticache.ts';
import { valueOn } from './expected.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

const NOT_AVAILABLE = ['replication group not available', 'cache cluster not available'] as const;
/** The least that AWS takes for MaxRecords: one offering tells as much as all. */
const FEWEST_RECORDS = 20;

export function scalingCalls(
  send: SendElastiCache,
): Pick<ElastiCache, 'setReplicaCount' | 'setShardCount' | 'isNodeTypeOffered' | 'listAllowedNodeTypes'> {
  /** What can be reserved can be had: AWS has no other list of the types of a region. */
  const readOfferings = async (CacheNodeType?: string): Promise<readonly object[]> => {
    const command = new DescribeReservedCacheNodesOfferingsCommand({
      CacheNodeType,
      MaxRecords: FEWEST_RECORDS,
    });
    const page = await send(`Reading which node types are offered`, command);
    return page.ReservedCacheNodesOfferings ?? [];
  };
  return {
    setReplicaCount: (replicationGroupId, direction, replicas) =>
      valueOn('busy', NOT_AVAILABLE, async () => {
        const input = {
          ReplicationGroupId: replicationGroupId.toLowerCase(),
          NewReplicaCount: replicas,
          ApplyImmediately: true,
        };
        const doing = `Changing ${replicationGroupId} to ${replicas} replicas`;
        await (direction === 'increase'
          ? send(doing, new IncreaseReplicaCountCommand(input))
          : send(doing, new DecreaseReplicaCountCommand(input)));
        return 'modified';
      }),

    setShardCount: (replicationGroupId, shards, removed) =>
      valueOn('busy', NOT_AVAILABLE, async () => {
        const command = new ModifyReplicationGroupShardConfigurationCommand({
          ReplicationGroupId: replicationGroupId.toLowerCase(),
          NodeGroupCount: shards,
          ApplyImmediately: true,
          ...(removed.length > 0 ? { NodeGroupsToRemove: [...removed] } : {}),
        });
        await send(`Changing ${replicationGroupId} to ${shards} shards`, command);
        return 'modified';
      }),

    async isNodeTypeOffered(cacheNodeType) {
      const own = await valueOn(undefined, ['operation unknown'], () =>
        valueOn([], ['invalid value', 'reserved nodes offering not found'], () =>
          readOfferings(cacheNodeType),
        ),
      );
      if (own === undefined) return undefined;
      if (own.length > 0) return true;
      // Of a region that lists none at all nothing is known.
      return (await readOfferings()).length > 0 ? false : undefined;
    },

    listAllowedNodeTypes: (replicationGroupId) =>
      valueOn(undefined, ['operation unknown'], async () => {
        const command = new ListAllowedNodeTypeModificationsCommand({
          ReplicationGroupId: replicationGroupId.toLowerCase(),
        });
        const { ScaleUpModifications: up = [], ScaleDownModifications: down = [] } = await send(
          `Reading which node types ${replicationGroupId} may have`,
          command,
        );
        return [...up, ...down];
      }),
  };
}
