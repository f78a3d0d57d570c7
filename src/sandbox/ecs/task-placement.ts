/** A new task: given a place in a subnet or on an instance, and written down as PROVISIONING or PENDING. */
import { randomUUID } from 'node:crypto';
import type { Container, ContainerDefinition, Failure, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import type { NetworkInterface } from '../network/vpc.ts';
import type { Arns } from './arns.ts';
import { taskId } from './arns.ts';
import { nextProvider } from './capacity-providers.ts';
import { instancesIn } from './container-instances.ts';
import { bindPorts, chooseInstance, subnetBeside } from './instance-placement.ts';
import { isFargate, type Launch } from './launch.ts';
import type { EcsOptions } from './options.ts';
import type {
  ContainerInstanceRecord,
  PortBinding,
  Revision,
  State,
  StoredCluster,
  StoredTask,
  TaskRecord,
  TaskWatcher,
} from './state.ts';
import { needsOf } from './task-needs.ts';
import { without } from './without.ts';

export interface NewTask extends Launch {
  readonly cluster: StoredCluster;
  readonly definition: Revision;
  readonly overrides?: TaskOverride | undefined;
  readonly startedBy: string | undefined;
  readonly group: string;
  readonly tags: readonly Tag[];
  readonly enableExecuteCommand: boolean;
  readonly watcher?: TaskWatcher;
}

type Placing = Pick<EcsOptions, 'vpc' | 'clock' | 'region' | 'fargateVcpus'>;

interface Place {
  readonly networkInterface: NetworkInterface;
  /** Whether the network that images are pulled through has a public address. */
  readonly publicIp: boolean;
  readonly containerInstance: ContainerInstanceRecord | undefined;
  readonly portBindings: readonly PortBinding[];
  readonly capacityProviderName: string | undefined;
}

/** What an account may run on Fargate at once; new accounts get less, and older ones more (Service Quotas, Fargate On-Demand vCPU). */
const FARGATE_VCPUS = 30;
const UNITS_OF_A_VCPU = 1_024;

/** The task in its place, or why there is none: what RunTask reports in `failures`, with HTTP 200. Without any instance, none. */
export function placeTask(
  request: NewTask,
  state: State,
  arns: Arns,
  options: Placing,
): TaskRecord | Failure[] {
  const id = taskId();
  const taskArn = arns.task(request.cluster.clusterName, id);
  const provider = providerOf(request, state);
  const place = isFargate(request)
    ? placeOnFargate(request, taskArn, provider, state, options)
    : placeOnInstance(request, taskArn, provider, state, options);
  if (Array.isArray(place)) return place;
  const made = { taskArn, id, region: options.region, place, createdAt: new Date(options.clock.now()) };
  const record: TaskRecord = {
    task: taskDocument(request, made, arns),
    definition: request.definition,
    ...without(place, ['capacityProviderName']),
    watcher: request.watcher,
    processes: new Map(),
    seats: new Map(),
    checks: new Set(),
    up: false,
    healthy: false,
    settled: false,
    graceIsOver: false,
  };
  state.tasks.set(taskArn, record);
  state.tags.set(taskArn, [...request.tags]);
  return record;
}

function providerOf(
  { capacityProviderStrategy, group, startedBy }: NewTask,
  state: State,
): string | undefined {
  if (!capacityProviderStrategy?.length) return undefined;
  const others = [...state.tasks.values()].filter(
    ({ task }) => task.group === group && task.startedBy === startedBy && task.desiredStatus === 'RUNNING',
  );
  return nextProvider(
    capacityProviderStrategy,
    (name) => others.filter(({ task }) => task.capacityProviderName === name).length,
  );
}

function placeOnFargate(
  request: NewTask,
  taskArn: string,
  capacityProviderName: string | undefined,
  state: State,
  { vpc, fargateVcpus = FARGATE_VCPUS }: Placing,
): Place | Failure[] {
  const { cluster, definition, overrides, networkConfiguration } = request;
  const {
    subnets = [],
    securityGroups = [],
    assignPublicIp,
  } = networkConfiguration?.awsvpcConfiguration ?? {};
  const onFargate = [...state.tasks.values()].filter(
    ({ containerInstance, task }) => !containerInstance && task.lastStatus !== 'STOPPED',
  );
  const units = onFargate.reduce(
    (sum, { definition: other, task }) => sum + needsOf(other, task.overrides).cpu,
    needsOf(definition, overrides).cpu,
  );
  if (units > fargateVcpus * UNITS_OF_A_VCPU) {
    const reason = "You've reached the limit on the number of vCPUs you can run concurrently";
    return [{ arn: cluster.clusterArn, reason }];
  }
  const publicIp = assignPublicIp === 'ENABLED';
  const networkInterface = attach(
    { subnetId: leastUsed(subnets, state, vpc), groupIds: securityGroups, taskArn, publicIp },
    vpc,
  );
  if ('problem' in networkInterface) {
    return [{ arn: cluster.clusterArn, reason: 'RESOURCE:ENI', detail: networkInterface.problem }];
  }
  return {
    networkInterface,
    publicIp,
    containerInstance: undefined,
    portBindings: [],
    capacityProviderName,
  };
}

function placeOnInstance(
  request: NewTask,
  taskArn: string,
  capacityProviderName: string | undefined,
  state: State,
  { vpc }: Placing,
): Place | Failure[] {
  const { cluster, definition, networkConfiguration } = request;
  const candidates = instancesIn(state, cluster.clusterArn).filter(
    ({ instance }) =>
      capacityProviderName === undefined || instance.capacityProviderName === capacityProviderName,
  );
  const chosen = chooseInstance(request, candidates, state, vpc);
  if (Array.isArray(chosen)) return chosen;
  const { host } = chosen;
  const shared: Place = {
    networkInterface: host.networkInterface,
    publicIp: host.publicIp,
    containerInstance: chosen,
    portBindings: bindPorts(definition, chosen, state),
    capacityProviderName,
  };
  if (definition.networkMode !== 'awsvpc') return shared;
  const { subnets = [], securityGroups = [] } = networkConfiguration?.awsvpcConfiguration ?? {};
  const subnetId = subnetBeside(host.networkInterface.availabilityZone, subnets, vpc) ?? '';
  const own = attach({ subnetId, groupIds: securityGroups, taskArn, publicIp: false }, vpc);
  if (!('problem' in own)) return { ...shared, networkInterface: own };
  return [{ arn: chosen.instance.containerInstanceArn, reason: 'RESOURCE:ENI', detail: own.problem }];
}

function attach(
  request: { subnetId: string; groupIds: readonly string[]; taskArn: string; publicIp: boolean },
  vpc: EcsOptions['vpc'],
): NetworkInterface | { problem: string } {
  const { taskArn, ...place } = request;
  try {
    return vpc.attach({ ...place, description: taskArn, requester: 'ecs' });
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Fargate spreads tasks over the subnets given; a full one is used last, and then refuses. */
function leastUsed(subnets: readonly string[], state: State, vpc: EcsOptions['vpc']): string {
  const used = (subnetId: string): number => {
    if (vpc.subnet(subnetId)?.freeAddresses === 0) return Infinity;
    return [...state.tasks.values()].filter(
      ({ task, networkInterface }) =>
        networkInterface.subnetId === subnetId && task.desiredStatus === 'RUNNING',
    ).length;
  };
  return subnets.reduce(
    (best, subnetId) => (used(subnetId) < used(best) ? subnetId : best),
    subnets[0] ?? '',
  );
}

function taskDocument(
  request: NewTask,
  made: { taskArn: string; id: string; region: string; place: Place; createdAt: Date },
  arns: Arns,
): StoredTask {
  const { definition, cluster, overrides } = request;
  const { networkInterface, containerInstance, capacityProviderName } = made.place;
  const ownInterface = networkInterface !== containerInstance?.host.networkInterface;
  return {
    taskArn: made.taskArn,
    clusterArn: cluster.clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    attachments: ownInterface
      ? [
          {
            id: randomUUID(),
            type: 'ElasticNetworkInterface',
            status: 'PRECREATED',
            details: [{ name: 'subnetId', value: networkInterface.subnetId }],
          },
        ]
      : [],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      },
    ],
    availabilityZone: networkInterface.availabilityZone,
    ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    containers: definition.containerDefinitions.map((container) =>
      containerDocument(container, made.taskArn, arns.container(cluster.clusterName, made.id, randomUUID())),
    ),
    ...(containerInstance ? { containerInstanceArn: containerInstance.instance.containerInstanceArn } : {}),
    cpu: overrides?.cpu ?? definition.cpu ?? String(needsOf(definition, overrides).cpu),
    memory: overrides?.memory ?? definition.memory ?? String(needsOf(definition, overrides).memory),
    createdAt: made.createdAt,
    desiredStatus: 'RUNNING',
    lastStatus: ownInterface ? 'PROVISIONING' : 'PENDING',
    enableExecuteCommand: request.enableExecuteCommand,
    group: request.group,
    healthStatus: 'UNKNOWN',
    launchType: containerInstance ? 'EC2' : 'FARGATE',
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...overrides },
    ...(containerInstance
      ? {}
      : {
          platformVersion: '1.4.0',
          platformFamily: 'Linux',
          ephemeralStorage: definition.ephemeralStorage ?? { sizeInGiB: 20 },
        }),
    ...(request.startedBy === undefined ? {} : { startedBy: request.startedBy }),
    version: 1,
  };
}

function containerDocument(container: ContainerDefinition, taskArn: string, containerArn: string): Container {
  const { name, image, cpu = 0, memory, memoryReservation } = container;
  return {
    containerArn,
    taskArn,
    name,
    image,
    lastStatus: 'PENDING',
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(cpu),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(memoryReservation === undefined ? {} : { memoryReservation: String(memoryReservation) }),
  };
}
