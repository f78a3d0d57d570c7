/** EC2 Auto Scaling behind its interface. */
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import type {
  AutoScalingClientResolvedConfig,
  AutoScalingGroup,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-auto-scaling';
import type { Send } from './api.ts';
import type { AutoScaling } from './auto-scaling.ts';
import { pages } from './batches.ts';

export function autoScalingGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, AutoScalingClientResolvedConfig>,
): AutoScaling {
  const describe = (names: readonly string[]): Promise<AutoScalingGroup[]> =>
    pages(async (NextToken) => {
      const AutoScalingGroupNames = names.length > 0 ? { AutoScalingGroupNames: [...names] } : {};
      const command = new DescribeAutoScalingGroupsCommand({ ...AutoScalingGroupNames, NextToken });
      const page = await send('Reading the Auto Scaling groups', command);
      return { items: page.AutoScalingGroups ?? [], next: page.NextToken };
    });

  return {
    async readInstanceIds(group) {
      const [found] = await describe([group]);
      return found?.Instances?.filter(({ LifecycleState }) => LifecycleState === 'InService').flatMap(
        ({ InstanceId }) => InstanceId ?? [],
      );
    },

    async listGroups() {
      return (await describe([])).flatMap(({ AutoScalingGroupName }) => AutoScalingGroupName ?? []).sort();
    },
  };
}
