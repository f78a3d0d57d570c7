/** Between `IpPermissions`, which gather several sources, and single security group rules with one source each. */
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { isIpv6Cidr, parseIpv4Block } from './cidr.ts';
import { find, notFound } from './lookup.ts';
import {
  arn,
  type Ec2State,
  type RuleSource,
  type RuleSpecification,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
} from './state.ts';
import { arePeers } from './vpc-peering.ts';

/** EC2 API reference, UserIdGroupPair.Description: without the `&` that a group's own description may have. */
const RULE_DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=;{}!$*]{0,255}$/;
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  all: '-1',
};

export function ruleSpecifications(
  state: Ec2State,
  group: SecurityGroupRecord,
  permissions: readonly IpPermission[],
  isEgress: boolean,
): RuleSpecification[] {
  return permissions.flatMap((permission) => {
    const traffic = { isEgress, ...portsOf(permission) };
    const sources = sourcesOf(state, group, permission);
    if (sources.length === 0) {
      throw new ServiceError(
        'MissingParameter',
        'The request must contain a source or destination for each permission',
      );
    }
    return sources.map(({ source, description }) => ({
      ...traffic,
      source,
      description: acceptedDescription(description),
    }));
  });
}

/** Two rules with the same key are the same rule, whatever their descriptions. */
export function ruleKey(rule: RuleSpecification): string {
  const { isEgress, ipProtocol, fromPort, toPort, source } = rule;
  return [isEgress, ipProtocol, fromPort, toPort, source.kind, source.value].join(' ');
}

function portsOf(permission: IpPermission): Pick<RuleSpecification, 'ipProtocol' | 'fromPort' | 'toPort'> {
  const given = permission.IpProtocol?.toLowerCase();
  if (!given) throw new ServiceError('MissingParameter', 'The request must contain the parameter ipProtocol');
  const ipProtocol = PROTOCOL_NAMES[given] ?? given;
  if (!/^(-1|tcp|udp|icmp|icmpv6|\d{1,3})$/.test(ipProtocol)) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Invalid value '${given}' for IP protocol. Unknown protocol.`,
    );
  }
  if (ipProtocol !== 'tcp' && ipProtocol !== 'udp') {
    const anyType = ipProtocol.startsWith('icmp') ? permission : undefined;
    return { ipProtocol, fromPort: anyType?.FromPort ?? -1, toPort: anyType?.ToPort ?? -1 };
  }
  const { FromPort: fromPort, ToPort: toPort } = permission;
  if (fromPort === undefined || toPort === undefined) {
    const message = `Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`;
    throw new ServiceError('InvalidParameterValue', message);
  }
  if (fromPort < 0 || toPort > 65_535 || fromPort > toPort) {
    throw new ServiceError('InvalidParameterValue', `Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  }
  return { ipProtocol, fromPort, toPort };
}

interface DescribedSource {
  readonly source: RuleSource;
  readonly description: string | undefined;
}

function sourcesOf(state: Ec2State, group: SecurityGroupRecord, permission: IpPermission): DescribedSource[] {
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
      source: { kind: 'cidrIpv4' as const, value: canonicalIpv4(CidrIp) },
      description: Description,
    })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
      source: { kind: 'cidrIpv6' as const, value: acceptedIpv6(CidrIpv6) },
      description: Description,
    })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({
      source: {
        kind: 'prefixList' as const,
        value: find(state.prefixLists, 'prefixList', PrefixListId).prefixListId,
      },
      description: Description,
    })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, GroupName, Description }) => ({
      source: { kind: 'group' as const, value: referencedGroup(state, group, GroupId, GroupName).groupId },
      description: Description,
    })),
  ];
}

function referencedGroup(
  state: Ec2State,
  group: SecurityGroupRecord,
  groupId: string | undefined,
  groupName: string | undefined,
): SecurityGroupRecord {
  const byName = [...state.securityGroups.values()].find(
    (other) => other.vpcId === group.vpcId && other.groupName === groupName,
  );
  const referenced = groupId ? state.securityGroups.get(groupId) : byName;
  if (!referenced) throw notFound('securityGroup', groupId ?? groupName ?? '');
  if (referenced.vpcId !== group.vpcId && !arePeers(state, referenced.vpcId, group.vpcId)) {
    throw new ServiceError(
      'InvalidGroup.NotFound',
      'You have specified two resources that belong to different networks.',
    );
  }
  return referenced;
}

function canonicalIpv4(cidr = ''): string {
  const block = parseIpv4Block(cidr);
  if (!block) throw new ServiceError('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
  return block.cidr;
}

function acceptedIpv6(cidr = ''): string {
  if (!isIpv6Cidr(cidr)) throw new ServiceError('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
  return cidr;
}

function acceptedDescription(description: string | undefined): string | undefined {
  if (description !== undefined && !RULE_DESCRIPTION.test(description)) {
    throw new ServiceError(
      'InvalidParameterValue',
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  ' +
        'a-zA-Z0-9. _-:/()#,@[]+=;{}!$*',
    );
  }
  return description;
}

export function describeRule(state: Ec2State, rule: SecurityGroupRuleRecord): SecurityGroupRule {
  const { kind, value } = rule.source;
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    SecurityGroupRuleArn: arn(state, `security-group-rule/${rule.securityGroupRuleId}`),
    GroupId: rule.groupId,
    GroupOwnerId: state.accountId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: kind === 'cidrIpv4' ? value : undefined,
    CidrIpv6: kind === 'cidrIpv6' ? value : undefined,
    PrefixListId: kind === 'prefixList' ? value : undefined,
    ReferencedGroupInfo: kind === 'group' ? { GroupId: value, UserId: state.accountId } : undefined,
    Description: rule.description,
    Tags: state.tags.listed(rule.securityGroupRuleId),
  };
}

/** As DescribeSecurityGroups shows rules: one permission for each protocol and range of ports. */
export function describePermissions(state: Ec2State, rules: readonly RuleSpecification[]): IpPermission[] {
  const byTraffic = new Map<string, RuleSpecification[]>();
  for (const rule of rules) {
    const traffic = `${rule.ipProtocol} ${rule.fromPort} ${rule.toPort}`;
    byTraffic.set(traffic, [...(byTraffic.get(traffic) ?? []), rule]);
  }
  return [...byTraffic.values()].map((same) => describePermission(state, same));
}

function describePermission(state: Ec2State, same: readonly RuleSpecification[]): IpPermission {
  const from = (kind: RuleSource['kind']): { value: string; Description: string | undefined }[] =>
    same
      .filter(({ source }) => source.kind === kind)
      .map(({ source, description }) => ({ value: source.value, Description: description }));
  const anyProtocol = same[0]?.ipProtocol === '-1';
  return {
    IpProtocol: same[0]?.ipProtocol,
    FromPort: anyProtocol ? undefined : same[0]?.fromPort,
    ToPort: anyProtocol ? undefined : same[0]?.toPort,
    IpRanges: from('cidrIpv4').map(({ value, Description }) => ({ CidrIp: value, Description })),
    Ipv6Ranges: from('cidrIpv6').map(({ value, Description }) => ({ CidrIpv6: value, Description })),
    PrefixListIds: from('prefixList').map(({ value, Description }) => ({ PrefixListId: value, Description })),
    UserIdGroupPairs: from('group').map(({ value, Description }) => ({
      GroupId: value,
      UserId: state.accountId,
      Description,
    })),
  };
}
