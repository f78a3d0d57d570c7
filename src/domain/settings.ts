/** What the run is to achieve. Every value remembers where it came from, because a default never changes a living thing. */
export type Origin = 'flag' | 'environment' | 'config' | 'answer' | 'found' | 'default';

export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}

export function isGiven(setting: Sourced<unknown>): boolean {
  return setting.origin !== 'default' && setting.origin !== 'found';
}

export interface Settings {
  readonly project: string;
  /** Tags of the user's own, put on everything that we create. */
  readonly tags: Readonly<Record<string, string>>;
  readonly caches: readonly CacheSettings[];
  readonly consumers: readonly ConsumerSettings[];
  readonly stickiness: StickinessSettings;
  readonly proof: ProofSettings;
  /** What to do with a revision that does not become healthy. */
  readonly onFailure: 'rollback' | 'keep';
  readonly wait: WaitSettings;
}

/** One replication group and what surrounds it. */
export interface CacheSettings {
  /** The replicationGroupId: 1 to 40 letters, digits and hyphens, lower case. */
  readonly name: string;
  readonly description: Sourced<string>;
  readonly engine: Sourced<'redis' | 'valkey'>;
  readonly engineVersion: Sourced<string>;
  readonly cacheNodeType: Sourced<string>;
  /** Replicas of the one node group, 0 to 5. */
  readonly replicas: Sourced<number>;
  /** Brings automatic failover with it. */
  readonly multiAz: Sourced<boolean>;
  readonly port: Sourced<number>;
  readonly transitEncryption: Sourced<boolean>;
  readonly atRestEncryption: Sourced<boolean>;
  readonly kmsKeyId?: Sourced<string>;
  /** Days; 0 turns automatic backups off. */
  readonly snapshotRetention: Sourced<number>;
  /** `hh24:mi-hh24:mi` UTC; absent: AWS chooses. */
  readonly snapshotWindow?: Sourced<string>;
  /** `ddd:hh24:mi-ddd:hh24:mi` UTC; absent: AWS chooses. */
  readonly maintenanceWindow?: Sourced<string>;
  readonly securityGroupName: string;
  readonly subnetGroupName: string;
  /** Subnets of the subnet group that is created; absent: chosen from the app's VPC. */
  readonly subnetIds?: Sourced<readonly string[]>;
  /** Allowed besides the app's own security groups. */
  readonly allowCidrs: readonly string[];
}

/** An ECS service that gets the cache's address. */
export interface ConsumerSettings {
  readonly kind: 'ecs';
  readonly ecsCluster: string;
  readonly service: string;
  /** The container of the task definition that gets the variables. */
  readonly container: string;
  readonly variables: readonly VariableSettings[];
}

export interface VariableSettings {
  readonly name: Sourced<string>;
  /** The cache whose URL it carries. */
  readonly cache: string;
}

export interface StickinessSettings {
  readonly enabled: Sourced<boolean>;
  readonly seconds: Sourced<number>;
}

export interface ProofSettings {
  /** Where the app answers, without the path; absent: read from the load balancer. */
  readonly appUrl?: string;
  readonly refreshPath?: string;
  /** A JSONPath (`$.count`), a regular expression (`/count: (\d+)/`), or `body`. */
  readonly refreshValue?: string;
  readonly refreshes: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The response header that names the task that answered. */
  readonly taskHeader?: string;
  /** What the app logs when it reached Redis. */
  readonly logPattern: string;
  /** The image of the probe where the app's own has neither node, python3 nor sh. */
  readonly probeImage?: string;
  readonly probe: boolean;
  /** False skips every check. */
  readonly verify: boolean;
}

export interface WaitSettings {
  /** Of each wait. Absent: each wait has its own. */
  readonly timeoutMs?: number;
  readonly pollIntervalMs?: number;
}
