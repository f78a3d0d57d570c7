/**
 * Amazon EC2 Auto Scaling: groups from a launch template that keep their desired capacity. Not there: policies,
 * launch configurations, mixed instances, instance refreshes, lifecycle hooks, warm pools, the group's health checks.
 */
import { randomUUID } from 'node:crypto';
import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  AutoScalingInstancesType,
  CreateAutoScalingGroupType,
  CreateOrUpdateTagsType,
  DeleteAutoScalingGroupType,
  DescribeAutoScalingInstancesType,
  SetDesiredCapacityType,
  Tag,
  TagDescription,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { createCapacity, type CapacityOptions } from './capacity.ts';
import { Groups, validationError, type Group, type GroupInstance, type GroupTag } from './groups.ts';
import { page } from './paging.ts';

export interface AutoScalingOptions extends CapacityOptions {
  readonly accountId: string;
}

export interface AutoScaling {
  readonly operations: Operations;
  close(): Promise<void>;
}

export function createAutoScaling(options: AutoScalingOptions): AutoScaling {
  const { accountId, region, clock, targets } = options;
  const groups = new Groups();
  const capacity = createCapacity(groups, options);

  const newGroup = (input: CreateAutoScalingGroupType): Group => {
    const { AutoScalingGroupName: name = '', MinSize: minSize = 0, MaxSize: maxSize = 0 } = input;
    if (!input.LaunchTemplate) {
      throw validationError(
        'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
      );
    }
    const subnetIds = (input.VPCZoneIdentifier ?? '').split(',').filter(Boolean);
    if (subnetIds.length === 0) {
      throw validationError('At least one Availability Zone or VPC Subnet is required.');
    }
    const targetGroupArns = input.TargetGroupARNs ?? [];
    for (const arn of targetGroupArns) {
      if (!targets.targetGroup(arn))
        throw validationError(`Provided Target Groups may not be valid. '${arn}' was not found`);
    }
    return {
      name,
      arn: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
      createdTime: new Date(clock.now()),
      launchTemplate: input.LaunchTemplate,
      subnetIds,
      targetGroupArns,
      healthCheckType: input.HealthCheckType ?? 'EC2',
      healthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
      tags: groupTags(input.Tags),
      minSize,
      maxSize,
      desiredCapacity: input.DesiredCapacity ?? minSize,
      deleting: false,
      instances: new Map(),
    };
  };

  return {
    operations: {
      async CreateAutoScalingGroup(input: CreateAutoScalingGroupType) {
        const group = newGroup(input);
        checkSizes(group);
        groups.add(group);
        try {
          await capacity.reach(group);
        } catch (error) {
          groups.remove(group.name);
          if (error instanceof ServiceError) throw validationError(error.message);
          throw error;
        }
      },

      async UpdateAutoScalingGroup(input: UpdateAutoScalingGroupType) {
        const group = groups.get(input.AutoScalingGroupName);
        const { minSize, maxSize, desiredCapacity } = group;
        const sizes = {
          minSize: input.MinSize ?? minSize,
          maxSize: input.MaxSize ?? maxSize,
          desiredCapacity: input.DesiredCapacity ?? desiredCapacity,
        };
        checkSizes(sizes);
        Object.assign(group, sizes);
        await capacity.reach(group);
      },

      async SetDesiredCapacity({ AutoScalingGroupName, DesiredCapacity = 0 }: SetDesiredCapacityType) {
        const group = groups.get(AutoScalingGroupName);
        checkSizes({ ...group, desiredCapacity: DesiredCapacity });
        group.desiredCapacity = DesiredCapacity;
        await capacity.reach(group);
      },

      async DeleteAutoScalingGroup({
        AutoScalingGroupName,
        ForceDelete = false,
      }: DeleteAutoScalingGroupType) {
        const group = groups.get(AutoScalingGroupName);
        if (group.instances.size > 0 && !ForceDelete) {
          throw new ServiceError(
            'ResourceInUseFault',
            'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
          );
        }
        Object.assign(group, { deleting: true, minSize: 0, desiredCapacity: 0 });
        await capacity.reach(group);
      },

      DescribeAutoScalingGroups(input: AutoScalingGroupNamesType): AutoScalingGroupsType {
        const { AutoScalingGroupNames: names = [], Filters = [] } = input;
        const found = groups
          .all()
          .filter(({ name }) => names.length === 0 || names.includes(name))
          .filter((group) => Filters.every(({ Name = '', Values = [] }) => hasTag(group, Name, Values)));
        const { items, next } = page(found, input);
        return { AutoScalingGroups: items.map(describe), ...next };
      },

      DescribeAutoScalingInstances(input: DescribeAutoScalingInstancesType): AutoScalingInstancesType {
        const asked = input.InstanceIds ?? [];
        const found = groups.all().flatMap((group) =>
          [...group.instances.values()]
            .filter(({ instanceId }) => asked.length === 0 || asked.includes(instanceId))
            .map((instance) => ({
              AutoScalingGroupName: group.name,
              ...describeInstance(group, instance),
            })),
        );
        const { items, next } = page(found, input);
        return { AutoScalingInstances: items, ...next };
      },

      CreateOrUpdateTags({ Tags }: CreateOrUpdateTagsType) {
        for (const tag of Tags ?? []) {
          const group = groups.get(tag.ResourceId);
          const others = group.tags.filter(({ key }) => key !== tag.Key);
          group.tags = [...others, ...groupTags([tag])];
        }
      },
    },
    close() {
      capacity.close();
      return Promise.resolve();
    },
  };
}

