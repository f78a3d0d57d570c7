/** Auto Scaling groups of an account: what each wants, and what it has. */
import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import { ServiceError } from '../service.ts';

export type LifecycleState = 'Pending' | 'InService' | 'Terminating';

export interface GroupInstance {
  readonly instanceId: string;
  readonly availabilityZone: string;
  readonly instanceType: string;
  lifecycleState: LifecycleState;
}

export interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdTime: Date;
  readonly launchTemplate: LaunchTemplateSpecification;
  readonly subnetIds: readonly string[];
  readonly targetGroupArns: readonly string[];
  readonly healthCheckType: string;
  readonly healthCheckGracePeriod: number;
  tags: readonly GroupTag[];
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  deleting: boolean;
  readonly instances: Map<string, GroupInstance>;
}

export class Groups {
  private readonly groups = new Map<string, Group>();

  add(group: Group): void {
    if (this.groups.has(group.name)) {
      throw new ServiceError(
        'AlreadyExistsFault',
        `AutoScalingGroup by this name already exists - A group with the name ${group.name} already exists`,
      );
    }
    this.groups.set(group.name, group);
  }

  get(name = ''): Group {
    const group = this.groups.get(name);
    if (!group)
      throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
    return group;
  }

  all(): Group[] {
    return [...this.groups.values()];
  }

  remove(name: string): void {
    this.groups.delete(name);
  }

  of(instanceId: string): Group | undefined {
    return this.all().find(({ instances }) => instances.has(instanceId));
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
