/** The servers of which CloudWatch has metrics: those that clients have reached for some minutes. */
import type { Clock } from '../../clock.ts';
import type { RedisNode } from '../redis/node.ts';
import type { Caches } from './cache.ts';
import { CACHE_NODE_ID } from './descriptions.ts';
import { hostType } from './node-types.ts';
import type { HostType } from './node-types.ts';
import type { ServerlessCaches } from './serverless-cache.ts';

/** AWS shows the first datapoints five to ten minutes after a create, of which the create itself is a part. */
const FIRST_METRICS_MS = 180_000;

export interface MeasuredServer {
  /** Its cache cluster's id, or the serverless cache's name. */
  readonly id: string;
  /** Of a node only, as its node id. */
  readonly host?: HostType;
  readonly cacheNodeId?: string;
  readonly startedAt: number;
  /** When its metrics began. */
  readonly since: number;
  readonly server: RedisNode;
}

export interface Measurable {
  server?: RedisNode;
  measuredSince?: number;
}

/** Clients reach it from now on. */
export function startMeasuring(clock: Clock, measurable: Measurable): void {
  clock.after(FIRST_METRICS_MS, () => {
    measurable.measuredSince ??= clock.now();
  });
}

export function measuredServers(caches: Caches, serverless: ServerlessCaches): MeasuredServer[] {
  const nodes = caches.all().flatMap(({ nodes, cacheNodeType }) =>
    nodes.flatMap((node) => {
      const running = runningSince(node);
      if (!running) return [];
      const { cacheClusterId: id, createdAt: startedAt } = node;
      return { ...running, id, startedAt, host: hostType(cacheNodeType), cacheNodeId: CACHE_NODE_ID };
    }),
  );
  const serverlessCaches = serverless.all().flatMap((cache) => {
    const running = runningSince(cache);
    return running ? { ...running, id: cache.name, startedAt: cache.createdAt } : [];
  });
  return [...nodes, ...serverlessCaches];
}

function runningSince({
  server,
  measuredSince: since,
}: Measurable): Pick<MeasuredServer, 'server' | 'since'> | undefined {
  return server && since !== undefined ? { server, since } : undefined;
}
