/** Who watches the caches of a project, and what CloudWatch is to know of one of them. */
import type { EvictionPolicy } from './workload.ts';

/** Where its alarms tell of themselves. */
export interface Monitoring {
  readonly topicArn: string;
  /** Made by us, and named after the project; else it is theirs, and used as it is. */
  readonly topicIsOurs: boolean;
  readonly alarmEmail?: string;
  /** The one before it, which its alarms no longer tell. */
  readonly replacedTopicArn?: string;
  /** Nobody asked for it by name but a preset: where it is not allowed, setup goes on without. */
  readonly optional: boolean;
}

/** A cache as far as its metrics depend on it. */
export type MonitoredCache = MonitoredNodes | MonitoredServerless;

export interface MonitoredNodes {
  readonly kind: 'nodes';
  readonly name: string;
  readonly cacheNodeType: string;
  /** Each is a metric's CacheClusterId. */
  readonly members: readonly string[];
  /** Which of them is a replica changes with each failover. */
  readonly hasReplicas: boolean;
  readonly maxmemoryPolicy: EvictionPolicy;
}

export interface MonitoredServerless {
  readonly kind: 'serverless';
  readonly name: string;
  /** GB, and units a second; absent: AWS's own limit. */
  readonly dataStorageMaximum?: number;
  readonly ecpuMaximum?: number;
}

/** What emits metrics: nodes, or the serverless cache itself. */
export function emittersOf(cache: MonitoredCache): readonly string[] {
  return cache.kind === 'serverless' ? [cache.name] : cache.members;
}

/** SNS API reference, CreateTopic: 256 letters, digits, hyphens and underscores. */
export function topicNameOf(project: string): string {
  return `elasticache-wizard-${project.replace(/[^A-Za-z0-9_-]+/g, '-')}`.slice(0, 256);
}

export function topicArnOf(
  project: string,
  { partition, region, account }: { partition: string; region: string; account: string },
): string {
  return `arn:${partition}:sns:${region}:${account}:${topicNameOf(project)}`;
}
