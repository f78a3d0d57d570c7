/** Peering connections: two VPCs whose packets may cross, once both sides have a route to the other (VPC Peering Guide). */
import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  VpcPeeringConnection,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { blocksOverlap } from './cidr.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { targetGone } from './routes.ts';
import type { Ec2State, VpcPeeringRecord, VpcRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

const MESSAGES: Readonly<Record<VpcPeeringRecord['status'], string>> = {
  'pending-acceptance': 'Pending Acceptance',
  active: 'Active',
  deleted: 'Deleted',
};

export function vpcPeeringOperations(state: Ec2State) {
  return {
    CreateVpcPeeringConnection(input: CreateVpcPeeringConnectionRequest): CreateVpcPeeringConnectionResult {
      const tags = specifiedTags(input.TagSpecifications, 'vpc-peering-connection');
      const requester = find(state.vpcs, 'vpc', input.VpcId);
      const accepter = find(state.vpcs, 'vpc', input.PeerVpcId);
      // AWS lets such a connection come and fail a moment later; nobody could ever use it either way.
      if (blocksOverlap(requester.block, accepter.block)) {
        throw new ServiceError('InvalidParameterValue', 'The CIDR blocks of the two VPCs overlap.');
      }
      const peering: VpcPeeringRecord = {
        vpcPeeringConnectionId: state.newId('pcx'),
        requesterVpcId: requester.vpcId,
        accepterVpcId: accepter.vpcId,
        status: 'pending-acceptance',
      };
      state.vpcPeerings.set(peering.vpcPeeringConnectionId, peering);
      state.tags.enter(peering.vpcPeeringConnectionId, 'vpc-peering-connection', tags);
      return { VpcPeeringConnection: describe(state, peering) };
    },

    AcceptVpcPeeringConnection(input: AcceptVpcPeeringConnectionRequest): AcceptVpcPeeringConnectionResult {
      const peering = find(state.vpcPeerings, 'vpcPeering', input.VpcPeeringConnectionId);
      if (peering.status !== 'pending-acceptance') {
        const message = `VpcPeeringConnection ${peering.vpcPeeringConnectionId} is not in the pending-acceptance state`;
        throw new ServiceError('InvalidStateTransition', message);
      }
      peering.status = 'active';
      return { VpcPeeringConnection: describe(state, peering) };
    },

    DeleteVpcPeeringConnection(input: DeleteVpcPeeringConnectionRequest): DeleteVpcPeeringConnectionResult {
      const peering = find(state.vpcPeerings, 'vpcPeering', input.VpcPeeringConnectionId);
      peering.status = 'deleted';
      targetGone(state, (route) => route.VpcPeeringConnectionId === peering.vpcPeeringConnectionId);
      return { Return: true };
    },

    DescribeVpcPeeringConnections(
      input: DescribeVpcPeeringConnectionsRequest,
    ): DescribeVpcPeeringConnectionsResult {
      const named = findNamed(state.vpcPeerings, 'vpcPeering', input.VpcPeeringConnectionIds);
      const { records, nextToken } = list(state, listing, input, state.vpcPeerings.values(), named);
      return {
        VpcPeeringConnections: records.map((peering) => describe(state, peering)),
        NextToken: nextToken,
      };
    },
  };
}

/** Whether security groups of one VPC may name those of the other (VPC Peering Guide, "Reference peer security groups"). */
export function arePeers(state: Ec2State, one: string, other: string): boolean {
  return [...state.vpcPeerings.values()].some(
    ({ requesterVpcId, accepterVpcId, status }) =>
      status === 'active' &&
      [requesterVpcId, accepterVpcId].includes(one) &&
      [requesterVpcId, accepterVpcId].includes(other),
  );
}

function describe(state: Ec2State, peering: VpcPeeringRecord): VpcPeeringConnection {
  return {
    VpcPeeringConnectionId: peering.vpcPeeringConnectionId,
    RequesterVpcInfo: side(state, state.vpcs.get(peering.requesterVpcId)),
    AccepterVpcInfo: side(state, state.vpcs.get(peering.accepterVpcId)),
    Status: { Code: peering.status, Message: MESSAGES[peering.status] },
    Tags: state.tags.listed(peering.vpcPeeringConnectionId),
  };
}

function side(state: Ec2State, vpc: VpcRecord | undefined): VpcPeeringConnectionVpcInfo {
  return {
    VpcId: vpc?.vpcId,
    CidrBlock: vpc?.block.cidr,
    CidrBlockSet: vpc && [{ CidrBlock: vpc.block.cidr }],
    OwnerId: state.accountId,
    Region: state.region,
  };
}

const listing: Listing<VpcPeeringRecord> = {
  idOf: (peering) => peering.vpcPeeringConnectionId,
  filters: {
    'accepter-vpc-info.cidr-block': ({ accepterVpcId }, state) => state.vpcs.get(accepterVpcId)?.block.cidr,
    'accepter-vpc-info.owner-id': (_peering, state) => state.accountId,
    'accepter-vpc-info.vpc-id': ({ accepterVpcId }) => accepterVpcId,
    'requester-vpc-info.cidr-block': ({ requesterVpcId }, state) =>
      state.vpcs.get(requesterVpcId)?.block.cidr,
    'requester-vpc-info.owner-id': (_peering, state) => state.accountId,
    'requester-vpc-info.vpc-id': ({ requesterVpcId }) => requesterVpcId,
    'status-code': ({ status }) => status,
    'status-message': ({ status }) => MESSAGES[status],
    'vpc-peering-connection-id': ({ vpcPeeringConnectionId }) => vpcPeeringConnectionId,
  },
};
