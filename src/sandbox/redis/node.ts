/** What ElastiCache asks of the servers behind its nodes. */
import type { LoopbackEndpoint } from '../network/fabric.ts';

export type TransitEncryption = 'disabled' | 'preferred' | 'required';

export interface NodeOptions {
  /** 'collabcanvas-redis-001': for logs and file names. */
  readonly cacheClusterId: string;
  readonly transitEncryption: TransitEncryption;
  /** Host names that its certificate must cover. */
  readonly hostNames: readonly string[];
  /** Accepted AUTH tokens; none means that anybody may connect. */
  readonly authTokens: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxmemoryBytes: number;
  readonly replicaOf?: RedisNode;
}

/** A running server; AWS's blocked commands are blocked, the sandbox's own admin user is not visible to clients. */
export interface RedisNode {
  readonly cacheClusterId: string;
  /** Where it listens for what the VPC calls its port. */
  readonly endpoint: LoopbackEndpoint;
  setAuthTokens(tokens: readonly string[]): Promise<void>;
  setTransitEncryption(mode: TransitEncryption): Promise<void>;
  setParameters(parameters: Readonly<Record<string, string>>): Promise<void>;
  promote(): Promise<void>;
  replicateFrom(primary: RedisNode): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisServers {
  /** 'embedded' where no server is installed: enough for the demo, and it says so. */
  readonly kind: 'redis-server' | 'valkey-server' | 'embedded';
  start(options: NodeOptions): Promise<RedisNode>;
  close(): Promise<void>;
}
