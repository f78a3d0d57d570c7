/** Authorize and Revoke: a call adds or removes all of its rules, or none. */
import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type Listing, list } from './listing.ts';
import { findNamed, notFound } from './lookup.ts';
import { describePermissions, describeRule, ruleKey, ruleSpecifications } from './permissions.ts';
import { addRule, groupInDefaultVpc, settledGroup } from './security-groups.ts';
import type { Ec2State, RuleSpecification, SecurityGroupRecord, SecurityGroupRuleRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

/** VPC User Guide, "Amazon VPC quotas": inbound or outbound rules for each security group. */
const MAX_RULES = 60;

type AuthorizeRequest = AuthorizeSecurityGroupIngressRequest | AuthorizeSecurityGroupEgressRequest;
type RevokeRequest = RevokeSecurityGroupIngressRequest | RevokeSecurityGroupEgressRequest;

export function securityGroupRuleOperations(state: Ec2State) {
  return {
    AuthorizeSecurityGroupIngress: (input: AuthorizeSecurityGroupIngressRequest) =>
      authorize(state, input, false),
    AuthorizeSecurityGroupEgress: (input: AuthorizeSecurityGroupEgressRequest) =>
      authorize(state, input, true),
    RevokeSecurityGroupIngress: (input: RevokeSecurityGroupIngressRequest) => revoke(state, input, false),
    RevokeSecurityGroupEgress: (input: RevokeSecurityGroupEgressRequest) => revoke(state, input, true),

    DescribeSecurityGroupRules(input: DescribeSecurityGroupRulesRequest): DescribeSecurityGroupRulesResult {
      const rules = new Map([...state.securityGroups.values()].flatMap((group) => [...group.rules]));
      const named = findNamed(rules, 'securityGroupRule', input.SecurityGroupRuleIds);
      const { records, nextToken } = list(state, listing, input, rules.values(), named);
      return { SecurityGroupRules: records.map((rule) => describeRule(state, rule)), NextToken: nextToken };
    },
  };
}

function authorize(
  state: Ec2State,
  input: AuthorizeRequest,
  isEgress: boolean,
): AuthorizeSecurityGroupIngressResult {
  const tags = specifiedTags(input.TagSpecifications, 'security-group-rule');
  const group = groupOf(state, input);
  const wanted = ruleSpecifications(state, group, permissionsOf(input), isEgress);
  refuseDuplicates(group, wanted);
  const existing = [...group.rules.values()].filter((rule) => rule.isEgress === isEgress).length;
  if (existing + wanted.length > MAX_RULES) {
    const message = 'The maximum number of rules per security group has been reached.';
    throw new ServiceError('RulesPerSecurityGroupLimitExceeded', message);
  }
  const ids = wanted.map((specification) => addRule(state, group, specification, tags));
  const added = ids.flatMap((id) => group.rules.get(id) ?? []);
  return { Return: true, SecurityGroupRules: added.map((rule) => describeRule(state, rule)) };
}

function revoke(state: Ec2State, input: RevokeRequest, isEgress: boolean): RevokeSecurityGroupIngressResult {
  const group = groupOf(state, input);
  const { found, unknown } = input.SecurityGroupRuleIds?.length
    ? { found: rulesById(group, input.SecurityGroupRuleIds, isEgress), unknown: [] }
    : rulesByPermission(state, group, ruleSpecifications(state, group, permissionsOf(input), isEgress));
  for (const rule of found) {
    group.rules.delete(rule.securityGroupRuleId);
    state.tags.forget(rule.securityGroupRuleId);
  }
  return {
    Return: true,
    UnknownIpPermissions: describePermissions(state, unknown),
    RevokedSecurityGroupRules: found.map((rule) => {
      const { ReferencedGroupInfo, ...described } = describeRule(state, rule);
      return { ...described, ReferencedGroupId: ReferencedGroupInfo?.GroupId };
    }),
  };
}

function groupOf(state: Ec2State, input: AuthorizeRequest | RevokeRequest): SecurityGroupRecord {
  if (input.GroupId) return settledGroup(state, input.GroupId);
  const groupName = 'GroupName' in input ? input.GroupName : undefined;
  if (groupName) return groupInDefaultVpc(state, groupName);
  throw new ServiceError('MissingParameter', 'The request must contain the parameter groupName or groupId');
}

/** The parameters of old for a single rule are still accepted beside IpPermissions. */
function permissionsOf(input: AuthorizeRequest | RevokeRequest): IpPermission[] {
  if (input.IpPermissions?.length) return input.IpPermissions;
  const { CidrIp, SourceSecurityGroupName } = input;
  if (CidrIp === undefined && SourceSecurityGroupName === undefined) {
    throw new ServiceError('MissingParameter', 'The request must contain the parameter ipPermissions');
  }
  return [
    {
      IpProtocol: input.IpProtocol,
      FromPort: input.FromPort,
      ToPort: input.ToPort,
      IpRanges: CidrIp === undefined ? [] : [{ CidrIp }],
      UserIdGroupPairs: SourceSecurityGroupName === undefined ? [] : [{ GroupName: SourceSecurityGroupName }],
    },
  ];
}

function refuseDuplicates(group: SecurityGroupRecord, wanted: readonly RuleSpecification[]): void {
  const known = new Set([...group.rules.values()].map(ruleKey));
  for (const rule of wanted) {
    if (known.has(ruleKey(rule))) {
      throw new ServiceError(
        'InvalidPermission.Duplicate',
        `the specified rule "peer: ${rule.source.value}, ${rule.ipProtocol.toUpperCase()}, from port: ${rule.fromPort}, ` +
          `to port: ${rule.toPort}, ALLOW" already exists`,
      );
    }
    known.add(ruleKey(rule));
  }
}

function rulesById(
  group: SecurityGroupRecord,
  ids: readonly string[],
  isEgress: boolean,
): SecurityGroupRuleRecord[] {
  return ids.map((id) => {
    const rule = group.rules.get(id);
    if (rule?.isEgress !== isEgress) throw notFound('securityGroupRule', id);
    return rule;
  });
}

function rulesByPermission(
  state: Ec2State,
  group: SecurityGroupRecord,
  wanted: readonly RuleSpecification[],
): { found: SecurityGroupRuleRecord[]; unknown: RuleSpecification[] } {
  const byKey = new Map([...group.rules.values()].map((rule) => [ruleKey(rule), rule]));
  const unknown = wanted.filter((rule) => !byKey.has(ruleKey(rule)));
  // EC2 API reference, RevokeSecurityGroupIngress: an error in a nondefault VPC, UnknownIpPermissions in the default one.
  if (unknown.length > 0 && !state.vpcs.get(group.vpcId)?.isDefault) {
    throw new ServiceError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  }
  return { found: wanted.flatMap((rule) => byKey.get(ruleKey(rule)) ?? []), unknown };
}

const listing: Listing<SecurityGroupRuleRecord> = {
  idOf: (rule) => rule.securityGroupRuleId,
  idsExcludePaging: 'securityGroupRuleIds',
  filters: {
    'group-id': (rule) => rule.groupId,
    'security-group-rule-id': (rule) => rule.securityGroupRuleId,
  },
};
