/** The state of a serverless cache, and the caches of one account by name. */
import type { CacheUsageLimits, ServerlessCache as Description } from '@aws-sdk/client-elasticache';
import type { NetworkInterface } from '../network/vpc.ts';
import type { RedisNode } from '../redis/node.ts';
import { ServiceError } from '../service.ts';
import type { Origin } from './origin.ts';
import type { Measurable } from './measured-servers.ts';
import type { ServerlessVersion } from './serverless-request.ts';

/** Lower case on the wire, whatever the API reference says. */
export type ServerlessStatus = 'creating' | 'available' | 'modifying' | 'deleting' | 'create-failed';

/** What a modification may change. */
export interface ServerlessSettings {
  description: string;
  version: ServerlessVersion;
  usageLimits: CacheUsageLimits | undefined;
  securityGroupIds: readonly string[];
  userGroupId: string | undefined;
  snapshotRetentionLimit: number;
  dailySnapshotTime: string | undefined;
}

export interface ServerlessCache extends ServerlessSettings, Measurable {
  readonly name: string;
  readonly createdAt: number;
  readonly hostName: string;
  readonly subnetIds: readonly string[];
  readonly kmsKeyId: string | undefined;
  status: ServerlessStatus;
  /** Of its VPC endpoint, one in each subnet. */
  interfaces: readonly NetworkInterface[];
  server?: RedisNode;
  /** The snapshot that it begins with, until it has been created. */
  origin?: Origin;
  /** Each ends that the VPC reaches the server in one way. */
  endServing: readonly (() => void)[];
}

export const PORT = 6379;
/** For reads that may be a moment behind (DG "Finding connection endpoints"). */
export const READER_PORT = 6380;

export class ServerlessCaches {
  readonly #byName = new Map<string, ServerlessCache>();

  all(): ServerlessCache[] {
    return [...this.#byName.values()];
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  add(cache: ServerlessCache): void {
    this.#byName.set(cache.name, cache);
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  /** Throws for an unknown name. */
  find(name = ''): ServerlessCache {
    const cache = this.#byName.get(name.toLowerCase());
    if (!cache) {
      throw new ServiceError('ServerlessCacheNotFoundFault', `Serverless cache ${name} not found.`);
    }
    return cache;
  }

  /** Throws unless it is there and available. */
  available(name: string | undefined): ServerlessCache {
    const cache = this.find(name);
    requireServerlessAvailable(cache);
    return cache;
  }
}

export function requireServerlessAvailable({ name, status }: ServerlessCache): void {
  if (status === 'available') return;
  throw new ServiceError(
    'InvalidServerlessCacheStateFault',
    `Serverless cache ${name} is in state ${status}. It must be available.`,
  );
}

export function describeServerless(cache: ServerlessCache, arn: string): Description {
  const reached = cache.server !== undefined && cache.status !== 'deleting';
  return {
    ServerlessCacheName: cache.name,
    Description: cache.description,
    CreateTime: new Date(cache.createdAt),
    Status: cache.status,
    Engine: cache.version.engine,
    MajorEngineVersion: cache.version.major,
    FullEngineVersion: cache.version.full,
    CacheUsageLimits: cache.usageLimits,
    KmsKeyId: cache.kmsKeyId,
    StorageEncryptionType: cache.kmsKeyId === undefined ? 'sse-elasticache' : 'sse-kms',
    SecurityGroupIds: [...cache.securityGroupIds],
    Endpoint: reached ? { Address: cache.hostName, Port: PORT } : undefined,
    ReaderEndpoint: reached ? { Address: cache.hostName, Port: READER_PORT } : undefined,
    ARN: arn,
    UserGroupId: cache.userGroupId,
    SubnetIds: [...cache.subnetIds],
    SnapshotRetentionLimit: cache.snapshotRetentionLimit,
    DailySnapshotTime: cache.dailySnapshotTime,
    NetworkType: 'ipv4',
  };
}
