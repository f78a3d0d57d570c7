import type {
  CreateNetworkAclResult,
  CreateSecurityGroupResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeAvailabilityZonesResult,
  DescribeNetworkAclsResult,
  DescribeNetworkInterfacesResult,
  DescribeRouteTablesResult,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsResult,
  DescribeSubnetsResult,
  DescribeTagsResult,
  DescribeVpcAttributeResult,
  DescribeVpcsResult,
  IpPermission,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createEc2, type Ec2 } from '../../src/sandbox/ec2/ec2.ts';
import type { NetworkInterface } from '../../src/sandbox/network/vpc.ts';
import type { Call } from '../../src/sandbox/service.ts';

const call: Call = {
  service: 'ec2',
  action: 'Test',
  region: 'us-east-1',
  accessKeyId: 'AKIATEST',
  requestId: 'test',
};

let clock: VirtualClock;
let ec2: Ec2;
let vpcId: string;

beforeEach(async () => {
  clock = new VirtualClock({ auto: false });
  ec2 = createEc2({ accountId: '111122223333', region: 'us-east-1', clock });
  const { Vpc } = await ask<CreateVpcResult>('CreateVpc', { CidrBlock: '10.0.0.0/16' });
  vpcId = Vpc!.VpcId!;
});

async function ask<Output>(action: string, input: object = {}): Promise<Output> {
  return (await ec2.operations[action]!(input, call)) as Output;
}

/** The error code that a request is refused with. */
async function refusal(action: string, input: object): Promise<string> {
  return ask(action, input).then(
    () => 'accepted',
    (error: unknown) => (error as { shape: string }).shape,
  );
}

async function newGroup(groupName: string, more: object = {}): Promise<string> {
  const input = { VpcId: vpcId, GroupName: groupName, Description: groupName, ...more };
  const { GroupId } = await ask<CreateSecurityGroupResult>('CreateSecurityGroup', input);
  ec2.settle();
  return GroupId!;
}

async function newSubnet(block: string, more: object = {}): Promise<string> {
  const input = { VpcId: vpcId, CidrBlock: block, AvailabilityZone: 'us-east-1a', ...more };
  return (await ask<CreateSubnetResult>('CreateSubnet', input)).Subnet!.SubnetId!;
}

async function groupNames(Filters: object[]): Promise<string[]> {
  const { SecurityGroups } = await ask<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { Filters });
  return SecurityGroups!.map((group) => group.GroupName!).toSorted();
}

function attach(subnetId: string, groupIds: string[], requester = 'ecs'): NetworkInterface {
  return ec2.vpc.attach({ subnetId, groupIds, description: 'a task', requester });
}

const redisFrom = (groupId: string, port = 6379): IpPermission[] => [
  { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: groupId }] },
];
const cidrs = (from: number, count: number): IpPermission[] => [
  {
    IpProtocol: 'tcp',
    FromPort: 6379,
    ToPort: 6379,
    IpRanges: Array.from({ length: count }, (_, index) => ({ CidrIp: `10.1.${from + index}.0/24` })),
  },
];

describe('a new VPC', () => {
  test('has a main route table, a default network ACL and a default group that trusts itself', async () => {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
    const { RouteTables } = await ask<DescribeRouteTablesResult>('DescribeRouteTables', { Filters });
    expect(RouteTables!.map((table) => table.Associations![0]!.Main)).toEqual([true]);
    const { NetworkAcls } = await ask<DescribeNetworkAclsResult>('DescribeNetworkAcls', { Filters });
    expect(NetworkAcls!.map((acl) => acl.IsDefault)).toEqual([true]);
    expect(NetworkAcls![0]!.Entries!.map((entry) => entry.RuleAction)).toEqual([
      'allow',
      'allow',
      'deny',
      'deny',
    ]);
    const { SecurityGroups } = await ask<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { Filters });
    expect(SecurityGroups!.map((group) => group.GroupName)).toEqual(['default']);
    const [pair] = SecurityGroups![0]!.IpPermissions![0]!.UserIdGroupPairs!;
    expect(pair!.GroupId).toBe(SecurityGroups![0]!.GroupId);
  });

  test('is deleted only when nothing is left in it', async () => {
    const subnetId = await newSubnet('10.0.1.0/24');
    expect(await refusal('DeleteVpc', { VpcId: vpcId })).toBe('DependencyViolation');
    await ask('DeleteSubnet', { SubnetId: subnetId });
    await ask('DeleteVpc', { VpcId: vpcId });
    expect(await refusal('DescribeVpcs', { VpcIds: [vpcId] })).toBe('InvalidVpcID.NotFound');
    expect((await ask<DescribeVpcsResult>('DescribeVpcs')).Vpcs).toEqual([]);
  });

  test('resolves names, and gives host names only once that is switched on', async () => {
    const hostnames = async (): Promise<boolean> => {
      const input = { VpcId: vpcId, Attribute: 'enableDnsHostnames' };
      return (await ask<DescribeVpcAttributeResult>('DescribeVpcAttribute', input)).EnableDnsHostnames!
        .Value!;
    };
    expect(await hostnames()).toBe(false);
    await ask('ModifyVpcAttribute', { VpcId: vpcId, EnableDnsHostnames: { Value: true } });
    expect(await hostnames()).toBe(true);
  });

  test('is the default one only when it was made as such, once', async () => {
    await ask('CreateDefaultVpc');
    const Filters = [{ Name: 'is-default', Values: ['true'] }];
    expect((await ask<DescribeVpcsResult>('DescribeVpcs', { Filters })).Vpcs).toHaveLength(1);
    const subnets = await ask<DescribeSubnetsResult>('DescribeSubnets', {
      Filters: [{ Name: 'default-for-az', Values: ['true'] }],
    });
    expect(subnets.Subnets).toHaveLength(6);
    expect(await refusal('CreateDefaultVpc', {})).toBe('DefaultVpcAlreadyExists');
  });
});

