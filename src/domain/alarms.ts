/** The alarms of a cache: how they are called, and what of those that are there is not as it should be. */
import { rulesFor, type AlarmRule } from './alarm-rules.ts';
import type { Detail } from './change.ts';
import { emittersOf, type MonitoredCache } from './monitoring.ts';

/** CloudWatch API reference, PutMetricAlarm: a name has 255 characters at most. */
const LONGEST_PROJECT = 100;

/** So begin the names of all alarms that we make. */
export const ALL_ALARMS = 'elasticache-wizard/';

export type Dimensions = Readonly<Record<string, string>>;

/** An alarm that a cache should have. */
export interface Alarm {
  readonly alarmName: string;
  /** The node, or the serverless cache. */
  readonly of: string;
  readonly rule: AlarmRule;
}

/** With what CloudWatch calls the thing that it watches. */
export interface WantedAlarm extends Alarm {
  readonly dimensions: Dimensions;
}

/** An alarm as it is. */
export interface LivingAlarm {
  readonly alarmName: string;
  readonly arn: string;
  readonly metricName: string;
  readonly dimensions: Dimensions;
  readonly statistic: string;
  readonly comparison: string;
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: string;
  readonly actionsEnabled: boolean;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
}

/** Whom it tells, and when. */
export type AlarmActions = Pick<LivingAlarm, 'alarmActions' | 'okActions' | 'insufficientDataActions'>;

/** The permission to make them speaks of this prefix too. */
export function alarmPrefix(project: string, cacheName: string): string {
  return `${projectAlarms(project)}${cacheName}/`;
}

export function projectAlarms(project: string): string {
  return `${ALL_ALARMS}${project.slice(0, LONGEST_PROJECT)}/`;
}

export function alarmsOf(project: string, cache: MonitoredCache): Alarm[] {
  const prefix = alarmPrefix(project, cache.name);
  const rules = rulesFor(cache);
  return emittersOf(cache).flatMap((of) =>
    rules.map((rule) => ({ alarmName: `${prefix}${partOf(of, cache)}${rule.what}`, of, rule })),
  );
}

/** '001/', '0001-001/': the rest of a node's name is the cache's. */
function partOf(of: string, { name }: MonitoredCache): string {
  return of === name ? '' : `${of.startsWith(`${name}-`) ? of.slice(name.length + 1) : of}/`;
}

/** Without them it would be another alarm. What somebody has added besides, such as a second action, is left. */
const FIELDS = [
  'metricName',
  'statistic',
  'comparison',
  'threshold',
  'periodSeconds',
  'evaluationPeriods',
  'datapointsToAlarm',
  'missingData',
] as const satisfies readonly (keyof AlarmRule)[];

export function differenceOf(
  living: LivingAlarm,
  { rule, dimensions }: WantedAlarm,
  topicArn: string,
): Detail[] {
  const changed = FIELDS.filter((field) => living[field] !== rule[field]).map((field): Detail => ({
    field,
    from: String(living[field]),
    to: String(rule[field]),
  }));
  const [was, is] = [living.dimensions, dimensions].map(dimensionText);
  const tells = living.actionsEnabled && living.alarmActions.includes(topicArn);
  return [
    ...changed,
    ...(was === is ? [] : [{ field: 'dimensions', from: was ?? '', to: is ?? '' }]),
    ...(tells ? [] : [{ field: 'action', from: actionText(living), to: topicArn }]),
  ];
}

function dimensionText(dimensions: Dimensions): string {
  return Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(', ');
}

function actionText({ actionsEnabled, alarmActions }: LivingAlarm): string {
  if (alarmActions.length === 0) return 'none';
  return actionsEnabled ? alarmActions.join(', ') : 'switched off';
}
