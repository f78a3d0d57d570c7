/** Subnets: in Availability Zones, Local Zones and on Outposts, with IPv4, IPv6 or both, and the count of their free addresses. */
import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import {
  blockContains,
  blocksOverlap,
  type Ipv4Block,
  ipv6BlockContains,
  isIpv6Cidr,
  parseIpv4Block,
} from './cidr.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { joinDefaultNetworkAcl } from './network-acls.ts';
import { arn, type Ec2State, type SubnetRecord, type VpcRecord } from './state.ts';
import { specifiedTags } from './tags.ts';
import type { Zone } from './zones.ts';

/** Network, router, DNS, future use, broadcast (VPC User Guide, "Subnet sizing"). */
const RESERVED_ADDRESSES = 5;

export function subnetOperations(state: Ec2State) {
  return {
    CreateSubnet(input: CreateSubnetRequest): CreateSubnetResult {
      const tags = specifiedTags(input.TagSpecifications, 'subnet');
      const vpc = find(state.vpcs, 'vpc', input.VpcId);
      if (input.OutpostArn && !input.AvailabilityZone && !input.AvailabilityZoneId) {
        throw new ServiceError(
          'MissingParameter',
          'If you specify OutpostArn, you must also specify AvailabilityZone',
        );
      }
      const subnet = addSubnet(state, {
        vpcId: vpc.vpcId,
        zone: zoneOf(state, input),
        block: ipv4BlockOf(state, vpc, input),
        ipv6CidrBlock: ipv6BlockOf(state, vpc, input),
        outpostArn: input.OutpostArn,
        tags,
      });
      return { Subnet: describe(state, subnet) };
    },

    DescribeSubnets(input: DescribeSubnetsRequest): DescribeSubnetsResult {
      const named = findNamed(state.subnets, 'subnet', input.SubnetIds);
      const { records, nextToken } = list(state, listing, input, state.subnets.values(), named);
      return { Subnets: records.map((subnet) => describe(state, subnet)), NextToken: nextToken };
    },

    ModifySubnetAttribute(input: ModifySubnetAttributeRequest): Record<string, never> {
      const subnet = find(state.subnets, 'subnet', input.SubnetId);
      subnet.mapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value ?? subnet.mapPublicIpOnLaunch;
      return {};
    },

    DeleteSubnet(input: DeleteSubnetRequest): Record<string, never> {
      const { subnetId } = find(state.subnets, 'subnet', input.SubnetId);
      if ([...state.networkInterfaces.values()].some((eni) => eni.subnetId === subnetId)) {
        throw new ServiceError(
          'DependencyViolation',
          `The subnet '${subnetId}' has dependencies and cannot be deleted.`,
        );
      }
      for (const table of state.routeTables.values()) {
        table.associations = table.associations.filter((association) => association.subnetId !== subnetId);
      }
      for (const acl of state.networkAcls.values()) {
        acl.associations = acl.associations.filter((association) => association.subnetId !== subnetId);
      }
      state.subnets.delete(subnetId);
      state.tags.forget(subnetId);
      return {};
    },
  };
}

export function freeAddresses(subnet: SubnetRecord): number {
  return subnet.block ? subnet.block.size - RESERVED_ADDRESSES - subnet.taken : 0;
}

interface NewSubnet {
  readonly vpcId: string;
  readonly zone: Zone;
  readonly block: Ipv4Block | undefined;
  readonly ipv6CidrBlock?: string | undefined;
  readonly outpostArn?: string | undefined;
  readonly defaultForAz?: boolean;
  readonly mapPublicIpOnLaunch?: boolean;
  readonly tags?: Map<string, string>;
}

export function addSubnet(state: Ec2State, options: NewSubnet): SubnetRecord {
  const subnet: SubnetRecord = {
    subnetId: state.newId('subnet'),
    vpcId: options.vpcId,
    zone: options.zone,
    block: options.block,
    ipv6CidrBlock: options.ipv6CidrBlock,
    outpostArn: options.outpostArn,
    defaultForAz: options.defaultForAz ?? false,
    mapPublicIpOnLaunch: options.mapPublicIpOnLaunch ?? false,
    taken: 0,
    cursor: 0,
  };
  state.subnets.set(subnet.subnetId, subnet);
  state.tags.enter(subnet.subnetId, 'subnet', options.tags);
  joinDefaultNetworkAcl(state, subnet);
  return subnet;
}

