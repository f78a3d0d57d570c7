/** Where a subnet's packets go: the most specific route decides, and one whose target is gone loses them. */
import type { Route } from '@aws-sdk/client-ec2';
import { cidrContains, parseIpv4Block } from './cidr.ts';
import { routeTableOf } from './route-tables.ts';
import type { Ec2State } from './state.ts';

/** VPC User Guide, "Route priority": the longest prefix that matches. */
export function routeTo(state: Ec2State, subnetId: string, address: string): Route | undefined {
  const subnet = state.subnets.get(subnetId);
  if (!subnet) return undefined;
  return routeTableOf(state, subnet)
    .routes.filter(({ DestinationCidrBlock = '' }) => cidrContains(DestinationCidrBlock, address))
    .toSorted((one, other) => prefixLength(other) - prefixLength(one))[0];
}

/** A route outlives its target as a black hole. */
export function targetGone(state: Ec2State, leadsThere: (route: Route) => boolean): void {
  for (const table of state.routeTables.values()) {
    table.routes = table.routes.map((route) =>
      leadsThere(route) ? { ...route, State: 'blackhole' } : route,
    );
  }
}

function prefixLength({ DestinationCidrBlock = '' }: Route): number {
  return parseIpv4Block(DestinationCidrBlock)?.prefixLength ?? 0;
}