describe('a new security group', () => {
  test('lets everything out and nothing in', async () => {
    const GroupIds = [await newGroup('collabcanvas-redis-sg')];
    const { SecurityGroups } = await ask<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {
      GroupIds,
    });
    expect(SecurityGroups![0]).toMatchObject({
      IpPermissions: [],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
  });

  test('is not found by its id for a moment, though filters list it', async () => {
    const input = { VpcId: vpcId, GroupName: 'new', Description: 'new' };
    const { GroupId } = await ask<CreateSecurityGroupResult>('CreateSecurityGroup', input);
    const rule = { GroupId, IpPermissions: cidrs(0, 1) };
    expect(await refusal('DescribeSecurityGroups', { GroupIds: [GroupId] })).toBe('InvalidGroup.NotFound');
    expect(await refusal('AuthorizeSecurityGroupIngress', rule)).toBe('InvalidGroup.NotFound');
    expect(await groupNames([{ Name: 'group-id', Values: [GroupId] }])).toEqual(['new']);
    await clock.advance(2_000);
    expect(await refusal('AuthorizeSecurityGroupIngress', rule)).toBe('accepted');
  });

  test.each([
    ['sg-mine', 'a name', 'InvalidParameterValue'],
    ["it's", 'an apostrophe', 'InvalidParameterValue'],
    ['größe', 'not ASCII', 'InvalidParameterValue'],
    ['x'.repeat(256), 'too long', 'InvalidParameterValue'],
    ['default', 'reserved', 'InvalidParameterValue'],
    ['REDIS', 'the same name in other letters', 'InvalidGroup.Duplicate'],
    ['redis (2) #1 [a]=b&c;{d}!$*', 'every character allowed', 'accepted'],
  ])('called %s (%s) is %s', async (GroupName, _why, outcome) => {
    await newGroup('redis');
    const input = { VpcId: vpcId, GroupName, Description: 'for the cache' };
    expect(await refusal('CreateSecurityGroup', input)).toBe(outcome);
  });

  test('may have the name of a group in another VPC', async () => {
    await newGroup('redis');
    const { Vpc } = await ask<CreateVpcResult>('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const input = { VpcId: Vpc!.VpcId, GroupName: 'redis', Description: 'redis' };
    expect(await refusal('CreateSecurityGroup', input)).toBe('accepted');
  });

  test('needs a VPC where the account has no default one', async () => {
    const input = { GroupName: 'redis', Description: 'redis' };
    expect(await refusal('CreateSecurityGroup', input)).toBe('VPCIdNotSpecified');
  });
});

describe('a security group rule', () => {
  test('is refused when it is there already, and with it the whole batch', async () => {
    const [app, redis] = [await newGroup('app'), await newGroup('redis')];
    await ask('AuthorizeSecurityGroupIngress', { GroupId: redis, IpPermissions: redisFrom(app) });
    const batch = { GroupId: redis, IpPermissions: [...redisFrom(app, 6380), ...redisFrom(app)] };
    expect(await refusal('AuthorizeSecurityGroupIngress', batch)).toBe('InvalidPermission.Duplicate');
    const Filters = [{ Name: 'group-id', Values: [redis] }];
    const described = await ask<DescribeSecurityGroupRulesResult>('DescribeSecurityGroupRules', { Filters });
    const ingress = described.SecurityGroupRules!.filter((rule) => !rule.IsEgress);
    expect(ingress.map((rule) => [rule.FromPort, rule.ReferencedGroupInfo!.GroupId])).toEqual([[6379, app]]);
    expect(ingress[0]!.SecurityGroupRuleId).toMatch(/^sgr-0[0-9a-f]{16}$/);
  });

  test('is revoked by its id or by what it says, and only once', async () => {
    const [app, redis] = [await newGroup('app'), await newGroup('redis')];
    const allow = { GroupId: redis, IpPermissions: redisFrom(app) };
    const allowed = await ask<{ SecurityGroupRules: { SecurityGroupRuleId: string }[] }>(
      'AuthorizeSecurityGroupIngress',
      allow,
    );
    const SecurityGroupRuleIds = allowed.SecurityGroupRules.map((rule) => rule.SecurityGroupRuleId);
    await ask('RevokeSecurityGroupIngress', { GroupId: redis, SecurityGroupRuleIds });
    expect(await refusal('RevokeSecurityGroupIngress', allow)).toBe('InvalidPermission.NotFound');
    expect(await refusal('RevokeSecurityGroupIngress', { GroupId: redis, SecurityGroupRuleIds })).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    );
  });

  test('cannot name a group of another VPC, a backward range or a description with an ampersand', async () => {
    const redis = await newGroup('redis');
    const { Vpc } = await ask<CreateVpcResult>('CreateVpc', { CidrBlock: '10.1.0.0/16' });
    const foreign = await newGroup('foreign', { VpcId: Vpc!.VpcId });
    const authorize = (IpPermissions: IpPermission[]): Promise<string> =>
      refusal('AuthorizeSecurityGroupIngress', { GroupId: redis, IpPermissions });
    expect(await authorize(redisFrom(foreign))).toBe('InvalidGroup.NotFound');
    expect(await authorize(redisFrom('sg-0123456789abcdef0'))).toBe('InvalidGroup.NotFound');
    const [permission] = redisFrom(redis);
    expect(await authorize([{ ...permission, FromPort: 6380 }])).toBe('InvalidParameterValue');
    const UserIdGroupPairs = [{ GroupId: redis, Description: 'app & friends' }];
    expect(await authorize([{ ...permission, UserIdGroupPairs }])).toBe('InvalidParameterValue');
    expect(await authorize([{ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 }])).toBe('MissingParameter');
  });

  test('is the sixtieth of its direction at most', async () => {
    const GroupId = await newGroup('redis');
    await ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: cidrs(0, 60) });
    expect(await refusal('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: cidrs(60, 1) })).toBe(
      'RulesPerSecurityGroupLimitExceeded',
    );
    expect(await refusal('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: cidrs(60, 1) })).toBe(
      'accepted',
    );
  });
});

describe('deleting a security group', () => {
  test('waits for the interfaces that have it', async () => {
    const subnetId = await newSubnet('10.0.1.0/24');
    const GroupId = await newGroup('redis');
    const eni = attach(subnetId, [GroupId]);
    expect(await refusal('DeleteSecurityGroup', { GroupId })).toBe('DependencyViolation');
    ec2.vpc.detach(eni.networkInterfaceId);
    await ask('DeleteSecurityGroup', { GroupId });
    expect(await refusal('DescribeSecurityGroups', { GroupIds: [GroupId] })).toBe('InvalidGroup.NotFound');
  });

  test('waits for the rules of other groups that name it, not for its own', async () => {
    const [app, redis] = [await newGroup('app'), await newGroup('redis')];
    await ask('AuthorizeSecurityGroupIngress', { GroupId: redis, IpPermissions: redisFrom(app) });
    await ask('AuthorizeSecurityGroupIngress', { GroupId: redis, IpPermissions: redisFrom(redis) });
    expect(await refusal('DeleteSecurityGroup', { GroupId: app })).toBe('DependencyViolation');
    await ask('DeleteSecurityGroup', { GroupId: redis });
    expect(await refusal('DeleteSecurityGroup', { GroupId: app })).toBe('accepted');
  });

  test('is refused for the default group', async () => {
    const Filters = [{ Name: 'group-name', Values: ['default'] }];
    const { SecurityGroups } = await ask<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { Filters });
    const GroupId = SecurityGroups![0]!.GroupId;
    expect(await refusal('DeleteSecurityGroup', { GroupId })).toBe('CannotDelete');
  });
});

