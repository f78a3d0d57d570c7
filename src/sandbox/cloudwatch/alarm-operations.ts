/** Alarms: put, described, deleted, set by hand, tagged; and their history. */
import type {
  DeleteAlarmsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../clock.ts';
import { without } from '../ecs/without.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { checkAlarm } from './alarm-request.ts';
import { putTags } from './alarm-store.ts';
import type { AlarmStore } from './alarm-store.ts';
import type { Transition } from './alarm-transition.ts';
import { placesOf } from './metric-store.ts';
import { page } from './paging.ts';

/** CloudWatch API reference, DescribeAlarms and DescribeAlarmHistory, MaxRecords. */
const MOST_A_PAGE = 100;

export interface AlarmOperationsOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly store: AlarmStore;
  readonly transition: Transition;
  /** From now on the alarms are evaluated. */
  readonly watch: () => Promise<void>;
}

export function alarmOperations(options: AlarmOperationsOptions): Operations {
  const { accountId, region, clock, store, transition, watch } = options;

  return {
    async PutMetricAlarm(input: PutMetricAlarmInput) {
      checkAlarm(input, region);
      const { AlarmName = '' } = input;
      const now = new Date(clock.now());
      // An update leaves the state as it is.
      const { StateValue, StateReason, StateReasonData, StateUpdatedTimestamp, StateTransitionedTimestamp } =
        store.get(AlarmName)?.description ?? {};
      const description = {
        ...without(input, ['Tags']),
        AlarmName,
        AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}`,
        ActionsEnabled: input.ActionsEnabled ?? true,
        OKActions: input.OKActions ?? [],
        AlarmActions: input.AlarmActions ?? [],
        InsufficientDataActions: input.InsufficientDataActions ?? [],
        Dimensions: input.Dimensions ?? [],
        AlarmConfigurationUpdatedTimestamp: now,
        StateValue: StateValue ?? 'INSUFFICIENT_DATA',
        StateReason: StateReason ?? 'Unchecked: Initial alarm creation',
        StateReasonData,
        StateUpdatedTimestamp: StateUpdatedTimestamp ?? now,
        StateTransitionedTimestamp: StateTransitionedTimestamp ?? now,
      };
      store.put(description, input.Tags ?? []);
      await watch();
    },

    DescribeAlarms(input: DescribeAlarmsInput): DescribeAlarmsOutput {
      const { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue } = input;
      const { ActionPrefix = '', MaxRecords = MOST_A_PAGE, NextToken } = input;
      const found = store
        .all()
        .map(({ description }) => description)
        .filter(() => AlarmTypes.includes('MetricAlarm'))
        .filter(({ AlarmName }) => AlarmNames?.includes(AlarmName) ?? AlarmName.startsWith(AlarmNamePrefix))
        .filter((alarm) => StateValue === undefined || alarm.StateValue === StateValue)
        .filter(({ AlarmActions = [] }) =>
          ActionPrefix === '' ? true : AlarmActions.some((action) => action.startsWith(ActionPrefix)),
        )
        .sort((one, other) => (one.AlarmName < other.AlarmName ? -1 : 1));
      const { items, next } = page(found, Math.min(MaxRecords, MOST_A_PAGE), NextToken);
      return { MetricAlarms: items, CompositeAlarms: [], ...next };
    },

    DescribeAlarmsForMetric(input: DescribeAlarmsForMetricInput): DescribeAlarmsForMetricOutput {
      const { MetricName, Namespace, Dimensions = [], Statistic, Period, Unit } = input;
      const asked = (wanted: unknown, actual: unknown): boolean => wanted === undefined || wanted === actual;
      const found = store
        .all()
        .map(({ description }) => description)
        .filter(
          (alarm) =>
            alarm.MetricName === MetricName &&
            alarm.Namespace === Namespace &&
            placesOf(alarm.Dimensions) === placesOf(Dimensions) &&
            asked(Statistic, alarm.Statistic) &&
            asked(Period, alarm.Period) &&
            asked(Unit, alarm.Unit),
        );
      return { MetricAlarms: found };
    },

    DescribeAlarmHistory(input: DescribeAlarmHistoryInput): DescribeAlarmHistoryOutput {
      const { AlarmName, HistoryItemType, StartDate, EndDate, ScanBy, NextToken } = input;
      const found = store.history
        .filter((item) => AlarmName === undefined || item.AlarmName === AlarmName)
        .filter((item) => HistoryItemType === undefined || item.HistoryItemType === HistoryItemType)
        .filter(({ Timestamp = new Date(0) }) => !StartDate || Timestamp >= StartDate)
        .filter(({ Timestamp = new Date(0) }) => !EndDate || Timestamp <= EndDate);
      const ordered = ScanBy === 'TimestampAscending' ? found.reverse() : found;
      const size = Math.min(input.MaxRecords ?? MOST_A_PAGE, MOST_A_PAGE);
      const { items, next } = page(ordered, size, NextToken);
      return { AlarmHistoryItems: items, ...next };
    },

    /** Until the next evaluation, mostly within a minute. */
    SetAlarmState({ AlarmName, StateValue, StateReason = '', StateReasonData }: SetAlarmStateInput) {
      const alarm = store.get(AlarmName);
      if (!alarm || !StateValue)
        throw new ServiceError('ResourceNotFound', `Unknown alarm: ${AlarmName ?? ''}`);
      transition(alarm, { state: StateValue, reason: StateReason, data: StateReasonData });
    },

    DeleteAlarms({ AlarmNames = [] }: DeleteAlarmsInput) {
      for (const name of AlarmNames) store.delete(name);
    },

    TagResource({ ResourceARN, Tags = [] }: TagResourceInput) {
      putTags(store.byArn(ResourceARN), Tags);
      return {};
    },

    UntagResource({ ResourceARN, TagKeys = [] }: UntagResourceInput) {
      const { tags } = store.byArn(ResourceARN);
      for (const key of TagKeys) tags.delete(key);
      return {};
    },

    ListTagsForResource({ ResourceARN }: ListTagsForResourceInput): ListTagsForResourceOutput {
      return { Tags: [...store.byArn(ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}
