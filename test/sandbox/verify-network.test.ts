/** What somebody broke between an app and its cache: `verify` names it first, and what it prints mends it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { COLLABCANVAS, commandLine, type Ended } from './command-line.ts';
import { typeIn } from './typed-command.ts';
import { FULL } from '../matrix.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const MINUTE = 60_000;
const ANYWHERE = '0.0.0.0/0';
const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;
let vpcId: string;
let appGroup: string;
let cacheGroup: string;
/** The app's, which the cache is in as well. */
let subnetIds: string[];

interface Rule {
  readonly UserIdGroupPairs: readonly { readonly GroupId: string }[];
}

beforeAll(async () => {
  const scenario = inertCanvas({ tasks: 2 });
  sandbox = await quickSandbox({ scenario, clock });
  call = accountCalls(sandbox, clock);
  const { exitCode } = await commandLine(['setup', ...COLLABCANVAS, '--no-verify', '--yes'], sandbox, clock);
  expect(exitCode).toBe(0);
  const { SecurityGroups } = await ec2<{
    SecurityGroups: { GroupId: string; GroupName: string; VpcId: string }[];
  }>('DescribeSecurityGroups');
  const named = (name: string) => SecurityGroups.find(({ GroupName }) => GroupName === name)!;
  ({ VpcId: vpcId, GroupId: appGroup } = named('collabcanvas-tasks-sg'));
  cacheGroup = named('collabcanvas-redis-sg').GroupId;
  const { CacheSubnetGroups } = await call<{
    CacheSubnetGroups: { Subnets: { SubnetIdentifier: string }[] }[];
  }>('elasticache', 'DescribeCacheSubnetGroups');
  subnetIds = CacheSubnetGroups[0]!.Subnets.map(({ SubnetIdentifier }) => SubnetIdentifier);
});

afterEach(useDefaultAcl);

afterAll(() => sandbox.close());

const ec2 = <Output = Record<string, unknown>>(action: string, input: object = {}): Promise<Output> =>
  call<Output>('ec2', action, input);

const verify = (...argv: string[]): Promise<Ended> =>
  commandLine(['verify', ...COLLABCANVAS, ...argv], sandbox, clock);

function causeOf({ result }: Ended): Partial<CheckReport> & { readonly fix?: string } {
  return result.checks.find(({ outcome }) => outcome === 'fail') ?? {};
}

const ruleFor = (GroupId: string, port = 6379): object => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  UserIdGroupPairs: [{ GroupId }],
});

async function letInNobody(): Promise<void> {
  const { SecurityGroups } = await ec2<{ SecurityGroups: { IpPermissions: Rule[] }[] }>(
    'DescribeSecurityGroups',
    {
      GroupIds: [cacheGroup],
    },
  );
  const { IpPermissions } = SecurityGroups[0]!;
  if (IpPermissions.length > 0)
    await ec2('RevokeSecurityGroupIngress', { GroupId: cacheGroup, IpPermissions });
}

async function newGroup(GroupName: string): Promise<string> {
  const { GroupId } = await ec2<{ GroupId: string }>('CreateSecurityGroup', {
    VpcId: vpcId,
    GroupName,
    Description: GroupName,
  });
  await clock.sleep(MINUTE);
  return GroupId;
}

type Entry = readonly [number: number, egress: boolean, action: 'allow' | 'deny', from: number, to: number];

async function useNewAcl(subnets: readonly string[], ...entries: readonly Entry[]): Promise<string> {
  const { NetworkAcl } = await ec2<{ NetworkAcl: { NetworkAclId: string } }>('CreateNetworkAcl', {
    VpcId: vpcId,
  });
  const { NetworkAclId } = NetworkAcl;
  for (const [RuleNumber, Egress, RuleAction, From, To] of entries) {
    const rule = {
      RuleNumber,
      Egress,
      RuleAction,
      Protocol: '6',
      PortRange: { From, To },
      CidrBlock: ANYWHERE,
    };
    await ec2('CreateNetworkAclEntry', { NetworkAclId, ...rule });
  }
  await associate(NetworkAclId, subnets);
  return NetworkAclId;
}

