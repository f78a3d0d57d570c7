/** More and fewer nodes behind their part of ElastiCache's interface, and which sizes a node may change to. */
import {
  DecreaseReplicaCountCommand,
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

export function scalingCalls(
  send: SendElastiCache,
): Pick<ElastiCache, 'setReplicaCount' | 'setShardCount' | 'listAllowedNodeTypes'> {
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
