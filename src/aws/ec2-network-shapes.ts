/** Route tables, network ACLs and network interfaces as ours. */
import type {
  NetworkAcl as AwsNetworkAcl,
  NetworkInterface as AwsNetworkInterface,
  Route as AwsRoute,
  RouteTable as AwsRouteTable,
} from '@aws-sdk/client-ec2';
import type { NetworkAcl } from '../domain/network-acl.ts';
import type { Route, RouteTable } from '../domain/route-table.ts';
import type { NetworkInterface } from './ec2.ts';

const ALL_PORTS = { first: 0, last: 65_535 };

export function toRouteTable(table: AwsRouteTable): RouteTable {
  const associations = table.Associations ?? [];
  return {
    routeTableId: table.RouteTableId ?? '',
    isMain: associations.some(({ Main }) => Main === true),
    subnetIds: associations.flatMap(({ SubnetId }) => SubnetId ?? []),
    routes: (table.Routes ?? []).flatMap(toRoute),
  };
}

/** Those to IPv6 blocks are left out. */
function toRoute(route: AwsRoute): Route[] {
  const destination = route.DestinationCidrBlock ?? route.DestinationPrefixListId;
  if (destination === undefined) return [];
  const target =
    route.GatewayId ??
    route.NatGatewayId ??
    route.VpcPeeringConnectionId ??
    route.TransitGatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    'unknown';
  return [{ destination, target, isBlackhole: route.State === 'blackhole' }];
}

export function toNetworkAcl(acl: AwsNetworkAcl): NetworkAcl {
  return {
    networkAclId: acl.NetworkAclId ?? '',
    subnetIds: (acl.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
    entries: (acl.Entries ?? []).map((entry) => ({
      ruleNumber: entry.RuleNumber ?? 0,
      egress: entry.Egress === true,
      allows: entry.RuleAction === 'allow',
      protocol: entry.Protocol ?? '-1',
      ports: entry.PortRange
        ? { first: entry.PortRange.From ?? ALL_PORTS.first, last: entry.PortRange.To ?? ALL_PORTS.last }
        : ALL_PORTS,
      ...(entry.CidrBlock !== undefined && { cidr: entry.CidrBlock }),
    })),
  };
}

export function toNetworkInterface(found: AwsNetworkInterface): NetworkInterface {
  return {
    networkInterfaceId: found.NetworkInterfaceId ?? '',
    description: found.Description ?? '',
    subnetId: found.SubnetId ?? '',
    privateIpAddress: found.PrivateIpAddress ?? '',
  };
}
