/**
 * When servers are read: as soon as somebody asks, at most once a minute of the clock, and every minute while an alarm
 * watches a cache. Nobody's asking costs nothing.
 */
import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../clock.ts';
import type { MeasuredServer } from '../elasticache/measured-servers.ts';
import type { RedisNode } from '../redis/node.ts';
import { nodeMetrics, serverlessMetrics } from './cache-metrics.ts';
import type { Measurement } from './cache-metrics.ts';
import { MINUTE } from './metric-store.ts';
import type { MetricStore } from './metric-store.ts';
import { intervals, parseInfo } from './server-info.ts';
import type { Interval, ServerInfo } from './server-info.ts';

export const CACHE_NAMESPACE = 'AWS/ElastiCache';

/** The minutes before that nobody asked for are lost. */
const MOST_MINUTES_BACK = 24 * 60;

interface Reading {
  readonly at: number;
  readonly info: ServerInfo;
}

export interface ObservationOptions {
  readonly clock: Clock;
  readonly metrics: MetricStore;
  /** The caches' servers that have metrics now. */
  readonly servers: () => readonly MeasuredServer[];
  readonly isWatched: () => boolean;
  /** Called each minute while it is watched. */
  readonly onMinute: () => void;
}

export interface Observation {
  /** Resolves when the metrics are those of this minute. */
  observe(): Promise<void>;
  close(): Promise<void>;
}

export function createObservation(options: ObservationOptions): Observation {
  const { clock, metrics, servers, isWatched, onMinute } = options;
  const readings = new WeakMap<RedisNode, Reading>();
  const lastReadAt = new Map<string, number>();
  let current: Promise<void> | undefined;
  let cancel = (): void => undefined;

  const take = (measured: MeasuredServer, text: string): void => {
    const { id, server, since } = measured;
    const now = { at: clock.now(), info: parseInfo(text) };
    const before = readings.get(server) ?? {
      // A new server under a name that had one before goes on where that one ended.
      at: Math.max(since - MINUTE, lastReadAt.get(id) ?? 0),
      info: new Map<string, string>(),
    };
    if (now.at <= before.at) return;
    readings.set(server, now);
    lastReadAt.set(id, now.at);
    const parts = Math.min(MOST_MINUTES_BACK, Math.max(1, Math.round((now.at - before.at) / MINUTE)));
    for (const interval of intervals(before, now, parts)) record(metrics, measured, interval);
  };

  const begin = async (): Promise<void> => {
    cancel = clock.after(MINUTE, async () => {
      current = undefined;
      if (!isWatched()) return;
      await observe();
      onMinute();
    });
    const asked = servers();
    const texts = await clock.busy(Promise.allSettled(asked.map(({ server }) => server.info())));
    asked.forEach((measured, index) => {
      const text = texts[index];
      // One that has just ended, or takes no more clients, has a minute without datapoints.
      if (text?.status === 'fulfilled') take(measured, text.value);
    });
  };

  const observe = (): Promise<void> => (current ??= begin());
  return {
    observe,
    close() {
      cancel();
      return Promise.resolve();
    },
  };
}

function record(metrics: MetricStore, measured: MeasuredServer, interval: Interval): void {
  const places = dimensionSets(measured);
  for (const { name, unit, value } of measurements(measured, interval)) {
    for (const dimensions of places) {
      metrics.record({ namespace: CACHE_NAMESPACE, name, dimensions }, unit, interval.at, value);
    }
  }
}

function measurements({ host, startedAt }: MeasuredServer, interval: Interval): Measurement[] {
  return host ? nodeMetrics(interval, { ...host, startedAt }) : serverlessMetrics(interval);
}

/** A node's metrics are found under either; for serverless caches AWS's documents do not agree on the name. */
function dimensionSets({ id, host, cacheNodeId }: MeasuredServer): Dimension[][] {
  if (!host) return [[{ Name: 'clusterId', Value: id }]];
  const cluster = { Name: 'CacheClusterId', Value: id };
  return [[cluster], [cluster, { Name: 'CacheNodeId', Value: cacheNodeId }]];
}
