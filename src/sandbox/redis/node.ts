/** What ElastiCache asks of the servers behind its nodes. */
import type { LoopbackEndpoint } from '../network/fabric.ts';
import type { NodeUser } from './acl.ts';
import type { Contents } from './contents.ts';
import type { ClusterEndpoint } from './slot-owner.ts';

export type Engine = 'redis' | 'valkey';
export type TransitEncryption = 'disabled' | 'preferred' | 'required';

export interface NodeOptions {
  /** 'collabcanvas-redis-001': for logs and file names. */
  readonly cacheClusterId: string;
  /** Redis OSS when absent. */
  readonly engine?: Engine;
  readonly transitEncryption: TransitEncryption;
  /** Host names that its certificate must cover. */
  readonly hostNames: readonly string[];
  /** Accepted AUTH tokens; none means that anybody may connect. */
  readonly authTokens: readonly string[];
  /** In the place of tokens: the users that may connect, and nobody else. */
  readonly users?: readonly NodeUser[] | undefined;
  /** Alone in a cluster, with all slots; an embedded server does not speak the cluster protocol. */
  readonly clusterEndpoint?: ClusterEndpoint;
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxmemoryBytes: number;
  /** It answers that it is loading, as long as it runs. */
  readonly loading?: boolean;
  readonly replicaOf?: RedisNode;
  /** Whose data it begins with; from then on that one takes no more writes. */
  readonly successorOf?: RedisNode;
  /** What it begins with, of a snapshot. */
  readonly contents?: Contents;
}

/** A running server; AWS's blocked commands are blocked, the sandbox's own admin user is not visible to clients. */
export interface RedisNode {
  readonly cacheClusterId: string;
  /** Where it listens for what the VPC calls its port. */
  readonly endpoint: LoopbackEndpoint;
  setAuthTokens(tokens: readonly string[]): Promise<void>;
  setUsers(users: readonly NodeUser[]): Promise<void>;
  setTransitEncryption(mode: TransitEncryption): Promise<void>;
  setParameters(parameters: Readonly<Record<string, string>>): Promise<void>;
  /** Refuses those that come when there are so many. */
  limitClients(maxclients: number): Promise<void>;
  /** What it says of itself, as `INFO` has it. */
  info(): Promise<string>;
  /** All that it holds, as it is now. */
  readContents(): Promise<Contents>;
  /** Ends the connections of its clients. */
  dropClients(): Promise<void>;
  promote(): Promise<void>;
  replicateFrom(primary: RedisNode): Promise<void>;
  stop(): Promise<void>;
}

export type SlotRange = readonly [first: number, last: number];

/** A node of a cluster, as the others and the clients are to know it. */
export interface ClusterMember {
  readonly cacheClusterId: string;
  /** Where clients are sent for its keys: a host name, or an address in the VPC. */
  readonly announced: string;
  /** Its shard's; its own id when it is the primary. */
  readonly primaryId: string;
  /** Its shard's. */
  readonly slots: readonly SlotRange[];
}

export interface RedisCluster {
  /** Starts one of the members; the others may come later. */
  start(options: NodeOptions, members: readonly ClusterMember[]): Promise<RedisNode>;
  announce(cacheClusterId: string, name: string): Promise<void>;
  /** Brings slots with their keys from one primary to another. */
  moveSlots(slots: readonly number[], from: RedisNode, to: RedisNode): Promise<void>;
  /** The others no longer count on it. */
  forget(cacheClusterId: string): Promise<void>;
}

export interface RedisServers {
  /** What serves Redis OSS; 'embedded' where no server is installed: enough for the demo, and it says so. */
  readonly kind: 'redis-server' | 'valkey-server' | 'embedded';
  /** What would serve an engine: its own server, or one that stands in for it. */
  program(engine: Engine): RedisServers['kind'];
  start(options: NodeOptions): Promise<RedisNode>;
  /** `port` is what clients in the VPC connect to. */
  openCluster(port: number): RedisCluster;
  close(): Promise<void>;
}