describe('looking for things', () => {
  test('by id fails on an unknown one, by filter finds nothing', async () => {
    expect(await refusal('DescribeSecurityGroups', { GroupIds: ['sg-0123456789abcdef0'] })).toBe(
      'InvalidGroup.NotFound',
    );
    expect(await refusal('DescribeSecurityGroups', { GroupIds: ['redis'] })).toBe('InvalidGroupId.Malformed');
    expect(await refusal('DescribeSubnets', { SubnetIds: ['subnet-0'] })).toBe('InvalidSubnetID.NotFound');
    expect(await refusal('DescribeInstances', { InstanceIds: ['i-0'] })).toBe('InvalidInstanceID.NotFound');
    expect(await groupNames([{ Name: 'group-id', Values: ['sg-0123456789abcdef0'] }])).toEqual([]);
    expect(await ask('DescribeInstances')).toEqual({ Reservations: [] });
  });

  test('takes alternatives within a filter, all filters together, and wildcards', async () => {
    await newGroup('redis-1');
    await newGroup('redis-22');
    await newGroup('literal*star');
    const byName = (...Values: string[]): Promise<string[]> => groupNames([{ Name: 'group-name', Values }]);
    expect(await byName('redis-?')).toEqual(['redis-1']);
    expect(await byName('redis*')).toEqual(['redis-1', 'redis-22']);
    expect(await byName('REDIS*')).toEqual([]);
    expect(await byName('literal\\*star', 'default')).toEqual(['default', 'literal*star']);
    const elsewhere = { Name: 'vpc-id', Values: ['vpc-0'] };
    expect(await groupNames([{ Name: 'group-name', Values: ['redis*'] }, elsewhere])).toEqual([]);
  });

  test('finds groups by their tags and by whom they let in', async () => {
    const app = await newGroup('app');
    const redis = await newGroup('redis', {
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'team', Value: 'canvas' }] }],
    });
    await ask('AuthorizeSecurityGroupIngress', { GroupId: redis, IpPermissions: redisFrom(app) });
    expect(await groupNames([{ Name: 'tag:team', Values: ['can*'] }])).toEqual(['redis']);
    expect(await groupNames([{ Name: 'tag-key', Values: ['team'] }])).toEqual(['redis']);
    expect(await groupNames([{ Name: 'ip-permission.group-id', Values: [app] }])).toEqual(['redis']);
    expect(await groupNames([{ Name: 'ip-permission.to-port', Values: ['6379'] }])).toEqual(['redis']);
  });

  test('does not know a filter that EC2 does not know', async () => {
    const Filters = [{ Name: 'groupname', Values: ['redis'] }];
    expect(await refusal('DescribeSecurityGroups', { Filters })).toBe('InvalidParameterValue');
    expect(await refusal('DescribeInstances', { Filters })).toBe('InvalidParameterValue');
  });

  test('comes in pages with tokens that survive deletions', async () => {
    const ids = await Promise.all(Array.from({ length: 11 }, (_, index) => newGroup(`group-${index}`)));
    const Filters = [{ Name: 'group-name', Values: ['group-*'] }];
    const page = (NextToken?: string): Promise<DescribeSecurityGroupsResult> =>
      ask('DescribeSecurityGroups', { Filters, MaxResults: 5, NextToken });
    const first = await page();
    await ask('DeleteSecurityGroup', { GroupId: first.SecurityGroups![0]!.GroupId });
    const second = await page(first.NextToken);
    const third = await page(second.NextToken);
    const seen = [first, second, third].flatMap(({ SecurityGroups }) =>
      SecurityGroups!.map((group) => group.GroupId!),
    );
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(third.NextToken).toBeUndefined();
    expect(await refusal('DescribeSecurityGroups', { MaxResults: 4 })).toBe('InvalidParameterValue');
    expect(await refusal('DescribeSecurityGroups', { MaxResults: 1001 })).toBe('InvalidParameterValue');
    expect(await refusal('DescribeSecurityGroups', { MaxResults: 5, NextToken: 'x' })).toBe(
      'InvalidNextToken',
    );
  });

  test('changes nothing when it is a dry run', async () => {
    const input = { VpcId: vpcId, GroupName: 'redis', Description: 'redis', DryRun: true };
    expect(await refusal('CreateSecurityGroup', input)).toBe('DryRunOperation');
    expect(await groupNames([{ Name: 'group-name', Values: ['redis'] }])).toEqual([]);
  });
});

