/** Network ACLs: stateless, at the border of a subnet, in the order of their rule numbers. */
import type {
  CreateNetworkAclEntryRequest,
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclEntryRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclEntry,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { isIpv6Cidr, parseIpv4Block } from './cidr.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import type { Ec2State, NetworkAclRecord, SubnetRecord, VpcRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

/** The `*` entries, which deny what no other entry matched. */
const LAST_RULE = 32_767;
const LAST_ENTRIES: readonly NetworkAclEntry[] = [true, false].map((Egress) => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol: '-1',
  RuleAction: 'deny',
  RuleNumber: LAST_RULE,
}));

export function networkAclOperations(state: Ec2State) {
  return {
    CreateNetworkAcl(input: CreateNetworkAclRequest): CreateNetworkAclResult {
      const tags = specifiedTags(input.TagSpecifications, 'network-acl');
      const { vpcId } = find(state.vpcs, 'vpc', input.VpcId);
      return {
        NetworkAcl: describe(state, addNetworkAcl(state, vpcId, { isDefault: false, entries: [], tags })),
      };
    },

    CreateNetworkAclEntry(input: CreateNetworkAclEntryRequest): Record<string, never> {
      const acl = find(state.networkAcls, 'networkAcl', input.NetworkAclId);
      const entry = entryOf(input);
      if (acl.entries.some((other) => sameRule(other, entry))) {
        const message = `The network acl entry identified by ${String(entry.RuleNumber)} already exists.`;
        throw new ServiceError('NetworkAclEntryAlreadyExists', message);
      }
      acl.entries = [...acl.entries, entry];
      return {};
    },

    ReplaceNetworkAclEntry(input: ReplaceNetworkAclEntryRequest): Record<string, never> {
      const acl = find(state.networkAcls, 'networkAcl', input.NetworkAclId);
      const entry = entryOf(input);
      if (!acl.entries.some((other) => sameRule(other, entry))) throw entryNotFound(entry.RuleNumber);
      acl.entries = acl.entries.map((other) => (sameRule(other, entry) ? entry : other));
      return {};
    },

    DeleteNetworkAclEntry(input: DeleteNetworkAclEntryRequest): Record<string, never> {
      const acl = find(state.networkAcls, 'networkAcl', input.NetworkAclId);
      const left = acl.entries.filter((entry) => entry.RuleNumber === LAST_RULE || !sameRule(entry, input));
      if (left.length === acl.entries.length) throw entryNotFound(input.RuleNumber);
      acl.entries = left;
      return {};
    },

    ReplaceNetworkAclAssociation(
      input: ReplaceNetworkAclAssociationRequest,
    ): ReplaceNetworkAclAssociationResult {
      const acl = find(state.networkAcls, 'networkAcl', input.NetworkAclId);
      const holder = [...state.networkAcls.values()].find((other) =>
        other.associations.some(({ associationId }) => associationId === input.AssociationId),
      );
      const association = holder?.associations.find(
        ({ associationId }) => associationId === input.AssociationId,
      );
      if (!holder || !association) {
        const message = `The association ID '${input.AssociationId ?? ''}' does not exist`;
        throw new ServiceError('InvalidAssociationID.NotFound', message);
      }
      if (holder.vpcId !== acl.vpcId) {
        const message = `Network ACL ${acl.networkAclId} and subnet ${association.subnetId} belong to different networks`;
        throw new ServiceError('InvalidParameterValue', message);
      }
      holder.associations = holder.associations.filter((other) => other !== association);
      return { NewAssociationId: associate(state, acl, association.subnetId) };
    },

    DescribeNetworkAcls(input: DescribeNetworkAclsRequest): DescribeNetworkAclsResult {
      const named = findNamed(state.networkAcls, 'networkAcl', input.NetworkAclIds);
      const { records, nextToken } = list(state, listing, input, state.networkAcls.values(), named);
      return { NetworkAcls: records.map((acl) => describe(state, acl)), NextToken: nextToken };
    },
  };
}

export function addNetworkAcl(
  state: Ec2State,
  vpcId: string,
  options: { isDefault: boolean; entries: readonly NetworkAclEntry[]; tags?: Map<string, string> },
): NetworkAclRecord {
  const acl: NetworkAclRecord = {
    networkAclId: state.newId('acl'),
    vpcId,
    isDefault: options.isDefault,
    entries: [...options.entries, ...LAST_ENTRIES],
    associations: [],
  };
  state.networkAcls.set(acl.networkAclId, acl);
  state.tags.enter(acl.networkAclId, 'network-acl', options.tags);
  return acl;
}

export function allowAllEntries(vpc: VpcRecord): NetworkAclEntry[] {
  const rule = { Protocol: '-1', RuleAction: 'allow' } as const;
  return [true, false].flatMap((Egress): NetworkAclEntry[] => [
    { ...rule, Egress, RuleNumber: 100, CidrBlock: '0.0.0.0/0' },
    ...(vpc.ipv6CidrBlock ? [{ ...rule, Egress, RuleNumber: 101, Ipv6CidrBlock: '::/0' }] : []),
  ]);
}

