/** EC2 Auto Scaling behind its interface. */
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import type {
  AutoScalingClientResolvedConfig,
  AutoScalingGroup as AwsGroup,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-auto-scaling';
import type { Send } from './api.ts';
import type { AutoScaling, AutoScalingGroup } from './auto-scaling.ts';
import { pages } from './batches.ts';

export { AutoScalingClient } from '@aws-sdk/client-auto-scaling';

export function autoScalingGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, AutoScalingClientResolvedConfig>,
): AutoScaling {
  const describe = (names: readonly string[]): Promise<AwsGroup[]> =>
    pages(async (NextToken) => {
      const AutoScalingGroupNames = names.length > 0 ? { AutoScalingGroupNames: [...names] } : {};
      const command = new DescribeAutoScalingGroupsCommand({ ...AutoScalingGroupNames, NextToken });
      const page = await send('Reading the Auto Scaling groups', command);
      return { items: page.AutoScalingGroups ?? [], next: page.NextToken };
    });

  return {
    async readInstanceIds(group) {
      const [found] = await describe([group]);
      return found && inService(found);
    },

    async listGroups() {
      return (await describe([])).map(toGroup);
    },
  };
}

function toGroup(group: AwsGroup): AutoScalingGroup {
  return {
    name: group.AutoScalingGroupName ?? '',
    instanceIds: inService(group),
    targetGroupArns: group.TargetGroupARNs ?? [],
  };
}

function inService({ Instances = [] }: AwsGroup): string[] {
  return Instances.filter(({ LifecycleState }) => LifecycleState === 'InService').flatMap(
    ({ InstanceId }) => InstanceId ?? [],
  );
}
