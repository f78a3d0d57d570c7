/** What an app keeps in its cache decides how it must be set up: defaults for what is created and not given, with the reason. */
import type { Profile } from './delivery.ts';
import type { Workload } from './settings.ts';

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
  readonly reason: string;
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

const DERIVATIONS: Readonly<Record<Workload, Derivation>> = {
  cache: {
    always: { maxmemoryPolicy: 'allkeys-lru' },
    usual: {},
    reason:
      'it is a cache: when it is full the least used keys make way, and what is lost can be computed again',
  },
  // The policy stays AWS's own, volatile-lru: sessions carry a time to live, so the least used of them make way.
  sessions: {
    always: {},
    usual: { replicas: 1, multiAz: true },
    reason: 'it holds sessions: a lost one logs somebody out, so a replica in another zone is the default',
  },
  // BullMQ, "Going to production", and Sidekiq, "Using Redis": noeviction; BullMQ and Celery use no cluster.
  queue: {
    always: { maxmemoryPolicy: 'noeviction', clusterMode: 'disabled', serverless: false },
    usual: { replicas: 1, multiAz: true, snapshotRetention: 1 },
    reason:
      'it is a queue: a lost job is never done, so nothing is evicted, one shard holds all keys of a job, and a replica in another zone and a daily backup are the default',
  },
  pubsub: {
    always: { clusterMode: 'disabled', snapshotRetention: 0 },
    usual: {},
    reason:
      'it is for pub/sub: messages are not kept, so nothing is backed up, and one shard need not repeat them to others',
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

export function reasonFor(workload: Workload): string {
  return DERIVATIONS[workload].reason;
}

/** The profiles whose variables lead to a queue. */
export function isQueueProfile(profile: Profile | undefined): boolean {
  return profile === 'bullmq' || profile === 'celery';
}
