/** What RunTask, CreateService and UpdateService refuse about where tasks are to run, before anything is placed. */
import type {
  AwsVpcConfiguration,
  CapacityProviderStrategyItem,
  LaunchType,
  NetworkConfiguration,
} from '@aws-sdk/client-ecs';
import { ServiceError } from '../service.ts';
import { nameOf } from './arns.ts';
import { checkStrategy, isFargateProvider } from './capacity-providers.ts';
import type { EcsOptions } from './options.ts';
import type { Revision, StoredCluster } from './state.ts';

export interface Launch {
  readonly launchType: LaunchType | undefined;
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[] | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
}

export function isFargate({ launchType, capacityProviderStrategy = [] }: Partial<Launch>): boolean {
  return (
    launchType === 'FARGATE' ||
    capacityProviderStrategy.some(({ capacityProvider = '' }) => isFargateProvider(nameOf(capacityProvider)))
  );
}

/** A cluster's default strategy is used when the request names neither a launch type nor a strategy. */
export function defaultStrategy(cluster: StoredCluster, input: { launchType?: string | undefined }) {
  return input.launchType === undefined && cluster.defaultCapacityProviderStrategy?.length
    ? cluster.defaultCapacityProviderStrategy
    : undefined;
}

export function checkLaunch(
  launch: Launch,
  cluster: StoredCluster,
  definition: Revision,
  vpc: EcsOptions['vpc'],
): void {
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
  checkStrategy(cluster, launch.capacityProviderStrategy);
  if (!isFargate(launch) && awsvpc?.assignPublicIp === 'ENABLED') {
    throw invalid('Assign public IP is not supported for this launch type.');
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

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
