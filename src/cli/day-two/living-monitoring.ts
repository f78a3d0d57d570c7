/** The alarms of what lives: brought to what they should be, or taken away. */
import { alarmsOf } from '../../domain/alarms.ts';
import { monthlyUsdOfAlarms } from '../../domain/cost.ts';
import { topicArnOf, type Monitoring } from '../../domain/monitoring.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { readAlarms } from '../../resources/monitoring/alarm-survey.ts';
import { alarmTopicRemoval } from '../../resources/monitoring/alarm-topic-removal.ts';
import { alarmsRemoval } from '../../resources/monitoring/alarms-removal.ts';
import { readMonitoredCache } from '../../resources/monitoring/monitored-cache.ts';
import { monitoringResources, type CacheToWatch } from '../../resources/monitoring/monitoring.ts';
import { readAnchors } from '../../survey/project.ts';
import type { Living } from '../opening/living.ts';
import { monitoringOf } from '../opening/monitoring.ts';
import { operate, operateBack } from '../applying/operating.ts';
import type { Session } from '../session.ts';

/** A cache that nobody of us has set up has no anchor that notes the topic, but its alarms tell it. */
export async function readMonitoringOf(living: Living, inputs: Inputs): Promise<Monitoring> {
  const { aws, project, identity, anchors, caches } = living;
  if (anchors.length > 0) return monitoringOf(inputs, project, identity, anchors);
  const found = await Promise.all(caches.map(({ name }) => readAlarms(project, name, aws.cloudwatch)));
  const told = found.flatMap(({ ours }) => ours.flatMap(({ alarmActions }) => alarmActions));
  const alarmTopicArn = told.find((action) => action.includes(':sns:'));
  return monitoringOf(inputs, project, identity, [{ alarmTopicArn }]);
}

export async function watch(living: Living, monitoring: Monitoring, session: Session): Promise<void> {
  const { project, userTags, caches, aws } = living;
  const watched = caches.map(({ name }): CacheToWatch => {
    const groupId = anchorOf(name, living);
    return {
      name,
      ...(groupId === undefined ? {} : { groupId: () => groupId }),
      needs: [],
      anchoredBy: [],
    };
  });
  const resources = monitoringResources({ project, userTags, monitoring, caches: watched, aws });
  await operate(resources, living, session, await readPrice(living));
}

async function readPrice({ aws, caches, project, identity }: Living): Promise<number | undefined> {
  const watched = await Promise.all(caches.map(({ name }) => readMonitoredCache(name, aws)));
  const count = watched.flatMap((cache) => (cache ? alarmsOf(project, cache) : [])).length;
  return monthlyUsdOfAlarms(count, identity.region);
}

/** The topic stays while other caches of the project have alarms. */
export async function removeMonitoring(living: Living, session: Session): Promise<void> {
  const { aws, project, caches, identity } = living;
  const names = caches.map(({ name }) => name);
  const stays = (await readAnchors(aws, project)).some(
    ({ cacheName, alarmTopicArn }) =>
      alarmTopicArn !== undefined && cacheName !== undefined && !names.includes(cacheName),
  );
  const forgetting = names.flatMap((name) => anchorOf(name, living) ?? []);
  const topicArn = topicArnOf(project, identity);
  await operateBack(
    [
      names.map((name) => alarmsRemoval(name, project, aws.cloudwatch)),
      [alarmTopicRemoval({ topicArn, project, stays, forgetting }, aws)],
    ],
    living,
    session,
  );
}

function anchorOf(name: string, { anchors }: Living): string | undefined {
  return anchors.find(({ cacheName }) => cacheName === name)?.groupId;
}
