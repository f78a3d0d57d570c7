/** Network interfaces: of an instance, or of a service (a task, a cache node, a load balancer) that attaches and releases them. */
import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
  NetworkInterfaceType,
} from '@aws-sdk/client-ec2';
import type { AttachRequest } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import { ipv4Address, ipv4Number } from './cidr.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import type { Ec2State, NetworkInterfaceRecord, SubnetRecord } from './state.ts';
import { freeAddresses } from './subnets.ts';

/** VPC User Guide, "Amazon VPC quotas": security groups for each network interface. */
const MAX_GROUPS = 5;
/** The network, the router, the DNS server and one for future use come first in every subnet. */
const FIRST_HOST = 4;

export function networkInterfaceOperations(state: Ec2State) {
  return {
    DescribeNetworkInterfaces(input: DescribeNetworkInterfacesRequest): DescribeNetworkInterfacesResult {
      const named = findNamed(state.networkInterfaces, 'networkInterface', input.NetworkInterfaceIds);
      const { records, nextToken } = list(state, listing, input, state.networkInterfaces.values(), named);
      return { NetworkInterfaces: records.map((eni) => describe(state, eni)), NextToken: nextToken };
    },
  };
}

export function attachInterface(
  state: Ec2State,
  request: AttachRequest,
  instanceId?: string,
): NetworkInterfaceRecord {
  const subnet = find(state.subnets, 'subnet', request.subnetId);
  const groupIds = acceptedGroups(state, subnet.vpcId, request.groupIds ?? [], `subnet ${subnet.subnetId}`);
  const eni: NetworkInterfaceRecord = {
    networkInterfaceId: state.newId('eni'),
    attachmentId: state.newId('eni-attach'),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.zone.zoneName,
    privateIpAddress: takeAddress(state, subnet),
    groupIds,
    description: request.description,
    requester: request.requester,
    // TEST-NET-3 of RFC 5737, for nobody must ever reach it.
    publicIp: request.publicIp ? `203.0.113.${(state.networkInterfaces.size % 250) + 1}` : undefined,
    attachTime: new Date(state.clock.now()),
    instanceId,
  };
  subnet.taken += 1;
  state.networkInterfaces.set(eni.networkInterfaceId, eni);
  state.addresses.set(eni.privateIpAddress, eni);
  state.tags.enter(eni.networkInterfaceId, 'network-interface');
  return eni;
}

export function detachInterface(state: Ec2State, networkInterfaceId: string): void {
  const eni = state.networkInterfaces.get(networkInterfaceId);
  if (!eni) return;
  state.networkInterfaces.delete(networkInterfaceId);
  state.addresses.delete(eni.privateIpAddress);
  state.tags.forget(networkInterfaceId);
  const subnet = state.subnets.get(eni.subnetId);
  if (subnet) subnet.taken -= 1;
}

export function acceptedGroups(
  state: Ec2State,
  vpcId: string,
  groupIds: readonly string[],
  place: string,
): readonly string[] {
  if (groupIds.length === 0) {
    const groups = [...state.securityGroups.values()];
    return groups
      .filter((group) => group.vpcId === vpcId && group.groupName === 'default')
      .map((group) => group.groupId);
  }
  if (groupIds.length > MAX_GROUPS) {
    const message = 'You have exceeded the maximum number of security groups allowed per network interface.';
    throw new ServiceError('SecurityGroupsPerInterfaceLimitExceeded', message);
  }
  for (const id of groupIds) {
    if (find(state.securityGroups, 'securityGroup', id).vpcId === vpcId) continue;
    throw new ServiceError(
      'InvalidParameter',
      `Security group ${id} and ${place} belong to different networks.`,
    );
  }
  return [...new Set(groupIds)];
}

/**
 * Goes round the subnet, so that an address is not used again as soon as it is free. VPCs may overlap, but an address is
 * given out once in the account: the fabric knows places by address.
 */
function takeAddress(state: Ec2State, subnet: SubnetRecord): string {
  const hosts = subnet.block ? subnet.block.size - FIRST_HOST - 1 : 0;
  if (subnet.block && freeAddresses(subnet) > 0) {
    for (let tried = 0; tried < hosts; tried += 1) {
      const address = ipv4Address(subnet.block.first + FIRST_HOST + (subnet.cursor % hosts));
      subnet.cursor += 1;
      if (!state.addresses.has(address)) return address;
    }
  }
  const message = `The specified subnet does not have enough free addresses to satisfy the request.`;
  throw new ServiceError('InsufficientFreeAddressesInSubnet', message);
}

