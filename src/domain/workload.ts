/** What an app keeps in its cache decides how it must be set up: defaults for what is created and not given, with the reason. */
import type { Profile } from './delivery.ts';
import type { CacheSettings, Workload } from './settings.ts';

export interface CacheDefaults {
  readonly maxmemoryPolicy?: EvictionPolicy;
  readonly clusterMode?: 'disabled';
  readonly serverless?: false;
  readonly replicas?: number;
  readonly multiAz?: boolean;
  readonly snapshotRetention?: number;
}

interface Derivation {
  /** Whatever the preset says. */
  readonly always: CacheDefaults;
  /** Unless a preset says something else. */
  readonly usual: CacheDefaults;
  /** What the app keeps, and what its loss means. */
  readonly why: string;
  readonly therefore: readonly Consequence[];
}

/** Said only of a cache of which it is true: flags and presets may say something else. */
interface Consequence {
  readonly what: string;
  readonly holds: (cache: CacheSettings) => boolean;
}

/** The values of maxmemory-policy (ElastiCache user guide, "Redis OSS 4.0.10 parameter changes" and before). */
export const EVICTION_POLICIES = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const;
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

const REPLICA: Consequence = {
  what: 'there is a replica in another zone',
  holds: (cache) => cache.kind === 'replicationGroup' && cache.replicas.value > 0 && cache.multiAz.value,
};

function evicts(policy: EvictionPolicy, what: string): Consequence {
  return {
    what,
    holds: (cache) =>
      cache.kind === 'replicationGroup' && cache.parameters['maxmemory-policy']?.value === policy,
  };
}

function oneShard(what: string): Consequence {
  return {
    what,
    holds: (cache) => cache.kind === 'replicationGroup' && cache.clusterMode.value === 'disabled',
  };
}

const DERIVATIONS: Readonly<Record<Workload, Derivation>> = {
  cache: {
    always: { maxmemoryPolicy: 'allkeys-lru' },
    usual: {},
    why: 'it is a cache: what is lost can be computed again',
    therefore: [evicts('allkeys-lru', 'the least used keys make way when it is full')],
  },
  // The policy stays AWS's own, volatile-lru: sessions carry a time to live, so the least used of them make way.
  sessions: {
    always: {},
    usual: { replicas: 1, multiAz: true },
    why: 'it holds sessions: a lost one logs somebody out',
    therefore: [REPLICA],
  },
  // BullMQ, "Going to production", and Sidekiq, "Using Redis": noeviction; BullMQ and Celery use no cluster.
  queue: {
    always: { maxmemoryPolicy: 'noeviction', clusterMode: 'disabled', serverless: false },
    usual: { replicas: 1, multiAz: true, snapshotRetention: 1 },
    why: 'it is a queue: a lost job is never done',
    therefore: [
      evicts('noeviction', 'nothing is evicted'),
      oneShard('one shard holds all keys of a job'),
      REPLICA,
      { what: 'there is a backup each day', holds: ({ snapshotRetention }) => snapshotRetention.value > 0 },
    ],
  },
  pubsub: {
    always: { clusterMode: 'disabled', snapshotRetention: 0 },
    usual: {},
    why: 'it is for pub/sub: messages are not kept',
    therefore: [
      { what: 'nothing is backed up', holds: ({ snapshotRetention }) => snapshotRetention.value === 0 },
      oneShard('one shard need not repeat them to others'),
    ],
  },
};

/** `preset`: the defaults that somebody chose by name. */
export function defaultsFor<Preset extends object>(
  workload: Workload,
  preset: Preset,
): CacheDefaults & Preset {
  const { always, usual } = DERIVATIONS[workload];
  return { ...usual, ...preset, ...always };
}

export function reasonFor(workload: Workload, cache: CacheSettings): string {
  const { why, therefore } = DERIVATIONS[workload];
  const held = therefore.filter(({ holds }) => holds(cache)).map(({ what }) => what);
  return held.length === 0 ? why : `${why}, so ${new Intl.ListFormat('en').format(held)}`;
}

/** The profiles whose variables lead to a queue. */
export function isQueueProfile(profile: Profile | undefined): boolean {
  return profile === 'bullmq' || profile === 'celery';
}
