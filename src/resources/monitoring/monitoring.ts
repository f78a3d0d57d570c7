/** All that watches the caches of a project: one topic, and the alarms of each. */
import type { Aws } from '../../aws/aws.ts';
import type { MonitoredCache, Monitoring } from '../../domain/monitoring.ts';
import type { Known, Ref } from '../../domain/outputs.ts';
import type { Tags } from '../../domain/ownership.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { alarmTopic } from './alarm-topic.ts';
import { alarms } from './alarms.ts';
import { optional } from './optional.ts';

export interface MonitoringOptions {
  readonly project: string;
  readonly userTags: Tags;
  readonly monitoring: Monitoring;
  readonly caches: readonly CacheToWatch[];
  readonly aws: Aws;
}

export interface CacheToWatch {
  readonly name: string;
  /** Its anchor, which may be not made yet; absent: it has none. */
  readonly groupId?: (known: Known) => string | undefined;
  /** As it is to be; absent: as it is. */
  readonly expected?: (living: MonitoredCache | undefined) => MonitoredCache;
  readonly needs: readonly Ref[];
  /** Of its anchor. */
  readonly anchoredBy: readonly Ref[];
}

export function monitoringResources(options: MonitoringOptions): AnyResource[] {
  const { project, userTags, monitoring, caches, aws } = options;
  const { topicArn, optional: mayBeLeftOut } = monitoring;
  const topic = alarmTopic({
    project,
    userTags,
    monitoring,
    groupIds: (known) => caches.flatMap(({ groupId }) => (groupId ? [groupId(known)] : [])),
    needs: caches.flatMap(({ anchoredBy }) => anchoredBy),
    aws,
  });
  const each = caches.map(({ name: cacheName, needs, expected }) =>
    alarms({ cacheName, project, userTags, monitoring, needs, aws, ...(expected ? { expected } : {}) }),
  );
  if (!mayBeLeftOut) return [topic, ...each];
  return [optional(topic, { topicArn }), ...each.map((resource) => optional(resource, { alarmNames: [] }))];
}
