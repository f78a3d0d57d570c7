/** Auto Scaling (Service Authorization Reference, "Amazon EC2 Auto Scaling"): Describe* has no resources. */
import { made, on } from './permission.ts';
import type { PermissionRules, Place } from './permission.ts';

export function autoscalingPermissions({ region, accountId }: Place): PermissionRules {
  const arn = (name = ''): string =>
    `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`;
  const about = ({ AutoScalingGroupName }: { AutoScalingGroupName?: string }) =>
    on(arn(AutoScalingGroupName));
  return {
    CreateAutoScalingGroup: ({ AutoScalingGroupName }: { AutoScalingGroupName?: string }) =>
      on(made(arn(AutoScalingGroupName))),
    UpdateAutoScalingGroup: about,
    SetDesiredCapacity: about,
    DeleteAutoScalingGroup: about,
  };
}
