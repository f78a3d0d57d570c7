/** Security groups: names, descriptions, what keeps one from being deleted, and the moment in which a new one is not found yet. */
import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import type { FilterTable } from './filters.ts';
import { type Listing, list } from './listing.ts';
import { find, notFound } from './lookup.ts';
import { describePermissions } from './permissions.ts';
import { arn, type Ec2State, type RuleSpecification, type SecurityGroupRecord } from './state.ts';
import { specifiedTags } from './tags.ts';
import { defaultVpc } from './vpcs.ts';

/** EC2 API reference, CreateSecurityGroup: GroupName and Description. */
const TEXT = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
const TEXT_SET = 'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*';

export function securityGroupOperations(state: Ec2State) {
  return {
    CreateSecurityGroup(input: CreateSecurityGroupRequest): CreateSecurityGroupResult {
      const tags = specifiedTags(input.TagSpecifications, 'security-group');
      const groupName = acceptedName(input.GroupName);
      const description = acceptedText('description', input.Description);
      const vpcId = vpcOf(state, input.VpcId);
      if (groupNamed(state, vpcId, groupName)) {
        const message = `The security group '${groupName}' already exists for VPC '${vpcId}'`;
        throw new ServiceError('InvalidGroup.Duplicate', message);
      }
      const group = addSecurityGroup(state, {
        vpcId,
        groupName,
        description,
        tags,
        settled: state.settleMs === 0,
      });
      if (!group.settled) {
        state.clock.after(state.settleMs, () => {
          group.settled = true;
        });
      }
      return {
        GroupId: group.groupId,
        SecurityGroupArn: arn(state, `security-group/${group.groupId}`),
        Tags: state.tags.listed(group.groupId),
      };
    },

    DescribeSecurityGroups(input: DescribeSecurityGroupsRequest): DescribeSecurityGroupsResult {
      const named = [
        ...(input.GroupIds ?? []).map((id) => settledGroup(state, id)),
        ...(input.GroupNames ?? []).map((name) => groupInDefaultVpc(state, name)),
      ];
      const { records, nextToken } = list(
        state,
        listing,
        input,
        state.securityGroups.values(),
        named.length > 0 ? [...new Set(named)] : undefined,
      );
      return { SecurityGroups: records.map((group) => describe(state, group)), NextToken: nextToken };
    },

    DeleteSecurityGroup(input: DeleteSecurityGroupRequest): DeleteSecurityGroupResult {
      const group = input.GroupId
        ? find(state.securityGroups, 'securityGroup', input.GroupId)
        : groupInDefaultVpc(state, input.GroupName ?? '');
      const { groupId, groupName } = group;
      if (groupName === 'default') {
        const message = `the specified group: "${groupId}" name: "default" cannot be deleted by a user`;
        throw new ServiceError('CannotDelete', message);
      }
      if (isAttached(state, groupId) || isReferencedByAnother(state, groupId)) {
        throw new ServiceError('DependencyViolation', `resource ${groupId} has a dependent object`);
      }
      for (const ruleId of group.rules.keys()) state.tags.forget(ruleId);
      state.securityGroups.delete(groupId);
      state.tags.forget(groupId);
      return { Return: true, GroupId: groupId };
    },
  };
}

interface NewSecurityGroup {
  readonly vpcId: string;
  readonly groupName: string;
  readonly description: string;
  readonly settled: boolean;
  /** The default group of a VPC lets its members talk to each other. */
  readonly allowsItself?: boolean;
  readonly tags?: Map<string, string>;
}

export function addSecurityGroup(state: Ec2State, options: NewSecurityGroup): SecurityGroupRecord {
  const { vpcId, groupName, description, settled } = options;
  const group: SecurityGroupRecord = {
    groupId: state.newId('sg'),
    groupName,
    description,
    vpcId,
    rules: new Map(),
    settled,
  };
  state.securityGroups.set(group.groupId, group);
  state.tags.enter(group.groupId, 'security-group', options.tags);
  const everything = { ipProtocol: '-1', fromPort: -1, toPort: -1, description: undefined };
  addRule(state, group, { ...everything, isEgress: true, source: { kind: 'cidrIpv4', value: '0.0.0.0/0' } });
  if (state.vpcs.get(vpcId)?.ipv6CidrBlock) {
    addRule(state, group, { ...everything, isEgress: true, source: { kind: 'cidrIpv6', value: '::/0' } });
  }
  if (options.allowsItself) {
    addRule(state, group, {
      ...everything,
      isEgress: false,
      source: { kind: 'group', value: group.groupId },
    });
  }
  return group;
}

export function addRule(
  state: Ec2State,
  group: SecurityGroupRecord,
  specification: RuleSpecification,
  tags?: Map<string, string>,
): string {
  const securityGroupRuleId = state.newId('sgr');
  group.rules.set(securityGroupRuleId, { ...specification, securityGroupRuleId, groupId: group.groupId });
  state.tags.enter(securityGroupRuleId, 'security-group-rule', tags);
  return securityGroupRuleId;
}

/** By id as the API sees it: a group that was just created is not found for a while, so clients must retry. */
export function settledGroup(state: Ec2State, groupId: string): SecurityGroupRecord {
  if (!groupId.startsWith('sg-')) {
    throw new ServiceError('InvalidGroupId.Malformed', `Invalid id: "${groupId}" (expecting "sg-...")`);
  }
  const group = find(state.securityGroups, 'securityGroup', groupId);
  if (!group.settled) throw notFound('securityGroup', groupId);
  return group;
}

