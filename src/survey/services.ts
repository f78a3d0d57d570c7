/** What there is to choose from. */
import type { Aws } from '../aws/aws.ts';

export interface ServiceChoice {
  readonly service: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly hasLoadBalancer: boolean;
}

export async function listClusters(aws: Aws): Promise<string[]> {
  return (await aws.ecs.listClusters()).sort();
}

/** Those behind a load balancer first: a shared cache is of use to them. */
export async function listServices(aws: Aws, ecsCluster: string): Promise<ServiceChoice[]> {
  const services = await aws.ecs.describeServices(ecsCluster, await aws.ecs.listServices(ecsCluster));
  return services
    .filter(({ status }) => status !== 'INACTIVE')
    .map(({ serviceName, desiredCount, runningCount, loadBalancers }) => ({
      service: serviceName,
      desiredCount,
      runningCount,
      hasLoadBalancer: loadBalancers.length > 0,
    }))
    .sort(
      (one, other) =>
        Number(other.hasLoadBalancer) - Number(one.hasLoadBalancer) ||
        one.service.localeCompare(other.service),
    );
}
