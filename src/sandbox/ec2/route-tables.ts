/** Route tables. A subnet without an association of its own uses the main table, which does not list it. */
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteRequest,
  CreateRouteResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  Route,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { isIpv6Cidr, parseIpv4Block } from './cidr.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import type { Ec2State, RouteTableRecord, SubnetRecord, VpcRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

export function routeTableOperations(state: Ec2State) {
  return {
    CreateRouteTable(input: CreateRouteTableRequest): CreateRouteTableResult {
      const tags = specifiedTags(input.TagSpecifications, 'route-table');
      const table = addRouteTable(state, find(state.vpcs, 'vpc', input.VpcId), { tags });
      return { RouteTable: describe(state, table) };
    },

    CreateRoute(input: CreateRouteRequest): CreateRouteResult {
      const table = find(state.routeTables, 'routeTable', input.RouteTableId);
      const route: Route = {
        ...destinationOf(input),
        ...targetOf(state, input),
        Origin: 'CreateRoute',
        State: 'active',
      };
      if (table.routes.some((other) => sameDestination(other, route))) {
        const message = `The route identified by ${destinationText(route)} already exists.`;
        throw new ServiceError('RouteAlreadyExists', message);
      }
      table.routes.push(route);
      return { Return: true };
    },

    DeleteRoute(input: DeleteRouteRequest): Record<string, never> {
      const table = find(state.routeTables, 'routeTable', input.RouteTableId);
      const wanted = destinationOf(input);
      const route = table.routes.find((other) => sameDestination(other, wanted));
      if (!route) {
        const message = `no route with destination-cidr-block ${destinationText(wanted)} in route table ${table.routeTableId}`;
        throw new ServiceError('InvalidRoute.NotFound', message);
      }
      if (route.Origin === 'CreateRouteTable') {
        const message = `cannot remove local route ${destinationText(route)} in route table ${table.routeTableId}`;
        throw new ServiceError('InvalidParameterValue', message);
      }
      table.routes = table.routes.filter((other) => other !== route);
      return {};
    },

    AssociateRouteTable(input: AssociateRouteTableRequest): AssociateRouteTableResult {
      const table = find(state.routeTables, 'routeTable', input.RouteTableId);
      const subnet = find(state.subnets, 'subnet', input.SubnetId);
      if (subnet.vpcId !== table.vpcId) {
        const message = `Route table ${table.routeTableId} and subnet ${subnet.subnetId} belong to different networks`;
        throw new ServiceError('InvalidParameterValue', message);
      }
      const taken = explicitRouteTable(state, subnet.subnetId);
      if (taken && taken !== table) {
        const message = `the specified association for route table ${table.routeTableId} conflicts with an existing association`;
        throw new ServiceError('Resource.AlreadyAssociated', message);
      }
      const existing = table.associations.find((association) => association.subnetId === subnet.subnetId);
      const associationId = existing?.associationId ?? state.newId('rtbassoc');
      if (!existing) table.associations.push({ associationId, subnetId: subnet.subnetId, main: false });
      return { AssociationId: associationId, AssociationState: { State: 'associated' } };
    },

    DescribeRouteTables(input: DescribeRouteTablesRequest): DescribeRouteTablesResult {
      const named = findNamed(state.routeTables, 'routeTable', input.RouteTableIds);
      const { records, nextToken } = list(state, listing, input, state.routeTables.values(), named);
      return { RouteTables: records.map((table) => describe(state, table)), NextToken: nextToken };
    },
  };
}

export function addRouteTable(
  state: Ec2State,
  vpc: VpcRecord,
  options: { main?: boolean; tags?: Map<string, string> },
): RouteTableRecord {
  const local: Route = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
  const table: RouteTableRecord = {
    routeTableId: state.newId('rtb'),
    vpcId: vpc.vpcId,
    routes: [
      { DestinationCidrBlock: vpc.block.cidr, ...local },
      ...(vpc.ipv6CidrBlock ? [{ DestinationIpv6CidrBlock: vpc.ipv6CidrBlock, ...local }] : []),
    ],
    associations: options.main
      ? [{ associationId: state.newId('rtbassoc'), subnetId: undefined, main: true }]
      : [],
  };
  state.routeTables.set(table.routeTableId, table);
  state.tags.enter(table.routeTableId, 'route-table', options.tags);
  return table;
}

export function mainRouteTable(state: Ec2State, vpcId: string): RouteTableRecord {
  const main = [...state.routeTables.values()].find(
    (table) => table.vpcId === vpcId && table.associations.some((association) => association.main),
  );
  if (!main) throw new Error(`${vpcId} has no main route table`);
  return main;
}

export function routeTableOf(state: Ec2State, subnet: SubnetRecord): RouteTableRecord {
  return explicitRouteTable(state, subnet.subnetId) ?? mainRouteTable(state, subnet.vpcId);
}

