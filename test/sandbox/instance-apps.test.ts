/** The apps on instances there are to choose from. */
import { afterAll, expect, test } from 'vitest';
import { createAws } from '../../src/aws/clients.ts';
import type { Aws } from '../../src/aws/aws.ts';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { listInstanceApps } from '../../src/survey/instance-apps.ts';
import { accountCalls } from './account-calls.ts';
import { PROGRAMS } from './command-line.ts';

const opened: Sandbox[] = [];
afterAll(() => Promise.all(opened.map((sandbox) => sandbox.close())));

test('are told of the instances on which ECS runs its tasks, or by what they share', async () => {
  const clock = new VirtualClock();
  const scenario = collabcanvas({ programsFolder: PROGRAMS, launchType: 'EC2', tasks: 1 });
  const sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock });
  opened.push(sandbox);
  const aws: Aws = createAws({
    region: sandbox.region,
    endpointUrl: sandbox.endpointUrl,
    credentials: {
      accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: sandbox.env['AWS_SECRET_ACCESS_KEY']!,
    },
    clock,
  });
  expect(await aws.ec2.listInstances({})).not.toEqual([]);
  expect(await listInstanceApps(aws)).toEqual([]);

  const [host] = await aws.ec2.listInstances({});
  const call = accountCalls(sandbox, clock);
  const run = async (name: string, groupIds: readonly string[]): Promise<void> => {
    await call('ec2', 'RunInstances', {
      ImageId: 'ami-0c10eded000000001',
      InstanceType: 't3.micro',
      SubnetId: host!.subnetId,
      SecurityGroupIds: groupIds,
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }],
    });
  };
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', {
    VpcId: host!.vpcId,
    GroupName: 'jobs-sg',
    Description: 'jobs',
  });
  await clock.sleep(60_000);
  await run('jobs-1', [GroupId]);
  await run('jobs-2', [GroupId]);
  await run('lonely', host!.securityGroupIds);
  await clock.sleep(60_000);
  const lonely = await aws.ec2.listInstances({ names: ['lonely'] });
  const found = [
    {
      selection: { securityGroup: GroupId },
      label: 'jobs-sg',
      detail: `security group, 2 instances (jobs-1, jobs-2), ${host!.vpcId}`,
      instances: 2,
    },
    {
      selection: { instances: [lonely[0]!.instanceId] },
      label: 'lonely',
      detail: `1 instance (${lonely[0]!.instanceId}), ${host!.vpcId}`,
      instances: 1,
    },
  ];
  expect(await listInstanceApps(aws)).toEqual(found);

  const statements = [
    { Effect: 'Allow', Action: ['*'], Resource: ['*'] },
    { Effect: 'Deny', Action: ['autoscaling:DescribeAutoScalingGroups'], Resource: ['*'] },
  ];
  sandbox.setPolicy({ Version: '2012-10-17', Statement: statements });
  expect(await listInstanceApps(aws)).toEqual(found);
});
