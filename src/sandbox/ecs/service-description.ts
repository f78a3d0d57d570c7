/** A service as DescribeServices shows it: what was asked for, and the counts of the moment. */
import type { Deployment, Service, TaskSet } from '@aws-sdk/client-ecs';
import type { Arns } from './arns.ts';
import { isPending } from './clusters.ts';
import type { DeploymentRecord, ServiceRecord, State } from './state.ts';

export function describeService(
  record: ServiceRecord,
  state: State,
  arns: Arns,
  include: readonly string[] = [],
): Service {
  const { service } = record;
  const controller = service.deploymentController?.type ?? 'ECS';
  const deployments = record.deployments.map((deployment) => describeDeployment(deployment, state));
  const primary = record.deployments[0];
  return structuredClone({
    ...service,
    runningCount: sum(deployments, 'runningCount'),
    pendingCount: sum(deployments, 'pendingCount'),
    // With CodeDeploy the same tasks are shown as task sets, and there are no deployments.
    deployments: controller === 'ECS' ? deployments : [],
    ...(controller === 'ECS'
      ? {}
      : { taskSets: record.deployments.map((set) => taskSet(record, set, state, arns)) }),
    ...(controller === 'ECS' && primary
      ? {
          currentServiceRevisions: [
            {
              arn: primary.revision.serviceRevisionArn,
              requestedTaskCount: service.desiredCount,
              runningTaskCount: deployments[0]?.runningCount,
              pendingTaskCount: deployments[0]?.pendingCount,
            },
          ],
        }
      : {}),
    tags: include.includes('TAGS') ? (state.tags.get(service.serviceArn) ?? []) : [],
  });
}

function describeDeployment({ deployment }: DeploymentRecord, state: State): Deployment {
  return { ...deployment, ...counts(deployment.id, state) };
}

export function counts(deploymentId: string, state: State): { runningCount: number; pendingCount: number } {
  const statuses = [...state.tasks.values()]
    .filter(({ task }) => task.startedBy === deploymentId)
    .map(({ task }) => task.lastStatus);
  return {
    runningCount: statuses.filter((status) => status === 'RUNNING').length,
    pendingCount: statuses.filter(isPending).length,
  };
}

function taskSet(
  { service, clusterName }: ServiceRecord,
  { deployment }: DeploymentRecord,
  state: State,
  arns: Arns,
): TaskSet {
  const { id, createdAt, updatedAt, launchType, capacityProviderStrategy, networkConfiguration } = deployment;
  const { runningCount, pendingCount } = counts(id, state);
  return {
    id,
    taskSetArn: arns.taskSet(clusterName, service.serviceName, id),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    startedBy: 'CODE_DEPLOY',
    status: deployment.status,
    taskDefinition: deployment.taskDefinition,
    computedDesiredCount: service.desiredCount,
    pendingCount,
    runningCount,
    createdAt,
    updatedAt,
    launchType,
    capacityProviderStrategy,
    platformVersion: deployment.platformVersion,
    networkConfiguration,
    loadBalancers: service.loadBalancers,
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: runningCount === service.desiredCount ? 'STEADY_STATE' : 'STABILIZING',
    tags: [],
  };
}

function sum(deployments: readonly Deployment[], member: 'runningCount' | 'pendingCount'): number {
  return deployments.reduce((total, deployment) => total + (deployment[member] ?? 0), 0);
}
