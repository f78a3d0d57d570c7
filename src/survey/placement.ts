/** Where the tasks are: their VPC, subnets and security groups, which depend on the network mode. */
import type { Aws } from '../aws/aws.ts';
import type { EcsService, TaskDefinition } from '../domain/app.ts';
import { WizardError } from '../errors.ts';

export interface Placement {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** The groups of one network interface; several where the tasks use those of several instances. */
  readonly interfaces: readonly (readonly string[])[];
}

/** A service with a network of its own tells where it is without its revision. */
export async function readPlacement(
  aws: Aws,
  service: EcsService,
  reading: TaskDefinition | Promise<TaskDefinition>,
): Promise<Placement> {
  if (service.awsvpc) return ofTasks(aws, service);
  const revision = await reading;
  return revision.document.networkMode === 'awsvpc'
    ? ofTasks(aws, service)
    : ofInstances(aws, service, revision);
}

async function ofTasks(aws: Aws, service: EcsService): Promise<Placement> {
  const { subnetIds = [], securityGroupIds = [] } = service.awsvpc ?? {};
  const [subnet] = await aws.ec2.describeSubnets({ subnetIds });
  if (!subnet) throw unknown(service, 'its subnets are not there any more');
  const { vpcId } = subnet;
  if (securityGroupIds.length > 0) return { vpcId, subnetIds, interfaces: [securityGroupIds] };
  // A service that names no group gets the VPC's default one (ECS API reference, AwsVpcConfiguration).
  const groups = await aws.ec2.describeSecurityGroups({ vpcId, groupName: 'default' });
  return { vpcId, subnetIds, interfaces: [groups.map(({ groupId }) => groupId)] };
}

/** In bridge and host mode a task has no interface of its own: it speaks through its instance's. */
async function ofInstances(aws: Aws, service: EcsService, revision: TaskDefinition): Promise<Placement> {
  const { clusterArn, serviceName } = service;
  const running = await aws.ecs.listTasks(clusterArn, { service: serviceName, desiredStatus: 'RUNNING' });
  const tasks = await aws.ecs.describeTasks(clusterArn, running);
  const instanceArns = tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
  const instanceIds = await aws.ecs.readInstanceIds(clusterArn, instanceArns);
  const instances = await aws.ec2.describeInstances(instanceIds);
  const [first] = instances;
  if (!first) {
    const mode = typeof revision.document.networkMode === 'string' ? revision.document.networkMode : 'bridge';
    throw unknown(service, `its tasks use their instances' network (${mode} mode), and none of them runs`);
  }
  return {
    vpcId: first.vpcId,
    subnetIds: [...new Set(instances.map(({ subnetId }) => subnetId))],
    interfaces: instances.map(({ securityGroupIds }) => securityGroupIds),
  };
}

function unknown(service: EcsService, why: string): WizardError {
  return new WizardError('Blocked', `Finding the network of ${service.serviceName}: ${why}`, {
    hint: 'Start at least one task of the service, then run the same command again.',
  });
}
