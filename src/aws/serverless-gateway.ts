/** Serverless caches behind their interface. Names go lower-cased: so AWS stores them, and so its ARNs have them. */
import {
  CreateServerlessCacheCommand,
  DeleteServerlessCacheCommand,
  DescribeServerlessCachesCommand,
  ModifyServerlessCacheCommand,
} from '@aws-sdk/client-elasticache';
import type {
  CacheUsageLimits,
  ElastiCacheClientResolvedConfig,
  ServerlessCache as AwsServerlessCache,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../clock.ts';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { tagsAtCreation } from './elasticache-shapes.ts';
import { valueOn } from './expected.ts';
import { failureText, isFailure } from './failures.ts';
import { untilVisible } from './new-things.ts';
import type { Range, Serverless, ServerlessCache, UsageLimits } from './serverless.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

export function serverlessGateway(send: SendElastiCache, clock: Clock): Serverless {
  const describe = (ServerlessCacheName?: string): Promise<ServerlessCache[]> =>
    valueOn([], ['serverless cache not found', 'operation unknown'], async () => {
      const doing =
        ServerlessCacheName === undefined
          ? 'Listing the serverless caches'
          : `Reading the serverless cache ${ServerlessCacheName}`;
      const caches = await pages(async (NextToken) => {
        const command = new DescribeServerlessCachesCommand({ ServerlessCacheName, NextToken });
        const page = await send(doing, command);
        return { items: page.ServerlessCaches ?? [], next: page.NextToken };
      });
      return caches.map(toServerlessCache);
    });

  return {
    readServerlessCache: async (name) => (await describe(name.toLowerCase()))[0],

    listServerlessCaches: () => describe(),

    createServerlessCache: (cache) =>
      valueOn('exists', ['serverless cache exists'], () =>
        valueOn('tags refused', ['tags refused'], async () => {
          const command = () =>
            new CreateServerlessCacheCommand({
              ServerlessCacheName: cache.serverlessCacheName.toLowerCase(),
              Description: cache.description,
              Engine: cache.engine,
              MajorEngineVersion: cache.majorEngineVersion,
              CacheUsageLimits: fromLimits(cache.limits),
              KmsKeyId: cache.kmsKeyId,
              SecurityGroupIds: [...cache.securityGroupIds],
              SubnetIds: [...cache.subnetIds],
              UserGroupId: cache.userGroupId,
              SnapshotArnsToRestore: cache.snapshotArn === undefined ? undefined : [cache.snapshotArn],
              SnapshotRetentionLimit: cache.snapshotRetentionLimit,
              DailySnapshotTime: cache.dailySnapshotTime,
              Tags: tagsAtCreation(cache.tags),
            });
          const create = () => send(`Creating the serverless cache ${cache.serverlessCacheName}`, command());
          await untilVisible(create, clock, 'security group not found', 'user group not found');
          return 'created';
        }),
      ),

    async modifyServerlessCache(name, change) {
      const command = new ModifyServerlessCacheCommand({
        ServerlessCacheName: name.toLowerCase(),
        Description: change.description,
        Engine: change.engine,
        MajorEngineVersion: change.majorEngineVersion,
        CacheUsageLimits: change.limits && fromLimits(change.limits),
        SecurityGroupIds: change.securityGroupIds && [...change.securityGroupIds],
        UserGroupId: change.userGroupId,
        SnapshotRetentionLimit: change.snapshotRetentionLimit,
        DailySnapshotTime: change.dailySnapshotTime,
      });
      try {
        await send(`Changing the serverless cache ${name}`, command);
        return 'modified';
      } catch (error) {
        if (isFailure(error, 'serverless cache not available')) return 'busy';
        // As of replication groups, only the text tells this one from a dozen other refusals.
        const unchanged =
          isFailure(error, 'invalid combination') &&
          /No modifications were requested/i.test(failureText(error));
        if (unchanged) return 'unchanged';
        throw error;
      }
    },

    deleteServerlessCache: (name) =>
      valueOn('gone', ['serverless cache not found'], () =>
        // Its VPC endpoint goes with it, and may be held for a moment ("dependency violation").
        valueOn('busy', ['serverless cache not available', 'dependency violation'], async () => {
          const command = new DeleteServerlessCacheCommand({ ServerlessCacheName: name.toLowerCase() });
          await send(`Deleting the serverless cache ${name}`, command);
          return 'deleting';
        }),
      ),
  };
}

function toServerlessCache(cache: AwsServerlessCache): ServerlessCache {
  const endpoint = toAddress(cache.Endpoint);
  const readerEndpoint = toAddress(cache.ReaderEndpoint);
  return {
    serverlessCacheName: cache.ServerlessCacheName ?? '',
    arn: cache.ARN ?? '',
    status: (cache.Status ?? '').toLowerCase(),
    description: cache.Description ?? '',
    engine: cache.Engine ?? '',
    majorEngineVersion: cache.MajorEngineVersion ?? '',
    ...(cache.FullEngineVersion !== undefined && { fullEngineVersion: cache.FullEngineVersion }),
    limits: toLimits(cache.CacheUsageLimits),
    ...(cache.KmsKeyId !== undefined && { kmsKeyId: cache.KmsKeyId }),
    securityGroupIds: cache.SecurityGroupIds ?? [],
    subnetIds: cache.SubnetIds ?? [],
    ...(cache.UserGroupId !== undefined && { userGroupId: cache.UserGroupId }),
    snapshotRetentionLimit: cache.SnapshotRetentionLimit ?? 0,
    ...(cache.DailySnapshotTime !== undefined && { dailySnapshotTime: cache.DailySnapshotTime }),
    ...(endpoint && { endpoint }),
    ...(readerEndpoint && { readerEndpoint }),
  };
}

function toAddress(endpoint: AwsServerlessCache['Endpoint']): { address: string; port: number } | undefined {
  const { Address: address, Port: port } = endpoint ?? {};
  return address === undefined || port === undefined ? undefined : { address, port };
}

interface AwsRange {
  readonly Minimum?: number | undefined;
  readonly Maximum?: number | undefined;
}

function toLimits(limits: CacheUsageLimits = {}): UsageLimits {
  const dataStorage = toRange(limits.DataStorage);
  const ecpuPerSecond = toRange(limits.ECPUPerSecond);
  return { ...(dataStorage && { dataStorage }), ...(ecpuPerSecond && { ecpuPerSecond }) };
}

function toRange({ Minimum: minimum, Maximum: maximum }: AwsRange = {}): Range | undefined {
  if (minimum === undefined && maximum === undefined) return undefined;
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}

function fromLimits({ dataStorage, ecpuPerSecond }: UsageLimits): CacheUsageLimits | undefined {
  if (!dataStorage && !ecpuPerSecond) return undefined;
  return {
    ...(dataStorage && { DataStorage: { ...fromRange(dataStorage), Unit: 'GB' as const } }),
    ...(ecpuPerSecond && { ECPUPerSecond: fromRange(ecpuPerSecond) }),
  };
}

function fromRange({ minimum, maximum }: Range): AwsRange {
  return {
    ...(minimum !== undefined && { Minimum: minimum }),
    ...(maximum !== undefined && { Maximum: maximum }),
  };
}
