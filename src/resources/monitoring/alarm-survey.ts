/** The alarms of one cache, as they are beside what they should be. */
import type { CloudWatch } from '../../aws/cloudwatch.ts';
import {
  alarmPrefix,
  alarmsOf,
  differenceOf,
  type Alarm,
  type LivingAlarm,
  type WantedAlarm,
} from '../../domain/alarms.ts';
import type { AlarmRule } from '../../domain/alarm-rules.ts';
import type { Detail } from '../../domain/change.ts';
import type { MonitoredCache, Monitoring } from '../../domain/monitoring.ts';
import { ownerOf, type Owner, type Tags } from '../../domain/ownership.ts';
import { readDimensions } from './metric-dimensions.ts';

export interface AlarmSurvey {
  readonly wanted: readonly WantedAlarm[];
  /** Wanted, but CloudWatch knows no such metric yet, so that nobody can say by which dimensions. */
  readonly waiting: readonly Alarm[];
  /** Among the missing: to go by the documented dimensions, for no such metric was seen yet. */
  readonly unseen: readonly WantedAlarm[];
  readonly missing: readonly WantedAlarm[];
  readonly differing: readonly DifferingAlarm[];
  /** Ours, of what is gone or no longer watched so. */
  readonly stale: readonly string[];
  /** Not ours, under a name of ours. */
  readonly foreign: readonly ForeignAlarm[];
}

export interface DifferingAlarm {
  readonly alarm: WantedAlarm;
  readonly details: readonly Detail[];
  /** As it is: AWS replaces the whole of it, and what somebody has added is to stay. */
  readonly living: LivingAlarm;
}

export interface ForeignAlarm {
  readonly alarmName: string;
  readonly owner: Exclude<Owner, 'ours'>;
  readonly tags: Tags;
}

type Reads = Pick<CloudWatch, 'listAlarms' | 'readAlarmTags' | 'listMetrics'>;

export async function surveyAlarms(
  cache: MonitoredCache,
  project: string,
  { topicArn }: Pick<Monitoring, 'topicArn'>,
  cloudwatch: Reads,
): Promise<AlarmSurvey> {
  const alarms = alarmsOf(project, cache);
  const metricNames = [...new Set(alarms.map(({ rule }) => rule.metricName))];
  const [{ ours, foreign }, dimensionsOf] = await Promise.all([
    readAlarms(project, cache.name, cloudwatch),
    readDimensions(cache, metricNames, cloudwatch),
  ]);
  const living = new Map(ours.map((alarm) => [alarm.alarmName, alarm]));
  const found = alarms.map((alarm) => ({ alarm, ...dimensionsOf(alarm.of, alarm.rule.metricName) }));
  const wanted = found.flatMap(({ alarm, dimensions, seen }): (WantedAlarm & { seen: boolean })[] => {
    // A metric without data for two weeks is no longer listed; what was right then is right still.
    const known = seen === true ? dimensions : (living.get(alarm.alarmName)?.dimensions ?? dimensions);
    return known ? [{ ...alarm, dimensions: known, seen: seen === true }] : [];
  });
  // What one of the nodes has, the others are known to have by the same: a primary has no lag, and may be a replica soon.
  const isSeen = (rule: AlarmRule): boolean =>
    wanted.some((each) => each.seen && each.rule.metricName === rule.metricName);
  const names = new Set(alarms.map(({ alarmName }) => alarmName));
  return {
    wanted,
    waiting: alarms.filter(({ alarmName }) => !wanted.some((each) => each.alarmName === alarmName)),
    unseen: wanted.filter(({ rule, alarmName }) => !isSeen(rule) && !living.has(alarmName)),
    missing: wanted.filter(({ alarmName }) => !living.has(alarmName)),
    differing: wanted.flatMap((alarm) => {
      const isNow = living.get(alarm.alarmName);
      const details = isNow ? differenceOf(isNow, alarm, topicArn) : [];
      return isNow && details.length > 0 ? [{ alarm, details, living: isNow }] : [];
    }),
    stale: ours.map(({ alarmName }) => alarmName).filter((alarmName) => !names.has(alarmName)),
    foreign: foreign.filter(({ alarmName }) => names.has(alarmName)),
  };
}

/** By the name of its cache, whose it is by its tags. */
export async function readAlarms(
  project: string,
  cacheName: string,
  cloudwatch: Pick<CloudWatch, 'listAlarms' | 'readAlarmTags'>,
): Promise<{ ours: LivingAlarm[]; foreign: ForeignAlarm[] }> {
  const all = await cloudwatch.listAlarms(alarmPrefix(project, cacheName));
  const tags = await cloudwatch.readAlarmTags(all.map(({ arn }) => arn));
  const ours: LivingAlarm[] = [];
  const foreign: ForeignAlarm[] = [];
  for (const [index, alarm] of all.entries()) {
    const own = tags[index];
    if (own === undefined || own === 'gone') continue;
    const { alarmName } = alarm;
    const owner = ownerOf(own, project, alarmName);
    if (owner === 'ours') ours.push(alarm);
    else foreign.push({ alarmName, owner, tags: own });
  }
  return { ours, foreign };
}
