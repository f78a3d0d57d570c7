/** How an app's tasks reach what is outside of their VPC: AWS's own services, registries, stores of secrets. */
import type { Ec2 } from '../aws/ec2.ts';
import type { App } from '../domain/app.ts';
import { defaultRouteOf, routeTableOf } from '../domain/route-table.ts';

export interface WaysOut {
  /** Subnets of the app from which nothing outside is reached. */
  readonly shut: readonly string[];
  /** What the VPC's interface endpoints lead to nevertheless: 'com.amazonaws.eu-west-1.secretsmanager'. Read only where some are shut. */
  readonly endpoints: readonly string[];
}

export async function readWaysOut(
  ec2: Pick<Ec2, 'describeRouteTables' | 'listInterfaceEndpoints'>,
  { network, service }: Pick<App, 'network' | 'service'>,
): Promise<WaysOut> {
  const { vpcId, subnetIds } = network;
  const tables = await ec2.describeRouteTables(vpcId);
  // Through an internet gateway nobody gets without a public address.
  const isPrivate = service.awsvpc?.assignPublicIp === false;
  const shut = subnetIds.filter((subnetId) => {
    const table = routeTableOf(tables, subnetId);
    const route = table && defaultRouteOf(table);
    return route === undefined || (route.target.startsWith('igw-') && isPrivate);
  });
  return { shut, endpoints: shut.length > 0 ? await ec2.listInterfaceEndpoints(vpcId) : [] };
}