function zoneOf(state: Ec2State, input: CreateSubnetRequest): Zone {
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  const zone = state.zones.find(
    (candidate) => (!name || candidate.zoneName === name) && (!id || candidate.zoneId === id),
  );
  if (!zone || zone.optInStatus === 'not-opted-in') {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value (${name ?? id ?? ''}) for parameter availabilityZone is invalid. Subnets can currently only be created in ` +
        `the following availability zones: ${state.zones
          .filter(({ optInStatus }) => optInStatus !== 'not-opted-in')
          .map(({ zoneName }) => zoneName)
          .join(', ')}.`,
    );
  }
  return zone;
}

function ipv4BlockOf(state: Ec2State, vpc: VpcRecord, input: CreateSubnetRequest): Ipv4Block | undefined {
  if (input.Ipv6Native && input.CidrBlock === undefined) return undefined;
  if (input.Ipv6Native) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'An IPv6-only subnet cannot have an IPv4 CIDR block.',
    );
  }
  if (input.CidrBlock === undefined) {
    throw new ServiceError('MissingParameter', 'Either CidrBlock or Ipv4IpamPoolId must be provided');
  }
  const block = parseIpv4Block(input.CidrBlock);
  if (!block) {
    const message = `Value (${input.CidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`;
    throw new ServiceError('InvalidParameterValue', message);
  }
  if (block.prefixLength < 16 || block.prefixLength > 28 || !blockContains(vpc.block, block)) {
    throw new ServiceError('InvalidSubnet.Range', `The CIDR '${block.cidr}' is invalid.`);
  }
  for (const other of state.subnets.values()) {
    if (other.vpcId === vpc.vpcId && other.block && blocksOverlap(other.block, block)) {
      throw new ServiceError(
        'InvalidSubnet.Conflict',
        `The CIDR '${block.cidr}' conflicts with another subnet`,
      );
    }
  }
  return block;
}

function ipv6BlockOf(state: Ec2State, vpc: VpcRecord, input: CreateSubnetRequest): string | undefined {
  const cidr = input.Ipv6CidrBlock;
  if (cidr === undefined) {
    if (input.Ipv6Native)
      throw new ServiceError('MissingParameter', 'An IPv6-only subnet needs an Ipv6CidrBlock');
    return undefined;
  }
  if (!isIpv6Cidr(cidr) || !vpc.ipv6CidrBlock || !ipv6BlockContains(vpc.ipv6CidrBlock, cidr)) {
    throw new ServiceError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  }
  if (
    [...state.subnets.values()].some((other) => other.vpcId === vpc.vpcId && other.ipv6CidrBlock === cidr)
  ) {
    throw new ServiceError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  }
  return cidr;
}

function describe(state: Ec2State, subnet: SubnetRecord): Subnet {
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: arn(state, `subnet/${subnet.subnetId}`),
    State: 'available',
    VpcId: subnet.vpcId,
    OwnerId: state.accountId,
    CidrBlock: subnet.block?.cidr,
    Ipv6CidrBlockAssociationSet: subnet.ipv6CidrBlock
      ? [
          {
            AssociationId: subnet.subnetId.replace('subnet-', 'subnet-cidr-assoc-'),
            Ipv6CidrBlock: subnet.ipv6CidrBlock,
            Ipv6CidrBlockState: { State: 'associated' },
          },
        ]
      : [],
    Ipv6Native: subnet.block === undefined,
    AvailableIpAddressCount: freeAddresses(subnet),
    AvailabilityZone: subnet.zone.zoneName,
    AvailabilityZoneId: subnet.zone.zoneId,
    OutpostArn: subnet.outpostArn,
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    AssignIpv6AddressOnCreation: subnet.block === undefined,
    MapCustomerOwnedIpOnLaunch: false,
    EnableDns64: false,
    Tags: state.tags.listed(subnet.subnetId),
  };
}

const zoneName = (subnet: SubnetRecord): string => subnet.zone.zoneName;
const zoneId = (subnet: SubnetRecord): string => subnet.zone.zoneId;
const cidr = (subnet: SubnetRecord): string | undefined => subnet.block?.cidr;
const defaultForAz = (subnet: SubnetRecord): boolean => subnet.defaultForAz;

const listing: Listing<SubnetRecord> = {
  idOf: (subnet) => subnet.subnetId,
  filters: {
    'availability-zone': zoneName,
    availabilityZone: zoneName,
    'availability-zone-id': zoneId,
    availabilityZoneId: zoneId,
    'available-ip-address-count': freeAddresses,
    cidr,
    'cidr-block': cidr,
    cidrBlock: cidr,
    'default-for-az': defaultForAz,
    defaultForAz,
    'enable-dns64': () => false,
    'ipv6-cidr-block-association.ipv6-cidr-block': (subnet) => subnet.ipv6CidrBlock,
    'ipv6-native': (subnet) => subnet.block === undefined,
    'map-public-ip-on-launch': (subnet) => subnet.mapPublicIpOnLaunch,
    'outpost-arn': (subnet) => subnet.outpostArn,
    'owner-id': (_subnet, state) => state.accountId,
    state: () => 'available',
    'subnet-arn': (subnet, state) => arn(state, `subnet/${subnet.subnetId}`),
    'subnet-id': (subnet) => subnet.subnetId,
    'vpc-id': (subnet) => subnet.vpcId,
  },
};