describe('tags', () => {
  const tag = (Key: string, Value = ''): object[] => [{ Key, Value }];

  test.each([
    ['aws:reserved', '', 'InvalidParameterValue'],
    ['k'.repeat(129), '', 'InvalidParameterValue'],
    ['key', 'v'.repeat(257), 'InvalidParameterValue'],
    ['k'.repeat(128), 'v'.repeat(256), 'accepted'],
  ])('with key %.20s and value %.20s are %s', async (Key, Value, outcome) => {
    const Resources = [await newGroup('redis')];
    expect(await refusal('CreateTags', { Resources, Tags: [{ Key, Value }] })).toBe(outcome);
  });

  test('of the wrong resource type keep a group from being made', async () => {
    const TagSpecifications = [{ ResourceType: 'vpc', Tags: tag('a') }];
    const input = { VpcId: vpcId, GroupName: 'redis', Description: 'redis', TagSpecifications };
    expect(await refusal('CreateSecurityGroup', input)).toBe('InvalidParameterValue');
    expect(await groupNames([{ Name: 'group-name', Values: ['redis'] }])).toEqual([]);
  });

  test('are fifty at most, are overwritten, and go only with the value that was named', async () => {
    const Resources = [await newGroup('redis')];
    const fifty = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'old' }));
    await ask('CreateTags', { Resources, Tags: fifty });
    expect(await refusal('CreateTags', { Resources, Tags: tag('one-more') })).toBe('TagLimitExceeded');
    await ask('CreateTags', { Resources, Tags: tag('k0', 'new') });
    await ask('DeleteTags', { Resources, Tags: [...fifty.slice(0, 49)] });
    const { Tags } = await ask<DescribeTagsResult>('DescribeTags', {
      Filters: [{ Name: 'resource-id', Values: Resources }],
    });
    expect(Tags!.map(({ Key, Value }) => [Key, Value])).toEqual([
      ['k0', 'new'],
      ['k49', 'old'],
    ]);
  });

  test('need a resource that is there', async () => {
    expect(await refusal('CreateTags', { Resources: ['sg-0'], Tags: tag('a') })).toBe(
      'InvalidGroup.NotFound',
    );
    expect(await refusal('CreateTags', { Resources: ['what'], Tags: tag('a') })).toBe('InvalidID');
  });
});

