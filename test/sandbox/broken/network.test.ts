/** A network that does not let packets from the app to its cache, or the answers back. */
import type { NetworkAcl, SecurityGroup, Subnet } from '@aws-sdk/client-ec2';
import { brokenSetUps, type BrokenSetUp } from './broken-set-up.ts';
import { CACHE, type Scene } from './scene.ts';

const ANYWHERE = '0.0.0.0/0';

async function groupNamed(name: string, { call }: Scene): Promise<SecurityGroup> {
  const Filters = [{ Name: 'group-name', Values: [name] }];
  const { SecurityGroups } = await call<{ SecurityGroups: SecurityGroup[] }>(
    'ec2',
    'DescribeSecurityGroups',
    { Filters },
  );
  return SecurityGroups[0]!;
}

const ofTasks = (scene: Scene): Promise<SecurityGroup> => groupNamed('collabcanvas-tasks-sg', scene);
const ofCache = (scene: Scene): Promise<SecurityGroup> => groupNamed('collabcanvas-redis-sg', scene);

async function letInNobody(scene: Scene): Promise<string> {
  const { GroupId, IpPermissions } = await ofCache(scene);
  await scene.call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
  return GroupId!;
}

async function newGroup(GroupName: string, { call, wait, ...scene }: Scene): Promise<string> {
  const { VpcId } = await ofTasks({ call, wait, ...scene });
  const made = { VpcId, GroupName, Description: GroupName };
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', made);
  // A new group is not found by its id at once.
  await wait(1);
  return GroupId;
}

const redisFrom = (GroupId: string, port = 6379): object[] => [
  { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId }] },
];

const letIn = (GroupId: string, IpPermissions: readonly object[], { call }: Scene): Promise<unknown> =>
  call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });

async function subnetsOf(scene: Scene): Promise<Subnet[]> {
  const { networkConfiguration } = await scene.service();
  const SubnetIds = networkConfiguration?.awsvpcConfiguration?.subnets;
  const { Subnets } = await scene.call<{ Subnets: Subnet[] }>('ec2', 'DescribeSubnets', { SubnetIds });
  return Subnets.toSorted((one, other) => one.AvailabilityZone!.localeCompare(other.AvailabilityZone!));
}

type Entry = readonly [
  number: number,
  egress: boolean,
  action: 'allow' | 'deny',
  from: number,
  to: number,
  cidr?: string,
];
const ALL_BOTH_WAYS: readonly Entry[] = [
  [100, false, 'allow', 0, 65_535],
  [100, true, 'allow', 0, 65_535],
];

async function useNewAcl(subnets: readonly Subnet[], entries: readonly Entry[], scene: Scene): Promise<void> {
  const { call } = scene;
  const { VpcId } = subnets[0]!;
  const { NetworkAcl } = await call<{ NetworkAcl: NetworkAcl }>('ec2', 'CreateNetworkAcl', { VpcId });
  for (const [RuleNumber, Egress, RuleAction, From, To, CidrBlock = ANYWHERE] of entries) {
    const rule = { RuleNumber, Egress, RuleAction, Protocol: '6', PortRange: { From, To } };
    await call('ec2', 'CreateNetworkAclEntry', {
      NetworkAclId: NetworkAcl.NetworkAclId,
      ...rule,
      CidrBlock,
    });
  }
  await associate(NetworkAcl.NetworkAclId!, subnets, scene);
}

async function associate(NetworkAclId: string, subnets: readonly Subnet[], { call }: Scene): Promise<void> {
  const { NetworkAcls } = await call<{ NetworkAcls: NetworkAcl[] }>('ec2', 'DescribeNetworkAcls');
  const associations = NetworkAcls.flatMap(({ Associations = [] }) => Associations);
  for (const { SubnetId, NetworkAclAssociationId: AssociationId } of associations) {
    if (!subnets.some((subnet) => subnet.SubnetId === SubnetId)) continue;
    await call('ec2', 'ReplaceNetworkAclAssociation', { NetworkAclId, AssociationId });
  }
}

/** The load balancer's packets and those to AWS cross the same borders. */
async function useDefaultAcl(scene: Scene): Promise<void> {
  const subnets = await subnetsOf(scene);
  const Filters = [
    { Name: 'default', Values: ['true'] },
    { Name: 'vpc-id', Values: [subnets[0]!.VpcId] },
  ];
  const { NetworkAcls } = await scene.call<{ NetworkAcls: NetworkAcl[] }>('ec2', 'DescribeNetworkAcls', {
    Filters,
  });
  await associate(NetworkAcls[0]!.NetworkAclId!, subnets, scene);
}

