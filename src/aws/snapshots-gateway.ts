/** Snapshots behind their interface: two families of operations, one for caches of nodes and one for serverless caches. */
import {
  CreateServerlessCacheSnapshotCommand,
  CreateSnapshotCommand,
  DeleteServerlessCacheSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeServerlessCacheSnapshotsCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-elasticache';
import type {
  DescribeServerlessCacheSnapshotsCommandInput,
  DescribeSnapshotsCommandInput,
  ElastiCacheClientResolvedConfig,
  ServerlessCacheSnapshot,
  ServiceInputTypes,
  ServiceOutputTypes,
  Snapshot,
} from '@aws-sdk/client-elasticache';
import type { Tags } from '../domain/ownership.ts';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { tagsAtCreation } from './elasticache-shapes.ts';
import { outcomeOn, valueOn } from './expected.ts';
import type { CacheSnapshot, SnapshotOfNodes, Snapshots, SnapshotSource } from './snapshots.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

export function snapshotsGateway(send: SendElastiCache): Snapshots {
  const ofNodes = (doing: string, by: DescribeSnapshotsCommandInput): Promise<CacheSnapshot[]> =>
    valueOn([], ['snapshot not found'], async () => {
      const found = await pages(async (Marker) => {
        const page = await send(doing, new DescribeSnapshotsCommand({ ...by, Marker }));
        return { items: page.Snapshots ?? [], next: page.Marker };
      });
      return found.map(toSnapshotOfNodes);
    });

  const ofServerless = (
    doing: string,
    by: DescribeServerlessCacheSnapshotsCommandInput,
  ): Promise<CacheSnapshot[]> =>
    valueOn(
      [],
      ['serverless snapshot not found', 'serverless cache not found', 'operation unknown'],
      async () => {
        const found = await pages(async (NextToken) => {
          const page = await send(doing, new DescribeServerlessCacheSnapshotsCommand({ ...by, NextToken }));
          return { items: page.ServerlessCacheSnapshots ?? [], next: page.NextToken };
        });
        return found.map(toSnapshotOfServerless);
      },
    );

  const createOfServerless = (name: string, snapshotName: string, tags: Tags | undefined) =>
    new CreateServerlessCacheSnapshotCommand({
      ServerlessCacheName: name.toLowerCase(),
      ServerlessCacheSnapshotName: snapshotName,
      ...(tags ? { Tags: tagsAtCreation(tags) } : {}),
    });

  const createOfNodes = ({ kind, name }: SnapshotSource, snapshotName: string, tags: Tags | undefined) =>
    new CreateSnapshotCommand({
      [kind === 'cacheCluster' ? 'CacheClusterId' : 'ReplicationGroupId']: name.toLowerCase(),
      SnapshotName: snapshotName,
      ...(tags ? { Tags: tagsAtCreation(tags) } : {}),
    });

  return {
    async list() {
      const doing = 'Listing the snapshots';
      return [...(await ofNodes(doing, {})), ...(await ofServerless(doing, {}))];
    },

    listOf({ kind, name: given }) {
      const name = given.toLowerCase();
      const doing = `Listing the snapshots of ${name}`;
      if (kind === 'serverless') return ofServerless(doing, { ServerlessCacheName: name });
      return ofNodes(
        doing,
        kind === 'cacheCluster' ? { CacheClusterId: name } : { ReplicationGroupId: name },
      );
    },

    async named(given) {
      const name = given.toLowerCase();
      const doing = `Reading the snapshot ${name}`;
      return [
        ...(await ofNodes(doing, { SnapshotName: name })),
        ...(await ofServerless(doing, { ServerlessCacheSnapshotName: name })),
      ];
    },

    create: (source, snapshotName, tags) =>
      outcomeOn(
        {
          exists: ['snapshot exists', 'serverless snapshot exists'],
          busy: [
            'replication group not available',
            'cache cluster not available',
            'serverless cache not available',
          ],
          'not supported': ['snapshot not supported'],
          'tags refused': ['tags refused'],
        },
        async () => {
          const doing = `Taking the snapshot ${snapshotName}`;
          await (source.kind === 'serverless'
            ? send(doing, createOfServerless(source.name, snapshotName, tags))
            : send(doing, createOfNodes(source, snapshotName, tags)));
          return 'creating' as const;
        },
      ),

    delete: ({ kind, snapshotName }) =>
      outcomeOn(
        {
          gone: ['snapshot not found', 'serverless snapshot not found'],
          busy: ['snapshot not available', 'serverless snapshot not available'],
        },
        async () => {
          const doing = `Deleting the snapshot ${snapshotName}`;
          await (kind === 'serverless'
            ? send(
                doing,
                new DeleteServerlessCacheSnapshotCommand({ ServerlessCacheSnapshotName: snapshotName }),
              )
            : send(doing, new DeleteSnapshotCommand({ SnapshotName: snapshotName })));
          return 'deleting' as const;
        },
      ),
  };
}

function toSnapshotOfNodes(snapshot: Snapshot): CacheSnapshot {
  const { SnapshotName = '', CacheClusterId = '', ReplicationGroupId, NodeSnapshots = [] } = snapshot;
  const takenAt = NodeSnapshots[0]?.SnapshotCreateTime?.getTime();
  return {
    kind: 'replicationGroup',
    snapshotName: SnapshotName,
    arn: snapshot.ARN ?? '',
    status: (snapshot.SnapshotStatus ?? '').toLowerCase(),
    automatic: isAutomatic(snapshot.SnapshotSource, SnapshotName),
    cacheName: ReplicationGroupId ?? CacheClusterId,
    engine: snapshot.Engine === 'valkey' ? 'valkey' : 'redis',
    engineVersion: snapshot.EngineVersion ?? '',
    sizes: NodeSnapshots.flatMap(({ CacheSize }) => CacheSize ?? []),
    ...(takenAt !== undefined && { takenAt }),
    ...(snapshot.KmsKeyId !== undefined && { kmsKeyId: snapshot.KmsKeyId }),
    nodes: toNodes(snapshot),
  };
}

function toNodes(snapshot: Snapshot): SnapshotOfNodes {
  const { Port, VpcId, CacheSubnetGroupName, CacheParameterGroupName } = snapshot;
  const { PreferredMaintenanceWindow, SnapshotWindow, SnapshotRetentionLimit } = snapshot;
  return {
    cacheNodeType: snapshot.CacheNodeType ?? '',
    shards: snapshot.NumNodeGroups ?? 1,
    // One of a single node or shard names the node that it was taken from.
    clustered: snapshot.CacheClusterId === undefined,
    automaticFailover: snapshot.AutomaticFailover === 'enabled',
    ...(Port !== undefined && { port: Port }),
    ...(VpcId !== undefined && { vpcId: VpcId }),
    ...(CacheSubnetGroupName !== undefined && { cacheSubnetGroupName: CacheSubnetGroupName }),
    ...(CacheParameterGroupName !== undefined && { cacheParameterGroupName: CacheParameterGroupName }),
    ...(PreferredMaintenanceWindow !== undefined && { maintenanceWindow: PreferredMaintenanceWindow }),
    ...(SnapshotWindow !== undefined && { snapshotWindow: SnapshotWindow }),
    ...(SnapshotRetentionLimit !== undefined && { snapshotRetentionLimit: SnapshotRetentionLimit }),
  };
}

function toSnapshotOfServerless(snapshot: ServerlessCacheSnapshot): CacheSnapshot {
  const { ServerlessCacheSnapshotName: snapshotName = '', ServerlessCacheConfiguration: cache } = snapshot;
  const bytes = snapshot.BytesUsedForCache;
  return {
    kind: 'serverless',
    snapshotName,
    arn: snapshot.ARN ?? '',
    status: (snapshot.Status ?? '').toLowerCase(),
    automatic: isAutomatic(snapshot.SnapshotType, snapshotName),
    cacheName: cache?.ServerlessCacheName ?? '',
    engine: cache?.Engine === 'valkey' ? 'valkey' : 'redis',
    engineVersion: cache?.MajorEngineVersion ?? '',
    sizes: bytes === undefined ? [] : [`${Math.ceil(Number(bytes) / 1024 ** 2)} MB`],
    ...(snapshot.CreateTime && { takenAt: snapshot.CreateTime.getTime() }),
    ...(snapshot.KmsKeyId !== undefined && { kmsKeyId: snapshot.KmsKeyId }),
  };
}

/** AWS gives them names that nobody can give. */
function isAutomatic(source: string | undefined, name: string): boolean {
  return source === undefined ? name.startsWith('automatic.') : source.toLowerCase() !== 'manual';
}