describe('a subnet', () => {
  const described = async (SubnetId: string) =>
    (await ask<DescribeSubnetsResult>('DescribeSubnets', { SubnetIds: [SubnetId] })).Subnets![0]!;

  test('counts its free addresses, of which five are never free, and runs out of them', async () => {
    const subnetId = await newSubnet('10.0.1.0/28');
    expect((await described(subnetId)).AvailableIpAddressCount).toBe(11);
    const group = await newGroup('app');
    const interfaces = Array.from({ length: 11 }, () => attach(subnetId, [group]));
    expect(new Set(interfaces.map((eni) => eni.privateIpAddress)).size).toBe(11);
    expect(interfaces.map((eni) => eni.privateIpAddress)).not.toContain('10.0.1.15');
    expect((await described(subnetId)).AvailableIpAddressCount).toBe(0);
    expect(() => attach(subnetId, [group])).toThrow('enough free addresses');
    ec2.vpc.detach(interfaces[0]!.networkInterfaceId);
    expect(ec2.vpc.subnet(subnetId)!.freeAddresses).toBe(1);
    expect(attach(subnetId, [group]).privateIpAddress).toBe(interfaces[0]!.privateIpAddress);
  });

  test('lies inside its VPC and over no other one', async () => {
    await newSubnet('10.0.1.0/24');
    const create = (CidrBlock: string): Promise<string> =>
      refusal('CreateSubnet', { VpcId: vpcId, CidrBlock });
    expect(await create('10.1.0.0/24')).toBe('InvalidSubnet.Range');
    expect(await create('10.0.2.0/29')).toBe('InvalidSubnet.Range');
    expect(await create('10.0.1.128/25')).toBe('InvalidSubnet.Conflict');
    expect(await create('ten')).toBe('InvalidParameterValue');
  });

  test('may be in a Local Zone that was opted into, or on an Outpost', async () => {
    const { AvailabilityZones } = await ask<DescribeAvailabilityZonesResult>('DescribeAvailabilityZones', {
      AllAvailabilityZones: true,
      Filters: [{ Name: 'zone-type', Values: ['local-zone'] }],
    });
    const named = (status: string): string =>
      AvailabilityZones!.find((zone) => zone.OptInStatus === status)!.ZoneName!;
    const AvailabilityZone = named('opted-in');
    const local = await described(await newSubnet('10.0.1.0/24', { AvailabilityZone }));
    expect(local.AvailabilityZone).toBe(AvailabilityZone);
    const closed = { VpcId: vpcId, CidrBlock: '10.0.2.0/24', AvailabilityZone: named('not-opted-in') };
    expect(await refusal('CreateSubnet', closed)).toBe('InvalidParameterValue');
    const OutpostArn = 'arn:aws:outposts:us-east-1:111122223333:outpost/op-0123456789abcdef0';
    const outpost = await newSubnet('10.0.3.0/24', { OutpostArn });
    expect(ec2.vpc.subnet(outpost)!.outpostArn).toBe(OutpostArn);
  });

  test('may be for IPv6 only, and then has no address for a task', async () => {
    const { Vpc } = await ask<CreateVpcResult>('CreateVpc', {
      CidrBlock: '10.5.0.0/16',
      AmazonProvidedIpv6CidrBlock: true,
    });
    const block = Vpc!.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock!.replace('/56', '/64');
    const { Subnet } = await ask<CreateSubnetResult>('CreateSubnet', {
      VpcId: Vpc!.VpcId,
      Ipv6Native: true,
      Ipv6CidrBlock: block,
    });
    expect(Subnet).toMatchObject({ Ipv6Native: true, AvailableIpAddressCount: 0 });
    expect(() => attach(Subnet!.SubnetId!, [])).toThrow('enough free addresses');
  });

  test('uses the main route table, which does not list it, until it has one of its own', async () => {
    const subnetId = await newSubnet('10.0.1.0/24');
    const tables = async (name: string, value: string): Promise<number> => {
      const Filters = [{ Name: name, Values: [value] }];
      return (await ask<DescribeRouteTablesResult>('DescribeRouteTables', { Filters })).RouteTables!.length;
    };
    expect(await tables('association.subnet-id', subnetId)).toBe(0);
    expect(await tables('association.main', 'true')).toBe(1);
    await newRouteTable(subnetId);
    expect(await tables('association.subnet-id', subnetId)).toBe(1);
  });
});

