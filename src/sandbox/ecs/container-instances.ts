/** Container instances: EC2 instances on which the ECS agent has joined a cluster, and what is left of each. */
import type {
  Attribute,
  ContainerInstance,
  DeregisterContainerInstanceRequest,
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse,
  Failure,
  ListContainerInstancesRequest,
  RegisterContainerInstanceRequest,
  Resource,
} from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import type { Instance, Vpc } from '../network/vpc.ts';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { nameOf, taskId } from './arns.ts';
import { findActiveCluster, findCluster, isPending } from './clusters.ts';
import { page } from './paging.ts';
import type { ContainerInstanceRecord, State, StoredCluster, TaskRecord } from './state.ts';
import { needsOf } from './task-needs.ts';

/** Where Docker's default bridge network begins: 172.17.0.1 is the bridge itself. */
const FIRST_BRIDGE_ADDRESS = 2;
/** The ephemeral port range of Linux, from which Docker takes host ports (ECS API reference, PortMapping.hostPort). */
export const EPHEMERAL_PORTS = [32_768, 60_999] as const;

export function containerInstanceOperations(
  state: State,
  arns: Arns,
  { clock, vpc }: { clock: Clock; vpc: Vpc },
): Operations {
  const describe = (record: ContainerInstanceRecord, include: readonly string[] = []): ContainerInstance => {
    const { instance } = record;
    const statuses = tasksOn(state, record).map(({ task }) => task.lastStatus);
    return structuredClone({
      ...instance,
      remainingResources: remainingResources(state, record),
      runningTasksCount: statuses.filter((status) => status === 'RUNNING').length,
      pendingTasksCount: statuses.filter(isPending).length,
      attachments: [],
      tags: include.includes('TAGS') ? (state.tags.get(instance.containerInstanceArn) ?? []) : [],
    });
  };

  const findInstance = (
    { clusterName }: StoredCluster,
    nameOrArn: string | undefined,
  ): ContainerInstanceRecord | undefined =>
    state.containerInstances.get(arns.containerInstance(clusterName, nameOf(nameOrArn ?? '')));

  return {
    // What the agent on an instance calls; nobody else does.
    RegisterContainerInstance: (input: RegisterContainerInstanceRequest) => {
      const cluster = findActiveCluster(state, input.cluster);
      const host = vpc.instance?.(instanceIdIn(input.instanceIdentityDocument));
      if (!host) {
        throw new ServiceError('ClientException', 'Instance identity document could not be verified.');
      }
      const containerInstanceArn = arns.containerInstance(cluster.clusterName, taskId());
      const provider = [...state.capacityProviders.values()].find(
        ({ autoScalingGroupProvider }) =>
          host.autoScalingGroup !== undefined &&
          autoScalingGroupProvider?.autoScalingGroupArn?.endsWith(
            `autoScalingGroupName/${host.autoScalingGroup}`,
          ),
      );
      const record: ContainerInstanceRecord = {
        instance: {
          containerInstanceArn,
          ec2InstanceId: host.instanceId,
          ...(provider ? { capacityProviderName: provider.name } : {}),
          version: 1,
          versionInfo: input.versionInfo ?? {
            agentVersion: '1.92.0',
            dockerVersion: 'DockerVersion: 25.0.8',
          },
          registeredResources: input.totalResources ?? [],
          status: 'ACTIVE',
          agentConnected: true,
          attributes: [...attributesOf(host), ...(input.attributes ?? [])],
          registeredAt: new Date(clock.now()),
        },
        clusterArn: cluster.clusterArn,
        host,
        nextBridgeAddress: FIRST_BRIDGE_ADDRESS,
        nextHostPort: EPHEMERAL_PORTS[0],
      };
      state.containerInstances.set(containerInstanceArn, record);
      state.tags.set(containerInstanceArn, input.tags ?? []);
      return { containerInstance: describe(record, ['TAGS']) };
    },

    DeregisterContainerInstance: (input: DeregisterContainerInstanceRequest) => {
      const cluster = findCluster(state, input.cluster);
      const record = findInstance(cluster, input.containerInstance);
      if (!record) throw invalid('Referenced container instance not found.');
      if (tasksOn(state, record).length > 0 && !input.force) {
        throw invalid('Found running tasks on the instance.');
      }
      const containerInstance = { ...describe(record), status: 'INACTIVE', agentConnected: false };
      state.containerInstances.delete(record.instance.containerInstanceArn);
      return { containerInstance };
    },

    ListContainerInstances: (input: ListContainerInstancesRequest) => {
      const { clusterArn } = findCluster(state, input.cluster);
      const found = instancesIn(state, clusterArn).filter(
        ({ instance }) => input.status === undefined || instance.status === input.status,
      );
      const { items, next } = page(found, input);
      return { containerInstanceArns: items.map(({ instance }) => instance.containerInstanceArn), ...next };
    },

    DescribeContainerInstances: (
      input: DescribeContainerInstancesRequest,
    ): DescribeContainerInstancesResponse => {
      const cluster = findCluster(state, input.cluster);
      const given = input.containerInstances ?? [];
      if (given.length === 0) throw invalid('Container instances cannot be empty.');
      if (given.length > 100) throw invalid('Container instances can have at most 100 items.');
      const containerInstances: ContainerInstance[] = [];
      const failures: Failure[] = [];
      for (const name of given) {
        const record = findInstance(cluster, name);
        if (record) containerInstances.push(describe(record, input.include));
        else {
          failures.push({
            arn: arns.containerInstance(cluster.clusterName, nameOf(name)),
            reason: 'MISSING',
          });
        }
      }
      return { containerInstances, failures };
    },
  };
}

