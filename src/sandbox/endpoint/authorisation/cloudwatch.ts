/**
 * CloudWatch (Service Authorization Reference, "Amazon CloudWatch"): lists are judged on all alarms, the rest by name;
 * reading metrics has no resources.
 */
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

export function cloudwatchPermissions({ region, accountId }: Place): PermissionRules {
  const arn = (name = ''): string => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
  const tagging = ({ ResourceARN = '' }: { ResourceARN?: string }): Needs => on(tagged(ResourceARN));
  return {
    PutMetricAlarm: ({ AlarmName }: { AlarmName?: string }) => on(made(arn(AlarmName))),
    DescribeAlarms: () => on(arn('*')),
    DescribeAlarmHistory: ({ AlarmName = '*' }: { AlarmName?: string }) => on(arn(AlarmName)),
    SetAlarmState: ({ AlarmName }: { AlarmName?: string }) => on(arn(AlarmName)),
    DeleteAlarms: ({ AlarmNames = [] }: { AlarmNames?: readonly string[] }) => on(...AlarmNames.map(arn)),
    TagResource: tagging,
    UntagResource: tagging,
    ListTagsForResource: tagging,
  };
}
