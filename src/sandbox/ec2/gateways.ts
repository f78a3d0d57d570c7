/** Internet gateways and NAT gateways: the two ways out of a VPC. Both come and go at once here, NAT gateways within minutes in AWS. */
import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  InternetGateway,
  NatGateway,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { attachInterface, detachInterface } from './network-interfaces.ts';
import { targetGone } from './routes.ts';
import type { Ec2State, InternetGatewayRecord, NatGatewayRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

export function internetGatewayOperations(state: Ec2State) {
  return {
    CreateInternetGateway(input: CreateInternetGatewayRequest): CreateInternetGatewayResult {
      const gateway = addInternetGateway(state, specifiedTags(input.TagSpecifications, 'internet-gateway'));
      return { InternetGateway: describeInternetGateway(state, gateway) };
    },

    AttachInternetGateway(input: AttachInternetGatewayRequest): Record<string, never> {
      const gateway = find(state.internetGateways, 'internetGateway', input.InternetGatewayId);
      const { vpcId } = find(state.vpcs, 'vpc', input.VpcId);
      const attached = [...state.internetGateways.values()].some((other) => other.vpcId === vpcId);
      if (gateway.vpcId !== undefined || attached) {
        const message = `Resource ${gateway.vpcId === undefined ? vpcId : gateway.internetGatewayId} is already attached to a network`;
        throw new ServiceError('Resource.AlreadyAssociated', message);
      }
      gateway.vpcId = vpcId;
      return {};
    },

    DescribeInternetGateways(input: DescribeInternetGatewaysRequest): DescribeInternetGatewaysResult {
      const named = findNamed(state.internetGateways, 'internetGateway', input.InternetGatewayIds);
      const { records, nextToken } = list(
        state,
        internetGateways,
        input,
        state.internetGateways.values(),
        named,
      );
      return {
        InternetGateways: records.map((gateway) => describeInternetGateway(state, gateway)),
        NextToken: nextToken,
      };
    },
  };
}

export function natGatewayOperations(state: Ec2State) {
  return {
    CreateNatGateway(input: CreateNatGatewayRequest): CreateNatGatewayResult {
      const tags = specifiedTags(input.TagSpecifications, 'natgateway');
      const { subnetId } = find(state.subnets, 'subnet', input.SubnetId);
      const connectivityType = input.ConnectivityType ?? 'public';
      if (connectivityType === 'public' && !input.AllocationId) {
        throw new ServiceError('MissingParameter', 'The request must contain the parameter AllocationId');
      }
      const natGatewayId = state.newId('nat');
      const eni = attachInterface(state, {
        subnetId,
        description: `Interface for NAT Gateway ${natGatewayId}`,
        requester: 'amazon-nat',
        publicIp: connectivityType === 'public',
      });
      const gateway: NatGatewayRecord = {
        natGatewayId,
        vpcId: eni.vpcId,
        subnetId,
        connectivityType,
        allocationId: input.AllocationId,
        networkInterfaceId: eni.networkInterfaceId,
        createTime: new Date(state.clock.now()),
        state: 'available',
      };
      state.natGateways.set(natGatewayId, gateway);
      state.tags.enter(natGatewayId, 'natgateway', tags);
      return { NatGateway: describeNatGateway(state, gateway), ClientToken: input.ClientToken };
    },

    DeleteNatGateway(input: DeleteNatGatewayRequest): DeleteNatGatewayResult {
      const gateway = find(state.natGateways, 'natGateway', input.NatGatewayId);
      gateway.state = 'deleted';
      detachInterface(state, gateway.networkInterfaceId);
      targetGone(state, (route) => route.NatGatewayId === gateway.natGatewayId);
      return { NatGatewayId: gateway.natGatewayId };
    },

    DescribeNatGateways(input: DescribeNatGatewaysRequest): DescribeNatGatewaysResult {
      const named = findNamed(state.natGateways, 'natGateway', input.NatGatewayIds);
      // This operation alone calls its filters `Filter`.
      const request = { ...input, Filters: input.Filter };
      const { records, nextToken } = list(state, natGateways, request, state.natGateways.values(), named);
      return {
        NatGateways: records.map((gateway) => describeNatGateway(state, gateway)),
        NextToken: nextToken,
      };
    },
  };
}

export function addInternetGateway(state: Ec2State, tags: Map<string, string>): InternetGatewayRecord {
  const gateway: InternetGatewayRecord = { internetGatewayId: state.newId('igw'), vpcId: undefined };
  state.internetGateways.set(gateway.internetGatewayId, gateway);
  state.tags.enter(gateway.internetGatewayId, 'internet-gateway', tags);
  return gateway;
}

function describeInternetGateway(state: Ec2State, gateway: InternetGatewayRecord): InternetGateway {
  return {
    InternetGatewayId: gateway.internetGatewayId,
    OwnerId: state.accountId,
    // The model has 'attached'; EC2 answers 'available' for an internet gateway.
    Attachments: gateway.vpcId ? [{ State: 'available' as 'attached', VpcId: gateway.vpcId }] : [],
    Tags: state.tags.listed(gateway.internetGatewayId),
  };
}

function describeNatGateway(state: Ec2State, gateway: NatGatewayRecord): NatGateway {
  const eni = state.networkInterfaces.get(gateway.networkInterfaceId);
  return {
    NatGatewayId: gateway.natGatewayId,
    State: gateway.state,
    VpcId: gateway.vpcId,
    SubnetId: gateway.subnetId,
    ConnectivityType: gateway.connectivityType,
    CreateTime: gateway.createTime,
    NatGatewayAddresses: [
      {
        AllocationId: gateway.allocationId,
        NetworkInterfaceId: gateway.networkInterfaceId,
        PrivateIp: eni?.privateIpAddress,
        PublicIp: eni?.publicIp,
        IsPrimary: true,
        Status: 'succeeded',
      },
    ],
    Tags: state.tags.listed(gateway.natGatewayId),
  };
}

const internetGateways: Listing<InternetGatewayRecord> = {
  idOf: (gateway) => gateway.internetGatewayId,
  filters: {
    'attachment.state': (gateway) => (gateway.vpcId ? 'available' : undefined),
    'attachment.vpc-id': (gateway) => gateway.vpcId,
    'internet-gateway-id': (gateway) => gateway.internetGatewayId,
    'owner-id': (_gateway, state) => state.accountId,
  },
};

const natGateways: Listing<NatGatewayRecord> = {
  idOf: (gateway) => gateway.natGatewayId,
  filters: {
    'nat-gateway-id': (gateway) => gateway.natGatewayId,
    state: (gateway) => gateway.state,
    'subnet-id': (gateway) => gateway.subnetId,
    'vpc-id': (gateway) => gateway.vpcId,
  },
};
