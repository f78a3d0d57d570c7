/** Instances of an app, with the role that makes them managed ones. */
import type { Clock } from '../../clock.ts';
import { given, type AwsCalls } from './aws-calls.ts';

const POLL_MS = 1000;
const MANAGED_INSTANCE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
const TRUST_OF_INSTANCES = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A role for instances, and what it may besides being managed; the instance profile has its name. */
export async function instanceRole(
  aws: AwsCalls,
  name: string,
  more: readonly { readonly Action: readonly string[]; readonly Resource: readonly string[] }[],
): Promise<void> {
  await aws('iam:CreateRole', { RoleName: name, AssumeRolePolicyDocument: TRUST_OF_INSTANCES });
  await aws('iam:AttachRolePolicy', { RoleName: name, PolicyArn: MANAGED_INSTANCE });
  if (more.length === 0) return;
  await aws('iam:PutRolePolicy', {
    RoleName: name,
    PolicyName: 'reads-its-configuration',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: more.map((statement) => ({ Effect: 'Allow', ...statement })),
    }),
  });
}

export interface InstanceRequest {
  readonly name: string;
  readonly imageId: string;
  readonly subnetId: string;
  readonly groupId: string;
  /** The name of an instance profile. */
  readonly profile?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export async function runInstance(aws: AwsCalls, request: InstanceRequest): Promise<string> {
  const { name, imageId, subnetId, groupId, profile, tags = {} } = request;
  const { Instances = [] } = await aws('ec2:RunInstances', {
    ImageId: imageId,
    InstanceType: 't3.small',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetId,
    SecurityGroupIds: [groupId],
    ...(profile === undefined ? {} : { IamInstanceProfile: { Name: profile } }),
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: Object.entries({ Name: name, ...tags }).map(([Key, Value]) => ({ Key, Value })),
      },
    ],
  });
  return given(Instances[0]?.InstanceId, 'InstanceId');
}

/** Load balancers take only instances that run. */
export async function running(aws: AwsCalls, clock: Clock, instanceIds: readonly string[]): Promise<void> {
  for (;;) {
    const { Reservations = [] } = await aws('ec2:DescribeInstances', { InstanceIds: [...instanceIds] });
    const states = Reservations.flatMap(({ Instances = [] }) => Instances).map(({ State }) => State?.Name);
    if (states.every((state) => state === 'running')) return;
    await clock.sleep(POLL_MS);
  }
}
