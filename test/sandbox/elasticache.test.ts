import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Sdk from '@aws-sdk/client-elasticache';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createEc2 } from '../../src/sandbox/ec2/ec2.ts';
import { createElastiCache } from '../../src/sandbox/elasticache/elasticache.ts';
import type { ElastiCache } from '../../src/sandbox/elasticache/elasticache.ts';
import type { Fabric, LoopbackEndpoint } from '../../src/sandbox/network/fabric.ts';
import type { Vpc } from '../../src/sandbox/network/vpc.ts';
import { createCertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import type { CertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import type { RedisServers } from '../../src/sandbox/redis/node.ts';
import { createRedisServers } from '../../src/sandbox/redis/servers.ts';
import type { Call, Operations } from '../../src/sandbox/service.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const REGION = 'us-east-1';
const TOKEN = 'first-token-0123456789';
const OTHER_TOKEN = 'second-token-0123456789';

/** The operations that these tests call, in the SDK's own types. */
interface Api {
  CreateReplicationGroup(
    input: Partial<Sdk.CreateReplicationGroupMessage>,
  ): Promise<Sdk.CreateReplicationGroupResult>;
  DescribeReplicationGroups(
    input: Sdk.DescribeReplicationGroupsMessage,
  ): Promise<Sdk.ReplicationGroupMessage>;
  ModifyReplicationGroup(input: Sdk.ModifyReplicationGroupMessage): Promise<Sdk.ModifyReplicationGroupResult>;
  DeleteReplicationGroup(input: Sdk.DeleteReplicationGroupMessage): Promise<Sdk.DeleteReplicationGroupResult>;
  IncreaseReplicaCount(input: Sdk.IncreaseReplicaCountMessage): Promise<Sdk.IncreaseReplicaCountResult>;
  DecreaseReplicaCount(input: Sdk.DecreaseReplicaCountMessage): Promise<Sdk.DecreaseReplicaCountResult>;
  TestFailover(input: Sdk.TestFailoverMessage): Promise<Sdk.TestFailoverResult>;
  CreateCacheCluster(input: Sdk.CreateCacheClusterMessage): Promise<Sdk.CreateCacheClusterResult>;
  DescribeCacheClusters(input: Sdk.DescribeCacheClustersMessage): Promise<Sdk.CacheClusterMessage>;
  ModifyCacheCluster(input: Sdk.ModifyCacheClusterMessage): Promise<Sdk.ModifyCacheClusterResult>;
  DeleteCacheCluster(input: Sdk.DeleteCacheClusterMessage): Promise<Sdk.DeleteCacheClusterResult>;
  CreateCacheSubnetGroup(input: Sdk.CreateCacheSubnetGroupMessage): Promise<Sdk.CreateCacheSubnetGroupResult>;
  ModifyCacheSubnetGroup(input: Sdk.ModifyCacheSubnetGroupMessage): Promise<Sdk.ModifyCacheSubnetGroupResult>;
  DescribeCacheSubnetGroups(
    input: Sdk.DescribeCacheSubnetGroupsMessage,
  ): Promise<Sdk.CacheSubnetGroupMessage>;
  DeleteCacheSubnetGroup(input: Sdk.DeleteCacheSubnetGroupMessage): Promise<object>;
  CreateCacheParameterGroup(
    input: Sdk.CreateCacheParameterGroupMessage,
  ): Promise<Sdk.CreateCacheParameterGroupResult>;
  ModifyCacheParameterGroup(
    input: Sdk.ModifyCacheParameterGroupMessage,
  ): Promise<Sdk.CacheParameterGroupNameMessage>;
  ResetCacheParameterGroup(
    input: Sdk.ResetCacheParameterGroupMessage,
  ): Promise<Sdk.CacheParameterGroupNameMessage>;
  DeleteCacheParameterGroup(input: Sdk.DeleteCacheParameterGroupMessage): Promise<object>;
  DescribeCacheParameters(input: Sdk.DescribeCacheParametersMessage): Promise<Sdk.CacheParameterGroupDetails>;
  DescribeCacheEngineVersions(
    input: Sdk.DescribeCacheEngineVersionsMessage,
  ): Promise<Sdk.CacheEngineVersionMessage>;
  DescribeEvents(input: Sdk.DescribeEventsMessage): Promise<Sdk.EventsMessage>;
  ListTagsForResource(input: Sdk.ListTagsForResourceMessage): Promise<Sdk.TagListMessage>;
  AddTagsToResource(input: Sdk.AddTagsToResourceMessage): Promise<Sdk.TagListMessage>;
  RemoveTagsFromResource(input: Sdk.RemoveTagsFromResourceMessage): Promise<Sdk.TagListMessage>;
  ListAllowedNodeTypeModifications(
    input: Sdk.ListAllowedNodeTypeModificationsMessage,
  ): Promise<Sdk.AllowedNodeTypeModificationsMessage>;
  CreateSnapshot(input: Sdk.CreateSnapshotMessage): Promise<Sdk.CreateSnapshotResult>;
  DescribeSnapshots(input: Sdk.DescribeSnapshotsMessage): Promise<Sdk.DescribeSnapshotsListMessage>;
  DeleteSnapshot(input: Sdk.DeleteSnapshotMessage): Promise<Sdk.DeleteSnapshotResult>;
  DescribeServerlessCaches(input: object): Promise<Sdk.DescribeServerlessCachesResponse>;
  DescribeReservedCacheNodesOfferings(
    input: Sdk.DescribeReservedCacheNodesOfferingsMessage,
  ): Promise<Sdk.ReservedCacheNodesOfferingMessage>;
  DescribeUsers(input: Sdk.DescribeUsersMessage): Promise<Sdk.DescribeUsersResult>;
}

function callsTo(
  operations: Operations,
  service: string,
): Readonly<Record<string, (input: object) => Promise<unknown>>> {
  const call: Call = { service, action: '', region: REGION, accessKeyId: 'AKIDEXAMPLE', requestId: '1' };
  return Object.fromEntries(
    Object.entries(operations).map(([action, handler]) => [
      action,
      async (input: object) => (await handler(input, { ...call, action })) as unknown,
    ]),
  );
}

/** Where names and addresses lead; whether a packet may go there is the real VPC's to say. */
interface RecordingFabric extends Fabric {
  readonly names: Map<string, readonly string[]>;
  readonly served: Map<string, LoopbackEndpoint>;
}

function createRecordingFabric(): RecordingFabric {
  const names = new Map<string, readonly string[]>();
  const served = new Map<string, LoopbackEndpoint>();
  return {
    names,
    served,
    certificateAuthority: '',
    setName: (name, addresses) => names.set(name, addresses),
    removeName: (name) => names.delete(name),
    lookup: (name) => names.get(name) ?? [],
    serve(address, port, endpoint) {
      served.set(`${address}:${port}`, endpoint);
      return () => served.delete(`${address}:${port}`);
    },
    enter: () => Promise.reject(new Error('no process enters this VPC')),
    route: (_from, address, port) => served.get(`${address}:${port}`),
    close: () => Promise.resolve(),
  };
}

let authority: CertificateAuthority;
let clock: VirtualClock;
let vpc: Vpc;
let ec2: Readonly<Record<string, (input: object) => Promise<unknown>>>;
let fabric: RecordingFabric;
let servers: RedisServers;
let elasticache: ElastiCache;
let aws: Api;
let vpcId: string;
let subnets: string[];
let securityGroup: string;
const folder = mkdtempSync(join(tmpdir(), 'elasticache-test-'));
const clients: Redis[] = [];

beforeAll(async () => {
  authority = await createCertificateAuthority();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  clock = new VirtualClock({ auto: false });
  const service = createEc2({ accountId: '123456789012', region: REGION, clock, settleMs: 0 });
  vpc = service.vpc;
  ec2 = callsTo(service.operations, 'ec2');
  fabric = createRecordingFabric();
  // Without a server program: the statuses are what matters here, and redis.test.ts runs the real ones.
  servers = await createRedisServers({ folder, authority, search: '' });
  elasticache = createElastiCache({
    accountId: '123456789012',
    region: REGION,
    clock,
    vpc,
    fabric,
    redis: servers,
  });
  aws = callsTo(elasticache.operations, 'elasticache') as unknown as Api;

  vpcId = await newVpc('10.0.0.0/16');
  subnets = [
    await newSubnet(vpcId, '10.0.0.0/24', 'us-east-1a'),
    await newSubnet(vpcId, '10.0.1.0/24', 'us-east-1b'),
  ];
  securityGroup = await newSecurityGroup(vpcId);
  await aws.CreateCacheSubnetGroup({
    CacheSubnetGroupName: 'Cache-Subnets',
    CacheSubnetGroupDescription: 'for caches',
    SubnetIds: subnets,
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await elasticache.close();
  await servers.close();
});

async function newVpc(CidrBlock: string): Promise<string> {
  const { Vpc: made } = (await ec2['CreateVpc']!({ CidrBlock })) as { Vpc: { VpcId: string } };
  return made.VpcId;
}

async function newSubnet(VpcId: string, CidrBlock: string, AvailabilityZone: string): Promise<string> {
  const { Subnet: made } = (await ec2['CreateSubnet']!({ VpcId, CidrBlock, AvailabilityZone })) as {
    Subnet: { SubnetId: string };
  };
  return made.SubnetId;
}

async function newSecurityGroup(VpcId: string, GroupName = 'cache'): Promise<string> {
  const { GroupId } = (await ec2['CreateSecurityGroup']!({ VpcId, GroupName, Description: 'cache' })) as {
    GroupId: string;
  };
  return GroupId;
}

function request(
  overrides: Partial<Sdk.CreateReplicationGroupMessage> = {},
): Partial<Sdk.CreateReplicationGroupMessage> {
  return {
    ReplicationGroupId: 'App-Redis',
    ReplicationGroupDescription: 'shared state',
    CacheNodeType: 'cache.t4g.micro',
    Engine: 'redis',
    EngineVersion: '7.1',
    CacheSubnetGroupName: 'cache-subnets',
    SecurityGroupIds: [securityGroup],
    NumCacheClusters: 2,
    ...overrides,
  };
}

async function describeGroup(): Promise<Sdk.ReplicationGroup> {
  const { ReplicationGroups } = await aws.DescribeReplicationGroups({ ReplicationGroupId: 'app-redis' });
  return ReplicationGroups![0]!;
}

async function describeNodes(): Promise<Sdk.CacheCluster[]> {
  const { CacheClusters } = await aws.DescribeCacheClusters({ ShowCacheNodeInfo: true });
  return CacheClusters!;
}

async function createAvailable(
  overrides: Partial<Sdk.CreateReplicationGroupMessage> = {},
): Promise<Sdk.ReplicationGroup> {
  await aws.CreateReplicationGroup(request(overrides));
  await clock.advance(15 * MINUTE);
  const group = await describeGroup();
  expect(group.Status).toBe('available');
  return group;
}

async function modify(changes: Partial<Sdk.ModifyReplicationGroupMessage>): Promise<Sdk.ReplicationGroup> {
  await aws.ModifyReplicationGroup({ ReplicationGroupId: 'app-redis', ApplyImmediately: true, ...changes });
  await clock.advance(10 * MINUTE);
  return describeGroup();
}

/** Connects as a process of the VPC would that the security groups let through. */
function connect(hostName: string, options: { tls?: boolean; password?: string } = {}): Redis {
  const [address] = fabric.names.get(hostName) ?? [];
  const endpoint = fabric.served.get(`${address ?? ''}:6379`);
  if (!endpoint) throw new Error(`nothing at ${hostName}`);
  const client = new Redis(endpoint.port, endpoint.host, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    ...(options.tls ? { tls: { ca: authority.pem, servername: hostName } } : {}),
    ...(options.password === undefined ? {} : { password: options.password }),
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

function refusal(shape: string, message: string | RegExp = ''): unknown {
  return expect.objectContaining({ shape, message: expect.stringMatching(message) as unknown });
}

describe('a replication group', () => {
  test('is creating for minutes without endpoints, then available with them', async () => {
    const { ReplicationGroup: created } = await aws.CreateReplicationGroup(request());
    expect(created).toMatchObject({
      ReplicationGroupId: 'app-redis',
      Status: 'creating',
      ARN: 'arn:aws:elasticache:us-east-1:123456789012:replicationgroup:app-redis',
      MemberClusters: ['app-redis-001', 'app-redis-002'],
    });
    await clock.advance(5 * MINUTE);
    const creating = await describeGroup();
    expect(creating.Status).toBe('creating');
    expect(creating.NodeGroups?.[0]?.PrimaryEndpoint).toBeUndefined();
    expect(fabric.names.size).toBe(0);
    expect((await describeNodes()).map((node) => [node.CacheClusterStatus, node.CacheNodes])).toEqual([
      ['creating', undefined],
      ['creating', undefined],
    ]);

    await clock.advance(90 * SECOND);
    expect((await describeNodes()).map((node) => node.CacheClusterStatus)).toEqual(['available', 'creating']);
    expect((await describeGroup()).Status).toBe('creating');

    await clock.advance(2 * MINUTE);
    const group = await describeGroup();
    const [nodeGroup] = group.NodeGroups!;
    const hash = /^app-redis\.(\w{6})\.ng\.0001\.use1\.cache\.amazonaws\.com$/.exec(
      nodeGroup!.PrimaryEndpoint!.Address!,
    )![1]!;
    expect(group).toMatchObject({
      Status: 'available',
      ClusterEnabled: false,
      AtRestEncryptionEnabled: false,
    });
    expect(nodeGroup).toMatchObject({
      NodeGroupId: '0001',
      Status: 'available',
      ReaderEndpoint: { Address: `app-redis-ro.${hash}.ng.0001.use1.cache.amazonaws.com`, Port: 6379 },
      NodeGroupMembers: [
        { CacheClusterId: 'app-redis-001', CurrentRole: 'primary', PreferredAvailabilityZone: 'us-east-1a' },
        { CacheClusterId: 'app-redis-002', CurrentRole: 'replica', PreferredAvailabilityZone: 'us-east-1b' },
      ],
    });
    expect(await connect(nodeGroup!.PrimaryEndpoint!.Address!).set('canvas', '36')).toBe('OK');
    expect(await connect(nodeGroup!.ReaderEndpoint!.Address!).get('canvas')).toBe('36');
  });

  test('has one interface a node in its subnets, behind its security groups', async () => {
    await createAvailable();
    const { NetworkInterfaces } = (await ec2['DescribeNetworkInterfaces']!({})) as {
      NetworkInterfaces: {
        Description: string;
        SubnetId: string;
        Groups: { GroupId: string }[];
        RequesterId: string;
      }[];
    };
    expect(
      NetworkInterfaces.map((one) => [one.Description, one.SubnetId, one.Groups[0]?.GroupId]).sort(),
    ).toEqual([
      ['ElastiCache app-redis-001', subnets[0], securityGroup],
      ['ElastiCache app-redis-002', subnets[1], securityGroup],
    ]);
    const other = await newSecurityGroup(vpcId, 'other');
    await modify({ SecurityGroupIds: [other], ApplyImmediately: false });
    expect(
      (await describeNodes()).flatMap((node) => node.SecurityGroups!.map((one) => one.SecurityGroupId)),
    ).toEqual([other, other]);
  });

  test('with TLS has other host names, and its certificate covers them', async () => {
    const group = await createAvailable({ TransitEncryptionEnabled: true, AuthToken: TOKEN });
    const { PrimaryEndpoint, ReaderEndpoint, NodeGroupMembers } = group.NodeGroups![0]!;
    expect(group).toMatchObject({ TransitEncryptionMode: 'required', AuthTokenEnabled: true });
    expect(PrimaryEndpoint!.Address).toMatch(/^master\.app-redis\.\w{6}\.use1\.cache\.amazonaws\.com$/);
    expect(ReaderEndpoint!.Address).toMatch(/^replica\.app-redis\.\w{6}\.use1\.cache\.amazonaws\.com$/);
    expect(NodeGroupMembers![1]!.ReadEndpoint!.Address).toMatch(/^app-redis-002\.app-redis\.\w{6}\.use1\./);
    for (const { Address } of [PrimaryEndpoint!, ReaderEndpoint!, NodeGroupMembers![1]!.ReadEndpoint!]) {
      expect(await connect(Address!, { tls: true, password: TOKEN }).ping()).toBe('PONG');
    }
    await expect(connect(PrimaryEndpoint!.Address!, { tls: true }).ping()).rejects.toThrow('NOAUTH');
  });

  test.each<[string, Partial<Sdk.CreateReplicationGroupMessage>, string, RegExp]>([
    [
      'an underscore in its name',
      { ReplicationGroupId: 'app_redis' },
      'InvalidParameterValueException',
      /valid identifier/,
    ],
    [
      'two hyphens in its name',
      { ReplicationGroupId: 'app--redis' },
      'InvalidParameterValueException',
      /consecutive/,
    ],
    ['a long name', { ReplicationGroupId: 'a'.repeat(41) }, 'InvalidParameterValueException', /40/],
    [
      'failover without a replica',
      { AutomaticFailoverEnabled: true, NumCacheClusters: 1 },
      'InvalidParameterCombinationException',
      /at least 2 cache clusters/,
    ],
    [
      'Multi-AZ without failover',
      { MultiAZEnabled: true },
      'InvalidParameterCombinationException',
      /Automatic failover must be enabled/,
    ],
    [
      'Multi-AZ in one zone',
      {
        MultiAZEnabled: true,
        AutomaticFailoverEnabled: true,
        PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1a'],
      },
      'InvalidParameterCombinationException',
      /two availability zones/,
    ],
    [
      'a token without TLS',
      { AuthToken: TOKEN },
      'InvalidParameterValueException',
      /only supported when encryption-in-transit/,
    ],
    [
      'a token with a forbidden character',
      { AuthToken: `${TOKEN}_`, TransitEncryptionEnabled: true },
      'InvalidParameterValueException',
      /Invalid AuthToken provided/,
    ],
    [
      'user groups without TLS',
      { UserGroupIds: ['ops'] },
      'InvalidParameterCombinationException',
      /requires encryption-in-transit/,
    ],
    [
      'Memcached',
      { Engine: 'memcached' },
      'InvalidParameterCombinationException',
      /does not support replication/,
    ],
    [
      'an unknown version',
      { Engine: 'valkey', EngineVersion: '7.1' },
      'InvalidParameterCombinationException',
      /Cannot find version 7.1 for valkey/,
    ],
    [
      'a patch version',
      { Engine: 'valkey', EngineVersion: '7.2.6' },
      'InvalidParameterCombinationException',
      /Cannot find version/,
    ],
    [
      'nodes for several node groups',
      { NumNodeGroups: 2 },
      'InvalidParameterCombinationException',
      /one node group/,
    ],
    [
      'an unknown parameter group',
      { CacheParameterGroupName: 'default.valkey7.2' },
      'CacheParameterGroupNotFoundFault',
      /not found/,
    ],
    [
      'another family',
      { CacheParameterGroupName: 'default.valkey8' },
      'InvalidParameterCombinationException',
      /family redis7/,
    ],
    [
      'an unknown node type',
      { CacheNodeType: 'cache.t9.pico' },
      'InvalidParameterValueException',
      /cache.t9.pico/,
    ],
    [
      'no subnet group',
      { CacheSubnetGroupName: undefined },
      'InvalidParameterValueException',
      /does not have any default subnets/,
    ],
    [
      'an unknown subnet group',
      { CacheSubnetGroupName: 'nowhere' },
      'CacheSubnetGroupNotFoundFault',
      /nowhere/,
    ],
    [
      'too few zones',
      { PreferredCacheClusterAZs: ['us-east-1a'] },
      'InvalidParameterCombinationException',
      /availability zones/,
    ],
    [
      'a zone without a subnet',
      { PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1d'] },
      'InvalidParameterValueException',
      /us-east-1d/,
    ],
    [
      'an unknown security group',
      { SecurityGroupIds: ['sg-0123456789abcdef0'] },
      'InvalidParameterValueException',
      /sg-0123456789abcdef0/,
    ],
    [
      'a short maintenance window',
      { PreferredMaintenanceWindow: 'sun:05:00-sun:05:30' },
      'InvalidParameterValueException',
      /60 minutes/,
    ],
    ['a retention of 36 days', { SnapshotRetentionLimit: 36 }, 'InvalidParameterValueException', /35/],
    [
      'a snapshot ARN for S3',
      { SnapshotArns: ['arn:aws:elasticache:us-east-1:1:snapshot:s'] },
      'InvalidParameterValueException',
      /object path/,
    ],
  ])('cannot be made with %s', async (_, overrides, shape, message) => {
    await expect(aws.CreateReplicationGroup(request(overrides))).rejects.toEqual(refusal(shape, message));
    expect((await aws.DescribeReplicationGroups({})).ReplicationGroups).toEqual([]);
  });

  test('cannot be behind a security group of another VPC', async () => {
    const foreign = await newSecurityGroup(await newVpc('10.1.0.0/16'));
    await expect(aws.CreateReplicationGroup(request({ SecurityGroupIds: [foreign] }))).rejects.toEqual(
      refusal('InvalidParameterValueException', foreign),
    );
  });

  test('occupies its name, whatever the case, and the names of its members', async () => {
    await aws.CreateReplicationGroup(request());
    await expect(aws.CreateReplicationGroup(request({ ReplicationGroupId: 'app-REDIS' }))).rejects.toEqual(
      refusal('ReplicationGroupAlreadyExistsFault'),
    );
    await aws.CreateCacheCluster({ CacheClusterId: 'other-001', CacheSubnetGroupName: 'cache-subnets' });
    await expect(aws.CreateReplicationGroup(request({ ReplicationGroupId: 'other' }))).rejects.toEqual(
      refusal('CacheClusterAlreadyExistsFault', /other-001/),
    );
    await expect(aws.DescribeReplicationGroups({ ReplicationGroupId: 'nothing' })).rejects.toEqual(
      refusal('ReplicationGroupNotFoundFault'),
    );
  });

  test('that could not be created says why in its events, and can be deleted', async () => {
    elasticache.failNextCreate('insufficient capacity in us-east-1a');
    await aws.CreateReplicationGroup(request());
    await clock.advance(10 * MINUTE);
    expect((await describeGroup()).Status).toBe('create-failed');
    const { Events } = await aws.DescribeEvents({
      SourceType: 'replication-group',
      SourceIdentifier: 'app-redis',
    });
    expect(Events!.map((event) => event.Message)).toEqual([
      expect.stringContaining('insufficient capacity in us-east-1a'),
    ]);
    await expect(aws.CreateReplicationGroup(request())).rejects.toEqual(
      refusal('ReplicationGroupAlreadyExistsFault'),
    );
    await aws.DeleteReplicationGroup({ ReplicationGroupId: 'app-redis' });
    await clock.advance(5 * MINUTE);
    await createAvailable();
  });

  test('has an event for its own beginning and for each node', async () => {
    await createAvailable();
    const messages = (await aws.DescribeEvents({ Duration: 60 })).Events!.map((event) => event.Message);
    expect(messages).toContain('Replication group app-redis created');
    expect(messages).toContain('Added cache node 0001 in availability zone us-east-1b');
    await clock.advance(2 * 60 * MINUTE);
    expect((await aws.DescribeEvents({})).Events).toEqual([]);
    expect((await aws.DescribeEvents({ Duration: 600 })).Events).not.toEqual([]);
    await expect(aws.DescribeEvents({ SourceIdentifier: 'app-redis' })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', /SourceType/),
    );
    await expect(aws.DescribeEvents({ Duration: 15 * 24 * 60 })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', /14 days/),
    );
  });
});

describe('a modification', () => {
  test('may not show at once, then is modifying, then done', async () => {
    await createAvailable();
    await aws.ModifyReplicationGroup({
      ReplicationGroupId: 'app-redis',
      CacheNodeType: 'cache.t4g.small',
      ApplyImmediately: true,
    });
    expect((await describeGroup()).Status).toBe('available');
    await expect(
      aws.ModifyReplicationGroup({ ReplicationGroupId: 'app-redis', AutoMinorVersionUpgrade: false }),
    ).rejects.toEqual(refusal('InvalidReplicationGroupStateFault'));
    await clock.advance(30 * SECOND);
    expect((await describeGroup()).Status).toBe('modifying');
    expect((await describeNodes())[0]).toMatchObject({
      CacheClusterStatus: 'modifying',
      PendingModifiedValues: { CacheNodeType: 'cache.t4g.small' },
    });
    await clock.advance(10 * MINUTE);
    const group = await describeGroup();
    expect(group).toMatchObject({ Status: 'available', CacheNodeType: 'cache.t4g.small' });
    const memory = await connect(group.NodeGroups![0]!.PrimaryEndpoint!.Address!).info('memory');
    expect(memory).toMatch(`maxmemory:${Math.floor(1_471_026_299 * 0.75)}`);
  });

  test('waits for the maintenance window unless it is to be applied immediately', async () => {
    await createAvailable();
    const waiting = await modify({ AutomaticFailoverEnabled: true, ApplyImmediately: false });
    expect(waiting).toMatchObject({
      Status: 'available',
      AutomaticFailover: 'disabled',
      PendingModifiedValues: { AutomaticFailoverStatus: 'enabled' },
    });
    const applied = await modify({ MultiAZEnabled: true, AutomaticFailoverEnabled: true });
    expect(applied).toMatchObject({ AutomaticFailover: 'enabled', MultiAZ: 'enabled' });
    expect(applied.PendingModifiedValues?.AutomaticFailoverStatus).toBeUndefined();
  });

  test('of windows, retention and description takes effect with the call', async () => {
    await createAvailable();
    const { ReplicationGroup: changed } = await aws.ModifyReplicationGroup({
      ReplicationGroupId: 'app-redis',
      ReplicationGroupDescription: 'changed',
      SnapshotRetentionLimit: 7,
      SnapshotWindow: '01:00-02:00',
      PreferredMaintenanceWindow: 'Mon:05:00-Mon:07:00',
    });
    expect(changed).toMatchObject({
      Status: 'available',
      Description: 'changed',
      SnapshotRetentionLimit: 7,
      SnapshotWindow: '01:00-02:00',
      SnapshottingClusterId: 'app-redis-002',
    });
    expect((await describeNodes())[0]?.PreferredMaintenanceWindow).toBe('mon:05:00-mon:07:00');
    await expect(modify({ SnapshotRetentionLimit: 7 })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', 'No modifications were requested'),
    );
  });

  test('adds and removes high availability only in the order that AWS demands', async () => {
    await createAvailable({ NumCacheClusters: 1 });
    await expect(modify({ AutomaticFailoverEnabled: true })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', /at least 2 cache clusters/),
    );
    await aws.IncreaseReplicaCount({
      ReplicationGroupId: 'app-redis',
      NewReplicaCount: 1,
      ApplyImmediately: true,
    });
    await clock.advance(MINUTE);
    expect(await describeGroup()).toMatchObject({
      Status: 'modifying',
      MemberClusters: ['app-redis-001', 'app-redis-002'],
    });
    await clock.advance(10 * MINUTE);
    await expect(modify({ MultiAZEnabled: true })).rejects.toEqual(
      refusal('InvalidParameterCombinationException'),
    );
    expect(await modify({ AutomaticFailoverEnabled: true, MultiAZEnabled: true })).toMatchObject({
      MultiAZ: 'enabled',
    });

    await expect(modify({ AutomaticFailoverEnabled: false })).rejects.toEqual(
      refusal('InvalidParameterCombinationException'),
    );
    const shrink = { ReplicationGroupId: 'app-redis', NewReplicaCount: 0, ApplyImmediately: true };
    await expect(aws.DecreaseReplicaCount(shrink)).rejects.toEqual(
      refusal('InvalidParameterValueException', /at least 1 replica for Multi-AZ/),
    );
    await modify({ AutomaticFailoverEnabled: false, MultiAZEnabled: false });
    await aws.DecreaseReplicaCount(shrink);
    await clock.advance(10 * MINUTE);
    expect(await describeGroup()).toMatchObject({ Status: 'available', MemberClusters: ['app-redis-001'] });
    await clock.advance(10 * MINUTE);
    const { NetworkInterfaces } = (await ec2['DescribeNetworkInterfaces']!({})) as {
      NetworkInterfaces: unknown[];
    };
    expect(NetworkInterfaces).toHaveLength(1);
  });

  test('moves the engine up, also to Valkey, and never down', async () => {
    await createAvailable({ EngineVersion: '7.0' });
    await expect(modify({ EngineVersion: '6.2' })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', /Downgrading/),
    );
    await expect(modify({ Engine: 'valkey' })).rejects.toEqual(
      refusal('InvalidParameterCombinationException', /EngineVersion/),
    );
    const group = await modify({ Engine: 'valkey', EngineVersion: '8.1' });
    expect(group.Engine).toBe('valkey');
    expect((await describeNodes())[0]).toMatchObject({
      Engine: 'valkey',
      EngineVersion: '8.1.0',
      CacheParameterGroup: { CacheParameterGroupName: 'default.valkey8' },
    });
  });

  test('brings TLS by way of preferred, where plaintext clients keep their old host name', async () => {
    const before = await createAvailable();
    const plainName = before.NodeGroups![0]!.PrimaryEndpoint!.Address!;
    await expect(
      modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' }),
    ).rejects.toEqual(refusal('InvalidParameterCombinationException', /preferred first/));
    const preferred = await modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' });
    const tlsName = preferred.NodeGroups![0]!.PrimaryEndpoint!.Address!;
    expect(preferred.TransitEncryptionMode).toBe('preferred');
    expect(tlsName).toMatch(/^master\./);
    expect(await connect(plainName).ping()).toBe('PONG');
    expect(await connect(tlsName, { tls: true }).ping()).toBe('PONG');

    await modify({ TransitEncryptionMode: 'required' });
    expect(fabric.names.has(plainName)).toBe(false);
    expect(await connect(tlsName, { tls: true }).ping()).toBe('PONG');
    await expect(connect(tlsName).ping()).rejects.toThrow();
  });

  test('rotates the token so that both work until SET', async () => {
    const group = await createAvailable({ TransitEncryptionEnabled: true, AuthToken: TOKEN });
    const name = group.NodeGroups![0]!.PrimaryEndpoint!.Address!;
    await aws.ModifyReplicationGroup({
      ReplicationGroupId: 'app-redis',
      ApplyImmediately: true,
      AuthToken: OTHER_TOKEN,
    });
    await clock.advance(30 * SECOND);
    expect((await describeGroup()).PendingModifiedValues).toMatchObject({ AuthTokenStatus: 'ROTATING' });
    await clock.advance(10 * MINUTE);
    expect(await connect(name, { tls: true, password: TOKEN }).ping()).toBe('PONG');
    expect(await connect(name, { tls: true, password: OTHER_TOKEN }).ping()).toBe('PONG');

    await expect(modify({ AuthToken: TOKEN, AuthTokenUpdateStrategy: 'SET' })).rejects.toEqual(
      refusal('InvalidParameterValueException', /Invalid AuthToken/),
    );
    await modify({ AuthToken: OTHER_TOKEN, AuthTokenUpdateStrategy: 'SET' });
    await expect(connect(name, { tls: true, password: TOKEN }).ping()).rejects.toThrow();
    expect(await connect(name, { tls: true, password: OTHER_TOKEN }).ping()).toBe('PONG');
  });

  test('knows two tokens at most: a third one pushes out the oldest, and each change has its date', async () => {
    const created = await createAvailable({ TransitEncryptionEnabled: true, AuthToken: TOKEN });
    const name = created.NodeGroups![0]!.PrimaryEndpoint!.Address!;
    const kept = connect(name, { tls: true, password: TOKEN });
    expect(await kept.ping()).toBe('PONG');
    const second = await modify({ AuthToken: OTHER_TOKEN });
    const third = await modify({ AuthToken: `${TOKEN}3` });
    const dates = [created, second, third].map(({ AuthTokenLastModifiedDate: at }) => at?.getTime() ?? 0);
    expect(dates.toSorted((one, other) => one - other)).toEqual(dates);
    expect(new Set(dates).size).toBe(3);
    await expect(connect(name, { tls: true, password: TOKEN }).ping()).rejects.toThrow('WRONGPASS');
    expect(await connect(name, { tls: true, password: OTHER_TOKEN }).ping()).toBe('PONG');
    expect(await connect(name, { tls: true, password: `${TOKEN}3` }).ping()).toBe('PONG');
    // Whoever was let in stays.
    expect(await kept.ping()).toBe('PONG');
  });

  test('lets clients without a token in after the first ROTATE, and no more after SET', async () => {
    const group = await createAvailable({ TransitEncryptionEnabled: true });
    const name = group.NodeGroups![0]!.PrimaryEndpoint!.Address!;
    await modify({ AuthToken: TOKEN });
    expect(await connect(name, { tls: true }).ping()).toBe('PONG');
    expect(await connect(name, { tls: true, password: TOKEN }).ping()).toBe('PONG');
    await modify({ AuthToken: TOKEN, AuthTokenUpdateStrategy: 'SET' });
    await expect(connect(name, { tls: true }).ping()).rejects.toThrow('NOAUTH');
  });
});

test('what runs behind the nodes is the server of the machine, where there is one', async (context) => {
  const real = await createRedisServers({ folder, authority });
  if (real.kind === 'embedded') context.skip();
  const service = createElastiCache({
    accountId: '123456789012',
    region: REGION,
    clock,
    vpc,
    fabric,
    redis: real,
  });
  const calls = callsTo(service.operations, 'elasticache') as unknown as Api;
  try {
    await calls.CreateCacheSubnetGroup({
      CacheSubnetGroupName: 'cache-subnets',
      CacheSubnetGroupDescription: '',
      SubnetIds: subnets,
    });
    const ReplicationGroupId = 'app-redis';
    await calls.CreateReplicationGroup(
      request({ TransitEncryptionEnabled: true, AuthToken: TOKEN, AutomaticFailoverEnabled: true }),
    );
    await clock.advance(10 * MINUTE);
    const { ReplicationGroups } = await calls.DescribeReplicationGroups({ ReplicationGroupId });
    const { PrimaryEndpoint, ReaderEndpoint } = ReplicationGroups![0]!.NodeGroups![0]!;
    const credentials = { tls: true, password: TOKEN };
    const writer = connect(PrimaryEndpoint!.Address!, credentials);
    expect(await writer.set('canvas', '36')).toBe('OK');
    await expect
      .poll(() => connect(ReaderEndpoint!.Address!, credentials).get('canvas'), { interval: 5 })
      .toBe('36');
    expect(await writer.info('memory')).toMatch('maxmemory_policy:volatile-lru');

    await calls.TestFailover({ ReplicationGroupId, NodeGroupId: '0001' });
    await clock.advance(5 * MINUTE);
    await expect(writer.set('canvas', '1')).rejects.toThrow('Connection is closed');
    const oldNode = ReplicationGroups![0]!.NodeGroups![0]!.NodeGroupMembers![0]!.ReadEndpoint!.Address!;
    const faithful = connect(oldNode, credentials);
    expect(await faithful.get('canvas')).toBe('36');
    await expect(faithful.set('canvas', '1')).rejects.toThrow('READONLY');
    const after = connect(PrimaryEndpoint!.Address!, credentials);
    expect(await after.get('canvas')).toBe('36');
    expect(await after.set('canvas', '57')).toBe('OK');
  } finally {
    await service.close();
    await real.close();
  }
});

test('a failover swaps the roles and moves the primary endpoint without losing data', async () => {
  const group = await createAvailable({ AutomaticFailoverEnabled: true });
  const name = group.NodeGroups![0]!.PrimaryEndpoint!.Address!;
  await connect(name).set('canvas', '36');
  const [before] = fabric.names.get(name)!;
  await aws.TestFailover({ ReplicationGroupId: 'app-redis', NodeGroupId: '0001' });
  await clock.advance(5 * MINUTE);
  const after = await describeGroup();
  expect(after.NodeGroups![0]!.NodeGroupMembers!.map((one) => one.CurrentRole)).toEqual([
    'replica',
    'primary',
  ]);
  expect(after.NodeGroups![0]!.PrimaryEndpoint!.Address).toBe(name);
  expect(fabric.names.get(name)).not.toEqual([before]);
  expect(await connect(name).get('canvas')).toBe('36');
  expect(await connect(name).set('canvas', '57')).toBe('OK');
  const events = (await aws.DescribeEvents({})).Events!;
  expect(events.slice(-5).map(({ SourceType, Message }) => `${SourceType ?? ''}: ${Message ?? ''}`)).toEqual([
    'replication-group: Test Failover API called for node group 0001',
    'cache-cluster: Failover from primary node app-redis-001 to replica node app-redis-002 completed',
    'replication-group: Failover from primary node app-redis-001 to replica node app-redis-002 completed',
    'cache-cluster: Recovering cache nodes 0001',
    'cache-cluster: Finished recovery for cache nodes 0001',
  ]);
});

test('a failover refuses at its primary until a replica has taken over, and keeps the group busy until it is back', async () => {
  const group = await createAvailable({ AutomaticFailoverEnabled: true });
  const name = group.NodeGroups![0]!.PrimaryEndpoint!.Address!;
  const call = { ReplicationGroupId: 'app-redis', NodeGroupId: '0001' };
  await aws.TestFailover(call);
  await clock.advance(12 * SECOND);
  await expect(connect(name).ping()).rejects.toThrow();
  expect((await describeGroup()).Status).toBe('modifying');
  await expect(aws.TestFailover(call)).rejects.toEqual(refusal('InvalidReplicationGroupStateFault'));
  await clock.advance(20 * SECOND);
  expect(await connect(name).set('canvas', '36')).toBe('OK');
  expect((await describeGroup()).Status).toBe('modifying');
  await clock.advance(MINUTE);
  expect((await describeGroup()).Status).toBe('available');
});

test('a failover is refused for a shard that is not there, without a replica to take over, and too often a day', async () => {
  await createAvailable({ AutomaticFailoverEnabled: true });
  const call = { ReplicationGroupId: 'app-redis', NodeGroupId: '0001' };
  await expect(aws.TestFailover({ ...call, NodeGroupId: '0002' })).rejects.toEqual(
    refusal('NodeGroupNotFoundFault'),
  );
  for (let times = 0; times < 15; times += 1) {
    await aws.TestFailover(call);
    await clock.advance(2 * MINUTE);
  }
  await expect(aws.TestFailover(call)).rejects.toEqual(refusal('APICallRateForCustomerExceededFault'));
  await clock.advance(24 * 60 * MINUTE);
  await aws.TestFailover(call);
});

describe('tags', () => {
  const tags = [{ Key: 'elasticache-wizard:project', Value: 'app' }];
  const arn = 'arn:aws:elasticache:us-east-1:123456789012:replicationgroup:app-redis';
  const nodeArn = 'arn:aws:elasticache:us-east-1:123456789012:cluster:app-redis-001';

  test('given at creation are on the group and its nodes, and readable only while it is available', async () => {
    await aws.CreateReplicationGroup(request({ Tags: tags }));
    await expect(aws.ListTagsForResource({ ResourceName: arn })).rejects.toEqual(
      refusal('InvalidReplicationGroupStateFault', /tagging operations/),
    );
    await clock.advance(15 * MINUTE);
    expect((await aws.ListTagsForResource({ ResourceName: arn })).TagList).toEqual(tags);
    expect((await aws.ListTagsForResource({ ResourceName: nodeArn })).TagList).toEqual(tags);
  });

  test('added later reach the nodes, and keep the group busy for a moment', async () => {
    await createAvailable();
    await aws.AddTagsToResource({ ResourceName: arn, Tags: tags });
    await expect(aws.ListTagsForResource({ ResourceName: arn })).rejects.toEqual(
      refusal('InvalidReplicationGroupStateFault'),
    );
    await clock.advance(8 * SECOND);
    expect((await describeGroup()).Status).toBe('modifying');
    await clock.advance(MINUTE);
    expect((await aws.ListTagsForResource({ ResourceName: nodeArn })).TagList).toEqual(tags);
    await aws.RemoveTagsFromResource({ ResourceName: arn, TagKeys: ['elasticache-wizard:project'] });
    await clock.advance(MINUTE);
    expect((await aws.ListTagsForResource({ ResourceName: arn })).TagList).toEqual([]);
    await expect(aws.ListTagsForResource({ ResourceName: 'app-redis' })).rejects.toEqual(
      refusal('InvalidARNFault'),
    );
  });
});

describe('a deletion', () => {
  test('takes minutes, keeps the final snapshot, and lets go of the network later still', async () => {
    const group = await createAvailable();
    await aws.DeleteReplicationGroup({ ReplicationGroupId: 'app-redis', FinalSnapshotIdentifier: 'Last' });
    expect((await describeGroup()).Status).toBe('deleting');
    await expect(aws.DeleteReplicationGroup({ ReplicationGroupId: 'app-redis' })).rejects.toEqual(
      refusal('InvalidReplicationGroupStateFault', /app-redis-001 is not in a valid state to be deleted/),
    );
    await expect(aws.DeleteCacheSubnetGroup({ CacheSubnetGroupName: 'cache-subnets' })).rejects.toEqual(
      refusal('CacheSubnetGroupInUse', /currently in use/),
    );
    expect(() => connect(group.NodeGroups![0]!.PrimaryEndpoint!.Address!)).toThrow('nothing at');

    await clock.advance(5 * MINUTE);
    await expect(describeGroup()).rejects.toEqual(refusal('ReplicationGroupNotFoundFault'));
    await expect(ec2['DeleteSecurityGroup']!({ GroupId: securityGroup })).rejects.toEqual(
      refusal('DependencyViolation'),
    );
    await aws.DeleteCacheSubnetGroup({ CacheSubnetGroupName: 'cache-subnets' });

    await clock.advance(5 * MINUTE);
    await ec2['DeleteSecurityGroup']!({ GroupId: securityGroup });
    expect((await aws.DescribeSnapshots({ SnapshotName: 'last' })).Snapshots).toMatchObject([
      { SnapshotStatus: 'available', ReplicationGroupId: 'app-redis' },
    ]);
  });

  test('is refused while the group is creating', async () => {
    await aws.CreateReplicationGroup(request());
    await expect(aws.DeleteReplicationGroup({ ReplicationGroupId: 'app-redis' })).rejects.toEqual(
      refusal('InvalidReplicationGroupStateFault'),
    );
  });
});

test('a snapshot keeps its group busy, has a name of its own, and can be deleted', async () => {
  await createAvailable();
  await aws.CreateSnapshot({ ReplicationGroupId: 'app-redis', SnapshotName: 'Before-Upgrade' });
  await clock.advance(30 * SECOND);
  expect((await describeGroup()).Status).toBe('snapshotting');
  await clock.advance(5 * MINUTE);
  expect((await describeGroup()).Status).toBe('available');
  await expect(
    aws.CreateSnapshot({ ReplicationGroupId: 'app-redis', SnapshotName: 'before-upgrade' }),
  ).rejects.toEqual(refusal('SnapshotAlreadyExistsFault'));
  await aws.DeleteSnapshot({ SnapshotName: 'before-upgrade' });
  await clock.advance(MINUTE);
  await expect(aws.DescribeSnapshots({ SnapshotName: 'before-upgrade' })).rejects.toEqual(
    refusal('SnapshotNotFoundFault'),
  );
});

describe('a subnet group', () => {
  const create = (SubnetIds: string[]) =>
    aws.CreateCacheSubnetGroup({ CacheSubnetGroupName: 'more', CacheSubnetGroupDescription: '', SubnetIds });

  test('takes only subnets of one VPC where caches can be, twenty at most', async () => {
    await expect(create(['subnet-0123456789abcdef0'])).rejects.toEqual(refusal('InvalidSubnet'));
    const local = await newSubnet(vpcId, '10.0.9.0/24', 'us-east-1-bos-1a');
    await expect(create([local])).rejects.toEqual(refusal('SubnetNotAllowedFault', local));
    const foreign = await newSubnet(await newVpc('10.1.0.0/16'), '10.1.0.0/24', 'us-east-1a');
    await expect(create([subnets[0]!, foreign])).rejects.toEqual(refusal('InvalidSubnet'));
    await expect(create(Array.from({ length: 21 }, (_, index) => `subnet-${index}`))).rejects.toEqual(
      refusal('CacheSubnetQuotaExceededFault'),
    );
    await expect(
      aws.CreateCacheSubnetGroup({
        CacheSubnetGroupName: 'cache-SUBNETS',
        CacheSubnetGroupDescription: '',
        SubnetIds: subnets,
      }),
    ).rejects.toEqual(refusal('CacheSubnetGroupAlreadyExistsFault'));
  });

  test('cannot lose a subnet in which a node lies', async () => {
    await aws.CreateReplicationGroup(request({ NumCacheClusters: 1 }));
    const CacheSubnetGroupName = 'cache-subnets';
    await expect(
      aws.ModifyCacheSubnetGroup({ CacheSubnetGroupName, SubnetIds: [subnets[1]!] }),
    ).rejects.toEqual(refusal('SubnetInUse'));
    await aws.ModifyCacheSubnetGroup({ CacheSubnetGroupName, SubnetIds: [subnets[0]!] });
    const { CacheSubnetGroups } = await aws.DescribeCacheSubnetGroups({ CacheSubnetGroupName });
    expect(CacheSubnetGroups).toMatchObject([{ VpcId: vpcId, Subnets: [{ SubnetIdentifier: subnets[0] }] }]);
  });
});

describe('a parameter group', () => {
  const CacheParameterGroupName = 'queues';
  const policy = (ParameterValue: string) => ({
    CacheParameterGroupName,
    ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue }],
  });

  beforeEach(() =>
    aws.CreateCacheParameterGroup({
      CacheParameterGroupName,
      CacheParameterGroupFamily: 'redis7',
      Description: '',
    }),
  );

  test('reaches the servers that use it, also while they run', async () => {
    await aws.ModifyCacheParameterGroup(policy('noeviction'));
    const group = await createAvailable({ CacheParameterGroupName });
    const client = connect(group.NodeGroups![0]!.PrimaryEndpoint!.Address!);
    expect(await client.info('memory')).toMatch('maxmemory_policy:noeviction');
    await aws.ModifyCacheParameterGroup(policy('allkeys-lru'));
    expect(await client.info('memory')).toMatch('maxmemory_policy:allkeys-lru');
    await aws.ResetCacheParameterGroup({ CacheParameterGroupName, ResetAllParameters: true });
    expect(await client.info('memory')).toMatch('maxmemory_policy:volatile-lru');
    await expect(aws.DeleteCacheParameterGroup({ CacheParameterGroupName })).rejects.toEqual(
      refusal('InvalidCacheParameterGroupStateFault', /still members/),
    );
  });

  test('shows which values are its own', async () => {
    await aws.ModifyCacheParameterGroup(policy('noeviction'));
    const { Parameters } = await aws.DescribeCacheParameters({ CacheParameterGroupName, Source: 'user' });
    expect(Parameters).toMatchObject([{ ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' }]);
  });

  test('refuses what is no value, and no default group can be changed', async () => {
    await expect(aws.ModifyCacheParameterGroup(policy('lru'))).rejects.toEqual(
      refusal('InvalidParameterValueException', /maxmemory-policy/),
    );
    await expect(
      aws.ModifyCacheParameterGroup({ ...policy('noeviction'), CacheParameterGroupName: 'default.redis7' }),
    ).rejects.toEqual(refusal('InvalidCacheParameterGroupStateFault'));
    await expect(
      aws.CreateCacheParameterGroup({
        CacheParameterGroupName: 'other',
        CacheParameterGroupFamily: 'valkey7.2',
        Description: '',
      }),
    ).rejects.toEqual(refusal('InvalidParameterValueException', /valkey7.2/));
  });
});

describe('a cache cluster of its own', () => {
  test('has one node and an endpoint, and can be modified and deleted', async () => {
    await aws.CreateCacheCluster({
      CacheClusterId: 'Single',
      CacheNodeType: 'cache.t3.micro',
      NumCacheNodes: 1,
      CacheSubnetGroupName: 'cache-subnets',
    });
    await clock.advance(7 * MINUTE);
    const [cluster] = await describeNodes();
    expect(cluster).toMatchObject({
      CacheClusterId: 'single',
      CacheClusterStatus: 'available',
      Engine: 'redis',
    });
    expect(await connect(cluster!.CacheNodes![0]!.Endpoint!.Address!).ping()).toBe('PONG');
    await aws.ModifyCacheCluster({
      CacheClusterId: 'single',
      CacheNodeType: 'cache.t3.small',
      ApplyImmediately: true,
    });
    await clock.advance(10 * MINUTE);
    expect((await describeNodes())[0]?.CacheNodeType).toBe('cache.t3.small');
    await aws.DeleteCacheCluster({ CacheClusterId: 'single' });
    await clock.advance(5 * MINUTE);
    await expect(aws.DescribeCacheClusters({ CacheClusterId: 'single' })).rejects.toEqual(
      refusal('CacheClusterNotFoundFault'),
    );
  });

  test.each<[string, Partial<Sdk.CreateCacheClusterMessage>, string, RegExp]>([
    ['Valkey', { Engine: 'valkey' }, 'InvalidParameterValueException', /doesn't support Valkey engine/],
    [
      'TLS',
      { TransitEncryptionEnabled: true },
      'InvalidParameterCombinationException',
      /not supported for engine REDIS/,
    ],
    ['two nodes', { NumCacheNodes: 2 }, 'InvalidParameterValueException', /greater than 1/],
  ])('cannot have %s', async (_, overrides, shape, message) => {
    await expect(
      aws.CreateCacheCluster({
        CacheClusterId: 'single',
        CacheSubnetGroupName: 'cache-subnets',
        ...overrides,
      }),
    ).rejects.toEqual(refusal(shape, message));
  });

  test('is not to be confused with the only node of a replication group', async () => {
    await createAvailable({ NumCacheClusters: 1 });
    await expect(aws.DeleteCacheCluster({ CacheClusterId: 'app-redis-001' })).rejects.toEqual(
      refusal('InvalidCacheClusterStateFault', /only member of a replication group/),
    );
  });
});

describe('the catalogue', () => {
  test('lists engine versions with their families and defaults', async () => {
    const { CacheEngineVersions } = await aws.DescribeCacheEngineVersions({});
    expect(
      CacheEngineVersions!.map(
        (one) => `${one.Engine} ${one.EngineVersion} ${one.CacheParameterGroupFamily}`,
      ),
    ).toEqual([
      'redis 5.0.6 redis5.0',
      'redis 6.2 redis6.x',
      'redis 7.0 redis7',
      'redis 7.1 redis7',
      'valkey 7.2 valkey7',
      'valkey 8.0 valkey8',
      'valkey 8.1 valkey8',
      'valkey 8.2 valkey8',
      'valkey 9.0 valkey9',
    ]);
    const defaults = await aws.DescribeCacheEngineVersions({ Engine: 'redis', DefaultOnly: true });
    expect(defaults.CacheEngineVersions!.map((one) => one.EngineVersion)).toEqual(['7.1']);
  });

  test('comes in pages of at least twenty', async () => {
    const first = await aws.DescribeReservedCacheNodesOfferings({ MaxRecords: 20 });
    const second = await aws.DescribeReservedCacheNodesOfferings({ MaxRecords: 20, Marker: first.Marker });
    expect(first.ReservedCacheNodesOfferings).toHaveLength(20);
    expect(second.ReservedCacheNodesOfferings!.length).toBeGreaterThan(0);
    expect(second.Marker).toBeUndefined();
    await expect(aws.DescribeReplicationGroups({ MaxRecords: 5 })).rejects.toEqual(
      refusal('InvalidParameterValueException', /MaxRecords/),
    );
    await expect(aws.DescribeSnapshots({ MaxRecords: 100 })).rejects.toEqual(
      refusal('InvalidParameterValueException', /50/),
    );
  });

  test('says what a node type can become', async () => {
    await createAvailable();
    const allowed = await aws.ListAllowedNodeTypeModifications({ ReplicationGroupId: 'app-redis' });
    expect(allowed.ScaleUpModifications).toContain('cache.r7g.large');
    expect(allowed.ScaleDownModifications).toEqual([]);
  });

  test('knows no serverless caches, and the default user', async () => {
    expect((await aws.DescribeServerlessCaches({})).ServerlessCaches).toEqual([]);
    expect((await aws.DescribeUsers({})).Users).toMatchObject([{ UserId: 'default', Status: 'active' }]);
  });
});
