/** Brings a group to its desired capacity: launches, registers with target groups, drains and terminates; replaces what others end. */
import type { Instance, Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Clock } from '../../clock.ts';
import type { Target, Targets } from '../elbv2/targets.ts';
import type { Vpc } from '../network/vpc.ts';
import type { Call, Operations } from '../service.ts';
import type { Group, GroupInstance, Groups } from './groups.ts';

export interface CapacityOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly targets: Targets;
  readonly ec2: Operations;
}

export interface Capacity {
  /** Throws what EC2 says when nothing can be launched. */
  reach(group: Group): Promise<void>;
  close(): void;
}

export function createCapacity(groups: Groups, options: CapacityOptions): Capacity {
  const { region, clock, vpc, targets } = options;

  const ec2 = async <Output>(action: string, input: object): Promise<Output> => {
    const call: Call = {
      service: 'ec2',
      action,
      region,
      accessKeyId: 'autoscaling',
      requestId: 'autoscaling',
    };
    return (await options.ec2[action]?.(input, call)) as Output;
  };

  const launch = async (group: Group): Promise<void> => {
    const { Instances = [] } = await ec2<Reservation>('RunInstances', launchRequest(group, vpc));
    for (const instance of Instances) {
      const { InstanceId = '' } = instance;
      group.instances.set(InstanceId, groupInstance(InstanceId, instance));
    }
  };

  const terminate = async (group: Group, instance: GroupInstance): Promise<void> => {
    instance.lifecycleState = 'Terminating';
    await Promise.all(
      registrations(group, instance, targets).map(({ arn, target }) => targets.deregister(arn, target)),
    );
    await ec2('TerminateInstances', { InstanceIds: [instance.instanceId] });
  };

  const forget = (group: Group, instanceId: string): void => {
    group.instances.delete(instanceId);
    if (group.deleting && group.instances.size === 0) groups.remove(group.name);
  };

  const reach = async (group: Group): Promise<void> => {
    const staying = [...group.instances.values()].filter(
      ({ lifecycleState }) => lifecycleState !== 'Terminating',
    );
    for (let count = staying.length; count < group.desiredCapacity; count += 1) await launch(group);
    const leaving = staying.slice(0, Math.max(0, staying.length - group.desiredCapacity));
    for (const instance of leaving) void terminate(group, instance);
    if (group.deleting && group.instances.size === 0) groups.remove(group.name);
  };

  const stopWatching = vpc.watchInstances?.({
    running({ instanceId }) {
      const group = groups.of(instanceId);
      const instance = group?.instances.get(instanceId);
      if (!group || instance?.lifecycleState !== 'Pending') return;
      instance.lifecycleState = 'InService';
      for (const { arn, target } of registrations(group, instance, targets)) targets.register(arn, target);
    },
    ending(instanceId) {
      const group = groups.of(instanceId);
      const instance = group?.instances.get(instanceId);
      if (!group || !instance) return;
      for (const { arn, target } of registrations(group, instance, targets)) {
        if (targets.health(arn, target)) void targets.deregister(arn, target);
      }
      forget(group, instanceId);
      if (instance.lifecycleState !== 'Terminating') void clock.busy(reach(group));
    },
  });

  return { reach, close: () => stopWatching?.() };
}

function registrations(
  { targetGroupArns }: Group,
  { instanceId }: GroupInstance,
  targets: Targets,
): { arn: string; target: Target }[] {
  return targetGroupArns.map((arn) => ({
    arn,
    target: { id: instanceId, port: targets.targetGroup(arn)?.port ?? 80 },
  }));
}

/** Into the subnet in which the group has the fewest. */
function launchRequest(group: Group, vpc: Vpc): RunInstancesRequest {
  const { name, launchTemplate, subnetIds, instances, tags } = group;
  const inZone = (subnetId: string): number => {
    const zone = vpc.subnet(subnetId)?.availabilityZone;
    return [...instances.values()].filter(({ availabilityZone }) => availabilityZone === zone).length;
  };
  const [SubnetId] = subnetIds.toSorted((one, other) => inZone(one) - inZone(other));
  return {
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: launchTemplate,
    SubnetId,
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: [
          ...tags.flatMap(({ key, value, propagateAtLaunch }) =>
            propagateAtLaunch ? [{ Key: key, Value: value }] : [],
          ),
          { Key: 'aws:autoscaling:groupName', Value: name },
        ],
      },
    ],
  };
}

function groupInstance(
  instanceId: string,
  { Placement, InstanceType = 't3.micro' }: Instance,
): GroupInstance {
  return {
    instanceId,
    availabilityZone: Placement?.AvailabilityZone ?? '',
    instanceType: InstanceType,
    lifecycleState: 'Pending',
  };
}
