/** A new task: checked against its network and launch type, given a place in a subnet, written down as PROVISIONING. */
import { randomUUID } from 'node:crypto';
import type {
  AwsVpcConfiguration,
  CapacityProviderStrategyItem,
  Container,
  ContainerDefinition,
  Failure,
  LaunchType,
  NetworkConfiguration,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { NetworkInterface } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { taskId } from './arns.ts';
import type { EcsOptions } from './options.ts';
import type { Revision, State, StoredCluster, StoredTask, TaskRecord, TaskWatcher } from './state.ts';

export interface Launch {
  readonly launchType: LaunchType | undefined;
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[] | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
}

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

/** Throws what RunTask and CreateService throw at once, before anything is placed. */
export function checkLaunch(launch: Launch, definition: Revision, vpc: EcsOptions['vpc']): void {
  const awsvpc = launch.networkConfiguration?.awsvpcConfiguration;
  if (definition.networkMode === 'awsvpc' && !awsvpc) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (definition.networkMode !== 'awsvpc' && awsvpc) {
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (launch.launchType && launch.capacityProviderStrategy?.length) {
    throw invalid('Specifying both a launch type and capacity provider strategy is not supported.');
  }
  if (isFargate(launch) && !definition.compatibilities?.includes('FARGATE')) {
    throw invalid('Task definition does not support launch_type FARGATE.');
  }
  if (awsvpc) checkNetwork(awsvpc, vpc);
}

function checkNetwork(awsvpc: AwsVpcConfiguration, vpc: EcsOptions['vpc']): void {
  const { subnets = [], securityGroups = [] } = awsvpc;
  if (subnets.length === 0) throw invalid('subnets can not be empty.');
  if (subnets.length > 16) throw invalid('subnets can have at most 16 items.');
  if (securityGroups.length > 5) throw invalid('securityGroups can have at most 5 items.');
  for (const subnetId of subnets) {
    if (vpc.subnet(subnetId)) continue;
    throw invalid(
      `Error retrieving subnet information for [${subnetId}]: The subnet ID '${subnetId}' does not exist (ErrorCode: InvalidSubnetID.NotFound).`,
    );
  }
  for (const groupId of securityGroups) {
    if (vpc.securityGroup(groupId)) continue;
    throw invalid(
      `Error retrieving security group information for [${groupId}]: The security group '${groupId}' does not exist (ErrorCode: InvalidGroup.NotFound).`,
    );
  }
}

export function isFargate({ launchType, capacityProviderStrategy = [] }: Partial<Launch>): boolean {
  return (
    launchType === 'FARGATE' ||
    capacityProviderStrategy.some(({ capacityProvider }) => capacityProvider?.startsWith('FARGATE'))
  );
}

/** The task in its place, or why there is none: what RunTask reports in `failures`, with HTTP 200. */
export function placeTask(
  request: NewTask,
  state: State,
  arns: Arns,
  { vpc, clock, region }: Pick<EcsOptions, 'vpc' | 'clock' | 'region'>,
): TaskRecord | Failure {
  // There are no container instances here; on AWS too a cluster of Fargate tasks has none.
  if (!isFargate(request)) return { arn: request.cluster.clusterArn, reason: 'RESOURCE:CPU' };
  const awsvpc = request.networkConfiguration?.awsvpcConfiguration;
  const publicIp = awsvpc?.assignPublicIp === 'ENABLED';
  const id = taskId();
  const taskArn = arns.task(request.cluster.clusterName, id);
  let networkInterface: NetworkInterface;
  try {
    networkInterface = vpc.attach({
      subnetId: leastUsed(awsvpc?.subnets ?? [], state, vpc),
      groupIds: awsvpc?.securityGroups ?? [],
      description: taskArn,
      requester: 'ecs',
      publicIp,
    });
  } catch (error) {
    return { arn: request.cluster.clusterArn, reason: 'RESOURCE:ENI', detail: (error as Error).message };
  }

  const record: TaskRecord = {
    task: taskDocument(
      request,
      { taskArn, id, region, networkInterface, createdAt: new Date(clock.now()) },
      arns,
    ),
    definition: request.definition,
    publicIp,
    networkInterface,
    watcher: request.watcher,
    processes: new Map(),
    up: false,
    healthy: false,
    settled: false,
    graceIsOver: false,
  };
  state.tasks.set(taskArn, record);
  state.tags.set(taskArn, [...request.tags]);
  return record;
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
  made: { taskArn: string; id: string; region: string; networkInterface: NetworkInterface; createdAt: Date },
  arns: Arns,
): StoredTask {
  const { definition, cluster, overrides } = request;
  const { networkInterface } = made;
  const attachmentId = randomUUID();
  const provider = request.capacityProviderStrategy?.[0]?.capacityProvider;
  return {
    taskArn: made.taskArn,
    clusterArn: cluster.clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    attachments: [
      {
        id: attachmentId,
        type: 'ElasticNetworkInterface',
        status: 'PRECREATED',
        details: [{ name: 'subnetId', value: networkInterface.subnetId }],
      },
    ],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      },
    ],
    availabilityZone: networkInterface.availabilityZone,
    ...(provider ? { capacityProviderName: provider } : {}),
    containers: definition.containerDefinitions.map((container) =>
      containerDocument(container, made.taskArn, arns.container(cluster.clusterName, made.id, randomUUID())),
    ),
    cpu: overrides?.cpu ?? definition.cpu,
    memory: overrides?.memory ?? definition.memory,
    createdAt: made.createdAt,
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    enableExecuteCommand: request.enableExecuteCommand,
    group: request.group,
    healthStatus: 'UNKNOWN',
    launchType: 'FARGATE',
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...overrides },
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ...(request.startedBy === undefined ? {} : { startedBy: request.startedBy }),
    ephemeralStorage: definition.ephemeralStorage ?? { sizeInGiB: 20 },
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

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