async function newRouteTable(...subnetIds: string[]): Promise<string> {
  const { RouteTable } = await ask<{ RouteTable: { RouteTableId: string } }>('CreateRouteTable', {
    VpcId: vpcId,
  });
  for (const SubnetId of subnetIds) await ask('AssociateRouteTable', { ...RouteTable, SubnetId });
  return RouteTable.RouteTableId;
}

async function newInternetGateway(): Promise<string> {
  const created = await ask<{ InternetGateway: { InternetGatewayId: string } }>('CreateInternetGateway');
  const { InternetGatewayId } = created.InternetGateway;
  await ask('AttachInternetGateway', { InternetGatewayId, VpcId: vpcId });
  return InternetGatewayId;
}

describe('the way to the internet', () => {
  const everywhere = { DestinationCidrBlock: '0.0.0.0/0' };

  test('is an internet gateway for a task with a public address only', async () => {
    const subnetId = await newSubnet('10.0.1.0/24');
    const RouteTableId = await newRouteTable(subnetId);
    expect(ec2.vpc.reachesInternet(subnetId, true)).toBe(false);
    await ask('CreateRoute', { RouteTableId, ...everywhere, GatewayId: await newInternetGateway() });
    expect(ec2.vpc.reachesInternet(subnetId, true)).toBe(true);
    expect(ec2.vpc.reachesInternet(subnetId, false)).toBe(false);
    await ask('DeleteRoute', { RouteTableId, ...everywhere });
    expect(ec2.vpc.reachesInternet(subnetId, true)).toBe(false);
  });

  test('is a NAT gateway for a private subnet, when that gateway has a way out itself', async () => {
    const [pub, priv] = [await newSubnet('10.0.1.0/24'), await newSubnet('10.0.2.0/24')];
    const { NatGateway } = await ask<{ NatGateway: { NatGatewayId: string } }>('CreateNatGateway', {
      SubnetId: pub,
      AllocationId: 'eipalloc-0123456789abcdef0',
    });
    const NatGatewayId = NatGateway.NatGatewayId;
    await ask('CreateRoute', { RouteTableId: await newRouteTable(priv), ...everywhere, NatGatewayId });
    expect(ec2.vpc.reachesInternet(priv, false)).toBe(false);
    const GatewayId = await newInternetGateway();
    await ask('CreateRoute', { RouteTableId: await newRouteTable(pub), ...everywhere, GatewayId });
    expect(ec2.vpc.reachesInternet(priv, false)).toBe(true);
  });

  test('can be replaced by the endpoints that pulling an image needs, all of them', async () => {
    const subnetId = await newSubnet('10.0.1.0/24');
    const RouteTableIds = [await newRouteTable(subnetId)];
    for (const service of ['ecr.api', 'ecr.dkr', 'logs']) {
      await ask('CreateVpcEndpoint', {
        VpcId: vpcId,
        VpcEndpointType: 'Interface',
        ServiceName: `com.amazonaws.us-east-1.${service}`,
        SubnetIds: [subnetId],
      });
    }
    expect(ec2.vpc.reachesInternet(subnetId, false)).toBe(false);
    await ask('CreateVpcEndpoint', {
      VpcId: vpcId,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds,
    });
    expect(ec2.vpc.reachesInternet(subnetId, false)).toBe(true);
  });
});

