/** ECS's shapes as ours. */
import type {
  AwsVpcConfiguration,
  Cluster,
  Container,
  Deployment as AwsDeployment,
  Service,
  Task as AwsTask,
} from '@aws-sdk/client-ecs';
import type { Deployment, EcsService, TaskDefinition } from '../domain/app.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Tags } from '../domain/ownership.ts';
import type { EcsCluster, RunTask, Task } from './ecs.ts';

interface EcsTag {
  key?: string | undefined;
  value?: string | undefined;
}

export function toCluster(cluster: Cluster): EcsCluster {
  return {
    name: cluster.clusterName ?? '',
    activeServices: cluster.activeServicesCount ?? 0,
    runningTasks: cluster.runningTasksCount ?? 0,
    containerInstances: cluster.registeredContainerInstancesCount ?? 0,
  };
}

export function toService(service: Service): EcsService {
  // Absent are AWS's defaults (ECS API reference, DeploymentConfiguration); a daemon's are its own.
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  const {
    strategy = 'ROLLING',
    minimumHealthyPercent = isDaemon ? 0 : 100,
    maximumPercent = isDaemon ? 100 : 200,
  } = service.deploymentConfiguration ?? {};
  // CodeDeploy and external controllers keep what runs in task sets; the service itself may then have none of it.
  const taskSet = service.taskSets?.find(({ status }) => status === 'PRIMARY') ?? service.taskSets?.[0];
  const awsvpc = (taskSet ?? service).networkConfiguration?.awsvpcConfiguration;
  const loadBalancers = service.loadBalancers?.length ? service.loadBalancers : taskSet?.loadBalancers;
  return {
    serviceArn: service.serviceArn ?? '',
    serviceName: service.serviceName ?? '',
    clusterArn: service.clusterArn ?? '',
    status: service.status ?? '',
    taskDefinitionArn: taskSet?.taskDefinition ?? service.taskDefinition ?? '',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    // Absent means ECS itself.
    deploymentController: service.deploymentController?.type ?? 'ECS',
    strategy,
    minimumHealthyPercent,
    maximumPercent,
    ...(service.launchType !== undefined && { launchType: service.launchType }),
    capacityProviderStrategy: (service.capacityProviderStrategy ?? []).map((item) => ({
      capacityProvider: item.capacityProvider ?? '',
      ...(item.weight !== undefined && { weight: item.weight }),
      ...(item.base !== undefined && { base: item.base }),
    })),
    ...(isDaemon && { isDaemon }),
    ...(service.platformVersion !== undefined && { platformVersion: service.platformVersion }),
    ...(service.enableExecuteCommand === true && { enableExecuteCommand: true }),
    ...(awsvpc && { awsvpc: toAwsvpc(awsvpc) }),
    loadBalancers: (loadBalancers ?? []).map((balancer) => {
      const alternate = balancer.advancedConfiguration?.alternateTargetGroupArn;
      return {
        ...(balancer.targetGroupArn !== undefined && { targetGroupArn: balancer.targetGroupArn }),
        ...(alternate !== undefined && { alternateTargetGroupArn: alternate }),
        ...(balancer.containerName !== undefined && { containerName: balancer.containerName }),
      };
    }),
    deployments: (service.deployments ?? []).map(toDeployment),
    ...(service.currentServiceDeployment !== undefined && {
      serviceDeploymentArn: service.currentServiceDeployment,
    }),
    events: (service.events ?? []).map(({ id = '', createdAt, message = '' }) => ({
      id,
      at: timeOf(createdAt),
      message,
    })),
    tags: toTags(service.tags),
  };
}

function toDeployment(deployment: AwsDeployment): Deployment {
  return {
    id: deployment.id ?? '',
    status: deployment.status ?? '',
    taskDefinitionArn: deployment.taskDefinition ?? '',
    desiredCount: deployment.desiredCount ?? 0,
    runningCount: deployment.runningCount ?? 0,
    pendingCount: deployment.pendingCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
    ...(deployment.rolloutState !== undefined && { rolloutState: deployment.rolloutState }),
    ...(deployment.rolloutStateReason !== undefined && { rolloutStateReason: deployment.rolloutStateReason }),
    createdAt: timeOf(deployment.createdAt),
  };
}

function toAwsvpc(awsvpc: AwsVpcConfiguration): NonNullable<EcsService['awsvpc']> {
  return {
    subnetIds: awsvpc.subnets ?? [],
    securityGroupIds: awsvpc.securityGroups ?? [],
    assignPublicIp: awsvpc.assignPublicIp === 'ENABLED',
  };
}

export function fromAwsvpc(awsvpc: NonNullable<RunTask['awsvpc']>): AwsVpcConfiguration {
  return {
    subnets: [...awsvpc.subnetIds],
    securityGroups: [...awsvpc.securityGroupIds],
    assignPublicIp: awsvpc.assignPublicIp ? 'ENABLED' : 'DISABLED',
  };
}

export function toTask(task: AwsTask): Task {
  const details = (task.attachments ?? []).flatMap((attachment) => attachment.details ?? []);
  const privateIpAddress =
    details.find(({ name }) => name === 'privateIPv4Address')?.value ??
    task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address;
  return {
    taskArn: task.taskArn ?? '',
    taskDefinitionArn: task.taskDefinitionArn ?? '',
    lastStatus: task.lastStatus ?? '',
    desiredStatus: task.desiredStatus ?? '',
    ...(task.startedBy !== undefined && { startedBy: task.startedBy }),
    ...(task.stopCode !== undefined && { stopCode: task.stopCode }),
    ...(task.stoppedReason !== undefined && { stoppedReason: task.stoppedReason }),
    ...(task.createdAt && { createdAt: task.createdAt.getTime() }),
    ...(task.startedAt && { startedAt: task.startedAt.getTime() }),
    ...(task.stoppedAt && { stoppedAt: task.stoppedAt.getTime() }),
    ...(privateIpAddress !== undefined && { privateIpAddress }),
    ...(task.containerInstanceArn !== undefined && { containerInstanceArn: task.containerInstanceArn }),
    ...(task.healthStatus !== undefined && { healthStatus: task.healthStatus }),
    containers: (task.containers ?? []).map(toContainer),
  };
}

function toContainer(container: Container): Task['containers'][number] {
  const execAgent = container.managedAgents?.find(({ name }) => name === 'ExecuteCommandAgent')?.lastStatus;
  return {
    name: container.name ?? '',
    ...(container.lastStatus !== undefined && { lastStatus: container.lastStatus }),
    ...(container.exitCode !== undefined && { exitCode: container.exitCode }),
    ...(container.reason !== undefined && { reason: container.reason }),
    ...(container.runtimeId !== undefined && { runtimeId: container.runtimeId }),
    ...(execAgent !== undefined && { execAgent }),
  };
}

/** From the raw answer of DescribeTaskDefinition or RegisterTaskDefinition, in which the tags stand beside the definition. */
export function toTaskDefinition(answer: JsonObject): TaskDefinition {
  const document = objectOf(answer.taskDefinition);
  const tags = Array.isArray(answer.tags) ? (answer.tags as readonly EcsTag[]) : [];
  return {
    taskDefinitionArn: stringOf(document.taskDefinitionArn),
    family: stringOf(document.family),
    status: stringOf(document.status),
    document,
    tags: toTags(tags),
    ...(typeof document.registeredBy === 'string' && { registeredBy: document.registeredBy }),
  };
}

function toTags(tags: readonly EcsTag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]));
}

export function fromTags(tags: Tags): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}

function stringOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
