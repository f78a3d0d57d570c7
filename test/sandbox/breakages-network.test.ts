/** What can be wrong between an app and its cache in the network: made by AWS's calls, seen by a real client and the probe. */
import {
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { breakagesScene, type AppInVpc, type BreakagesScene } from './breakages-scene.ts';
import { PROGRAMS } from './command-line.ts';

const ANYWHERE = '0.0.0.0/0';
const clock = new VirtualClock();
let sandbox: Sandbox;
let scene: BreakagesScene;
let host: string;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  scene = await breakagesScene(sandbox, clock);
  const group = await scene.create({ ReplicationGroupId: 'app', NumCacheClusters: 1 });
  host = group.NodeGroups![0]!.PrimaryEndpoint!.Address!;
});

afterAll(async () => {
  await scene.close();
  await sandbox.close();
});

const ping = async (app: AppInVpc = scene.app, to = host): Promise<unknown> =>
  (await app.talk({ host: to, plaintext: true, commands: [['PING']] }))[0];
const ec2 = <Output = Record<string, unknown>>(action: string, input: object = {}): Promise<Output> =>
  scene.call<Output>('ec2', action, input);

/** Which subnet has which network ACL, as ReplaceNetworkAclAssociation asks for it. */
async function aclAssociation(subnetId: string): Promise<string> {
  const { NetworkAcls } = await ec2<{
    NetworkAcls: { Associations: { SubnetId: string; NetworkAclAssociationId: string }[] }[];
  }>('DescribeNetworkAcls', { Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }] });
  return NetworkAcls[0]!.Associations.find(({ SubnetId }) => SubnetId === subnetId)!.NetworkAclAssociationId;
}

async function useAcl(NetworkAclId: string, subnets: readonly string[]): Promise<void> {
  for (const subnet of subnets) {
    const AssociationId = await aclAssociation(subnet);
    await ec2('ReplaceNetworkAclAssociation', { NetworkAclId, AssociationId });
  }
}

/** With these entries: number, direction, action, ports. */
async function newAcl(
  ...entries: readonly [RuleNumber: number, Egress: boolean, RuleAction: string, From: number, To: number][]
): Promise<string> {
  const { NetworkAcl } = await ec2<{ NetworkAcl: { NetworkAclId: string } }>('CreateNetworkAcl', {
    VpcId: scene.vpcId,
  });
  const { NetworkAclId } = NetworkAcl;
  for (const [RuleNumber, Egress, RuleAction, From, To] of entries) {
    const PortRange = { From, To };
    const entry = { RuleNumber, Egress, RuleAction, PortRange, Protocol: '6', CidrBlock: ANYWHERE };
    await ec2('CreateNetworkAclEntry', { NetworkAclId, ...entry });
  }
  return NetworkAclId;
}

async function defaultAcl(): Promise<string> {
  const { NetworkAcls } = await ec2<{ NetworkAcls: { NetworkAclId: string; VpcId: string }[] }>(
    'DescribeNetworkAcls',
    {
      Filters: [
        { Name: 'default', Values: ['true'] },
        { Name: 'vpc-id', Values: [scene.vpcId] },
      ],
    },
  );
  return NetworkAcls[0]!.NetworkAclId;
}

const tcp = (port: number, source: object): object[] => [
  { IpProtocol: 'tcp', FromPort: port, ToPort: port, ...source },
];
const EVERYTHING = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }];

interface Breakage {
  readonly title: string;
  /** Returns how to put it right. */
  readonly broken: () => Promise<() => Promise<unknown>>;
  readonly error: RegExp;
  /** The stage of the probe that fails. */
  readonly stage: string;
}

const TIMEOUT = { error: /ETIMEDOUT/, stage: 'tcp' };