type Sizes = Pick<Group, 'minSize' | 'maxSize' | 'desiredCapacity'>;

function checkSizes({ minSize, maxSize, desiredCapacity }: Sizes): void {
  if (minSize > maxSize) {
    throw validationError(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  }
  if (desiredCapacity >= minSize && desiredCapacity <= maxSize) return;
  throw validationError(
    `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
  );
}

function groupTags(tags: readonly Tag[] = []): GroupTag[] {
  return tags.map(({ Key = '', Value = '', PropagateAtLaunch = false }) => ({
    key: Key,
    value: Value,
    propagateAtLaunch: PropagateAtLaunch,
  }));
}

/** 'tag:<key>', 'tag-key' and 'tag-value' (Auto Scaling API reference, Filter). */
function hasTag({ tags }: Group, filter: string, values: readonly string[]): boolean {
  const [, wanted] = /^tag:(.+)$/.exec(filter) ?? [];
  return tags.some(({ key, value }) => {
    if (wanted !== undefined) return key === wanted && values.includes(value);
    return values.includes(filter === 'tag-key' ? key : value);
  });
}

function describe(group: Group): AutoScalingGroup {
  const Tags: TagDescription[] = group.tags.map(({ key, value, propagateAtLaunch }) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
  }));
  const instances = [...group.instances.values()];
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: group.launchTemplate,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: 300,
    AvailabilityZones: [...new Set(instances.map(({ availabilityZone }) => availabilityZone))],
    LoadBalancerNames: [],
    TargetGroupARNs: [...group.targetGroupArns],
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGracePeriod,
    Instances: instances.map((instance) => describeInstance(group, instance)),
    CreatedTime: group.createdTime,
    SuspendedProcesses: [],
    VPCZoneIdentifier: group.subnetIds.join(','),
    ...(group.deleting ? { Status: 'Delete in progress' } : {}),
    Tags,
    NewInstancesProtectedFromScaleIn: false,
  };
}

function describeInstance({ launchTemplate }: Group, instance: GroupInstance) {
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState,
    HealthStatus: 'Healthy',
    LaunchTemplate: launchTemplate,
    ProtectedFromScaleIn: false,
  };
}
