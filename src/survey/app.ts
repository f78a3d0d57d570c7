/** Reads the app as it is. Reads only; everything later relies on this and asks again only for what may have moved. */
import type { Aws } from '../aws/aws.ts';
import { nameOf } from '../domain/arn.ts';
import type { App, AppNetwork, EcsService, TaskDefinition } from '../domain/app.ts';
import { WizardError } from '../errors.ts';
import { chooseContainer } from './container.ts';
import type { ContainerQuestion } from './container.ts';
import { letsOut, restrictedGroups } from './egress.ts';
import { readAppUrl, readTargetGroups } from './load-balancing.ts';
import { otherTools } from './other-tools.ts';
import { readPlacement } from './placement.ts';
import { readNamedService, readRunningRevision } from './service.ts';
import { readUsableSubnets } from './usable-subnets.ts';

export interface AppTarget {
  /** Names or ARNs. */
  readonly ecsCluster: string;
  readonly service: string;
  /** Absent: the one behind the load balancer, or a question. */
  readonly container?: string;
  /** Whose way out is looked at; 6379 when absent. */
  readonly cachePort?: number;
}

export async function readApp(aws: Aws, target: AppTarget, ask: ContainerQuestion): Promise<App> {
  const ecsCluster = nameOf(target.ecsCluster);
  const service = await readNamedService(aws, ecsCluster, nameOf(target.service));
  const taskDefinition = await readRunningRevision(aws, service);
  const container = await chooseContainer(service, taskDefinition, target.container, ask);
  const [network, targetGroups] = await Promise.all([
    readNetwork(aws, service, taskDefinition, target.cachePort ?? 6379),
    readTargetGroups(aws, service),
  ]);
  const url = await readAppUrl(aws, targetGroups);
  return {
    ecsCluster,
    service,
    taskDefinition,
    container,
    network,
    targetGroups,
    ...(url !== undefined && { url }),
    managers: otherTools(service, taskDefinition),
  };
}

async function readNetwork(
  aws: Aws,
  service: EcsService,
  revision: TaskDefinition,
  cachePort: number,
): Promise<AppNetwork> {
  const { vpcId, subnetIds, interfaces } = await readPlacement(aws, service, revision);
  const securityGroupIds = [...new Set(interfaces.flat())];
  const [vpc, groups, subnets] = await Promise.all([
    aws.ec2.readVpc(vpcId),
    aws.ec2.describeSecurityGroups({ groupIds: securityGroupIds }),
    readUsableSubnets(aws, vpcId),
  ]);
  if (!vpc)
    throw new WizardError(
      'NotFound',
      `Reading the network of ${service.serviceName}: the VPC ${vpcId} is gone`,
    );
  const restricted = restrictedGroups(interfaces, groups, (group) =>
    letsOut(group, cachePort, vpc.cidrBlocks, []),
  );
  return {
    vpcId,
    subnetIds,
    securityGroupIds,
    restrictedEgress: restricted.map(({ groupId, groupName }) => ({ groupId, groupName })),
    ...subnets,
    dnsSupport: vpc.dnsSupport,
  };
}
