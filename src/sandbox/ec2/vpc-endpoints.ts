/** VPC endpoints: interface endpoints have interfaces in subnets, gateway endpoints are routes to a prefix list. */
import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  Route,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { acceptedGroups, attachInterface, detachInterface } from './network-interfaces.ts';
import type { Ec2State, VpcEndpointRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

const ALLOW_ALL = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}';
const GATEWAY_SERVICES: readonly string[] = ['s3', 'dynamodb'];

export function vpcEndpointOperations(state: Ec2State) {
  return {
    CreateVpcEndpoint(input: CreateVpcEndpointRequest): CreateVpcEndpointResult {
      const tags = specifiedTags(input.TagSpecifications, 'vpc-endpoint');
      const { vpcId } = find(state.vpcs, 'vpc', input.VpcId);
      const serviceName = acceptedService(state, input.ServiceName);
      const type = input.VpcEndpointType ?? 'Gateway';
      const vpcEndpointId = state.newId('vpce');
      const place =
        type === 'Gateway'
          ? gatewayPlace(state, vpcEndpointId, serviceName, input)
          : interfacePlace(state, vpcId, vpcEndpointId, input);
      const endpoint: VpcEndpointRecord = {
        vpcEndpointId,
        vpcEndpointType: type === 'Gateway' ? 'Gateway' : 'Interface',
        vpcId,
        serviceName,
        ...place,
        privateDnsEnabled: type !== 'Gateway' && input.PrivateDnsEnabled !== false,
        policyDocument: input.PolicyDocument ?? ALLOW_ALL,
        creationTimestamp: new Date(state.clock.now()),
      };
      state.vpcEndpoints.set(vpcEndpointId, endpoint);
      state.tags.enter(vpcEndpointId, 'vpc-endpoint', tags);
      return { VpcEndpoint: describe(state, endpoint), ClientToken: input.ClientToken };
    },

    DeleteVpcEndpoints(input: DeleteVpcEndpointsRequest): DeleteVpcEndpointsResult {
      const named = findNamed(state.vpcEndpoints, 'vpcEndpoint', input.VpcEndpointIds) ?? [];
      for (const { vpcEndpointId, networkInterfaceIds } of named) {
        for (const id of networkInterfaceIds) detachInterface(state, id);
        for (const table of state.routeTables.values()) {
          table.routes = table.routes.filter(({ GatewayId }) => GatewayId !== vpcEndpointId);
        }
        state.vpcEndpoints.delete(vpcEndpointId);
        state.tags.forget(vpcEndpointId);
      }
      return { Unsuccessful: [] };
    },

    DescribeVpcEndpoints(input: DescribeVpcEndpointsRequest): DescribeVpcEndpointsResult {
      const named = findNamed(state.vpcEndpoints, 'vpcEndpoint', input.VpcEndpointIds);
      const { records, nextToken } = list(state, listing, input, state.vpcEndpoints.values(), named);
      return { VpcEndpoints: records.map((endpoint) => describe(state, endpoint)), NextToken: nextToken };
    },
  };
}

type Place = Pick<VpcEndpointRecord, 'routeTableIds' | 'subnetIds' | 'groupIds' | 'networkInterfaceIds'>;

function acceptedService(state: Ec2State, serviceName = ''): string {
  if (serviceName.startsWith(`com.amazonaws.${state.region}.`)) return serviceName;
  throw new ServiceError('InvalidServiceName', `The Vpc Endpoint Service '${serviceName}' does not exist`);
}

function gatewayPlace(
  state: Ec2State,
  vpcEndpointId: string,
  serviceName: string,
  input: CreateVpcEndpointRequest,
): Place {
  const prefixList = [...state.prefixLists.values()].find(
    (candidate) => candidate.prefixListName === serviceName,
  );
  if (!GATEWAY_SERVICES.some((name) => serviceName.endsWith(`.${name}`)) || !prefixList) {
    const message = `Endpoint type (Gateway) does not match available service types ([Interface]).`;
    throw new ServiceError('InvalidParameter', message);
  }
  const tables = (input.RouteTableIds ?? []).map((id) => find(state.routeTables, 'routeTable', id));
  const route: Route = {
    DestinationPrefixListId: prefixList.prefixListId,
    GatewayId: vpcEndpointId,
    Origin: 'CreateRoute',
    State: 'active',
  };
  for (const table of tables) table.routes.push(route);
  return {
    routeTableIds: tables.map((table) => table.routeTableId),
    subnetIds: [],
    groupIds: [],
    networkInterfaceIds: [],
  };
}

function interfacePlace(
  state: Ec2State,
  vpcId: string,
  vpcEndpointId: string,
  input: CreateVpcEndpointRequest,
): Place {
  const subnetIds = (input.SubnetIds ?? []).map((id) => find(state.subnets, 'subnet', id).subnetId);
  const groupIds = acceptedGroups(state, vpcId, input.SecurityGroupIds ?? [], `VPC ${vpcId}`);
  const interfaces = subnetIds.map((subnetId) =>
    attachInterface(state, {
      subnetId,
      groupIds,
      description: `VPC Endpoint Interface ${vpcEndpointId}`,
      requester: 'amazon-vpce',
    }),
  );
  return {
    routeTableIds: [],
    subnetIds,
    groupIds,
    networkInterfaceIds: interfaces.map((eni) => eni.networkInterfaceId),
  };
}

function describe(state: Ec2State, endpoint: VpcEndpointRecord): VpcEndpoint {
  return {
    VpcEndpointId: endpoint.vpcEndpointId,
    VpcEndpointType: endpoint.vpcEndpointType,
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    // The model spells it 'Available'; EC2 answers 'available'.
    State: 'available' as 'Available',
    PolicyDocument: endpoint.policyDocument,
    RouteTableIds: [...endpoint.routeTableIds],
    SubnetIds: [...endpoint.subnetIds],
    Groups: endpoint.groupIds.map((id) => ({
      GroupId: id,
      GroupName: state.securityGroups.get(id)?.groupName,
    })),
    PrivateDnsEnabled: endpoint.privateDnsEnabled,
    RequesterManaged: false,
    NetworkInterfaceIds: [...endpoint.networkInterfaceIds],
    CreationTimestamp: endpoint.creationTimestamp,
    OwnerId: state.accountId,
    Tags: state.tags.listed(endpoint.vpcEndpointId),
  };
}

const listing: Listing<VpcEndpointRecord> = {
  idOf: (endpoint) => endpoint.vpcEndpointId,
  filters: {
    'ip-address-type': () => 'ipv4',
    'service-name': (endpoint) => endpoint.serviceName,
    'vpc-endpoint-id': (endpoint) => endpoint.vpcEndpointId,
    'vpc-endpoint-state': () => 'available',
    'vpc-endpoint-type': (endpoint) => endpoint.vpcEndpointType,
    'vpc-id': (endpoint) => endpoint.vpcId,
  },
};