const BREAKAGES: readonly Breakage[] = [
  {
    title: 'no ingress rule',
    ...TIMEOUT,
    async broken() {
      await ec2('RevokeSecurityGroupIngress', scene.ingress);
      return () => ec2('AuthorizeSecurityGroupIngress', scene.ingress);
    },
  },
  {
    title: 'a rule for another group than the app’s',
    ...TIMEOUT,
    async broken() {
      const other = await scene.group(scene.vpcId, 'other');
      const rule = {
        GroupId: scene.cacheGroup,
        IpPermissions: tcp(6379, { UserIdGroupPairs: [{ GroupId: other }] }),
      };
      await ec2('RevokeSecurityGroupIngress', scene.ingress);
      await ec2('AuthorizeSecurityGroupIngress', rule);
      return () => ec2('AuthorizeSecurityGroupIngress', scene.ingress);
    },
  },
  {
    title: 'a rule on a group that the cache does not have',
    ...TIMEOUT,
    async broken() {
      const GroupId = await scene.group(scene.vpcId, 'not-the-cache');
      await ec2('RevokeSecurityGroupIngress', scene.ingress);
      await ec2('AuthorizeSecurityGroupIngress', { ...scene.ingress, GroupId });
      return () => ec2('AuthorizeSecurityGroupIngress', scene.ingress);
    },
  },
  {
    title: 'a rule for another port',
    ...TIMEOUT,
    async broken() {
      const UserIdGroupPairs = [{ GroupId: scene.app.groupId }];
      await ec2('RevokeSecurityGroupIngress', scene.ingress);
      await ec2('AuthorizeSecurityGroupIngress', {
        GroupId: scene.cacheGroup,
        IpPermissions: tcp(6380, { UserIdGroupPairs }),
      });
      return () => ec2('AuthorizeSecurityGroupIngress', scene.ingress);
    },
  },
  {
    title: 'restricted egress of the app’s group',
    ...TIMEOUT,
    async broken() {
      const { groupId: GroupId } = scene.app;
      await ec2('RevokeSecurityGroupEgress', { GroupId, IpPermissions: EVERYTHING });
      const IpPermissions = tcp(443, { IpRanges: [{ CidrIp: ANYWHERE }] });
      await ec2('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions });
      return () =>
        ec2('AuthorizeSecurityGroupEgress', {
          GroupId,
          IpPermissions: tcp(6379, { UserIdGroupPairs: [{ GroupId: scene.cacheGroup }] }),
        });
    },
  },
  {
    title: 'a new network ACL, which denies everything, on the app’s subnet',
    ...TIMEOUT,
    async broken() {
      await useAcl(await newAcl(), [scene.app.subnetId]);
      return async () => useAcl(await defaultAcl(), [scene.app.subnetId]);
    },
  },
  {
    title: 'a network ACL on the caches’ subnets that lets no answers out',
    ...TIMEOUT,
    async broken() {
      const acl = await newAcl([100, false, 'allow', 6379, 6379], [100, true, 'allow', 443, 443]);
      await useAcl(acl, scene.cacheSubnets);
      return () =>
        ec2('CreateNetworkAclEntry', {
          NetworkAclId: acl,
          RuleNumber: 110,
          Egress: true,
          RuleAction: 'allow',
          Protocol: '6',
          PortRange: { From: 1024, To: 65_535 },
          CidrBlock: ANYWHERE,
        });
    },
  },
  {
    title: 'a network ACL in which a denial has the lower number',
    ...TIMEOUT,
    async broken() {
      const open = [
        [100, false, 'allow', 0, 65_535],
        [100, true, 'allow', 0, 65_535],
      ] as const;
      const acl = await newAcl([90, false, 'deny', 6379, 6379], ...open.map((entry) => [...entry] as never));
      await useAcl(acl, scene.cacheSubnets);
      return () => ec2('DeleteNetworkAclEntry', { NetworkAclId: acl, RuleNumber: 90, Egress: false });
    },
  },
  {
    title: 'a VPC without DNS support',
    error: /EAI_AGAIN/,
    stage: 'dns',
    async broken() {
      await ec2('ModifyVpcAttribute', { VpcId: scene.vpcId, EnableDnsSupport: { Value: false } });
      return () => ec2('ModifyVpcAttribute', { VpcId: scene.vpcId, EnableDnsSupport: { Value: true } });
    },
  },
];

describe('the app and the probe cannot reach the cache with', () => {
  test.each(BREAKAGES)('$title', async ({ broken, error, stage }) => {
    expect(await ping()).toBe('PONG');
    const mend = await broken();
    expect(await ping()).toMatch(error);
    expect((await scene.app.probe(`redis://${host}:6379`)).failed).toBe(stage);
    await mend();
    expect(await ping()).toBe('PONG');
  });
});

describe('an address that is wrong', () => {
  test('by a letter does not resolve', async () => {
    expect(await ping(scene.app, `x${host}`)).toMatch(/ENOTFOUND/);
    expect((await scene.app.probe(`redis://x${host}:6379`)).failed).toBe('dns');
  });

  test('because it has the port twice is no name, and no URL', async () => {
    expect(await ping(scene.app, `${host}:6379`)).toMatch(/ENOTFOUND/);
    expect((await scene.app.probe(`redis://${host}:6379:6379`)).failed).toBe('parse');
  });
});

describe('an app in another VPC', () => {
  const BLOCK = '10.9.0.0/16';
  let app: AppInVpc;
  let vpcId: string;

  beforeAll(async () => {
    const { Vpc } = await ec2<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: BLOCK });
    vpcId = Vpc.VpcId;
    const { Subnet } = await ec2<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
      VpcId: vpcId,
      CidrBlock: '10.9.1.0/24',
    });
    app = scene.enter({ subnetId: Subnet.SubnetId, groupId: await scene.group(vpcId, 'app') });
    const IpPermissions = tcp(6379, { IpRanges: [{ CidrIp: BLOCK }] });
    await ec2('AuthorizeSecurityGroupIngress', { GroupId: scene.cacheGroup, IpPermissions });
  });

  const route = async (VpcId: string, DestinationCidrBlock: string, target: object): Promise<unknown> => {
    const { RouteTables } = await ec2<{ RouteTables: { RouteTableId: string }[] }>('DescribeRouteTables', {
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'association.main', Values: ['true'] },
      ],
    });
    const { RouteTableId } = RouteTables[0]!;
    return ec2('CreateRoute', { RouteTableId, DestinationCidrBlock, ...target });
  };

  test('resolves the name and gets no further, until a peering connection is accepted and routed both ways', async () => {
    expect(await ping(app)).toMatch(/ETIMEDOUT/);
    expect((await app.probe(`redis://${host}:6379`)).failed).toBe('tcp');
    const asked = { VpcId: vpcId, PeerVpcId: scene.vpcId };
    const { VpcPeeringConnection } = await ec2<{ VpcPeeringConnection: { VpcPeeringConnectionId: string } }>(
      'CreateVpcPeeringConnection',
      asked,
    );
    const { VpcPeeringConnectionId } = VpcPeeringConnection;
    await route(vpcId, '172.31.0.0/16', { VpcPeeringConnectionId });
    await route(scene.vpcId, BLOCK, { VpcPeeringConnectionId });
    expect(await ping(app)).toMatch(/ETIMEDOUT/);
    await ec2('AcceptVpcPeeringConnection', { VpcPeeringConnectionId });
    expect(await ping(app)).toBe('PONG');
    await ec2('DeleteVpcPeeringConnection', { VpcPeeringConnectionId });
    expect(await ping(app)).toMatch(/ETIMEDOUT/);
    const { RouteTables } = await ec2<{ RouteTables: { Routes: { State: string }[] }[] }>(
      'DescribeRouteTables',
      {
        Filters: [{ Name: 'route.vpc-peering-connection-id', Values: [VpcPeeringConnectionId] }],
      },
    );
    expect(RouteTables.map(({ Routes }) => Routes.at(-1)!.State)).toEqual(['blackhole', 'blackhole']);
  });

  test('gets no answers when only its own side has a route', async () => {
    const asked = { VpcId: vpcId, PeerVpcId: scene.vpcId };
    const { VpcPeeringConnection } = await ec2<{ VpcPeeringConnection: { VpcPeeringConnectionId: string } }>(
      'CreateVpcPeeringConnection',
      asked,
    );
    const { VpcPeeringConnectionId } = VpcPeeringConnection;
    await ec2('AcceptVpcPeeringConnection', { VpcPeeringConnectionId });
    await route(vpcId, '172.31.0.0/17', { VpcPeeringConnectionId });
    expect(await ping(app)).toMatch(/ETIMEDOUT/);
    await route(scene.vpcId, '10.9.1.0/24', { VpcPeeringConnectionId });
    expect(await ping(app)).toBe('PONG');
  });
});

