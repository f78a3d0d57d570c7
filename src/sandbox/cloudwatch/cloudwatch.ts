/**
 * Amazon CloudWatch: metric alarms as they are kept and listed. Not there: metrics, so that no alarm ever leaves
 * INSUFFICIENT_DATA, composite and log alarms, anomaly detection, tags, and what alarms do.
 */
import type {
  DeleteAlarmsInput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  Dimension,
  MetricAlarm,
  PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../clock.ts';
import { without } from '../ecs/without.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';

export interface CloudWatchOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
}

/** CloudWatch API reference, DescribeAlarms, MaxRecords. */
const MOST_A_PAGE = 100;

export function createCloudWatch({ accountId, region, clock }: CloudWatchOptions): {
  operations: Operations;
} {
  const alarms = new Map<string, MetricAlarm>();

  const operations = {
    PutMetricAlarm(input: PutMetricAlarmInput) {
      requireMetric(input);
      const { AlarmName: name = '' } = input;
      const now = new Date(clock.now());
      const { StateValue, StateReason, StateUpdatedTimestamp } = alarms.get(name) ?? {};
      alarms.set(name, {
        ...without(input, ['Tags']),
        AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
        ActionsEnabled: input.ActionsEnabled ?? true,
        OKActions: input.OKActions ?? [],
        AlarmActions: input.AlarmActions ?? [],
        InsufficientDataActions: input.InsufficientDataActions ?? [],
        Dimensions: input.Dimensions ?? [],
        AlarmConfigurationUpdatedTimestamp: now,
        StateValue: StateValue ?? 'INSUFFICIENT_DATA',
        StateReason: StateReason ?? 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: StateUpdatedTimestamp ?? now,
      });
    },

    DescribeAlarms(input: DescribeAlarmsInput): DescribeAlarmsOutput {
      const { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue } = input;
      const { ActionPrefix = '', MaxRecords = MOST_A_PAGE, NextToken } = input;
      const found = [...alarms.values()]
        .filter(() => AlarmTypes.includes('MetricAlarm'))
        .filter(
          ({ AlarmName = '' }) => AlarmNames?.includes(AlarmName) ?? AlarmName.startsWith(AlarmNamePrefix),
        )
        .filter((alarm) => StateValue === undefined || alarm.StateValue === StateValue)
        .filter(({ AlarmActions = [] }) =>
          ActionPrefix === '' ? true : AlarmActions.some((action) => action.startsWith(ActionPrefix)),
        )
        .sort((one, other) => ((one.AlarmName ?? '') < (other.AlarmName ?? '') ? -1 : 1));
      const from = NextToken === undefined ? 0 : Number(NextToken);
      if (!Number.isInteger(from)) throw new ServiceError('InvalidNextToken', 'Invalid nextToken');
      const to = from + Math.min(MaxRecords, MOST_A_PAGE);
      return {
        MetricAlarms: found.slice(from, to),
        CompositeAlarms: [],
        ...(to < found.length && { NextToken: String(to) }),
      };
    },

    DescribeAlarmsForMetric(input: DescribeAlarmsForMetricInput): DescribeAlarmsForMetricOutput {
      const { MetricName, Namespace, Dimensions = [], Statistic, Period, Unit } = input;
      const asked = (wanted: unknown, actual: unknown): boolean => wanted === undefined || wanted === actual;
      const found = [...alarms.values()].filter(
        (alarm) =>
          alarm.MetricName === MetricName &&
          alarm.Namespace === Namespace &&
          places(alarm.Dimensions) === places(Dimensions) &&
          asked(Statistic, alarm.Statistic) &&
          asked(Period, alarm.Period) &&
          asked(Unit, alarm.Unit),
      );
      return { MetricAlarms: found };
    },

    DeleteAlarms({ AlarmNames = [] }: DeleteAlarmsInput) {
      for (const name of AlarmNames) alarms.delete(name);
    },
  };
  return { operations };
}

function requireMetric({
  MetricName,
  Metrics,
  EvaluationPeriods,
  ComparisonOperator,
}: PutMetricAlarmInput): void {
  if ((MetricName === undefined) === (Metrics === undefined)) {
    throw new ServiceError(
      'ValidationError',
      'For each PutMetricAlarm operation, you must specify either MetricName or a Metrics array.',
    );
  }
  const missing = Object.entries({ EvaluationPeriods, ComparisonOperator }).find(
    ([, value]) => value === undefined,
  );
  if (missing) throw new ServiceError('MissingParameter', `The parameter ${missing[0]} is required.`);
}

/** Dimensions have no order. */
function places(dimensions: readonly Dimension[] = []): string {
  return dimensions
    .map(({ Name = '', Value = '' }) => `${Name}=${Value}`)
    .sort()
    .join(',');
}