export function joinDefaultNetworkAcl(state: Ec2State, subnet: SubnetRecord): void {
  for (const acl of state.networkAcls.values()) {
    if (acl.isDefault && acl.vpcId === subnet.vpcId) associate(state, acl, subnet.subnetId);
  }
}

export function networkAclOf(state: Ec2State, subnetId: string): NetworkAclRecord | undefined {
  return [...state.networkAcls.values()].find((acl) =>
    acl.associations.some((other) => other.subnetId === subnetId),
  );
}

function associate(state: Ec2State, acl: NetworkAclRecord, subnetId: string): string {
  const associationId = state.newId('aclassoc');
  acl.associations.push({ associationId, subnetId });
  return associationId;
}

function sameRule(entry: NetworkAclEntry, other: Pick<NetworkAclEntry, 'RuleNumber' | 'Egress'>): boolean {
  return entry.RuleNumber === other.RuleNumber && entry.Egress === other.Egress;
}

function entryNotFound(ruleNumber: number | undefined): ServiceError {
  const message = `The network acl entry identified by ${String(ruleNumber)} does not exist`;
  return new ServiceError('InvalidNetworkAclEntry.NotFound', message);
}

const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { all: '-1', icmp: '1', tcp: '6', udp: '17' };

function entryOf(input: CreateNetworkAclEntryRequest): NetworkAclEntry {
  const { RuleNumber = 0, Protocol = '' } = input;
  if (RuleNumber < 1 || RuleNumber >= LAST_RULE) {
    const message = `Value (${RuleNumber}) for parameter ruleNumber is invalid. Must be between 1 and ${LAST_RULE - 1}`;
    throw new ServiceError('InvalidParameterValue', message);
  }
  const protocol = PROTOCOL_NUMBERS[Protocol.toLowerCase()] ?? Protocol;
  const needsPorts = protocol === '6' || protocol === '17';
  const { From, To } = input.PortRange ?? {};
  if (needsPorts && (From === undefined || To === undefined || From > To)) {
    throw new ServiceError(
      'InvalidParameterValue',
      'A valid port range is required for protocols TCP and UDP',
    );
  }
  return {
    ...blockOf(input),
    Egress: input.Egress,
    Protocol: protocol,
    PortRange: needsPorts ? { From, To } : undefined,
    IcmpTypeCode: input.IcmpTypeCode,
    RuleAction: input.RuleAction,
    RuleNumber,
  };
}

function blockOf(input: CreateNetworkAclEntryRequest): Pick<NetworkAclEntry, 'CidrBlock' | 'Ipv6CidrBlock'> {
  const block = input.CidrBlock === undefined ? undefined : parseIpv4Block(input.CidrBlock);
  if (block) return { CidrBlock: block.cidr };
  if (input.Ipv6CidrBlock !== undefined && isIpv6Cidr(input.Ipv6CidrBlock))
    return { Ipv6CidrBlock: input.Ipv6CidrBlock };
  const given = input.CidrBlock ?? input.Ipv6CidrBlock;
  throw given === undefined
    ? new ServiceError('MissingParameter', 'The request must contain the parameter cidrBlock')
    : new ServiceError(
        'InvalidParameterValue',
        `Value (${given}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
      );
}

function describe(state: Ec2State, acl: NetworkAclRecord): NetworkAcl {
  return {
    NetworkAclId: acl.networkAclId,
    VpcId: acl.vpcId,
    OwnerId: state.accountId,
    IsDefault: acl.isDefault,
    Entries: acl.entries.toSorted((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0)),
    Associations: acl.associations.map(({ associationId, subnetId }) => ({
      NetworkAclAssociationId: associationId,
      NetworkAclId: acl.networkAclId,
      SubnetId: subnetId,
    })),
    Tags: state.tags.listed(acl.networkAclId),
  };
}

const listing: Listing<NetworkAclRecord> = {
  idOf: (acl) => acl.networkAclId,
  filters: {
    'association.association-id': (acl) => acl.associations.map(({ associationId }) => associationId),
    'association.network-acl-id': (acl) => (acl.associations.length > 0 ? acl.networkAclId : undefined),
    'association.subnet-id': (acl) => acl.associations.map(({ subnetId }) => subnetId),
    default: (acl) => acl.isDefault,
    'entry.cidr': (acl) => acl.entries.map((entry) => entry.CidrBlock),
    'entry.egress': (acl) => acl.entries.map((entry) => entry.Egress),
    'entry.ipv6-cidr': (acl) => acl.entries.map((entry) => entry.Ipv6CidrBlock),
    'entry.port-range.from': (acl) => acl.entries.map((entry) => entry.PortRange?.From),
    'entry.port-range.to': (acl) => acl.entries.map((entry) => entry.PortRange?.To),
    'entry.protocol': (acl) => acl.entries.map((entry) => entry.Protocol),
    'entry.rule-action': (acl) => acl.entries.map((entry) => entry.RuleAction),
    'entry.rule-number': (acl) => acl.entries.map((entry) => entry.RuleNumber),
    'network-acl-id': (acl) => acl.networkAclId,
    'owner-id': (_acl, state) => state.accountId,
    'vpc-id': (acl) => acl.vpcId,
  },
};
