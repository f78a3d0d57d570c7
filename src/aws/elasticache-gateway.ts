/** ElastiCache behind its interface. Names go lower-cased: so AWS stores them, and so its ARNs have them. */
import {
  AddTagsToResourceCommand,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeCacheEngineVersionsCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeEventsCommand,
  DescribeReplicationGroupsCommand,
  ListTagsForResourceCommand,
  ModifyCacheClusterCommand,
  ModifyCacheSubnetGroupCommand,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import type {
  ElastiCacheClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../clock.ts';
import type { Send } from './api.ts';
import { inParallel, pages } from './batches.ts';
import { failoverCalls } from './elasticache-failover.ts';
import { parameterCalls } from './elasticache-parameters.ts';
import { scalingCalls } from './elasticache-scaling.ts';
import {
  fromModification,
  fromNewReplicationGroup,
  tagsAtCreation,
  toCacheCluster,
  toCacheSubnetGroup,
  toReplicationGroup,
} from './elasticache-shapes.ts';
import type { CacheCluster, ElastiCache, EngineVersion } from './elasticache.ts';
import { updateCalls } from './elasticache-updates.ts';
import { valueOn } from './expected.ts';
import { failureText, isFailure } from './failures.ts';
import { untilVisible } from './new-things.ts';
import { fromTagList, toTagList } from './tag-list.ts';

/** Where the versions cannot be asked for: the families that the versions of an engine belong to. */
const KNOWN_FAMILIES: Readonly<Record<string, readonly string[]>> = {
  redis: ['redis7'],
  valkey: ['valkey7', 'valkey8', 'valkey9'],
};

/** DescribeEvents looks back no further than 14 days, by AWS’s clock: ours may be behind. */
const EVENTS_KEPT_MS = (14 * 24 - 1) * 3_600_000;

const NOT_AVAILABLE = ['replication group not available', 'cache cluster not available'] as const;
const NOT_FOUND = [
  'replication group not found',
  'cache cluster not found',
  'subnet group not found',
  'parameter group not found',
  'serverless cache not found',
  'user not found',
  'user group not found',
] as const;

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

/** AWS describes one that is named, or all that there are (ElastiCache API reference, DescribeCacheClusters). */
export function clustersOver(
  readCacheCluster: ElastiCache['readCacheCluster'],
): ElastiCache['describeCacheClusters'] {
  return async (cacheClusterIds) => {
    const found = await inParallel(cacheClusterIds, readCacheCluster);
    return found.filter((cluster) => cluster !== undefined);
  };
}

export function elastiCacheGateway(send: SendElastiCache, clock: Clock): ElastiCache {
  const describeReplicationGroups = async (ReplicationGroupId?: string) => {
    const doing =
      ReplicationGroupId === undefined ? 'Listing the caches' : `Reading the cache ${ReplicationGroupId}`;
    const groups = await pages(async (Marker) => {
      const page = await send(doing, new DescribeReplicationGroupsCommand({ ReplicationGroupId, Marker }));
      return { items: page.ReplicationGroups ?? [], next: page.Marker };
    });
    return groups.map(toReplicationGroup);
  };

  const readCacheCluster = (cacheClusterId: string): Promise<CacheCluster | undefined> =>
    valueOn(undefined, ['cache cluster not found'], async () => {
      const input = { CacheClusterId: cacheClusterId.toLowerCase(), ShowCacheNodeInfo: true };
      const { CacheClusters } = await send(
        `Reading the node ${cacheClusterId}`,
        new DescribeCacheClustersCommand(input),
      );
      return CacheClusters?.map(toCacheCluster)[0];
    });

  return {
    readReplicationGroup: (replicationGroupId) =>
      valueOn(undefined, ['replication group not found'], async () => {
        return (await describeReplicationGroups(replicationGroupId.toLowerCase()))[0];
      }),

    listReplicationGroups: () => describeReplicationGroups(),

    createReplicationGroup: (group) =>
      valueOn('exists', ['replication group exists'], () =>
        valueOn('tags refused', ['tags refused'], async () => {
          const create = () =>
            send(
              `Creating the cache ${group.replicationGroupId}`,
              new CreateReplicationGroupCommand(fromNewReplicationGroup(group)),
            );
          await untilVisible(create, clock, 'security group not found', 'subnet group not found');
          return 'created';
        }),
      ),

    async modifyReplicationGroup(replicationGroupId, change) {
      const command = new ModifyReplicationGroupCommand({
        ...fromModification(change),
        ReplicationGroupId: replicationGroupId.toLowerCase(),
        ApplyImmediately: true,
      });
      try {
        await send(`Changing the cache ${replicationGroupId}`, command);
        return 'modified';
      } catch (error) {
        if (isFailure(error, ...NOT_AVAILABLE)) return 'busy';
        // The wire code stands for a dozen refusals; only the text tells this one.
        const unchanged =
          isFailure(error, 'invalid combination') &&
          /No modifications were requested/i.test(failureText(error));
        if (unchanged) return 'unchanged';
        throw error;
      }
    },

    modifyAuthToken: (replicationGroupId, strategy, authToken) =>
      valueOn('busy', NOT_AVAILABLE, async () => {
        // A change of the token is a request of its own, and never waits for the window.
        const input = {
          ReplicationGroupId: replicationGroupId.toLowerCase(),
          AuthToken: authToken,
          AuthTokenUpdateStrategy: strategy,
          ApplyImmediately: true,
        };
        const doing = `Changing the AUTH token of ${replicationGroupId}`;
        await send(doing, new ModifyReplicationGroupCommand(input));
        return 'modified';
      }),

    deleteReplicationGroup: (replicationGroupId, finalSnapshotIdentifier) =>
      valueOn('gone', ['replication group not found'], () =>
        valueOn('busy', NOT_AVAILABLE, async () => {
          const input = {
            ReplicationGroupId: replicationGroupId.toLowerCase(),
            FinalSnapshotIdentifier: finalSnapshotIdentifier,
          };
          await send(`Deleting the cache ${replicationGroupId}`, new DeleteReplicationGroupCommand(input));
          return 'deleting';
        }),
      ),

    ...updateCalls(send),
    ...scalingCalls(send),
    ...failoverCalls(send),
    ...parameterCalls(send),

    describeCacheClusters: clustersOver(readCacheCluster),

    readCacheCluster,

    setCacheClusterSecurityGroups: (cacheClusterId, securityGroupIds) =>
      valueOn('gone', ['cache cluster not found'], () =>
        valueOn('busy', NOT_AVAILABLE, async () => {
          const command = new ModifyCacheClusterCommand({
            CacheClusterId: cacheClusterId.toLowerCase(),
            SecurityGroupIds: [...securityGroupIds],
            ApplyImmediately: true,
          });
          await send(`Changing the cache cluster ${cacheClusterId}`, command);
          return 'modified';
        }),
      ),

    readCacheSubnetGroup: (name) =>
      valueOn(undefined, ['subnet group not found'], async () => {
        const command = new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: name.toLowerCase() });
        const { CacheSubnetGroups } = await send(`Reading the cache subnet group ${name}`, command);
        return CacheSubnetGroups?.map(toCacheSubnetGroup)[0];
      }),

    createCacheSubnetGroup: ({ name, description, subnetIds, tags }) =>
      valueOn('exists', ['subnet group exists'], () =>
        valueOn('tags refused', ['tags refused'], async () => {
          const command = new CreateCacheSubnetGroupCommand({
            CacheSubnetGroupName: name.toLowerCase(),
            CacheSubnetGroupDescription: description,
            SubnetIds: [...subnetIds],
            Tags: tagsAtCreation(tags),
          });
          await send(`Creating the cache subnet group ${name}`, command);
          return 'created';
        }),
      ),

    async modifyCacheSubnetGroup(name, subnetIds) {
      const input = { CacheSubnetGroupName: name.toLowerCase(), SubnetIds: [...subnetIds] };
      await send(`Changing the cache subnet group ${name}`, new ModifyCacheSubnetGroupCommand(input));
    },

    deleteCacheSubnetGroup: (name) =>
      valueOn('gone', ['subnet group not found'], () =>
        valueOn('busy', ['subnet group in use', 'dependency violation'], async () => {
          const command = new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: name.toLowerCase() });
          await send(`Deleting the cache subnet group ${name}`, command);
          return 'deleted';
        }),
      ),

    async readTags(arn) {
      try {
        const { TagList } = await send(
          `Reading the tags of ${arn}`,
          new ListTagsForResourceCommand({ ResourceName: arn }),
        );
        return fromTagList(TagList);
      } catch (error) {
        if (isFailure(error, ...NOT_AVAILABLE, 'serverless cache not available')) return 'unreadable';
        if (!isFailure(error, ...NOT_FOUND)) throw error;
        // What is still being made may be refused with the error of what is not there.
        return /not available/i.test(failureText(error)) ? 'unreadable' : 'gone';
      }
    },

    async addTags(arn, tags) {
      const input = { ResourceName: arn, Tags: toTagList(tags) };
      await send(`Tagging ${arn}`, new AddTagsToResourceCommand(input));
    },

    async describeEvents(SourceType, sourceId, since) {
      const period =
        since === undefined ? {} : { StartTime: new Date(Math.max(since, clock.now() - EVENTS_KEPT_MS)) };
      const by = { SourceType, SourceIdentifier: sourceId.toLowerCase(), ...period };
      const read = () =>
        pages(async (Marker) => {
          const page = await send(
            `Reading the events of ${sourceId}`,
            new DescribeEventsCommand({ ...by, Marker }),
          );
          return { items: page.Events ?? [], next: page.Marker };
        });
      const events = await valueOn([], ['operation unknown'], read);
      return events
        .map(({ Date: date, Message = '' }) => ({ at: date?.getTime() ?? 0, message: Message }))
        .sort((one, other) => one.at - other.at);
    },

    describeEngineVersions: (Engine) =>
      valueOn(assumedVersions(Engine), ['operation unknown'], async () => {
        const versions = await pages(async (Marker) => {
          const command = new DescribeCacheEngineVersionsCommand({ Engine, Marker });
          const page = await send(`Reading the versions of ${Engine}`, command);
          return { items: page.CacheEngineVersions ?? [], next: page.Marker };
        });
        return versions.map(({ EngineVersion = '', CacheParameterGroupFamily = '' }) => ({
          engineVersion: EngineVersion,
          cacheParameterGroupFamily: CacheParameterGroupFamily,
          assumed: false,
        }));
      }),
  };
}

/** 'redis7' is the family of all 7.x. */
function assumedVersions(engine: string): EngineVersion[] {
  return (KNOWN_FAMILIES[engine] ?? []).map((family) => ({
    engineVersion: family.slice(engine.length),
    cacheParameterGroupFamily: family,
    assumed: true,
  }));
}