/** Names select groups of the default VPC only (EC2 API reference, DescribeSecurityGroups.GroupNames). */
export function groupInDefaultVpc(state: Ec2State, groupName: string): SecurityGroupRecord {
  const vpcId = vpcOf(state, undefined);
  const group = groupNamed(state, vpcId, groupName);
  if (group) return group;
  const message = `The security group '${groupName}' does not exist in default VPC '${vpcId}'`;
  throw new ServiceError('InvalidGroup.NotFound', message);
}

function groupNamed(state: Ec2State, vpcId: string, groupName: string): SecurityGroupRecord | undefined {
  const wanted = groupName.toLowerCase();
  const isWanted = (group: SecurityGroupRecord): boolean =>
    group.vpcId === vpcId &&
    // Spares an account of thousands most of the work.
    group.groupName.length === wanted.length &&
    group.groupName.toLowerCase() === wanted;
  for (const group of state.securityGroups.values()) if (isWanted(group)) return group;
  return undefined;
}

function vpcOf(state: Ec2State, vpcId: string | undefined): string {
  if (vpcId) return find(state.vpcs, 'vpc', vpcId).vpcId;
  const vpc = defaultVpc(state);
  if (!vpc) throw new ServiceError('VPCIdNotSpecified', 'No default VPC for this user');
  return vpc.vpcId;
}

function acceptedName(groupName: string | undefined): string {
  const name = acceptedText('name', groupName).trim();
  if (name.startsWith('sg-')) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Invalid security group name '${name}': it cannot start with 'sg-'`,
    );
  }
  if (name.toLowerCase() === 'default') {
    throw new ServiceError('InvalidParameterValue', `Cannot use reserved security group name: ${name}`);
  }
  return name;
}

function acceptedText(what: 'name' | 'description', text: string | undefined): string {
  if (!text) {
    const parameter = what === 'name' ? 'groupName' : 'groupDescription';
    throw new ServiceError('MissingParameter', `The request must contain the parameter ${parameter}`);
  }
  if (TEXT.test(text)) return text;
  throw new ServiceError(
    'InvalidParameterValue',
    `Invalid security group ${what}. Valid ${what}s are strings less than 256 characters from the following set:  ${TEXT_SET}`,
  );
}

function isAttached(state: Ec2State, groupId: string): boolean {
  return [...state.networkInterfaces.values()].some((eni) => eni.groupIds.includes(groupId));
}

function isReferencedByAnother(state: Ec2State, groupId: string): boolean {
  return [...state.securityGroups.values()].some(
    (other) =>
      other.groupId !== groupId &&
      [...other.rules.values()].some(({ source }) => source.kind === 'group' && source.value === groupId),
  );
}

function rulesOf(group: SecurityGroupRecord, isEgress: boolean): RuleSpecification[] {
  return [...group.rules.values()].filter((rule) => rule.isEgress === isEgress);
}

function describe(state: Ec2State, group: SecurityGroupRecord): SecurityGroup {
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: state.accountId,
    SecurityGroupArn: arn(state, `security-group/${group.groupId}`),
    IpPermissions: describePermissions(state, rulesOf(group, false)),
    IpPermissionsEgress: describePermissions(state, rulesOf(group, true)),
    Tags: state.tags.listed(group.groupId),
  };
}

function ruleFilters(prefix: string, isEgress: boolean): FilterTable<SecurityGroupRecord> {
  const valuesOf =
    (kind: RuleSpecification['source']['kind']) =>
    (group: SecurityGroupRecord): string[] =>
      rulesOf(group, isEgress)
        .filter(({ source }) => source.kind === kind)
        .map(({ source }) => source.value);
  return {
    [`${prefix}.cidr`]: valuesOf('cidrIpv4'),
    [`${prefix}.from-port`]: (group) => rulesOf(group, isEgress).map((rule) => rule.fromPort),
    [`${prefix}.group-id`]: valuesOf('group'),
    [`${prefix}.group-name`]: (group, state) =>
      valuesOf('group')(group).map((id) => state.securityGroups.get(id)?.groupName),
    [`${prefix}.ipv6-cidr`]: valuesOf('cidrIpv6'),
    [`${prefix}.prefix-list-id`]: valuesOf('prefixList'),
    [`${prefix}.protocol`]: (group) => rulesOf(group, isEgress).map((rule) => rule.ipProtocol),
    [`${prefix}.to-port`]: (group) => rulesOf(group, isEgress).map((rule) => rule.toPort),
    [`${prefix}.user-id`]: (group, state) => valuesOf('group')(group).map(() => state.accountId),
  };
}

const listing: Listing<SecurityGroupRecord> = {
  idOf: (group) => group.groupId,
  filters: {
    description: (group) => group.description,
    'group-id': (group) => group.groupId,
    'group-name': (group) => group.groupName,
    'owner-id': (_group, state) => state.accountId,
    'vpc-id': (group) => group.vpcId,
    ...ruleFilters('ip-permission', false),
    ...ruleFilters('egress.ip-permission', true),
  },
};
