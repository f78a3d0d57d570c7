/** Serverless caches. Expected failures are values; no waiting happens here. */
import type { Tags } from '../domain/ownership.ts';

export interface ServerlessCache {
  readonly serverlessCacheName: string;
  readonly arn: string;
  /** creating, available, modifying, deleting, create-failed: lower case, which the API reference has not. */
  readonly status: string;
  readonly description: string;
  readonly engine: string;
  readonly majorEngineVersion: string;
  /** What runs: '7.1' of the major version 7. */
  readonly fullEngineVersion?: string;
  readonly limits: UsageLimits;
  readonly kmsKeyId?: string;
  readonly securityGroupIds: readonly string[];
  readonly subnetIds: readonly string[];
  /** Absent: whoever reaches it is let in. */
  readonly userGroupId?: string;
  readonly snapshotRetentionLimit: number;
  /** 'hh:mm' UTC. */
  readonly dailySnapshotTime?: string;
  /** Only while it exists: absent during creation. It speaks TLS alone. */
  readonly endpoint?: { readonly address: string; readonly port: number };
  readonly readerEndpoint?: { readonly address: string; readonly port: number };
}

/** GB stored, and ElastiCache processing units a second. A minimum is paid for even when nothing uses it. */
export interface UsageLimits {
  readonly dataStorage?: Range;
  readonly ecpuPerSecond?: Range;
}

export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface NewServerlessCache {
  readonly serverlessCacheName: string;
  readonly description: string;
  readonly engine: string;
  readonly majorEngineVersion: string;
  readonly limits: UsageLimits;
  readonly kmsKeyId?: string;
  readonly securityGroupIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly userGroupId?: string;
  /** What it begins with. */
  readonly snapshotArn?: string;
  readonly snapshotRetentionLimit: number;
  readonly dailySnapshotTime?: string;
  readonly tags: Tags;
}

/** Only what is to change is named. */
export interface ServerlessCacheModification {
  readonly description?: string;
  /** AWS takes valkey alone here, and not from a cache that is Valkey already. */
  readonly engine?: string;
  readonly majorEngineVersion?: string;
  readonly limits?: UsageLimits;
  readonly securityGroupIds?: readonly string[];
  readonly userGroupId?: string;
  readonly snapshotRetentionLimit?: number;
  readonly dailySnapshotTime?: string;
}

export interface Serverless {
  /** Undefined also where the endpoint has no such operation. */
  readServerlessCache(name: string): Promise<ServerlessCache | undefined>;
  /** None where the endpoint has no such operation. */
  listServerlessCaches(): Promise<ServerlessCache[]>;
  /** 'tags refused': whoever answers takes none with a creation; nothing was made. */
  createServerlessCache(cache: NewServerlessCache): Promise<'created' | 'exists' | 'tags refused'>;
  /** 'busy': it is not available; wait and ask again. 'unchanged': AWS saw nothing to change. */
  modifyServerlessCache(
    name: string,
    change: ServerlessCacheModification,
  ): Promise<'modified' | 'unchanged' | 'busy'>;
  deleteServerlessCache(name: string): Promise<'deleting' | 'gone' | 'busy'>;
}
