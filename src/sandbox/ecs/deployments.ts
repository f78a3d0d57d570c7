/**
 * The records of a deployment: the entry in `deployments[]`, the service revision, and the service deployment. All
 * three change together; a rollback is a new entry in `deployments[]` but belongs to the service deployment that failed.
 */
import type { ServiceDeployment, ServiceRevision, ServiceRevisionLoadBalancer } from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import type { Arns } from './arns.ts';
import { decimalId } from './arns.ts';
import { failureThreshold } from './circuit-breaker.ts';
import { isRolling, nextLoadBalancers } from './traffic-shift.ts';
import type { DeploymentRecord, Revision, ServiceRecord } from './state.ts';
import { isFargate } from './launch.ts';

export type Deployments = ReturnType<typeof createDeployments>;

export function createDeployments(arns: Arns, clock: Clock) {
  const date = (): Date => new Date(clock.now());

  /** Makes a deployment of the service as it stands now the PRIMARY one. */
  function begin(record: ServiceRecord, definition: Revision): DeploymentRecord {
    const revision = serviceRevision(record, definition);
    record.revisions.unshift(revision);
    const serviceDeployment: ServiceDeployment = {
      serviceDeploymentArn: arns.serviceDeployment(record.clusterName, record.service.serviceName),
      serviceArn: record.service.serviceArn,
      clusterArn: record.service.clusterArn,
      createdAt: date(),
      updatedAt: date(),
      sourceServiceRevisions: record.deployments.map((previous) => ({
        arn: previous.revision.serviceRevisionArn,
      })),
      targetServiceRevision: { arn: revision.serviceRevisionArn },
      status: 'PENDING',
      deploymentConfiguration: structuredClone(record.service.deploymentConfiguration),
    };
    supersede(record);
    record.serviceDeployments.unshift(serviceDeployment);
    return makePrimary(record, definition, revision, serviceDeployment, false);
  }

  /** Goes back to the last deployment that completed; false when there is none. */
  function rollBack(record: ServiceRecord, reason: string, definition: Revision | undefined): boolean {
    const [failed] = record.deployments;
    const back = record.lastCompleted;
    if (!failed || failed.rollback || !back || back === failed || !definition) return false;
    record.service.taskDefinition = definition.taskDefinitionArn;
    if (back.networkConfiguration) record.service.networkConfiguration = back.networkConfiguration;
    Object.assign(failed.serviceDeployment, {
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      updatedAt: date(),
      rollback: { reason, startedAt: date(), serviceRevisionArn: back.revision.serviceRevisionArn },
      finishedAt: undefined,
    });
    if (isRolling(record.service.deploymentConfiguration) || !record.deployments.includes(back)) {
      makePrimary(record, definition, back.revision, failed.serviceDeployment, true);
    } else {
      restore(record, back, failed.serviceDeployment);
    }
    return true;
  }

  /** With blue/green the old revision still runs: its deployment is PRIMARY again. */
  function restore(
    record: ServiceRecord,
    back: DeploymentRecord,
    serviceDeployment: ServiceDeployment,
  ): void {
    for (const { deployment } of record.deployments) deployment.status = 'ACTIVE';
    Object.assign(back, { serviceDeployment, rollback: true });
    Object.assign(back.deployment, {
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment ${back.deployment.id} in progress.`,
      updatedAt: date(),
    });
    record.deployments = [back, ...record.deployments.filter((deployment) => deployment !== back)];
    record.steady = false;
  }

  function makePrimary(
    record: ServiceRecord,
    definition: Revision,
    revision: ServiceRevision,
    serviceDeployment: ServiceDeployment,
    rollback: boolean,
  ): DeploymentRecord {
    const { service } = record;
    const { launchType, capacityProviderStrategy, networkConfiguration } = service;
    const fargate = isFargate({ launchType, capacityProviderStrategy });
    const id = `ecs-svc/${decimalId()}`;
    const primary: DeploymentRecord = {
      deployment: {
        id,
        status: 'PRIMARY',
        taskDefinition: definition.taskDefinitionArn,
        desiredCount: service.desiredCount,
        pendingCount: 0,
        runningCount: 0,
        failedTasks: 0,
        createdAt: date(),
        updatedAt: date(),
        ...(capacityProviderStrategy?.length ? { capacityProviderStrategy } : { launchType }),
        ...(fargate ? { platformVersion: '1.4.0', platformFamily: 'Linux' } : {}),
        ...(networkConfiguration ? { networkConfiguration } : {}),
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment ${id} in progress.`,
      },
      revision,
      serviceDeployment,
      networkConfiguration,
      rollback,
      loadBalancers: nextLoadBalancers(record),
      proven: false,
      failuresInARow: 0,
    };
    for (const { deployment } of record.deployments) {
      deployment.status = 'ACTIVE';
      deployment.updatedAt = date();
    }
    record.deployments.unshift(primary);
    service.taskDefinition = definition.taskDefinitionArn;
    service.currentServiceDeployment = serviceDeployment.serviceDeploymentArn;
    return primary;
  }

  function serviceRevision(record: ServiceRecord, definition: Revision): ServiceRevision {
    const { service, clusterName } = record;
    const { launchType, capacityProviderStrategy, networkConfiguration, loadBalancers } = service;
    return {
      serviceRevisionArn: arns.serviceRevision(clusterName, service.serviceName),
      serviceArn: service.serviceArn,
      clusterArn: service.clusterArn,
      taskDefinition: definition.taskDefinitionArn,
      ...(capacityProviderStrategy?.length ? { capacityProviderStrategy } : { launchType }),
      ...(isFargate({ launchType, capacityProviderStrategy })
        ? { platformVersion: '1.4.0', platformFamily: 'Linux' }
        : {}),
      loadBalancers: structuredClone(loadBalancers),
      ...(record.service.loadBalancers.some(({ advancedConfiguration }) => advancedConfiguration)
        ? { resolvedConfiguration: { loadBalancers: resolvedLoadBalancers(record) } }
        : {}),
      ...(networkConfiguration ? { networkConfiguration: structuredClone(networkConfiguration) } : {}),
      containerImages: definition.containerDefinitions.map(({ name, image }) => ({
        containerName: name,
        image,
      })),
      guardDutyEnabled: false,
      createdAt: date(),
    };
  }

  /** Only one service deployment is under way; a newer one ends it where it is. */
  function supersede(record: ServiceRecord): void {
    const [current] = record.serviceDeployments;
    if (!current || !isUnderWay(current)) return;
    Object.assign(current, {
      status: 'STOPPED',
      statusReason: 'Service deployment stopped because a newer service deployment was started.',
      stoppedAt: date(),
      finishedAt: date(),
      updatedAt: date(),
    });
  }

  function start({ serviceDeployment }: DeploymentRecord): void {
    if (serviceDeployment.status !== 'PENDING') return;
    Object.assign(serviceDeployment, {
      status: 'IN_PROGRESS',
      ...(isRolling(serviceDeployment.deploymentConfiguration ?? {}) ? {} : { lifecycleStage: 'SCALE_UP' }),
      startedAt: date(),
      updatedAt: date(),
    });
  }

  function complete(record: ServiceRecord, primary: DeploymentRecord): void {
    const { deployment, serviceDeployment } = primary;
    deployment.rolloutState = 'COMPLETED';
    deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`;
    deployment.updatedAt = date();
    serviceDeployment.status = primary.rollback ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
    serviceDeployment.finishedAt = serviceDeployment.updatedAt = date();
    record.lastCompleted = primary;
  }

  function fail({ deployment, serviceDeployment, rollback }: DeploymentRecord, reason: string): void {
    deployment.rolloutState = 'FAILED';
    deployment.rolloutStateReason = reason;
    deployment.updatedAt = date();
    serviceDeployment.status = rollback ? 'ROLLBACK_FAILED' : 'STOPPED';
    serviceDeployment.statusReason = reason;
    serviceDeployment.finishedAt = serviceDeployment.updatedAt = date();
  }

  return { begin, rollBack, start, complete, fail };
}

function resolvedLoadBalancers(record: ServiceRecord): ServiceRevisionLoadBalancer[] {
  return nextLoadBalancers(record).map(({ targetGroupArn, advancedConfiguration }) => ({
    targetGroupArn,
    productionListenerRule: advancedConfiguration?.productionListenerRule,
  }));
}

export function isUnderWay({ status }: ServiceDeployment): boolean {
  return (
    status === 'PENDING' ||
    status === 'IN_PROGRESS' ||
    status === 'ROLLBACK_REQUESTED' ||
    status === 'ROLLBACK_IN_PROGRESS'
  );
}

/** The breaker's own view, as DescribeServiceDeployments shows it. */
export function breakerOf(
  { service }: ServiceRecord,
  { deployment, proven }: DeploymentRecord,
): NonNullable<ServiceDeployment['deploymentCircuitBreaker']> {
  const threshold = failureThreshold(service.deploymentConfiguration, service.desiredCount);
  if (threshold === undefined) return { status: 'DISABLED', failureCount: 0, threshold: 0 };
  const status =
    deployment.rolloutState === 'FAILED'
      ? 'TRIGGERED'
      : proven || deployment.rolloutState === 'COMPLETED'
        ? 'MONITORING_COMPLETE'
        : 'MONITORING';
  return { status, failureCount: deployment.failedTasks, threshold };
}
