/** An alarm goes into another state: that is written down, and its topics hear of it. */
import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Publish } from '../sns/publication.ts';
import type { Alarm, AlarmStore } from './alarm-store.ts';

export interface NewState {
  readonly state: StateValue;
  readonly reason: string;
  /** A JSON document. */
  readonly data?: string | undefined;
}

export interface TransitionOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly store: AlarmStore;
  readonly publish: Publish;
}

export type Transition = (alarm: Alarm, next: NewState) => void;

export function createTransition({
  accountId,
  region,
  clock,
  store,
  publish,
}: TransitionOptions): Transition {
  const act = (alarm: MetricAlarm, action: string, message: string): void => {
    const note = (summary: string): void => store.note(alarm, 'Action', summary);
    if (!action.startsWith('arn:aws:sns:')) {
      note(`Failed to execute action ${action}: the sandbox executes actions of SNS only`);
      return;
    }
    try {
      publish(action, message, subject(alarm, region));
      note(`Successfully executed action ${action}`);
    } catch (error) {
      // The topic may be gone: the alarm changes its state all the same, and nobody hears of it.
      if (!(error instanceof ServiceError)) throw error;
      note(`Failed to execute action ${action}. Received error: "${error.message}"`);
    }
  };

  return (alarm, { state, reason, data }) => {
    const before = alarm.description;
    const now = new Date(clock.now());
    alarm.description = {
      ...before,
      StateValue: state,
      StateReason: reason,
      StateReasonData: data,
      StateUpdatedTimestamp: now,
    };
    if (before.StateValue === state) return;
    const after = { ...alarm.description, StateTransitionedTimestamp: now };
    alarm.description = after;
    store.note(after, 'StateUpdate', `Alarm updated from ${before.StateValue ?? ''} to ${state}`, {
      oldState: { stateValue: before.StateValue, stateReason: before.StateReason },
      newState: { stateValue: state, stateReason: reason },
    });
    if (after.ActionsEnabled === false) return;
    const message = notification(after, before.StateValue, { accountId, region });
    for (const action of actionsOf(after, state)) act(after, action, message);
  };
}

function actionsOf(alarm: MetricAlarm, state: StateValue): readonly string[] {
  const { OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = alarm;
  return { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
}

/** A subject takes a hundred printable characters. */
function subject({ StateValue, AlarmName = '' }: MetricAlarm, region: string): string {
  return `${StateValue ?? ''}: "${AlarmName}" in ${region}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

/** The document that subscribers of CloudWatch alarms parse; AWS spells the region out where this has its code. */
function notification(
  alarm: MetricAlarm,
  before: StateValue | undefined,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): string {
  return JSON.stringify({
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: alarm.AlarmConfigurationUpdatedTimestamp,
    NewStateValue: alarm.StateValue,
    NewStateReason: alarm.StateReason,
    StateChangeTime: alarm.StateUpdatedTimestamp,
    Region: region,
    AlarmArn: alarm.AlarmArn,
    OldStateValue: before,
    OKActions: alarm.OKActions,
    AlarmActions: alarm.AlarmActions,
    InsufficientDataActions: alarm.InsufficientDataActions,
    Trigger: {
      MetricName: alarm.MetricName,
      Namespace: alarm.Namespace,
      StatisticType: 'Statistic',
      Statistic: alarm.Statistic?.toUpperCase(),
      Unit: alarm.Unit ?? null,
      Dimensions: alarm.Dimensions?.map(({ Name: name, Value: value }) => ({ value, name })),
      Period: alarm.Period,
      EvaluationPeriods: alarm.EvaluationPeriods,
      DatapointsToAlarm: alarm.DatapointsToAlarm,
      ComparisonOperator: alarm.ComparisonOperator,
      Threshold: alarm.Threshold,
      TreatMissingData: alarm.TreatMissingData ?? '',
      EvaluateLowSampleCountPercentile: '',
    },
  });
}
