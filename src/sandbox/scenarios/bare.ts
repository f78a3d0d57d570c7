/** A new account: its default VPC with a public subnet in each Availability Zone and an internet gateway, nothing else. */
import { awsCalls } from './aws-calls.ts';
import type { Scenario } from './scenario.ts';

export const bare: Scenario = {
  name: 'bare',
  async prepare(account) {
    await awsCalls(account)('ec2:CreateDefaultVpc', {});
    return {};
  },
};
