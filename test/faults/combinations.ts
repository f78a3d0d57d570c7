/** What can be said of a cache and of how the app is handed it, what it comes to, and a fixed choice of it all. */
import * as fc from 'fast-check';
import { CATALOGUE, type InputName } from '../../src/inputs/catalogue.ts';
import { flagOf } from '../../src/inputs/input.ts';

/** `yes` and `no` are switches. Each may be left out too. */
const FIELDS = {
  preset: ['production', 'development'],
  workload: ['cache', 'sessions', 'queue', 'pubsub'],
  allowUnsafeQueue: ['yes'],
  engine: ['redis', 'valkey', 'memcached'],
  engineVersion: ['7.0', '7.1', '6.2', '7.2', '8.0', '9.0'],
  cacheNodeType: ['cache.t4g.small', 'cache.r7g.large', 'cache.t1.micro'],
  clusterMode: ['enabled', 'disabled', 'compatible'],
  shards: ['1', '3'],
  replicas: ['0', '1', '5'],
  multiAz: ['yes', 'no'],
  preferredAzs: ['us-east-1a', 'us-east-1a,us-east-1b', 'us-east-1b,us-east-1b'],
  serverless: ['yes'],
  dataStorageMaximum: ['10'],
  port: ['6380'],
  auth: ['none', 'token', 'rbac'],
  secrets: ['auto', 'none', 'secretsmanager', 'ssm'],
  fixExecutionRole: ['yes'],
  transitEncryption: ['yes', 'no'],
  requireTls: ['yes'],
  atRestEncryption: ['yes', 'no'],
  kmsKeyId: ['alias/shop'],
  maxmemoryPolicy: ['noeviction', 'allkeys-lru'],
  parameter: ['timeout=300', 'maxmemory-policy=noeviction', 'cluster-enabled=yes'],
  parameterGroup: ['default.redis7', 'default.redis7.cluster.on', 'default.valkey8', 'of-nobody'],
  snapshotRetention: ['0', '7'],
  snapshotWindow: ['03:00-04:00'],
  subnetGroup: ['of-nobody'],
  securityGroup: ['sg-0123456789abcdef0'],
  envVar: ['CACHE_URL'],
  envProfile: ['url', 'split', 'bullmq', 'elasticache', 'celery'],
  envTls: ['CACHE_TLS'],
} as const satisfies Partial<Record<InputName, readonly string[]>>;

export type Field = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Field[];

/** What is said, and nothing of what is not. */
export type Combination = { readonly [F in Field]?: (typeof FIELDS)[F][number] };

export function wordsOf(said: Combination): string[] {
  return NAMES.flatMap((name) => {
    const value = said[name];
    if (value === undefined) return [];
    if (CATALOGUE[name].shape !== 'switch' && CATALOGUE[name].shape !== 'on') return [flagOf(name), value];
    return [value === 'no' ? negated(name) : flagOf(name)];
  });
}

export const negated = (name: Field): string => flagOf(name).replace('--', '--no-');

/** What it comes to, defaults included. */
export interface Meant {
  readonly engine: 'redis' | 'valkey';
  readonly engineVersion: string;
  readonly clusterMode: 'enabled' | 'disabled' | 'compatible';
  readonly shards: number;
  readonly replicas: number;
  readonly multiAz: boolean;
  readonly serverless: boolean;
  readonly auth: 'none' | 'token' | 'rbac';
  readonly transitEncryption: boolean;
  readonly atRestEncryption: boolean;
  readonly snapshotRetention: number;
  readonly maxmemoryPolicy: string | undefined;
  readonly isQueue: boolean;
}

export function meantBy(said: Combination): Meant {
  const { preset, workload, envProfile } = said;
  const ofQueues = envProfile === 'bullmq' || envProfile === 'celery';
  const isHa = preset === 'production' || (!preset && (workload === 'sessions' || workload === 'queue'));
  const isProduction = preset === 'production';
  const serverless = said.serverless === 'yes';
  const engine = said.engine === 'valkey' ? 'valkey' : 'redis';
  const replicas = said.replicas ?? (isHa ? 1 : 0);
  const failsOver = isHa && !(said.replicas === '0' && workload && !preset);
  const retention = isProduction ? 7 : !preset && workload === 'queue' ? 1 : 0;
  const policies = { cache: 'allkeys-lru', queue: 'noeviction', sessions: undefined, pubsub: undefined };
  const derived = workload ? policies[workload] : ofQueues ? 'noeviction' : undefined;
  const inParameter = said.parameter === 'maxmemory-policy=noeviction' ? 'noeviction' : undefined;
  return {
    engine,
    engineVersion: said.engineVersion ?? (engine === 'redis' ? '7.1' : '8.0'),
    clusterMode: said.clusterMode ?? 'disabled',
    shards: Number(said.shards ?? 1),
    replicas: Number(replicas),
    multiAz: said.multiAz ? said.multiAz === 'yes' : failsOver,
    serverless,
    auth: said.auth ?? (isProduction ? (serverless ? 'rbac' : 'token') : 'none'),
    transitEncryption: said.transitEncryption !== 'no',
    atRestEncryption: said.atRestEncryption !== 'no',
    snapshotRetention: Number(said.snapshotRetention ?? (workload === 'pubsub' ? 0 : retention)),
    maxmemoryPolicy: said.parameterGroup ? undefined : (inParameter ?? said.maxmemoryPolicy ?? derived),
    isQueue: workload ? workload === 'queue' : ofQueues,
  };
}

/** Always the same ones, so that what fails fails again. */
const SEED = 20_261_121;
const CANDIDATES = 20_000;
/** How much more often a field is left out than said. */
const SILENCE = 3;

/** Any at all, those that are refused among them. */
export function anyCombinations(): Combination[] {
  const fields = NAMES.map((name) => {
    const value = fc.constantFrom<string | undefined>(...FIELDS[name]);
    return [name, fc.oneof(value, { weight: SILENCE, arbitrary: fc.constant(undefined) })] as const;
  });
  const any = fc.record(Object.fromEntries(fields)) as fc.Arbitrary<Combination>;
  return fc.sample(any, { numRuns: CANDIDATES, seed: SEED });
}

/** So many that any two values that occur together in one of them do so in one of those that are left. */
export function inPairs(all: readonly Combination[]): Combination[] {
  const covered = new Set<string>();
  return all
    .map((combination) => ({ combination, pairs: pairsOf(combination) }))
    .toSorted((one, other) => other.pairs.length - one.pairs.length)
    .filter(({ pairs }) => {
      const fresh = pairs.filter((pair) => !covered.has(pair));
      for (const pair of fresh) covered.add(pair);
      return fresh.length > 0;
    })
    .map(({ combination }) => combination);
}

function pairsOf(combination: Combination): string[] {
  const said = NAMES.flatMap((name) =>
    combination[name] === undefined ? [] : [`${name}=${combination[name]}`],
  );
  return said.flatMap((one, at) => said.slice(at + 1).map((other) => `${one} ${other}`));
}
