/** The alarms of one cache, on each of its nodes: those that are missing made, those of nodes that are gone deleted. */
import type { Aws } from '../../aws/aws.ts';
import type { NewAlarm } from '../../aws/cloudwatch.ts';
import type { AlarmRule } from '../../domain/alarm-rules.ts';
import {
  alarmsOf,
  type Alarm,
  type AlarmActions,
  type LivingAlarm,
  type WantedAlarm,
} from '../../domain/alarms.ts';
import type { Change, Detail } from '../../domain/change.ts';
import { emittersOf, type MonitoredCache, type Monitoring } from '../../domain/monitoring.ts';
import { foreign, ownershipTags, type Tags } from '../../domain/ownership.ts';
import type { Outputs, Ref } from '../../domain/outputs.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import type { Wait } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { takenMeanwhile } from '../ownership/owner.ts';
import { surveyAlarms, type AlarmSurvey } from './alarm-survey.ts';
import { nameOfTopic } from './alarm-topic.ts';
import { readMonitoredCache } from './monitored-cache.ts';

export interface AlarmsOptions {
  readonly cacheName: string;
  readonly project: string;
  readonly userTags: Tags;
  readonly monitoring: Monitoring;
  /** The cache as this run is to make it of what is there; absent: as it is. */
  readonly expected?: (living: MonitoredCache | undefined) => MonitoredCache;
  /** Besides the topic. */
  readonly needs: readonly Ref[];
  readonly aws: Pick<Aws, 'cloudwatch' | 'elasticache' | 'serverless'>;
}

type Out = Outputs['alarms'];

export function alarms(options: AlarmsOptions): Resource<'alarms'> {
  const { cacheName, project, userTags, monitoring, expected, needs, aws } = options;
  const { topicArn, replacedTopicArn } = monitoring;

  const survey = (cache: MonitoredCache): Promise<AlarmSurvey> =>
    surveyAlarms(cache, project, monitoring, aws.cloudwatch);

  const planNew = (cache: MonitoredCache): Change<Out> => ({
    action: 'create',
    details: summary(cache, project),
  });

  async function planFor(cache: MonitoredCache): Promise<Change<Out>> {
    const found = await survey(cache);
    const [theirs] = found.foreign;
    if (theirs) return foreign(`The alarm ${theirs.alarmName}`, theirs.owner, theirs.tags, '--project');
    const isFirst = found.missing.length === found.wanted.length && found.wanted.length > 0;
    if (isFirst && found.stale.length === 0) return planNew(cache);
    const outputs = { alarmNames: found.wanted.map(({ alarmName }) => alarmName) };
    const details = changesIn(found);
    return details.length > 0 ? { action: 'update', details } : { action: 'none', outputs, ...noteOf(found) };
  }

  async function readCache(): Promise<MonitoredCache> {
    const cache = await readMonitoredCache(cacheName, aws);
    if (cache) return cache;
    throw new WizardError('NotFound', `There is no cache ${cacheName} of Redis or Valkey to watch`, {
      hint: 'Is the name right, and the region (--region)? Memcached has other metrics.',
    });
  }

  async function make(found: AlarmSurvey, step: Step): Promise<void> {
    const made: { alarm: WantedAlarm; living?: LivingAlarm }[] = [
      ...found.missing.map((alarm) => ({ alarm })),
      ...found.differing,
    ];
    let of: string | undefined;
    for (const { alarm, living } of made) {
      if (alarm.of !== of) step.progress(alarm.of);
      of = alarm.of;
      const tags = { ...userTags, ...ownershipTags(project, alarm.alarmName) };
      await step.wait(put({ ...alarm, ...actionsOf(living), tags }));
    }
  }

  /** Of many alarms AWS takes a few a second (CloudWatch quotas, PutMetricAlarm): one that it refuses for that is asked for again. */
  const put = (alarm: NewAlarm): Wait<undefined> => ({
    what: `the alarm ${alarm.alarmName}`,
    everyMs: 2_000,
    timeoutMs: 5 * 60_000,
    probe: async () => {
      await aws.cloudwatch.putMetricAlarm(alarm);
      return { state: 'ready', value: undefined };
    },
  });

  /** Whom else somebody has it tell stays; that all is well again, nobody is told unasked. */
  function actionsOf(living: LivingAlarm | undefined): AlarmActions {
    const { alarmActions = [], okActions = [], insufficientDataActions = [] } = living ?? {};
    const theirs = alarmActions.filter((action) => action !== topicArn && action !== replacedTopicArn);
    return { alarmActions: [topicArn, ...theirs], okActions, insufficientDataActions };
  }

  function warnOfUnseen({ unseen, waiting }: AlarmSurvey, step: Step): void {
    if (waiting.length > 0) {
      const again = `elasticache-wizard alarms --project ${project}`;
      const metrics = metricsOf(waiting);
      const message = `CloudWatch knows no such metrics of ${cacheName} yet: ${metrics}; when there is traffic, run this again: ${again}`;
      step.warn('alarms.waiting', message);
    } else if (unseen.length > 0) {
      const message = `CloudWatch lists no metrics of ${cacheName} yet, so that its alarms go by the documented dimensions: in a quarter of an hour, status tells whether that was right`;
      step.warn('alarms.unseen', message);
    }
  }

  return {
    kind: 'alarms',
    name: cacheName,
    needs: [{ kind: 'alarmTopic', name: nameOfTopic(topicArn) }, ...needs],

    async plan() {
      if (!expected) return planFor(await readCache());
      const living = await readMonitoredCache(cacheName, aws);
      const cache = expected(living);
      return living ? planFor(cache) : planNew(cache);
    },

    async reconcile(_known, step) {
      const found = await survey(await readCache());
      if (found.foreign.length > 0) throw takenMeanwhile(`alarm ${found.foreign[0]?.alarmName ?? ''}`);
      await make(found, step);
      if (found.stale.length > 0) await aws.cloudwatch.deleteAlarms(found.stale);
      warnOfUnseen(found, step);
      if (found.wanted.length === 0) step.skip();
      return { alarmNames: found.wanted.map(({ alarmName }) => alarmName) };
    },
  };
}