export function instancesIn(state: State, clusterArn: string): ContainerInstanceRecord[] {
  return [...state.containerInstances.values()].filter((record) => record.clusterArn === clusterArn);
}

/** Tasks that have not given back yet what they hold. */
export function tasksOn(state: State, record: ContainerInstanceRecord): TaskRecord[] {
  return [...state.tasks.values()].filter(
    ({ containerInstance, task }) => containerInstance === record && task.lastStatus !== 'STOPPED',
  );
}

/** What is left of CPU units, MiB and ports. */
export function remaining(
  state: State,
  record: ContainerInstanceRecord,
): { cpu: number; memory: number; ports: ReadonlySet<number> } {
  const { registeredResources } = record.instance;
  const registered = (name: string): number =>
    registeredResources.find((resource) => resource.name === name)?.integerValue ?? 0;
  const reserved = registeredResources.find(({ name }) => name === 'PORTS')?.stringSetValue ?? [];
  const tasks = tasksOn(state, record);
  const needs = tasks.map(({ definition, task }) => needsOf(definition, task.overrides));
  return {
    cpu: needs.reduce((left, { cpu }) => left - cpu, registered('CPU')),
    memory: needs.reduce((left, { memory }) => left - memory, registered('MEMORY')),
    ports: new Set([
      ...reserved.map(Number),
      ...tasks.flatMap(({ portBindings }) => portBindings.map(({ hostPort }) => hostPort)),
    ]),
  };
}

function remainingResources(state: State, record: ContainerInstanceRecord): Resource[] {
  const { cpu, memory, ports } = remaining(state, record);
  return record.instance.registeredResources.map((resource) => {
    if (resource.name === 'CPU') return { ...resource, integerValue: cpu };
    if (resource.name === 'MEMORY') return { ...resource, integerValue: memory };
    if (resource.name === 'PORTS') return { ...resource, stringSetValue: [...ports].map(String) };
    return resource;
  });
}

function instanceIdIn(identityDocument: string | undefined): string {
  try {
    const { instanceId } = JSON.parse(identityDocument ?? '') as { instanceId?: string };
    return instanceId ?? '';
  } catch {
    return '';
  }
}

function attributesOf({ instanceType, imageId, networkInterface }: Instance): Attribute[] {
  return [
    { name: 'ecs.os-type', value: 'linux' },
    { name: 'ecs.cpu-architecture', value: 'x86_64' },
    { name: 'ecs.ami-id', value: imageId },
    { name: 'ecs.instance-type', value: instanceType },
    { name: 'ecs.availability-zone', value: networkInterface.availabilityZone },
    { name: 'ecs.subnet-id', value: networkInterface.subnetId },
    { name: 'ecs.vpc-id', value: networkInterface.vpcId },
  ];
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