/** Made by hand in the wrong place, and the app is handed its address. */
async function cacheInAnotherVpc(scene: Scene): Promise<void> {
  const { call, wait } = scene;
  const { Vpc } = await call<{ Vpc: { VpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.9.0.0/16' });
  const { VpcId } = Vpc;
  const subnets: string[] = [];
  for (const [at, zone] of ['us-east-1a', 'us-east-1b'].entries()) {
    const place = { VpcId, CidrBlock: `10.9.${at}.0/24`, AvailabilityZone: zone };
    const { Subnet } = await call<{ Subnet: Subnet }>('ec2', 'CreateSubnet', place);
    subnets.push(Subnet.SubnetId!);
  }
  const group = { VpcId, GroupName: 'far', Description: 'far' };
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', group);
  await wait(1);
  const named = { CacheSubnetGroupName: 'far', CacheSubnetGroupDescription: 'far', SubnetIds: subnets };
  await call('elasticache', 'CreateCacheSubnetGroup', named);
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
  await wait(20);
  const { VpcId: PeerVpcId } = await ofTasks(scene);
  await call('ec2', 'CreateVpcPeeringConnection', { VpcId: PeerVpcId, PeerVpcId: VpcId });
  const address = (await scene.address()).replace(CACHE, 'far');
  await scene.hand({ REDIS_URL: `rediss://${address}:6379` });
}

const ROWS: readonly BrokenSetUp[] = [
  {
    title: 'no ingress rule',
    broken: letInNobody,
    cause: 'ingress',
    says: /collabcanvas-redis-sg \(sg-\w+\) of collabcanvas-redis lacks the rule TCP 6379 from sg-/,
  },
  {
    title: 'a rule for another group than the tasks’',
    async broken(scene) {
      const group = await letInNobody(scene);
      await letIn(group, redisFrom(await newGroup('other', scene)), scene);
    },
    cause: 'ingress',
    says: /lacks the rule TCP 6379 from sg-.* it lets in sg-/,
  },
  {
    title: 'a rule for another port',
    async broken(scene) {
      const group = await letInNobody(scene);
      const { GroupId } = await ofTasks(scene);
      await letIn(group, redisFrom(GroupId!, 6380), scene);
    },
    cause: 'ingress',
    says: /lets the app in at TCP 6380 instead/,
  },
  {
    title: 'a rule on a group that the cache does not carry',
    async broken(scene) {
      await letInNobody(scene);
      const { GroupId } = await ofTasks(scene);
      await letIn(await newGroup('redis', scene), redisFrom(GroupId!), scene);
    },
    cause: 'ingress',
    says: /such a rule stands in redis \(sg-\w+\), which collabcanvas-redis does not carry/,
  },
  {
    title: 'another security group on the cache, without the rule',
    async broken(scene) {
      const SecurityGroupIds = [await newGroup('swapped', scene)];
      await scene.call('elasticache', 'ModifyReplicationGroup', {
        ReplicationGroupId: CACHE,
        SecurityGroupIds,
        ApplyImmediately: true,
      });
      await scene.wait(10);
    },
    cause: 'ingress',
    says: /swapped \(sg-\w+\) of collabcanvas-redis lacks the rule TCP 6379/,
  },
  {
    title: 'a security group of the tasks that lets nothing out',
    async broken(scene) {
      const { GroupId, IpPermissionsEgress } = await ofTasks(scene);
      const IpRanges = [{ CidrIp: ANYWHERE }];
      await scene.call('ec2', 'RevokeSecurityGroupEgress', { GroupId, IpPermissions: IpPermissionsEgress });
      await scene.call('ec2', 'AuthorizeSecurityGroupEgress', {
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges }],
      });
    },
    cause: 'ingress',
    says: /collabcanvas-tasks-sg \(sg-\w+\) of the app does not let TCP 6379 out to sg-/,
  },
  {
    title: 'a network ACL that denies by its number',
    broken: async (scene) =>
      useNewAcl(await subnetsOf(scene), [[90, false, 'deny', 6379, 6379], ...ALL_BOTH_WAYS], scene),
    cause: 'network-acls',
    says: /acl-\w+ of .* denies TCP 6379 in from .* by rule 90/,
    after: useDefaultAcl,
  },
  {
    title: 'a network ACL that lets no answers back',
    /** Those of visitors go on: the load balancer is in other subnets. */
    async broken(scene) {
      const subnets = await subnetsOf(scene);
      const answers = subnets.map(({ CidrBlock = '' }, at): Entry => [
        at + 10,
        true,
        'deny',
        10_000,
        65_535,
        CidrBlock,
      ]);
      await useNewAcl(subnets, [...answers, ...ALL_BOTH_WAYS], scene);
    },
    cause: 'network-acls',
    says: /denies TCP 32768-60999 out to .* by rule 1\d/,
    after: useDefaultAcl,
  },
  {
    title: 'a network ACL that denies in one zone alone',
    async broken(scene) {
      const [node] = await scene.nodes();
      const elsewhere = (await subnetsOf(scene)).filter(
        ({ AvailabilityZone }) => AvailabilityZone !== node?.PreferredAvailabilityZone,
      );
      await useNewAcl(elsewhere.slice(0, 1), [[90, true, 'deny', 6379, 6379], ...ALL_BOTH_WAYS], scene);
    },
    cause: 'network-acls',
    says: /only between us-east-1\w and us-east-1\w/,
    after: useDefaultAcl,
  },
  {
    title: 'a VPC that resolves no names',
    async broken(scene) {
      const { VpcId } = await ofTasks(scene);
      await scene.call('ec2', 'ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: false } });
    },
    cause: 'vpc',
    says: /DNS resolution is switched off in vpc-/,
  },
];

brokenSetUps('between the app and its cache there is', {}, ROWS);

let isLaptop = false;

brokenSetUps('the network between the cache and who asks it is', {}, [
  {
    title: 'that of a laptop, outside the VPC',
    broken() {
      isLaptop = true;
      return Promise.resolve();
    },
    verify: () => (isLaptop ? ['--from', 'here'] : []),
    cause: 'ping',
    outcome: 'inconclusive',
    says: /this machine is outside the VPC/,
    hint: /ssh -N -L 16379:.*AWS-StartPortForwardingSessionToRemoteHost/s,
    cure() {
      isLaptop = false;
      return Promise.resolve();
    },
  },
]);

brokenSetUps('the cache of the app is', {}, [
  {
    title: 'in another VPC, which nobody has joined to this one yet',
    broken: cacheInAnotherVpc,
    verify: () => ['--cache-name', 'far'],
    cause: 'vpc',
    says: /far is in vpc-\w+, the app in vpc-\w+; the peering connection pcx-\w+ between them was never accepted/,
    steps: 3,
  },
]);