describe('what a checker reads of the network', () => {
  const clients: { destroy(): void }[] = [];
  const client = (): EC2Client => {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = scene.env;
    const credentials = { accessKeyId, secretAccessKey };
    const made = new EC2Client({
      endpoint: sandbox.endpointUrl,
      region: sandbox.region,
      credentials,
      maxAttempts: 1,
    });
    clients.push(made);
    return made;
  };
  afterAll(() => clients.forEach((each) => each.destroy()));

  test('comes over AWS’s own wire: interfaces of nodes, peerings, attributes of the VPC', async () => {
    const aws = client();
    const { NetworkInterfaces = [] } = await aws.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [scene.cacheGroup] }] }),
    );
    expect(NetworkInterfaces).toMatchObject([
      {
        Description: 'ElastiCache app-001',
        RequesterManaged: true,
        PrivateIpAddress: expect.stringMatching(/^172\.31\./) as unknown,
      },
    ]);
    const { VpcPeeringConnections = [] } = await aws.send(
      new DescribeVpcPeeringConnectionsCommand({
        Filters: [{ Name: 'accepter-vpc-info.vpc-id', Values: [scene.vpcId] }],
      }),
    );
    expect(VpcPeeringConnections.map(({ Status }) => Status?.Code).toSorted()).toEqual(['active', 'deleted']);
    const { EnableDnsSupport } = await aws.send(
      new DescribeVpcAttributeCommand({ VpcId: scene.vpcId, Attribute: 'enableDnsSupport' }),
    );
    expect(EnableDnsSupport?.Value).toBe(true);
  });

  test('comes in pages where AWS has pages', async () => {
    const aws = client();
    const count = 6;
    for (let made = 0; made < count; made += 1) await ec2('CreateNetworkAcl', { VpcId: scene.vpcId });
    const page = await aws.send(new DescribeNetworkAclsCommand({ MaxResults: 5 }));
    const { NetworkAcls = [], NextToken } = page;
    const next = await aws.send(new DescribeNetworkAclsCommand({ MaxResults: 1000, NextToken }));
    const seen = [...NetworkAcls, ...(next.NetworkAcls ?? [])].map(({ NetworkAclId }) => NetworkAclId);
    expect([NetworkAcls.length, new Set(seen).size]).toEqual([5, seen.length]);
    expect(seen.length).toBeGreaterThan(count);
  });

  test('is refused to who may not read it', async () => {
    const aws = client();
    const Statement = [{ Effect: 'Allow', Action: 'ec2:DescribeVpcs', Resource: '*' }];
    sandbox.setPolicy({ Version: '2012-10-17', Statement }, scene.env['AWS_ACCESS_KEY_ID']);
    const refused = await aws
      .send(new DescribeVpcPeeringConnectionsCommand({}))
      .catch((error: unknown) => error);
    sandbox.setPolicy(undefined, scene.env['AWS_ACCESS_KEY_ID']);
    expect(refused).toMatchObject({ name: 'UnauthorizedOperation' });
  });
});

