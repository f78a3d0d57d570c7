/** VPCs. Each is born with a main route table, a default network ACL and a default security group. */
import type {
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
  Vpc,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type Ipv4Block, parseIpv4Block } from './cidr.ts';
import { addInternetGateway } from './gateways.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { addNetworkAcl, allowAllEntries } from './network-acls.ts';
import { addRouteTable, mainRouteTable } from './route-tables.ts';
import { addSecurityGroup } from './security-groups.ts';
import type { Ec2State, VpcRecord } from './state.ts';
import { addSubnet } from './subnets.ts';
import { specifiedTags } from './tags.ts';

const DHCP_OPTIONS = 'dopt-0a1b2c3d4e5f60718';

export function vpcOperations(state: Ec2State) {
  return {
    CreateVpc(input: CreateVpcRequest): CreateVpcResult {
      const tags = specifiedTags(input.TagSpecifications, 'vpc');
      const vpc = addVpc(state, vpcBlock(input.CidrBlock), {
        tags,
        ipv6: input.AmazonProvidedIpv6CidrBlock === true,
      });
      return { Vpc: describe(state, vpc) };
    },

    /** A /16, and in each Availability Zone a public /20 (VPC User Guide, "Default VPC components"). */
    CreateDefaultVpc(): CreateDefaultVpcResult {
      if (defaultVpc(state)) {
        throw new ServiceError(
          'DefaultVpcAlreadyExists',
          'A Default VPC already exists for this account in this region.',
        );
      }
      const vpc = addVpc(state, vpcBlock('172.31.0.0/16'), { isDefault: true });
      const gateway = addInternetGateway(state, new Map());
      gateway.vpcId = vpc.vpcId;
      mainRouteTable(state, vpc.vpcId).routes.push({
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: gateway.internetGatewayId,
        Origin: 'CreateRoute',
        State: 'active',
      });
      const zones = state.zones.filter((zone) => zone.kind === 'availability-zone');
      for (const [index, zone] of zones.entries()) {
        const block = parseIpv4Block(`172.31.${index * 16}.0/20`);
        addSubnet(state, { vpcId: vpc.vpcId, zone, block, defaultForAz: true, mapPublicIpOnLaunch: true });
      }
      return { Vpc: describe(state, vpc) };
    },

    DescribeVpcs(input: DescribeVpcsRequest): DescribeVpcsResult {
      const named = findNamed(state.vpcs, 'vpc', input.VpcIds);
      const { records, nextToken } = list(state, listing, input, state.vpcs.values(), named);
      return { Vpcs: records.map((vpc) => describe(state, vpc)), NextToken: nextToken };
    },

    DescribeVpcAttribute(input: DescribeVpcAttributeRequest): DescribeVpcAttributeResult {
      const vpc = find(state.vpcs, 'vpc', input.VpcId);
      switch (input.Attribute) {
        case 'enableDnsSupport':
          return { VpcId: vpc.vpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
        case 'enableDnsHostnames':
          return { VpcId: vpc.vpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId: vpc.vpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
        default:
          throw new ServiceError(
            'InvalidParameterValue',
            `Value (${String(input.Attribute)}) for parameter attribute is invalid`,
          );
      }
    },

    ModifyVpcAttribute(input: ModifyVpcAttributeRequest): Record<string, never> {
      const vpc = find(state.vpcs, 'vpc', input.VpcId);
      vpc.enableDnsSupport = input.EnableDnsSupport?.Value ?? vpc.enableDnsSupport;
      vpc.enableDnsHostnames = input.EnableDnsHostnames?.Value ?? vpc.enableDnsHostnames;
      return {};
    },

    DeleteVpc(input: DeleteVpcRequest): Record<string, never> {
      const { vpcId } = find(state.vpcs, 'vpc', input.VpcId);
      if (hasDependencies(state, vpcId)) {
        throw new ServiceError(
          'DependencyViolation',
          `The vpc '${vpcId}' has dependencies and cannot be deleted.`,
        );
      }
      forgetAll(state, state.routeTables, vpcId);
      forgetAll(state, state.networkAcls, vpcId);
      forgetAll(state, state.securityGroups, vpcId);
      state.vpcs.delete(vpcId);
      state.tags.forget(vpcId);
      return {};
    },
  };
}

export function defaultVpc(state: Ec2State): VpcRecord | undefined {
  return [...state.vpcs.values()].find((vpc) => vpc.isDefault);
}

function addVpc(
  state: Ec2State,
  block: Ipv4Block,
  options: { tags?: Map<string, string>; ipv6?: boolean; isDefault?: boolean },
): VpcRecord {
  const vpcId = state.newId('vpc');
  const isDefault = options.isDefault ?? false;
  const vpc: VpcRecord = {
    vpcId,
    block,
    ipv6CidrBlock: options.ipv6
      ? `2600:1f18:${(state.vpcs.size + 0x1000).toString(16)}:ff00::/56`
      : undefined,
    isDefault,
    enableDnsSupport: true,
    enableDnsHostnames: isDefault,
  };
  state.vpcs.set(vpcId, vpc);
  state.tags.enter(vpcId, 'vpc', options.tags);
  addRouteTable(state, vpc, { main: true });
  addNetworkAcl(state, vpcId, { isDefault: true, entries: allowAllEntries(vpc) });
  addSecurityGroup(state, {
    vpcId,
    groupName: 'default',
    description: 'default VPC security group',
    settled: true,
    allowsItself: true,
  });
  return vpc;
}

function vpcBlock(cidr: string | undefined): Ipv4Block {
  const block = parseIpv4Block(cidr ?? '');
  if (!block) {
    const message = `Value (${cidr ?? ''}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`;
    throw new ServiceError('InvalidParameterValue', message);
  }
  if (block.prefixLength < 16 || block.prefixLength > 28) {
    throw new ServiceError('InvalidVpc.Range', `The CIDR '${block.cidr}' is invalid.`);
  }
  return block;
}

function hasDependencies(state: Ec2State, vpcId: string): boolean {
  const inVpc = (records: ReadonlyMap<string, { vpcId: string | undefined }>): number =>
    [...records.values()].filter((record) => record.vpcId === vpcId).length;
  return (
    inVpc(state.subnets) + inVpc(state.internetGateways) + inVpc(state.vpcEndpoints) > 0 ||
    inVpc(state.routeTables) > 1 ||
    inVpc(state.networkAcls) > 1 ||
    inVpc(state.securityGroups) > 1
  );
}

function forgetAll(state: Ec2State, records: Map<string, { vpcId: string }>, vpcId: string): void {
  for (const [id, record] of records) {
    if (record.vpcId !== vpcId) continue;
    records.delete(id);
    state.tags.forget(id);
  }
}

function describe(state: Ec2State, vpc: VpcRecord): Vpc {
  const associationId = vpc.vpcId.replace('vpc-', 'vpc-cidr-assoc-');
  return {
    VpcId: vpc.vpcId,
    State: 'available',
    OwnerId: state.accountId,
    CidrBlock: vpc.block.cidr,
    CidrBlockAssociationSet: [
      { AssociationId: associationId, CidrBlock: vpc.block.cidr, CidrBlockState: { State: 'associated' } },
    ],
    Ipv6CidrBlockAssociationSet: vpc.ipv6CidrBlock
      ? [
          {
            AssociationId: associationId,
            Ipv6CidrBlock: vpc.ipv6CidrBlock,
            Ipv6CidrBlockState: { State: 'associated' },
            NetworkBorderGroup: state.region,
            Ipv6Pool: 'Amazon',
          },
        ]
      : [],
    InstanceTenancy: 'default',
    IsDefault: vpc.isDefault,
    DhcpOptionsId: DHCP_OPTIONS,
    Tags: state.tags.listed(vpc.vpcId),
  };
}

const listing: Listing<VpcRecord> = {
  idOf: (vpc) => vpc.vpcId,
  filters: {
    cidr: (vpc) => vpc.block.cidr,
    'cidr-block-association.cidr-block': (vpc) => vpc.block.cidr,
    'cidr-block-association.state': () => 'associated',
    'dhcp-options-id': () => DHCP_OPTIONS,
    'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) => vpc.ipv6CidrBlock,
    'is-default': (vpc) => vpc.isDefault,
    isDefault: (vpc) => vpc.isDefault,
    'owner-id': (_vpc, state) => state.accountId,
    state: () => 'available',
    'vpc-id': (vpc) => vpc.vpcId,
  },
};
