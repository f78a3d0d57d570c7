/** Reads the app as it is. Reads only; everything later relies on this and asks again only for what may have moved. */
import type { Aws } from '../aws/aws.ts';
import { nameOf } from '../domain/arn.ts';
import type { App } from '../domain/app.ts';
import { chooseContainer } from './container.ts';
import type { ContainerQuestion } from './container.ts';
import { readAppUrl, readTargetGroups } from './load-balancing.ts';
import { readNetwork } from './network.ts';
import { otherTools } from './other-tools.ts';
import { readPlacement } from './placement.ts';
import { readNamedService, readRunningRevision } from './service.ts';

export interface AppTarget {
  /** Names or ARNs. */
  readonly ecsCluster: string;
  readonly service: string;
  /** Absent: the one behind the load balancer, or a question. */
  readonly container?: string;
}

export async function readApp(aws: Aws, target: AppTarget, ask: ContainerQuestion): Promise<App> {
  const ecsCluster = nameOf(target.ecsCluster);
  const service = await readNamedService(aws, ecsCluster, nameOf(target.service));
  const taskDefinition = await readRunningRevision(aws, service);
  const container = await chooseContainer(service, taskDefinition, target.container, ask);
  const [network, targetGroups] = await Promise.all([
    readPlacement(aws, service, taskDefinition).then((placement) =>
      readNetwork(aws, placement, service.serviceName),
    ),
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
