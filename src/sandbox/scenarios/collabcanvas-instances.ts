/** The container instances of CollabCanvas, where its tasks do not run on Fargate: one in each private subnet, in an Auto Scaling group. */
import type { Resource } from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import { given, type AwsCalls } from './aws-calls.ts';
import type { Network } from './collabcanvas-network.ts';

export const CAPACITY_PROVIDER = 'collabcanvas-instances';
const AUTO_SCALING_GROUP = 'collabcanvas-instances';
const POLL_MS = 1000;

/** What the ECS agent finds on a t3.medium, and the ports that it keeps for itself, Docker and SSH. */
const T3_MEDIUM: Resource[] = [
  { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
  { name: 'MEMORY', type: 'INTEGER', integerValue: 3884 },
  { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
  { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
];

export interface InstancesOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly cluster: string;
  /** Tasks without an interface of their own are behind their instance's groups. */
  readonly networkMode: 'bridge' | 'host' | 'awsvpc';
}

export async function collabcanvasInstances(
  aws: AwsCalls,
  network: Network,
  { accountId, region, clock, cluster, networkMode }: InstancesOptions,
): Promise<void> {
  await aws('ecs:CreateCapacityProvider', {
    name: CAPACITY_PROVIDER,
    autoScalingGroupProvider: {
      autoScalingGroupArn: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:0a5c0de0-0000-4000-8000-000000000001:autoScalingGroupName/${AUTO_SCALING_GROUP}`,
    },
  });
  const groupId = networkMode === 'awsvpc' ? await instancesGroup(aws, network) : network.tasksGroupId;
  const instanceIds: string[] = [];
  for (const subnetId of network.privateSubnetIds) {
    const { Instances = [] } = await aws('ec2:RunInstances', {
      ImageId: 'ami-0c011abca11a5c0de',
      InstanceType: 't3.medium',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnetId,
      SecurityGroupIds: [groupId],
      IamInstanceProfile: { Arn: `arn:aws:iam::${accountId}:instance-profile/ecsInstanceRole` },
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: [
            { Key: 'Name', Value: 'collabcanvas' },
            { Key: 'aws:autoscaling:groupName', Value: AUTO_SCALING_GROUP },
          ],
        },
      ],
    });
    instanceIds.push(given(Instances[0]?.InstanceId, 'InstanceId'));
  }
  await running(aws, instanceIds, clock);
  for (const instanceId of instanceIds) {
    await aws('ecs:RegisterContainerInstance', {
      cluster,
      instanceIdentityDocument: JSON.stringify({ instanceId, accountId, region }),
      totalResources: T3_MEDIUM,
    });
  }
}

async function instancesGroup(aws: AwsCalls, { vpcId }: Network): Promise<string> {
  const { GroupId } = await aws('ec2:CreateSecurityGroup', {
    VpcId: vpcId,
    GroupName: 'collabcanvas-instances-sg',
    Description: 'CollabCanvas container instances',
  });
  return given(GroupId, 'GroupId');
}

async function running(aws: AwsCalls, instanceIds: string[], clock: Clock): Promise<void> {
  for (;;) {
    const { Reservations = [] } = await aws('ec2:DescribeInstances', { InstanceIds: instanceIds });
    const states = Reservations.flatMap(({ Instances = [] }) => Instances).map(({ State }) => State?.Name);
    if (states.every((state) => state === 'running')) return;
    await clock.sleep(POLL_MS);
  }
}