function summary(cache: MonitoredCache, project: string): Detail[] {
  const emitters = emittersOf(cache);
  const rules = alarmsOf(project, cache).filter(({ of }) => of === emitters[0]);
  return [
    { field: 'watched', to: emitters.join(', ') },
    ...rules.map(({ rule }) => ({
      field: rule.metricName,
      to: limitText(rule),
    })),
  ];
}

function limitText({ comparison, threshold, unit }: AlarmRule): string {
  const value =
    unit === 'bytes' ? `${Math.round(threshold / 1_000_000)} MB` : `${threshold}${unit ? ` ${unit}` : ''}`;
  return `${SIGNS[comparison]} ${value}`;
}

const SIGNS = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
} as const;

function changesIn({ missing, differing, stale }: AlarmSurvey): Detail[] {
  return [
    ...missing.map(({ alarmName }) => ({ field: 'made', to: shortName(alarmName) })),
    ...(changeOfAll(differing) ?? differing.flatMap(changesOfOne)),
    ...stale.map((alarmName) => ({ field: 'deleted', to: shortName(alarmName) })),
  ];
}

/** Another topic is another topic for each of them: one line instead of eighteen. */
function changeOfAll(differing: AlarmSurvey['differing']): Detail[] | undefined {
  const changes = differing.map(({ details }) => details);
  const [first] = changes;
  if (!first || changes.length < 2 || new Set(changes.map((each) => JSON.stringify(each))).size > 1) {
    return undefined;
  }
  return first.map(({ field, ...values }) => ({ field: `${changes.length} alarms ${field}`, ...values }));
}

function changesOfOne({ alarm, details }: AlarmSurvey['differing'][number]): Detail[] {
  return details.map(({ field, ...values }) => ({
    field: `${shortName(alarm.alarmName)} ${field}`,
    ...values,
  }));
}

/** What follows the prefix, which is the same of all. */
function shortName(alarmName: string): string {
  return alarmName.split('/').slice(3).join('/');
}

function metricsOf(alarms: readonly Alarm[]): string {
  return alarms.map(({ rule }) => rule.metricName).join(', ');
}

function noteOf({ waiting }: AlarmSurvey): { note?: string } {
  if (waiting.length === 0) return {};
  return {
    note: `not made until CloudWatch knows the metric: ${metricsOf(waiting)}; then run alarms again`,
  };
}
