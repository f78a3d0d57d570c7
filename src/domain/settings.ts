/** What the run is to achieve. Every value remembers where it came from, because a default never changes a living thing. */
export type Origin = 'flag' | 'environment' | 'config' | 'answer' | 'found' | 'default';

export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
  /** What a default follows from, where that was chosen. It stays a default all the same. */
  readonly by?: 'preset' | 'workload';
}

/** As a plan tells it. */
export function sourceOf({ origin, by }: Sourced<unknown>): string {
  return by ?? origin;
}

export function isGiven(setting: Sourced<unknown>): boolean {
  return setting.origin !== 'default' && setting.origin !== 'found';
}

/** Only what was given is compared: a default never changes a living thing. */
export function given<T>(setting: Sourced<T> | undefined): T | undefined {
  return setting && isGiven(setting) ? setting.value : undefined;
}

export function isAnyGiven(settings: Readonly<Record<string, Sourced<unknown>>>): boolean {
  return Object.values(settings).some(isGiven);
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

export type Engine = 'redis' | 'valkey';
/** token: an AUTH token, of replication groups alone. rbac: a user named default with a password, in a user group of ours. */
export type Auth = 'none' | 'token' | 'rbac';
/** Where passwords are kept. */
export type SecretStore = 'secretsmanager' | 'ssm';
export type Workload = 'cache' | 'sessions' | 'queue' | 'pubsub';

/** One cache and what surrounds it. */
export type CacheSettings = ReplicationGroupSettings | ServerlessCacheSettings;

interface AnyCacheSettings {
  /** The replicationGroupId or serverlessCacheName: 1 to 40 letters, digits and hyphens, lower case. */
  readonly name: string;
  readonly description: Sourced<string>;
  readonly engine: Sourced<Engine>;
  /** major.minor; of a serverless cache the major number alone counts. */
  readonly engineVersion: Sourced<string>;
  readonly workload?: Sourced<Workload>;
  readonly auth: Sourced<Auth>;
  readonly secretStore: SecretStore;
  readonly kmsKeyId?: Sourced<string>;
  /** Days; 0 turns automatic backups off. */
  readonly snapshotRetention: Sourced<number>;
  /** `hh24:mi-hh24:mi` UTC; absent: AWS chooses. */
  readonly snapshotWindow?: Sourced<string>;
  /** Ours: it carries the rules, and the project is found by it. */
  readonly securityGroupName: string;
  /** Theirs, put on the cache beside ours and never changed. */
  readonly securityGroupIds: readonly string[];
  /** Subnets of the cache; absent: chosen from the app's VPC. */
  readonly subnetIds?: Sourced<readonly string[]>;
  /** Allowed besides the consumers' own security groups. */
  readonly allowCidrs: readonly string[];
  /** It exists, was not made by us, and was named to be taken on: it is never deleted by us. */
  readonly adopt: boolean;
  /** What a new one begins with. */
  readonly snapshot?: SnapshotToRestore;
}

/** Of a cache of either kind, which need not be that of the new one. */
export interface SnapshotToRestore {
  readonly kind: CacheSettings['kind'];
  readonly snapshotName: string;
  readonly arn: string;
  /** Where what is found comes from: 'as web-redis is now'. */
  readonly told: string;
}

/** Clients dial both: the second is the reader's (ElastiCache user guide, "Troubleshooting serverless caches"). */
export const SERVERLESS_PORTS: readonly number[] = [6379, 6380];

export function portsOf(cache: CacheSettings): readonly number[] {
  return cache.kind === 'serverless' ? SERVERLESS_PORTS : [cache.port.value];
}

export interface ReplicationGroupSettings extends AnyCacheSettings {
  readonly kind: 'replicationGroup';
  readonly cacheNodeType: Sourced<string>;
  readonly clusterMode: Sourced<'disabled' | 'enabled' | 'compatible'>;
  /** Node groups; more than one in cluster mode alone. */
  readonly shards: Sourced<number>;
  /** Replicas of each node group, 0 to 5. */
  readonly replicas: Sourced<number>;
  /** Brings automatic failover with it. */
  readonly multiAz: Sourced<boolean>;
  readonly port: Sourced<number>;
  readonly transitEncryption: Sourced<boolean>;
  /** Of a new one: plaintext is accepted beside TLS, as by the cache that it stands in for. */
  readonly takesPlaintextToo?: boolean;
  /** No client needs plaintext any more: a cache that still accepts it beside TLS is to refuse it. */
  readonly requireTls: boolean;
  readonly atRestEncryption: Sourced<boolean>;
  /** `ddd:hh24:mi-ddd:hh24:mi` UTC; absent: AWS chooses. */
  readonly maintenanceWindow?: Sourced<string>;
  /** Of a cache parameter group of ours; none: AWS's default group. */
  readonly parameters: Readonly<Record<string, Sourced<string>>>;
  readonly parameterGroupName: string;
  /** Theirs, used as it is. */
  readonly existingParameterGroup?: Sourced<string>;
  readonly subnetGroupName: string;
  /** The subnet group is theirs, used as it is. */
  readonly existingSubnetGroup: boolean;
  /** One for each node, the primary's first. */
  readonly preferredAzs?: Sourced<readonly string[]>;
}

export interface ServerlessCacheSettings extends AnyCacheSettings {
  readonly kind: 'serverless';
  /** GB; absent: AWS's own limit. */
  readonly dataStorageMaximum?: Sourced<number>;
  readonly ecpuMaximum?: Sourced<number>;
}

/** Whoever gets the address of a cache. */
export type ConsumerSettings = EcsConsumerSettings | Ec2ConsumerSettings;

export interface EcsConsumerSettings {
  readonly kind: 'ecs';
  /** By which it is found in a plan: the service's name. */
  readonly name: string;
  readonly ecsCluster: string;
  readonly service: string;
  /** The container that the app answers from; its variables may be of others too. */
  readonly container: string;
  readonly variables: readonly VariableSettings[];
  /** Whether we may add the statement that it lacks to the execution role. */
  readonly fixExecutionRole: boolean;
}

/** Apps on instances: there is no task definition to patch, so values wait for them where they can read them. */
export interface Ec2ConsumerSettings {
  readonly kind: 'ec2';
  readonly name: string;
  readonly instances: InstanceSelection;
  readonly variables: readonly VariableSettings[];
  /** The parameters of Parameter Store that hold the values begin with it: `/shop/production`. */
  readonly parameterPath: string;
  /** A file on this machine that the values are written to, mode 0600; absent: Parameter Store. */
  readonly envFile?: string;
  /** Run on each instance through SSM after its values have changed, in a rollback too. */
  readonly restartCommand?: string;
  readonly logFile?: string;
}

export type InstanceSelection =
  /** Ids, or values of their Name tags. */
  | { readonly instances: readonly string[] }
  | { readonly autoScalingGroup: string }
  /** Its id, or its name. */
  | { readonly securityGroup: string };

export interface VariableSettings {
  readonly name: Sourced<string>;
  /** The cache that the placeholders speak of; absent for a value without any. */
  readonly cache?: string;
  /** `{url}`, `{host}`, `redis://{host}:{port}/0`, or a plain value. See domain/delivery.ts. */
  readonly template: string;
  /** ECS alone: another container than the consumer's. */
  readonly container?: string;
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