describe('a packet from the app to the cache', () => {
  let app: NetworkInterface;
  let cache: NetworkInterface;
  let appGroup: string;
  let redisGroup: string;
  let cacheSubnet: string;

  beforeEach(async () => {
    appGroup = await newGroup('app');
    redisGroup = await newGroup('redis');
    cacheSubnet = await newSubnet('10.0.2.0/24');
    app = attach(await newSubnet('10.0.1.0/24'), [appGroup]);
    cache = attach(cacheSubnet, [redisGroup], 'amazon-elasticache');
  });

  const allow = (IpPermissions: IpPermission[]): Promise<unknown> =>
    ask('AuthorizeSecurityGroupIngress', { GroupId: redisGroup, IpPermissions });
  const traffic = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6380 };

  test.each<[string, () => IpPermission | Promise<IpPermission>]>([
    ['the group of the app', () => ({ ...traffic, UserIdGroupPairs: [{ GroupId: appGroup }] })],
    ['the address block of the app', () => ({ ...traffic, IpRanges: [{ CidrIp: '10.0.1.0/24' }] })],
    ['all protocols', () => ({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: appGroup }] })],
    [
      'a prefix list with the app in it',
      async () => {
        const { PrefixList } = await ask<{ PrefixList: { PrefixListId: string } }>(
          'CreateManagedPrefixList',
          {
            PrefixListName: 'apps',
            AddressFamily: 'IPv4',
            MaxEntries: 1,
            Entries: [{ Cidr: '10.0.1.0/24' }],
          },
        );
        return { ...traffic, PrefixListIds: [PrefixList] };
      },
    ],
  ])('arrives once the cache lets in %s', async (_source, permission) => {
    expect(ec2.vpc.barrier(app, cache, 6379)).toBe('ingress of the destination');
    await allow([await permission()]);
    expect(ec2.vpc.barrier(app, cache, 6379)).toBeUndefined();
    expect(ec2.vpc.barrier(cache, app, 6379)).toBe('ingress of the destination');
  });

  test('arrives at the ports of the rule only, and from members of the group only', async () => {
    await allow([{ ...traffic, UserIdGroupPairs: [{ GroupId: redisGroup }] }]);
    expect(ec2.vpc.barrier(app, cache, 6379)).toBe('ingress of the destination');
    const replica = attach(cacheSubnet, [redisGroup]);
    expect(ec2.vpc.barrier(replica, cache, 6379)).toBeUndefined();
    expect(ec2.vpc.barrier(replica, cache, 6381)).toBe('ingress of the destination');
    expect(ec2.vpc.openPorts(replica, cache)).toEqual([[6379, 6380]]);
  });

  test('is stopped by restricted egress of the app, and by the lack of a route', async () => {
    await allow(redisFrom(appGroup));
    const { Vpc } = await ask<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16' });
    const elsewhere = await newSubnet('10.7.1.0/24', { VpcId: Vpc!.VpcId });
    const stranger = ec2.vpc.attach({ subnetId: elsewhere, description: 'other', requester: 'ecs' });
    expect(ec2.vpc.barrier(stranger, cache, 6379)).toBe('no route');
    await ask('RevokeSecurityGroupEgress', {
      GroupId: appGroup,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    expect(ec2.vpc.barrier(app, cache, 6379)).toBe('egress of the source');
    await ask('AuthorizeSecurityGroupEgress', { GroupId: appGroup, IpPermissions: redisFrom(redisGroup) });
    expect(ec2.vpc.barrier(app, cache, 6379)).toBeUndefined();
    ec2.vpc.detach(cache.networkInterfaceId);
    expect(ec2.vpc.barrier(app, cache, 6379)).toBe('nothing there');
  });

  describe('past a network ACL of the cache subnet', () => {
    let NetworkAclId: string;

    beforeEach(async () => {
      await allow(redisFrom(appGroup));
      const { NetworkAcl } = await ask<CreateNetworkAclResult>('CreateNetworkAcl', { VpcId: vpcId });
      NetworkAclId = NetworkAcl!.NetworkAclId!;
      const { NetworkAcls } = await ask<DescribeNetworkAclsResult>('DescribeNetworkAcls', {
        Filters: [{ Name: 'association.subnet-id', Values: [cacheSubnet] }],
      });
      const association = NetworkAcls![0]!.Associations!.find(({ SubnetId }) => SubnetId === cacheSubnet);
      await ask('ReplaceNetworkAclAssociation', {
        AssociationId: association!.NetworkAclAssociationId,
        NetworkAclId,
      });
    });

    const entry = (
      RuleNumber: number,
      RuleAction: string,
      Egress: boolean,
      From: number,
      To: number,
    ): Promise<string> =>
      refusal('CreateNetworkAclEntry', {
        NetworkAclId,
        RuleNumber,
        RuleAction,
        Egress,
        Protocol: '6',
        CidrBlock: '10.0.0.0/16',
        PortRange: { From, To },
      });

    test('needs a way in and, for the answers, a way out', async () => {
      expect(ec2.vpc.barrier(app, cache, 6379)).toBe('network ACL');
      await entry(100, 'allow', false, 6379, 6379);
      expect(ec2.vpc.barrier(app, cache, 6379)).toBe('network ACL');
      await entry(100, 'allow', true, 1024, 65_535);
      expect(ec2.vpc.barrier(app, cache, 6379)).toBeUndefined();
    });

    test('is judged by the entry with the lowest number', async () => {
      await entry(100, 'allow', false, 6379, 6379);
      await entry(100, 'allow', true, 1024, 65_535);
      await entry(90, 'deny', true, 40_000, 40_001);
      expect(ec2.vpc.barrier(app, cache, 6379)).toBe('network ACL');
      expect(await entry(90, 'deny', true, 1, 2)).toBe('NetworkAclEntryAlreadyExists');
      await ask('DeleteNetworkAclEntry', { NetworkAclId, RuleNumber: 90, Egress: true });
      expect(ec2.vpc.barrier(app, cache, 6379)).toBeUndefined();
    });

    test('never meets it between interfaces of one subnet', () => {
      const neighbour = attach(cacheSubnet, [appGroup]);
      expect(ec2.vpc.barrier(neighbour, cache, 6379)).toBeUndefined();
    });
  });
});

