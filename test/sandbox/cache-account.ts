/** An account with a VPC, caches on the machine's own Redis server, and a place from which an application connects. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type * as Sdk from '@aws-sdk/client-elasticache';
import { expect } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createEc2 } from '../../src/sandbox/ec2/ec2.ts';
import { createElastiCache } from '../../src/sandbox/elasticache/elasticache.ts';
import type { Seat } from '../../src/sandbox/network/fabric.ts';
import { createFabric } from '../../src/sandbox/network/loopback-fabric.ts';
import { createCertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import { createRedisServers } from '../../src/sandbox/redis/servers.ts';
import type { RedisServersOptions } from '../../src/sandbox/redis/servers.ts';
import type { Call, Operations } from '../../src/sandbox/service.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const TOKEN = 'first-token-0123456789';

const REGION = 'us-east-1';
const PRELOAD = resolve('dist/programs/preload.cjs');

/** The operations that these tests call, in the SDK's own types. */
export interface ElastiCacheApi {
  CreateReplicationGroup(
    input: Partial<Sdk.CreateReplicationGroupMessage>,
  ): Promise<Sdk.CreateReplicationGroupResult>;
  DescribeReplicationGroups(
    input: Sdk.DescribeReplicationGroupsMessage,
  ): Promise<Sdk.ReplicationGroupMessage>;
  ModifyReplicationGroup(input: Sdk.ModifyReplicationGroupMessage): Promise<Sdk.ModifyReplicationGroupResult>;
  ModifyReplicationGroupShardConfiguration(
    input: Sdk.ModifyReplicationGroupShardConfigurationMessage,
  ): Promise<Sdk.ModifyReplicationGroupShardConfigurationResult>;
  DeleteReplicationGroup(input: Sdk.DeleteReplicationGroupMessage): Promise<Sdk.DeleteReplicationGroupResult>;
  IncreaseReplicaCount(input: Sdk.IncreaseReplicaCountMessage): Promise<Sdk.IncreaseReplicaCountResult>;
  DecreaseReplicaCount(input: Sdk.DecreaseReplicaCountMessage): Promise<Sdk.DecreaseReplicaCountResult>;
  ListAllowedNodeTypeModifications(
    input: Sdk.ListAllowedNodeTypeModificationsMessage,
  ): Promise<Sdk.AllowedNodeTypeModificationsMessage>;
  TestFailover(input: Sdk.TestFailoverMessage): Promise<Sdk.TestFailoverResult>;
  CreateSnapshot(input: Sdk.CreateSnapshotMessage): Promise<Sdk.CreateSnapshotResult>;
  CreateCacheCluster(input: Sdk.CreateCacheClusterMessage): Promise<Sdk.CreateCacheClusterResult>;
  DescribeCacheClusters(input: Sdk.DescribeCacheClustersMessage): Promise<Sdk.CacheClusterMessage>;
  ModifyCacheCluster(input: Sdk.ModifyCacheClusterMessage): Promise<Sdk.ModifyCacheClusterResult>;
  DeleteCacheCluster(input: Sdk.DeleteCacheClusterMessage): Promise<Sdk.DeleteCacheClusterResult>;
  CreateCacheSubnetGroup(input: Sdk.CreateCacheSubnetGroupMessage): Promise<Sdk.CreateCacheSubnetGroupResult>;
  DeleteCacheSubnetGroup(input: Sdk.DeleteCacheSubnetGroupMessage): Promise<object>;
  CreateCacheParameterGroup(
    input: Sdk.CreateCacheParameterGroupMessage,
  ): Promise<Sdk.CreateCacheParameterGroupResult>;
  ModifyCacheParameterGroup(
    input: Sdk.ModifyCacheParameterGroupMessage,
  ): Promise<Sdk.CacheParameterGroupNameMessage>;
  ListTagsForResource(input: Sdk.ListTagsForResourceMessage): Promise<Sdk.TagListMessage>;
}

type Ec2Calls = Readonly<Record<string, (input: object) => Promise<unknown>>>;

export interface CacheAccount {
  readonly aws: ElastiCacheApi;
  readonly clock: VirtualClock;
  readonly securityGroup: string;
  /** Of a replication group 'app' with two nodes. */
  request(overrides?: Partial<Sdk.CreateReplicationGroupMessage>): Partial<Sdk.CreateReplicationGroupMessage>;
  /** The replication group, once it is available. */
  create(overrides?: Partial<Sdk.CreateReplicationGroupMessage>): Promise<Sdk.ReplicationGroup>;
  modify(changes: Partial<Sdk.ModifyReplicationGroupMessage>): Promise<Sdk.ReplicationGroup>;
  group(replicationGroupId?: string): Promise<Sdk.ReplicationGroup>;
  nodes(): Promise<Sdk.CacheCluster[]>;
  /** Runs a program in the VPC; it has `Redis` and `Cluster` of ioredis, and what it hands to `print` is returned. */
  run(program: string, values?: object): Promise<unknown>;
  close(): Promise<void>;
}

