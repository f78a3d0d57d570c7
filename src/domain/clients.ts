/** The client libraries that we can show how to connect with, and which of them an app is likely to use. */
import { profileOf } from './delivery.ts';
import type { ProbeRuntime } from './probe-report.ts';

export const CLIENTS = ['ioredis', 'node-redis', 'bullmq', 'redis-py', 'celery'] as const;
export type ClientLibrary = (typeof CLIENTS)[number];

/** By the names of its variables, else by the program that the probe found in its image; of sh alone nobody can tell. */
export function likelyClient(
  variables: readonly string[],
  runtime: ProbeRuntime | undefined,
): ClientLibrary | undefined {
  const profile = profileOf(variables);
  if (profile === 'bullmq' || profile === 'celery') return profile;
  return runtime && OF_RUNTIME[runtime];
}

const OF_RUNTIME: Readonly<Record<ProbeRuntime, ClientLibrary | undefined>> = {
  node: 'ioredis',
  python3: 'redis-py',
  sh: undefined,
};

/** The file that shows it, for one shard or for a client that is told of nodes; undefined: it knows no such cache. */
export function templateOf(client: ClientLibrary, clustered: boolean): string | undefined {
  return TEMPLATES[client][clustered ? 1 : 0];
}

const TEMPLATES: Readonly<Record<ClientLibrary, readonly [oneShard: string, clustered?: string]>> = {
  ioredis: ['ioredis.js', 'ioredis-cluster.js'],
  'node-redis': ['node-redis.js', 'node-redis-cluster.js'],
  bullmq: ['bullmq.js'],
  'redis-py': ['redis_py.py', 'redis_py_cluster.py'],
  celery: ['celery_app.py'],
};