const INTERFACE_TYPES: Readonly<Record<string, NetworkInterfaceType>> = {
  // The model spells it 'natGateway'; EC2 answers 'nat_gateway'.
  'amazon-nat': 'nat_gateway' as 'natGateway',
  'amazon-vpce': 'vpc_endpoint',
};

function interfaceType(eni: NetworkInterfaceRecord): NetworkInterfaceType {
  return INTERFACE_TYPES[eni.requester] ?? 'interface';
}

function macAddress(eni: NetworkInterfaceRecord): string {
  const bytes = ipv4Number(eni.privateIpAddress).toString(16).padStart(8, '0').match(/../g) ?? [];
  return ['0a', 'ff', ...bytes].join(':');
}

export function privateDnsName(state: Ec2State, eni: NetworkInterfaceRecord): string {
  const domain = state.region === 'us-east-1' ? 'ec2.internal' : `${state.region}.compute.internal`;
  return `ip-${eni.privateIpAddress.replaceAll('.', '-')}.${domain}`;
}

function zoneIdOf(state: Ec2State, eni: NetworkInterfaceRecord): string | undefined {
  return state.subnets.get(eni.subnetId)?.zone.zoneId;
}

function ownerOf(state: Ec2State, eni: NetworkInterfaceRecord): string {
  return eni.instanceId === undefined ? eni.requester : state.accountId;
}

function describe(state: Ec2State, eni: NetworkInterfaceRecord): NetworkInterface {
  const association = eni.publicIp
    ? { IpOwnerId: 'amazon', PublicIp: eni.publicIp, PublicDnsName: '' }
    : undefined;
  const address = { PrivateIpAddress: eni.privateIpAddress, PrivateDnsName: privateDnsName(state, eni) };
  return {
    NetworkInterfaceId: eni.networkInterfaceId,
    ...address,
    PrivateIpAddresses: [{ ...address, Primary: true, Association: association }],
    Association: association,
    Attachment: {
      AttachmentId: eni.attachmentId,
      AttachTime: eni.attachTime,
      DeleteOnTermination: eni.instanceId !== undefined,
      DeviceIndex: eni.instanceId === undefined ? 1 : 0,
      InstanceId: eni.instanceId,
      InstanceOwnerId: ownerOf(state, eni),
      Status: 'attached',
    },
    AvailabilityZone: eni.availabilityZone,
    AvailabilityZoneId: zoneIdOf(state, eni),
    Description: eni.description,
    Groups: eni.groupIds.map((id) => ({ GroupId: id, GroupName: state.securityGroups.get(id)?.groupName })),
    InterfaceType: interfaceType(eni),
    Ipv6Addresses: [],
    MacAddress: macAddress(eni),
    OutpostArn: state.subnets.get(eni.subnetId)?.outpostArn,
    OwnerId: state.accountId,
    RequesterId: eni.instanceId === undefined ? eni.requester : undefined,
    RequesterManaged: eni.instanceId === undefined,
    SourceDestCheck: true,
    Status: 'in-use',
    SubnetId: eni.subnetId,
    TagSet: state.tags.listed(eni.networkInterfaceId),
    VpcId: eni.vpcId,
  };
}

const listing: Listing<NetworkInterfaceRecord> = {
  idOf: (eni) => eni.networkInterfaceId,
  idsExcludePaging: 'networkInterfaceIds',
  filters: {
    'addresses.primary': () => true,
    'addresses.private-ip-address': (eni) => eni.privateIpAddress,
    'association.public-ip': (eni) => eni.publicIp,
    'attachment.attachment-id': (eni) => eni.attachmentId,
    'attachment.instance-id': (eni) => eni.instanceId ?? [],
    'attachment.instance-owner-id': (eni, state) => ownerOf(state, eni),
    'attachment.status': () => 'attached',
    'availability-zone': (eni) => eni.availabilityZone,
    'availability-zone-id': (eni, state) => zoneIdOf(state, eni),
    description: (eni) => eni.description,
    'group-id': (eni) => eni.groupIds,
    'group-name': (eni, state) => eni.groupIds.map((id) => state.securityGroups.get(id)?.groupName),
    'interface-type': interfaceType,
    'mac-address': macAddress,
    'network-interface-id': (eni) => eni.networkInterfaceId,
    'owner-id': (_eni, state) => state.accountId,
    'private-dns-name': (eni, state) => privateDnsName(state, eni),
    'private-ip-address': (eni) => eni.privateIpAddress,
    'requester-id': (eni) => (eni.instanceId === undefined ? eni.requester : []),
    'requester-managed': (eni) => eni.instanceId === undefined,
    'source-dest-check': () => true,
    status: () => 'in-use',
    'subnet-id': (eni) => eni.subnetId,
    'vpc-id': (eni) => eni.vpcId,
  },
};