function explicitRouteTable(state: Ec2State, subnetId: string): RouteTableRecord | undefined {
  return [...state.routeTables.values()].find((table) =>
    table.associations.some((association) => association.subnetId === subnetId),
  );
}

type Destination = Pick<
  Route,
  'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'
>;

function destinationOf(input: Destination): Destination {
  if (input.DestinationCidrBlock) {
    const block = parseIpv4Block(input.DestinationCidrBlock);
    if (block) return { DestinationCidrBlock: block.cidr };
  } else if (input.DestinationIpv6CidrBlock) {
    if (isIpv6Cidr(input.DestinationIpv6CidrBlock))
      return { DestinationIpv6CidrBlock: input.DestinationIpv6CidrBlock };
  } else if (input.DestinationPrefixListId) {
    return { DestinationPrefixListId: input.DestinationPrefixListId };
  } else {
    throw new ServiceError('MissingParameter', 'The request must contain the parameter destinationCidrBlock');
  }
  const message = `Value (${destinationText(input)}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`;
  throw new ServiceError('InvalidParameterValue', message);
}

/** Gateways, interfaces and peering connections that this account has; every other kind of target is an unknown id here. */
function targetOf(state: Ec2State, input: CreateRouteRequest): Partial<Route> {
  if (input.GatewayId) {
    return { GatewayId: find(state.internetGateways, 'internetGateway', input.GatewayId).internetGatewayId };
  }
  if (input.NatGatewayId) {
    return { NatGatewayId: find(state.natGateways, 'natGateway', input.NatGatewayId).natGatewayId };
  }
  if (input.NetworkInterfaceId) {
    const eni = find(state.networkInterfaces, 'networkInterface', input.NetworkInterfaceId);
    return { NetworkInterfaceId: eni.networkInterfaceId };
  }
  if (input.TransitGatewayId) {
    throw new ServiceError(
      'InvalidTransitGatewayID.NotFound',
      `Transit Gateway ${input.TransitGatewayId} was deleted or does not exist.`,
    );
  }
  if (input.VpcPeeringConnectionId) {
    const { vpcPeeringConnectionId } = find(state.vpcPeerings, 'vpcPeering', input.VpcPeeringConnectionId);
    return { VpcPeeringConnectionId: vpcPeeringConnectionId };
  }
  throw new ServiceError('MissingParameter', 'The request must contain exactly one target of the route');
}

function sameDestination(one: Destination, other: Destination): boolean {
  return destinationText(one) === destinationText(other);
}

function destinationText(route: Destination): string {
  return route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '';
}

function describe(state: Ec2State, table: RouteTableRecord): RouteTable {
  return {
    RouteTableId: table.routeTableId,
    VpcId: table.vpcId,
    OwnerId: state.accountId,
    PropagatingVgws: [],
    Routes: table.routes,
    Associations: table.associations.map((association) => ({
      RouteTableAssociationId: association.associationId,
      RouteTableId: table.routeTableId,
      SubnetId: association.subnetId,
      Main: association.main,
      AssociationState: { State: 'associated' },
    })),
    Tags: state.tags.listed(table.routeTableId),
  };
}

const listing: Listing<RouteTableRecord> = {
  idOf: (table) => table.routeTableId,
  pageSize: [5, 100],
  filters: {
    'association.gateway-id': () => [],
    'association.main': (table) => table.associations.map(({ main }) => main),
    'association.route-table-association-id': (table) =>
      table.associations.map(({ associationId }) => associationId),
    'association.route-table-id': (table) => (table.associations.length > 0 ? table.routeTableId : undefined),
    'association.subnet-id': (table) => table.associations.map(({ subnetId }) => subnetId),
    'owner-id': (_table, state) => state.accountId,
    'route-table-id': (table) => table.routeTableId,
    'route.destination-cidr-block': (table) => table.routes.map((route) => route.DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': (table) =>
      table.routes.map((route) => route.DestinationIpv6CidrBlock),
    'route.destination-prefix-list-id': (table) => table.routes.map((route) => route.DestinationPrefixListId),
    'route.gateway-id': (table) => table.routes.map((route) => route.GatewayId),
    'route.instance-id': (table) => table.routes.map((route) => route.InstanceId),
    'route.nat-gateway-id': (table) => table.routes.map((route) => route.NatGatewayId),
    'route.origin': (table) => table.routes.map((route) => route.Origin),
    'route.state': (table) => table.routes.map((route) => route.State),
    'route.transit-gateway-id': (table) => table.routes.map((route) => route.TransitGatewayId),
    'route.vpc-peering-connection-id': (table) => table.routes.map((route) => route.VpcPeeringConnectionId),
    'vpc-id': (table) => table.vpcId,
  },
};
