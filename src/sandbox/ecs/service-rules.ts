/** What CreateService and UpdateService refuse. */
import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  Service,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import type { Targets } from '../elbv2/targets.ts';
import { ServiceError } from '../service.ts';
import { isRolling } from './traffic-shift.ts';
import type { Revision, ServiceRecord } from './state.ts';

const SERVICE_NAME = /^[A-Za-z0-9_-]{1,255}$/;

export function checkServiceName(serviceName: string | undefined): void {
  if (!serviceName || !SERVICE_NAME.test(serviceName)) {
    throw invalid('Service name must be up to 255 letters, numbers, hyphens and underscores.');
  }
}

/** A service of that name that is there already. An INACTIVE one is replaced. */
export function checkNameIsFree(present: ServiceRecord | undefined): void {
  if (present?.service.status === 'ACTIVE') throw invalid('Creation of service was not idempotent.');
  if (present?.service.status === 'DRAINING')
    throw invalid('Unable to Start a service that is still Draining.');
}

export function checkDesiredCount(desiredCount: number | undefined): void {
  if (desiredCount !== undefined && desiredCount < 0) throw invalid('desiredCount must be at least 0.');
}

export function checkDeploymentConfiguration(configuration: DeploymentConfiguration | undefined): void {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = configuration ?? {};
  if (minimumHealthyPercent < 0) throw invalid('minimumHealthyPercent must be at least 0.');
  if (maximumPercent < 100) throw invalid('maximumPercent must be at least 100.');
  if (minimumHealthyPercent >= 100 && maximumPercent <= 100) {
    throw invalid(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
}

export function checkLoadBalancers(
  { loadBalancers = [], deploymentConfiguration }: Pick<Service, 'loadBalancers' | 'deploymentConfiguration'>,
  definition: Revision,
  targets: Targets,
): void {
  const rolling = isRolling(deploymentConfiguration ?? {});
  for (const balancer of loadBalancers) {
    const { targetGroupArn, containerName, containerPort, advancedConfiguration } = balancer;
    const container = definition.containerDefinitions.find(({ name }) => name === containerName);
    if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
    }
    const { alternateTargetGroupArn, productionListenerRule } = advancedConfiguration ?? {};
    if (!rolling && (!alternateTargetGroupArn || !productionListenerRule)) {
      throw invalid(
        'advancedConfiguration with an alternate target group and a production listener rule is required for this deployment strategy.',
      );
    }
    if (targetGroupArn !== undefined) checkTargetGroup(targetGroupArn, definition, targets);
    if (alternateTargetGroupArn !== undefined)
      checkTargetGroup(alternateTargetGroupArn, definition, targets, true);
  }
}

function checkTargetGroup(
  targetGroupArn: string,
  definition: Revision,
  targets: Targets,
  isAlternate = false,
): void {
  const group = targets.targetGroup(targetGroupArn);
  if (!group) throw invalid(`The specified target group does not exist: ${targetGroupArn}`);
  // An alternate one comes into its rule with the first deployment.
  if (group.loadBalancerArns.length === 0 && !isAlternate) {
    throw invalid(
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    );
  }
  const { networkMode = 'bridge' } = definition;
  if (group.targetType !== (networkMode === 'awsvpc' ? 'ip' : 'instance')) {
    throw invalid(
      `The provided target group ${targetGroupArn} has target type ${group.targetType}, which is incompatible with the ${networkMode} network mode specified in the task definition.`,
    );
  }
}

/** CodeDeploy and external controllers own the task definition, the network and the deployments of their services. */
export function checkController(input: UpdateServiceRequest, controller: string): void {
  if (controller === 'ECS') return;
  const instead =
    controller === 'CODE_DEPLOY'
      ? 'Use AWS CodeDeploy to trigger a new deployment.'
      : 'Use CreateTaskSet to trigger a new deployment.';
  const services = `on services with a ${controller} deployment controller. ${instead}`;
  if (input.taskDefinition !== undefined) throw invalid(`Unable to update task definition ${services}`);
  if (input.networkConfiguration) throw invalid(`Unable to update network parameters ${services}`);
  if (input.loadBalancers) throw invalid(`Unable to update load balancers ${services}`);
  if (input.forceNewDeployment) throw invalid(`Cannot force a new deployment ${services}`);
}

export function checkNewController(input: CreateServiceRequest): void {
  const controller = input.deploymentController?.type ?? 'ECS';
  if (controller !== 'EXTERNAL' && input.taskDefinition === undefined) {
    throw invalid('TaskDefinition can not be blank.');
  }
  if (controller === 'EXTERNAL' && input.taskDefinition !== undefined) {
    throw invalid(
      'TaskDefinition can not be specified for a service with an EXTERNAL deployment controller.',
    );
  }
  if (controller === 'CODE_DEPLOY' && input.deploymentConfiguration?.deploymentCircuitBreaker?.enable) {
    throw invalid('Deployment circuit breaker feature can only be used with the ECS deployment controller.');
  }
}

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
