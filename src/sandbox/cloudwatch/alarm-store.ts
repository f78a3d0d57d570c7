/** The alarms of one account in one region, and what has become of them. */
import type { AlarmHistoryItem, HistoryItemType, MetricAlarm, Tag } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';

export interface Alarm {
  readonly tags: Map<string, string>;
  /** As DescribeAlarms shows it. */
  description: MetricAlarm & { readonly AlarmName: string; readonly AlarmArn: string };
}

/** Two weeks of them on AWS (DescribeAlarmHistory). */
const MOST_HISTORY = 10_000;
const MOST_TAGS = 50;

export class AlarmStore {
  readonly #clock: Clock;
  readonly #byName = new Map<string, Alarm>();
  /** Newest first; it stays when its alarm goes. */
  readonly history: AlarmHistoryItem[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): Alarm[] {
    return [...this.#byName.values()];
  }

  get(name = ''): Alarm | undefined {
    return this.#byName.get(name);
  }

  byArn(arn: string | undefined): Alarm {
    const alarm = this.all().find(({ description }) => description.AlarmArn === arn);
    if (!alarm) throw new ServiceError('ResourceNotFoundException', `Unknown resource: ${arn ?? ''}`);
    return alarm;
  }

  put(description: Alarm['description'], tags: readonly Tag[]): void {
    const living = this.get(description.AlarmName);
    if (living) living.description = description;
    else {
      const alarm = { description, tags: new Map<string, string>() };
      putTags(alarm, tags);
      this.#byName.set(description.AlarmName, alarm);
    }
    this.note(
      description,
      'ConfigurationUpdate',
      `Alarm "${description.AlarmName}" ${living ? 'updated' : 'created'}`,
    );
  }

  delete(name: string): void {
    const alarm = this.get(name);
    if (!alarm) return;
    this.#byName.delete(name);
    this.note(alarm.description, 'ConfigurationUpdate', `Alarm "${name}" deleted`);
  }

  note({ AlarmName }: MetricAlarm, type: HistoryItemType, summary: string, data: object = {}): void {
    this.history.unshift({
      AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: new Date(this.#clock.now()),
      HistoryItemType: type,
      HistorySummary: summary,
      HistoryData: JSON.stringify({ version: '1.0', ...data }),
    });
    this.history.length = Math.min(this.history.length, MOST_HISTORY);
  }
}

export function putTags({ tags }: Alarm, added: readonly Tag[]): void {
  if (new Set([...tags.keys(), ...added.map(({ Key }) => Key)]).size > MOST_TAGS) {
    throw new ServiceError(
      'InvalidParameterValueException',
      `A resource can have at most ${MOST_TAGS} tags.`,
    );
  }
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || Key.startsWith('aws:')) {
      throw new ServiceError('InvalidParameterValueException', `Invalid tag: ${Key}`);
    }
    tags.set(Key, Value);
  }
}