export interface CacheAccountOptions extends Pick<RedisServersOptions, 'search'> {
  /** One subnet in each. */
  readonly zones?: readonly string[];
}

export async function createCacheAccount({
  zones = ['us-east-1a', 'us-east-1b'],
  ...options
}: CacheAccountOptions = {}): Promise<CacheAccount> {
  const folder = mkdtempSync(join(tmpdir(), 'cache-account-'));
  const clock = new VirtualClock({ auto: false });
  const place = { accountId: '123456789012', region: REGION, clock };
  const service = createEc2({ ...place, settleMs: 0 });
  const { vpc } = service;
  const ec2: Ec2Calls = callsTo(service.operations, 'ec2');
  const authority = await createCertificateAuthority();
  const fabric = await createFabric({
    vpc,
    clock,
    preload: PRELOAD,
    folder: join(folder, 'seats'),
    certificateAuthority: authority.pem,
  });
  const redis = await createRedisServers({ folder, authority, ...options });
  const elasticache = createElastiCache({ ...place, vpc, fabric, redis });
  const aws = callsTo(elasticache.operations, 'elasticache') as unknown as ElastiCacheApi;

  const { VpcId } = await made<{ VpcId: string }>(ec2, 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, 'Vpc');
  const subnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> => {
    const input = { VpcId, CidrBlock, AvailabilityZone };
    return (await made<{ SubnetId: string }>(ec2, 'CreateSubnet', input, 'Subnet')).SubnetId;
  };
  const securityGroupOf = async (GroupName: string): Promise<string> => {
    const input = { VpcId, GroupName, Description: GroupName };
    return ((await ec2['CreateSecurityGroup']!(input)) as { GroupId: string }).GroupId;
  };
  const subnets = await Promise.all(zones.map((zone, index) => subnet(`10.0.${index}.0/24`, zone)));
  const [securityGroup, appGroup] = [await securityGroupOf('cache'), await securityGroupOf('app')];
  await ec2['AuthorizeSecurityGroupIngress']!({
    GroupId: securityGroup,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, UserIdGroupPairs: [{ GroupId: appGroup }] },
    ],
  });
  await aws.CreateCacheSubnetGroup({
    CacheSubnetGroupName: 'cache-subnets',
    CacheSubnetGroupDescription: 'for caches',
    SubnetIds: subnets,
  });
  const app = vpc.attach({
    subnetId: subnets[0]!,
    groupIds: [appGroup],
    description: 'app',
    requester: 'ecs',
  });
  const seat = await fabric.enter(app);

  const account: CacheAccount = {
    aws,
    clock,
    securityGroup,
    request: (overrides = {}) => ({
      ReplicationGroupId: 'app',
      ReplicationGroupDescription: 'shared state',
      CacheNodeType: 'cache.t4g.micro',
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheSubnetGroupName: 'cache-subnets',
      SecurityGroupIds: [securityGroup],
      NumCacheClusters: 2,
      ...overrides,
    }),
    async create(overrides) {
      const { ReplicationGroup } = await aws.CreateReplicationGroup(account.request(overrides));
      await clock.advance(20 * MINUTE);
      const group = await account.group(ReplicationGroup?.ReplicationGroupId);
      expect(group.Status).toBe('available');
      return group;
    },
    async modify(changes) {
      await aws.ModifyReplicationGroup({ ReplicationGroupId: 'app', ApplyImmediately: true, ...changes });
      await clock.advance(10 * MINUTE);
      return account.group();
    },
    async group(ReplicationGroupId = 'app') {
      const { ReplicationGroups } = await aws.DescribeReplicationGroups({ ReplicationGroupId });
      return ReplicationGroups![0]!;
    },
    async nodes() {
      return (await aws.DescribeCacheClusters({ ShowCacheNodeInfo: true })).CacheClusters!;
    },
    run: (program, values = {}) => runIn(seat, program, values),
    async close() {
      await elasticache.close();
      await redis.close();
      await fabric.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return account;
}

export function refusal(shape: string, message: string | RegExp = ''): unknown {
  return expect.objectContaining({ shape, message: expect.stringMatching(message) as unknown });
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

async function made<Made>(ec2: Ec2Calls, action: string, input: object, member: string): Promise<Made> {
  return ((await ec2[action]!(input)) as Record<string, Made>)[member]!;
}

async function runIn(seat: Seat, program: string, values: object): Promise<unknown> {
  const code = `
    const { Redis, Cluster } = require('ioredis');
    const print = (value) => console.log(JSON.stringify(value));
    const values = ${JSON.stringify(values)};
    (async () => { ${program} })().then(() => process.exit(), (error) => { print({ error: error.message }); process.exit(); });`;
  const child = spawn(process.execPath, ['-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...seat.env, ELASTICACHE_WIZARD_CONNECT_TIMEOUT: '2000' },
  });
  return JSON.parse(await text(child.stdout));
}
