/** Reads the app as it is. Reads only; everything later relies on this and asks again only for what may have moved. */
import type { Aws } from '../aws/aws.ts';
import { nameOf } from '../domain/arn.ts';
import type { App, EcsService } from '../domain/app.ts';
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
  const revision = readRunningRevision(aws, service);
  const [taskDefinition, network, { targetGroups, url }] = await Promise.all([
    revision,
    readPlacement(aws, service, revision).then((placement) =>
      readNetwork(aws, placement, service.serviceName),
    ),
    readFront(aws, service),
  ]);
  // Asked last: what cannot be read is said before anybody is asked anything.
  const container = await chooseContainer(service, taskDefinition, target.container, ask);
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

async function readFront(aws: Aws, service: EcsService): Promise<Pick<App, 'targetGroups' | 'url'>> {
  const targetGroups = await readTargetGroups(aws, service);
  const url = await readAppUrl(aws, targetGroups);
  return { targetGroups, ...(url !== undefined && { url }) };
}