async function associate(NetworkAclId: string, subnets: readonly string[]): Promise<void> {
  const { NetworkAcls } = await ec2<{
    NetworkAcls: { Associations: { SubnetId: string; NetworkAclAssociationId: string }[] }[];
  }>('DescribeNetworkAcls');
  for (const { SubnetId, NetworkAclAssociationId } of NetworkAcls.flatMap(
    ({ Associations }) => Associations,
  )) {
    if (!subnets.includes(SubnetId)) continue;
    await ec2('ReplaceNetworkAclAssociation', { NetworkAclId, AssociationId: NetworkAclAssociationId });
  }
}

/** The load balancer's packets cross the same borders, and have no part in this. */
async function useDefaultAcl(): Promise<void> {
  const Filters = [
    { Name: 'default', Values: ['true'] },
    { Name: 'vpc-id', Values: [vpcId] },
  ];
  const { NetworkAcls } = await ec2<{ NetworkAcls: [{ NetworkAclId: string }] }>('DescribeNetworkAcls', {
    Filters,
  });
  await associate(NetworkAcls[0].NetworkAclId, subnetIds);
}

const OPEN: readonly Entry[] = [
  [100, false, 'allow', 0, 65_535],
  [100, true, 'allow', 0, 65_535],
];

interface Breakage {
  readonly title: string;
  readonly broken: () => Promise<unknown>;
  readonly check: CheckReport['id'];
  readonly says: () => RegExp;
}

const BREAKAGES: readonly Breakage[] = [
  {
    title: 'no ingress rule',
    broken: letInNobody,
    check: 'ingress',
    says: () => new RegExp(`${cacheGroup}.* lacks the rule TCP 6379 from ${appGroup}`),
  },
  {
    title: 'a rule on a group that the cache does not carry',
    async broken() {
      await letInNobody();
      const GroupId = await newGroup('redis');
      await ec2('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [ruleFor(appGroup)] });
    },
    check: 'ingress',
    says: () => /such a rule stands in redis \(sg-\w+\), which collabcanvas-redis does not carry/,
  },
  {
    title: 'a rule for another group, at another port',
    async broken() {
      await letInNobody();
      const other = await newGroup('other');
      const IpPermissions = [ruleFor(other), ruleFor(appGroup, 6380)];
      await ec2('AuthorizeSecurityGroupIngress', { GroupId: cacheGroup, IpPermissions });
    },
    check: 'ingress',
    says: () => /lets the app in at TCP 6380 instead, and it lets in sg-\w+/,
  },
  {
    title: 'closed egress of the app’s group',
    async broken() {
      const all = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }];
      const https = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: ANYWHERE }] }];
      await ec2('RevokeSecurityGroupEgress', { GroupId: appGroup, IpPermissions: all });
      await ec2('AuthorizeSecurityGroupEgress', { GroupId: appGroup, IpPermissions: https });
    },
    check: 'ingress',
    says: () => new RegExp(`${appGroup}.* does not let TCP 6379 out to ${cacheGroup}`),
  },
  {
    title: 'a network ACL that denies by its number',
    broken: () => useNewAcl(subnetIds, [90, false, 'deny', 6379, 6379], ...OPEN),
    check: 'network-acls',
    says: () => /acl-\w+ of .* denies TCP 6379 in from .* by rule 90/,
  },
  {
    title: 'a network ACL that lets no answers out',
    broken: () =>
      useNewAcl(
        subnetIds,
        [100, false, 'allow', 0, 65_535],
        [100, true, 'allow', 443, 443],
        [110, true, 'allow', 6379, 6379],
      ),
    check: 'network-acls',
    says: () => /denies TCP 32768-60999 out to .* by rule \*/,
  },
  {
    title: 'a VPC that resolves no names',
    broken: () => ec2('ModifyVpcAttribute', { VpcId: vpcId, EnableDnsSupport: { Value: false } }),
    check: 'vpc',
    says: () => /DNS resolution is switched off in vpc-/,
  },
];

/** All of them are rows of the matrix. */

describe('what is broken is the first cause, and its command mends it:', () => {
  test.each(BREAKAGES.filter((_, at) => FULL || at % 3 === 0))('$title', async ({ broken, check, says }) => {
    await broken();
    const ended = await verify();
    const cause = causeOf(ended);
    expect([ended.exitCode, cause.id]).toEqual([6, check]);
    expect(cause.detail).toMatch(says());
    await typeIn(cause.fix ?? '', call);
    expect((await verify('--no-probe')).exitCode).toBe(0);
  });

  test('after all of it the cache answers from where the app runs', async () => {
    const ended = await verify();
    expect(ended.result.checks.find(({ id }) => id === 'ping')).toMatchObject({ outcome: 'pass' });
    expect(ended.exitCode).toBe(0);
  });
});

