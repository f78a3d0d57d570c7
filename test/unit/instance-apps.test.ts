import { describe, expect, test } from 'vitest';
import type { AppHost } from '../../src/aws/ec2.ts';
import { instanceApps, type FoundInstances } from '../../src/survey/instance-apps.ts';

function host(instanceId: string, securityGroupIds: readonly string[], name?: string): AppHost {
  return {
    instanceId,
    securityGroupIds,
    name,
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    state: 'running',
    privateIpAddress: '10.0.0.1',
    availabilityZone: 'us-east-1a',
    instanceProfileArn: undefined,
  };
}

function appsOf(found: Partial<FoundInstances>) {
  return instanceApps({ groups: [], hosts: [], ofEcs: new Set(), groupNames: new Map(), ...found });
}

const WEB = {
  name: 'web',
  instanceIds: ['i-1', 'i-2'],
  targetGroupArns: ['arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web-tg/0a'],
};

describe('the apps on instances', () => {
  test('are Auto Scaling groups, and what is in none by the security group that is its own', () => {
    const hosts = [
      host('i-1', ['sg-web']),
      host('i-2', ['sg-web']),
      host('i-3', ['sg-all', 'sg-jobs'], 'jobs-1'),
      host('i-4', ['sg-jobs', 'sg-all'], 'jobs-2'),
      host('i-5', ['sg-all', 'sg-web'], 'admin'),
    ];
    const groupNames = new Map([['sg-jobs', 'jobs-sg']]);
    expect(appsOf({ groups: [WEB], hosts, groupNames })).toEqual([
      {
        selection: { securityGroup: 'sg-jobs' },
        label: 'jobs-sg',
        detail: 'security group, 2 instances (jobs-1, jobs-2), vpc-1',
        instances: 2,
      },
      {
        selection: { autoScalingGroup: 'web' },
        label: 'web',
        detail: 'Auto Scaling group, 2 instances in service, behind web-tg',
        instances: 2,
      },
      // Its security groups would name others with it.
      { selection: { instances: ['i-5'] }, label: 'admin', detail: '1 instance (i-5), vpc-1', instances: 1 },
    ]);
  });

  test('are none of those on which ECS runs its tasks', () => {
    const hosts = [host('i-1', ['sg-web']), host('i-2', ['sg-web']), host('i-3', ['sg-ecs'])];
    expect(appsOf({ groups: [WEB], hosts, ofEcs: new Set(['i-1', 'i-2', 'i-3']) })).toEqual([]);
  });

  test('are told apart where their names are the same, and a long list of names is cut', () => {
    const hosts = [
      ...['i-1', 'i-2', 'i-3', 'i-4', 'i-5'].map((id) => host(id, ['sg-a'])),
      host('i-6', ['sg-b'], 'worker'),
      host('i-7', ['sg-b', 'sg-a'], 'worker'),
    ];
    expect(appsOf({ hosts }).map(({ label, detail }) => [label, detail])).toEqual([
      ['i-1, i-2, i-3 and 2 more', '5 instances, vpc-1'],
      ['worker (i-6)', '1 instance (i-6), vpc-1'],
      ['worker (i-7)', '1 instance (i-7), vpc-1'],
    ]);
  });
});