describe('a cache that is not ready', () => {
  const url = (of: string): string => `redis://${of}:6379`;

  test('has no endpoint and no name while it is created', async () => {
    const { call } = scene;
    await call('elasticache', 'CreateReplicationGroup', {
      ReplicationGroupId: 'later',
      ReplicationGroupDescription: 'later',
      CacheNodeType: 'cache.t4g.micro',
      Engine: 'redis',
      CacheSubnetGroupName: 'caches',
      SecurityGroupIds: [scene.cacheGroup],
      NumCacheClusters: 1,
    });
    const { Status, NodeGroups } = await scene.replicationGroup('later');
    expect([Status, NodeGroups?.[0]?.PrimaryEndpoint]).toEqual(['creating', undefined]);
    expect(await ping(scene.app, host.replace('app', 'later'))).toMatch(/ENOTFOUND/);
    await scene.wait(10);
    expect(await ping(scene.app, host.replace('app', 'later'))).toBe('PONG');
  });

  test('answers while it is modified, and takes no other modification', async () => {
    const { call } = scene;
    const change = { ReplicationGroupId: 'app', ApplyImmediately: true, CacheNodeType: 'cache.t4g.small' };
    await call('elasticache', 'ModifyReplicationGroup', change);
    await scene.wait(0.5);
    expect((await scene.replicationGroup('app')).Status).toBe('modifying');
    expect(await ping()).toBe('PONG');
    await expect(call('elasticache', 'ModifyReplicationGroup', change)).rejects.toMatchObject({
      shape: 'InvalidReplicationGroupStateFault',
    });
    await scene.wait(10);
  });

  test('loses its name when it is deleted, and its events tell of it', async () => {
    await scene.call('elasticache', 'DeleteReplicationGroup', { ReplicationGroupId: 'app' });
    expect(await ping()).toMatch(/ENOTFOUND|ECONNREFUSED/);
    await scene.wait(10);
    expect(await ping()).toMatch(/ENOTFOUND/);
    expect((await scene.app.probe(url(host))).failed).toBe('dns');
    await expect(scene.replicationGroup('app')).rejects.toMatchObject({
      shape: 'ReplicationGroupNotFoundFault',
    });
    const { Events } = await scene.call<{ Events: { Message: string }[] }>('elasticache', 'DescribeEvents', {
      SourceType: 'replication-group',
      SourceIdentifier: 'app',
    });
    expect(Events.map(({ Message }) => Message)).toContain('Replication group app deleted');
  });
});