describe('a network ACL of one zone', () => {
  test('that denies everything is named with the zone, and opened both ways', async () => {
    await useNewAcl(subnetIds.slice(-1), [100, false, 'allow', 443, 443]);
    const ended = await verify('--no-probe');
    const cause = causeOf(ended);
    expect(cause.id).toBe('network-acls');
    expect(cause.detail).toMatch(/only between us-east-1\w and us-east-1\w/);
    await typeIn(cause.fix ?? '', call);
    expect((await verify('--no-probe')).exitCode).toBe(0);
  });
});

describe('a cache in another VPC', () => {
  test('is out of reach until both are joined, step by step', async () => {
    const { Vpc } = await ec2<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.9.0.0/16' });
    const zones = ['us-east-1a', 'us-east-1b'];
    const ids = await Promise.all(
      zones.map(async (AvailabilityZone, at) => {
        const CidrBlock = `10.9.${at}.0/24`;
        const { Subnet } = await ec2<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
          VpcId: Vpc.VpcId,
          CidrBlock,
          AvailabilityZone,
        });
        return Subnet.SubnetId;
      }),
    );
    const { GroupId } = await ec2<{ GroupId: string }>('CreateSecurityGroup', {
      VpcId: Vpc.VpcId,
      GroupName: 'far',
      Description: 'far',
    });
    await clock.sleep(MINUTE);
    await call('elasticache', 'CreateCacheSubnetGroup', {
      CacheSubnetGroupName: 'far',
      CacheSubnetGroupDescription: 'far',
      SubnetIds: ids,
    });
    await call('elasticache', 'CreateReplicationGroup', {
      ReplicationGroupId: 'far',
      ReplicationGroupDescription: 'far',
      CacheNodeType: 'cache.t4g.micro',
      Engine: 'redis',
      EngineVersion: '7.1',
      TransitEncryptionEnabled: true,
      CacheSubnetGroupName: 'far',
      SecurityGroupIds: [GroupId],
    });
    await clock.sleep(20 * MINUTE);
    const far = async () => {
      const argv = [...COLLABCANVAS.slice(0, -1), 'far', '--no-probe'];
      return causeOf(await commandLine(['verify', ...argv], sandbox, clock));
    };

    const apart = await far();
    expect(apart.id).toBe('vpc');
    expect(apart.detail).toContain(`far is in ${Vpc.VpcId}, the app in ${vpcId}, and nothing leads`);
    await ec2('CreateVpcPeeringConnection', { VpcId: vpcId, PeerVpcId: Vpc.VpcId });
    const asked = await far();
    expect(asked.detail).toContain('was never accepted');
    await typeIn(asked.fix ?? '', call);
    const unrouted = await far();
    expect(unrouted.detail).toMatch(
      /pcx-\w+ joins them, but rtb-\w+ has no route to .*, and rtb-\w+ has no route/,
    );
    await typeIn(unrouted.fix ?? '', call);
    const closed = await far();
    expect(closed.id).toBe('ingress');
    await typeIn(closed.fix ?? '', call);
    expect((await far()).id).toBe('variables');
  });
});

test('subnets that lost their way out are warned of: what runs goes on, nothing new starts', async () => {
  const { RouteTables } = await ec2<{
    RouteTables: { RouteTableId: string; Routes: { NatGatewayId?: string }[] }[];
  }>('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] });
  const { RouteTableId } = RouteTables.find(({ Routes }) => Routes.some(({ NatGatewayId }) => NatGatewayId))!;
  await ec2('DeleteRoute', { RouteTableId, DestinationCidrBlock: ANYWHERE });
  const ended = await verify('--no-probe');
  expect(ended.exitCode).toBe(0);
  const subnets = ended.result.checks.find(({ id }) => id === 'subnets');
  expect(subnets).toMatchObject({ outcome: 'warn' });
  expect(subnets?.detail).toContain('have no way out of');
});
