/** Auto Scaling groups and launch templates through the SDK's own clients: a group has as many instances as it is asked for. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { PROGRAMS } from './command-line.ts';

const GROUP = 'workers';
const IMAGE = 'ami-0123456789abcdef0';

let sandbox: Sandbox;
let clock: VirtualClock;
let autoscaling: AutoScalingClient;
let ec2: EC2Client;
let subnetIds: string[];

beforeEach(async () => {
  clock = new VirtualClock();
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  const { env, endpointUrl: endpoint, region } = sandbox;
  const credentials = {
    accessKeyId: env['AWS_ACCESS_KEY_ID']!,
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
  };
  autoscaling = new AutoScalingClient({ endpoint, region, credentials, maxAttempts: 1 });
  ec2 = new EC2Client({ endpoint, region, credentials, maxAttempts: 1 });
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  subnetIds = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!);
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: GROUP,
      LaunchTemplateData: { ImageId: IMAGE, InstanceType: 't3.small' },
    }),
  );
  return async () => {
    autoscaling.destroy();
    ec2.destroy();
    await sandbox.close();
  };
});

const create = (more: Partial<CreateAutoScalingGroupType> = {}) =>
  autoscaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: GROUP,
      LaunchTemplate: { LaunchTemplateName: GROUP, Version: '$Latest' },
      MinSize: 1,
      MaxSize: 4,
      DesiredCapacity: 2,
      VPCZoneIdentifier: subnetIds.join(','),
      Tags: [{ Key: 'App', Value: 'demo', PropagateAtLaunch: true }],
      ...more,
    }),
  );
const group = async () => {
  const input = { AutoScalingGroupNames: [GROUP] };
  return (await autoscaling.send(new DescribeAutoScalingGroupsCommand(input))).AutoScalingGroups![0];
};
const instances = async () => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
};
const states = async () => (await instances()).map(({ State }) => State?.Name).toSorted();

describe('an Auto Scaling group', () => {
  it('launches its instances from its template, over its subnets, with its tags', async () => {
    await create();
    expect((await group())!.Instances!.map(({ LifecycleState }) => LifecycleState)).toEqual([
      'Pending',
      'Pending',
    ]);
    await clock.sleep(20_000);
    expect((await group())!.Instances!.map(({ LifecycleState }) => LifecycleState)).toEqual([
      'InService',
      'InService',
    ]);
    const launched = await instances();
    expect(new Set(launched.map(({ SubnetId }) => SubnetId))).toEqual(new Set(subnetIds));
    for (const { ImageId, InstanceType, Tags } of launched) {
      expect({ ImageId, InstanceType }).toEqual({ ImageId: IMAGE, InstanceType: 't3.small' });
      expect(Tags).toContainEqual({ Key: 'App', Value: 'demo' });
      expect(Tags).toContainEqual({ Key: 'aws:autoscaling:groupName', Value: GROUP });
    }
    const { AutoScalingInstances } = await autoscaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [launched[0]!.InstanceId!] }),
    );
    expect(AutoScalingInstances).toMatchObject([
      { AutoScalingGroupName: GROUP, LifecycleState: 'InService' },
    ]);
  });

  it('follows its desired capacity, and replaces what somebody terminates', async () => {
    await create();
    await clock.sleep(20_000);
    await autoscaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 1 }),
    );
    await clock.sleep(60_000);
    expect(await states()).toEqual(['running', 'terminated']);
    const [last] = (await group())!.Instances!;
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [last!.InstanceId!] }));
    await clock.sleep(60_000);
    expect(await states()).toEqual(['running', 'terminated', 'terminated']);
    expect((await group())!.Instances![0]!.InstanceId).not.toBe(last!.InstanceId);
  });

  it('is not deleted while it has instances, unless by force', async () => {
    await create();
    await clock.sleep(20_000);
    const remove = (ForceDelete: boolean) =>
      autoscaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, ForceDelete }));
    await expect(remove(false)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await remove(true);
    await clock.sleep(60_000);
    expect(await group()).toBeUndefined();
    expect(await states()).toEqual(['terminated', 'terminated']);
  });

  it('is refused when it exists, and when its sizes or its template do not fit', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: 'AlreadyExistsFault' });
    await expect(create({ AutoScalingGroupName: 'other', DesiredCapacity: 9 })).rejects.toMatchObject({
      name: 'ValidationError',
    });
    const LaunchTemplate = { LaunchTemplateName: 'nothing' };
    await expect(create({ AutoScalingGroupName: 'other', LaunchTemplate })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

describe('a launch template', () => {
  it('is found by its name, with what it says', async () => {
    const { LaunchTemplates } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
    expect(LaunchTemplates).toMatchObject([{ LaunchTemplateName: GROUP, LatestVersionNumber: 1 }]);
    const { LaunchTemplateVersions } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: GROUP, Versions: ['$Latest'] }),
    );
    expect(LaunchTemplateVersions![0]!.LaunchTemplateData).toMatchObject({ ImageId: IMAGE });
  });
});
