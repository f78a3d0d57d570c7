/** CloudWatch (Service Authorization Reference, "Amazon CloudWatch"): lists are judged on all alarms, the rest by name. */
import { made, on } from './permission.ts';
import type { PermissionRules, Place } from './permission.ts';

export function cloudwatchPermissions({ region, accountId }: Place): PermissionRules {
  const arn = (name = ''): string => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
  return {
    PutMetricAlarm: ({ AlarmName }: { AlarmName?: string }) => on(made(arn(AlarmName))),
    DescribeAlarms: () => on(arn('*')),
    DeleteAlarms: ({ AlarmNames = [] }: { AlarmNames?: readonly string[] }) => on(...AlarmNames.map(arn)),
  };
}