describe('a network interface', () => {
  test('is found by its group, as what a service attached, and has five groups at most', async () => {
    const subnetId = await newSubnet('10.0.1.0/24');
    const group = await newGroup('app');
    const eni = attach(subnetId, [group], 'amazon-elasticache');
    const described = await ask<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces', {
      Filters: [
        { Name: 'group-id', Values: [group] },
        { Name: 'requester-managed', Values: ['true'] },
      ],
    });
    expect(described.NetworkInterfaces).toMatchObject([
      { NetworkInterfaceId: eni.networkInterfaceId, RequesterId: 'amazon-elasticache', SubnetId: subnetId },
    ]);
    const groups = await Promise.all(Array.from({ length: 6 }, (_, index) => newGroup(`group-${index}`)));
    expect(() => attach(subnetId, groups)).toThrow('maximum number of security groups');
  });

  test('without a group gets the default one of its VPC', async () => {
    const eni = attach(await newSubnet('10.0.1.0/24'), []);
    expect(ec2.vpc.securityGroup(eni.groupIds[0]!)).toMatchObject({ groupName: 'default', vpcId });
  });

  test('keeps its address when its groups change, and everybody hears of the change', async () => {
    const eni = attach(await newSubnet('10.0.1.0/24'), []);
    const group = await newGroup('redis');
    let changes = 0;
    const stop = ec2.vpc.onChange(() => (changes += 1));
    ec2.vpc.replaceGroups!(eni.networkInterfaceId, [group]);
    stop();
    await newGroup('unheard');
    expect(ec2.vpc.networkInterfaceAt(eni.privateIpAddress)!.groupIds).toEqual([group]);
    expect(changes).toBe(1);
  });
});
