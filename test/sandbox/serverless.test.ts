/** Serverless caches as their users meet them: through the SDK, and with ioredis from inside the VPC. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import type { CreateServerlessCacheRequest, ServerlessCache } from '@aws-sdk/client-elasticache';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { PROGRAMS } from './command-line.ts';
import { enterVpc } from './vpc-client.ts';
import type { VpcClient } from './vpc-client.ts';
import { hasRedis } from './redis-program.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let clock: VirtualClock;
let sandbox: Sandbox;
let aws: ElastiCache;
let ec2: EC2Client;
let subnets: string[];
let vpcId: string;
let app: VpcClient;

beforeAll(async () => {
  clock = new VirtualClock({ auto: false });
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  const options = {
    endpoint: sandbox.endpointUrl,
    region: sandbox.region,
    maxAttempts: 1,
    credentials: { accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!, secretAccessKey: 'secret' },
  };
  aws = new ElastiCache(options);
  ec2 = new EC2Client(options);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  subnets = Subnets.map(({ SubnetId }) => SubnetId!);
  vpcId = Subnets[0]!.VpcId!;
  app = await enterVpc(sandbox.account, subnets[0]!);
});

afterEach(async () => {
  await clock.advance(MINUTE);
  const { ServerlessCaches = [] } = await aws.describeServerlessCaches({});
  for (const { ServerlessCacheName, Status } of ServerlessCaches) {
    if (Status !== 'deleting') await aws.deleteServerlessCache({ ServerlessCacheName });
  }
  await clock.advance(15 * MINUTE);
});

afterAll(async () => {
  aws.destroy();
  ec2.destroy();
  await app.close();
  await sandbox.close();
});

async function describeCache(ServerlessCacheName = 'close-up'): Promise<ServerlessCache> {
  const { ServerlessCaches } = await aws.describeServerlessCaches({ ServerlessCacheName });
  return ServerlessCaches![0]!;
}

async function createAvailable(
  overrides: Partial<CreateServerlessCacheRequest> = {},
): Promise<ServerlessCache> {
  await aws.createServerlessCache({ ServerlessCacheName: 'close-up', Engine: 'redis', ...overrides });
  await clock.advance(MINUTE);
  const cache = await describeCache();
  expect(cache.Status).toBe('available');
  return cache;
}

function refusal(name: string, message: string | RegExp = ''): unknown {
  return expect.objectContaining({ name, message: expect.stringMatching(message) as unknown });
}

async function newGroup(GroupName: string): Promise<string> {
  const command = new CreateSecurityGroupCommand({ GroupName, Description: 'a test', VpcId: vpcId });
  const { GroupId } = await ec2.send(command);
  // A new group is not found everywhere at once.
  await clock.advance(5 * SECOND);
  return GroupId!;
}

describe('a serverless cache', () => {
  test('is there within a minute, with TLS and two ports, in the default VPC when nothing else is said', async () => {
    const { ServerlessCache: created } = await aws.createServerlessCache({
      ServerlessCacheName: 'Close-Up',
      Engine: 'redis',
      Tags: [{ Key: 'project', Value: 'close-up' }],
    });
    expect(created).toMatchObject({
      ServerlessCacheName: 'close-up',
      Status: 'creating',
      Engine: 'redis',
      MajorEngineVersion: '7',
      StorageEncryptionType: 'sse-elasticache',
    });
    expect(created!.SubnetIds).toHaveLength(3);
    expect(subnets).toEqual(expect.arrayContaining(created!.SubnetIds!));
    expect(created!.Endpoint).toBeUndefined();
    await expect(aws.listTagsForResource({ ResourceName: created!.ARN! })).rejects.toEqual(
      refusal('InvalidServerlessCacheStateFault'),
    );
    await expect(aws.deleteServerlessCache({ ServerlessCacheName: 'close-up' })).rejects.toEqual(
      refusal('InvalidServerlessCacheStateFault'),
    );

    await clock.advance(MINUTE);
    const cache = await describeCache();
    const { SecurityGroups } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
    );
    expect(cache).toMatchObject({
      Status: 'available',
      ARN: expect.stringMatching(/:serverlesscache:close-up$/) as unknown,
      Endpoint: { Port: 6379 },
      ReaderEndpoint: { Address: cache.Endpoint!.Address, Port: 6380 },
      SecurityGroupIds: SecurityGroups!.map(({ GroupId }) => GroupId),
    });
    expect(cache.Endpoint!.Address).toMatch(/^close-up-\w{6}\.serverless\.use1\.cache\.amazonaws\.com$/);
    expect((await aws.listTagsForResource({ ResourceName: cache.ARN! })).TagList).toEqual([
      { Key: 'project', Value: 'close-up' },
    ]);
    const { Events } = await aws.describeEvents({ SourceType: 'serverless-cache' });
    expect(Events!.map(({ SourceIdentifier, Message }) => [SourceIdentifier, Message])).toEqual([
      ['close-up', 'Serverless cache close-up created'],
    ]);
  });

  test.skipIf(!hasRedis)(
    'serves plain clients, who need no redirection and meet the limits of a cluster',
    async () => {
      const { Address: host = '' } = (await createAvailable()).Endpoint!;
      const crossSlot = "CROSSSLOT Keys in request don't hash to the same slot";
      const answers = await app.talk({
        host,
        commands: [
          ['SET', 'session:1', 'ada'],
          ['GET', 'session:1'],
          ['MSET', '{cart}:1', 'a', '{cart}:2', 'b'],
          ['MGET', 'one', 'two'],
          ['MULTI'],
          ['SET', 'one', '1'],
          ['SET', 'two', '2'],
          ['EXEC'],
          ['SELECT', '1'],
          ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
          ['CLUSTER', 'MEET', '10.0.0.1', '6379'],
          ['PUBLISH', 'news', 'now'],
        ],
      });
      expect(answers).toEqual([
        'OK',
        'ada',
        'OK',
        crossSlot,
        'OK',
        'QUEUED',
        'QUEUED',
        crossSlot,
        'ERR SELECT is not allowed in cluster mode',
        expect.stringContaining("unknown command 'CONFIG'"),
        expect.stringContaining('NOPERM'),
        0,
      ]);
      const [memory, read, asReplica] = await app.talk({
        host,
        port: 6380,
        commands: [['INFO', 'memory'], ['GET', 'session:1'], ['READONLY']],
      });
      expect(memory).toContain('maxmemory_policy:volatile-lru');
      expect([read, asReplica]).toEqual(['ada', 'OK']);
      const [plaintext] = await app.talk({ host, plaintext: true, commands: [['PING']] });
      expect(plaintext).not.toBe('PONG');
    },
  );

  test.skipIf(!hasRedis)('serves cluster clients under the one name that it has', async () => {
    const { Address: host = '' } = (await createAvailable({ Engine: 'valkey' })).Endpoint!;
    const [slots] = await app.talk({ host, commands: [['CLUSTER', 'SLOTS']] });
    expect(slots).toEqual([[0, 16_383, [host, 6379, expect.any(String), expect.anything()]]]);
    const answers = await app.talk({
      host,
      cluster: true,
      commands: [
        ['SET', 'one', '1'],
        ['SET', 'two', '2'],
        ['GET', 'one'],
        ['INCR', 'two'],
      ],
    });
    expect(answers).toEqual(['OK', 'OK', '1', 3]);
  });

  test.skipIf(!hasRedis)(
    'is as far away as its security groups say, also after they were changed',
    async () => {
      const closed = await newGroup('closed');
      const open = await newGroup('open');
      await ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: open,
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, IpRanges: [{ CidrIp: '172.31.0.0/16' }] },
          ],
        }),
      );
      const { Address: host = '' } = (await createAvailable({ SecurityGroupIds: [closed] })).Endpoint!;
      const ping = async (port = 6379) => (await app.talk({ host, port, commands: [['PING']] }))[0];
      expect(await ping()).toMatch(/ETIMEDOUT/);
      const { ServerlessCache: modified } = await aws.modifyServerlessCache({
        ServerlessCacheName: 'close-up',
        SecurityGroupIds: [open],
      });
      expect(modified!.Status).toBe('modifying');
      await expect(
        aws.modifyServerlessCache({ ServerlessCacheName: 'close-up', Description: 'again' }),
      ).rejects.toEqual(refusal('InvalidServerlessCacheStateFault'));
      await clock.advance(MINUTE);
      expect(await describeCache()).toMatchObject({ Status: 'available', SecurityGroupIds: [open] });
      expect(await ping()).toBe('PONG');
      expect(await ping(6380)).toMatch(/ETIMEDOUT/);
    },
  );

  test('changes its limits, its snapshots and its engine, to Valkey only', async () => {
    await createAvailable({ CacheUsageLimits: { DataStorage: { Maximum: 10, Unit: 'GB' } } });
    const modify = async (changes: object): Promise<ServerlessCache> => {
      await aws.modifyServerlessCache({ ServerlessCacheName: 'close-up', ...changes });
      await clock.advance(MINUTE);
      return describeCache();
    };
    expect(
      await modify({ CacheUsageLimits: { ECPUPerSecond: { Maximum: 5000 } }, SnapshotRetentionLimit: 7 }),
    ).toMatchObject({
      CacheUsageLimits: { DataStorage: { Maximum: 10, Unit: 'GB' }, ECPUPerSecond: { Maximum: 5000 } },
      SnapshotRetentionLimit: 7,
      DailySnapshotTime: '03:00',
    });
    await expect(modify({ Engine: 'redis', MajorEngineVersion: '7' })).rejects.toEqual(
      refusal(
        'InvalidParameterValueException',
        'This API supports only cross-engine upgrades to Valkey engine currently',
      ),
    );
    expect(await modify({ Engine: 'valkey', MajorEngineVersion: '8' })).toMatchObject({
      Engine: 'valkey',
      MajorEngineVersion: '8',
      FullEngineVersion: '8.1',
    });
    await expect(modify({ MajorEngineVersion: '7' })).rejects.toEqual(
      refusal('InvalidParameterCombinationException'),
    );
    await expect(modify({})).rejects.toEqual(refusal('InvalidParameterCombinationException'));
  });

  test('leaves its final snapshot, and its network for some minutes more', async () => {
    const group = await newGroup('for-deletion');
    await createAvailable({ SecurityGroupIds: [group] });
    const { ServerlessCache: deleted } = await aws.deleteServerlessCache({
      ServerlessCacheName: 'close-up',
      FinalSnapshotName: 'Last-Words',
    });
    expect(deleted!.Status).toBe('deleting');
    await clock.advance(5 * MINUTE);
    await expect(describeCache()).rejects.toEqual(refusal('ServerlessCacheNotFoundFault', 'close-up'));
    const deleteGroup = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    await expect(deleteGroup()).rejects.toEqual(refusal('DependencyViolation'));
    await clock.advance(5 * MINUTE);
    await deleteGroup();
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [group] }] }),
    );
    expect(NetworkInterfaces).toEqual([]);

    const snapshots = async () => (await aws.describeServerlessCacheSnapshots({})).ServerlessCacheSnapshots!;
    expect(await snapshots()).toMatchObject([
      {
        ServerlessCacheSnapshotName: 'last-words',
        Status: 'available',
        ServerlessCacheConfiguration: { ServerlessCacheName: 'close-up', Engine: 'redis' },
      },
    ]);
    await aws.copyServerlessCacheSnapshot({
      SourceServerlessCacheSnapshotName: 'last-words',
      TargetServerlessCacheSnapshotName: 'a-copy',
    });
    await expect(
      aws.deleteServerlessCacheSnapshot({ ServerlessCacheSnapshotName: 'a-copy' }),
    ).rejects.toEqual(refusal('InvalidServerlessCacheSnapshotStateFault'));
    await clock.advance(5 * MINUTE);
    for (const ServerlessCacheSnapshotName of ['last-words', 'a-copy']) {
      await aws.deleteServerlessCacheSnapshot({ ServerlessCacheSnapshotName });
    }
    await clock.advance(MINUTE);
    expect(await snapshots()).toEqual([]);
  });

  test('that could not be made says why, keeps its name, and can be deleted', async () => {
    sandbox.account.elasticache.failNextCreate('Not enough addresses.');
    await aws.createServerlessCache({ ServerlessCacheName: 'close-up', Engine: 'redis' });
    await clock.advance(MINUTE);
    expect((await describeCache()).Status).toBe('create-failed');
    const { Events } = await aws.describeEvents({
      SourceType: 'serverless-cache',
      SourceIdentifier: 'close-up',
    });
    expect(Events!.at(-1)!.Message).toBe('Failed to create serverless cache close-up: Not enough addresses.');
    await expect(
      aws.createServerlessCache({ ServerlessCacheName: 'close-up', Engine: 'redis' }),
    ).rejects.toEqual(refusal('ServerlessCacheAlreadyExistsFault'));
  });

  test('is refused where AWS refuses it', async () => {
    const create = (overrides: Partial<CreateServerlessCacheRequest>) =>
      aws.createServerlessCache({ ServerlessCacheName: 'close-up', Engine: 'redis', ...overrides });
    const limits = (ECPUPerSecond: object) => create({ CacheUsageLimits: { ECPUPerSecond } });
    const value = 'InvalidParameterValueException';
    const combination = 'InvalidParameterCombinationException';
    const cases: [() => Promise<unknown>, string, string][] = [
      [() => create({ Engine: 'memcached' }), combination, 'does not have serverless caches of Memcached'],
      [() => create({ Engine: 'mysql' }), value, 'Invalid cache engine mysql'],
      [() => create({ MajorEngineVersion: '6' }), value, 'Cannot find version 6 for redis'],
      [() => create({ ServerlessCacheName: '1st' }), value, 'not a valid identifier'],
      [() => limits({ Maximum: 5 }), value, 'Must be between 1000 and 15000000'],
      [() => limits({ Minimum: 9000, Maximum: 2000 }), combination, 'ECPUPerSecond'],
      [() => create({ SubnetIds: [subnets[0]!] }), value, 'two or three subnets'],
      [() => create({ SubnetIds: ['subnet-0'] }), value, 'subnet-0'],
      [() => create({ SecurityGroupIds: ['sg-0'] }), value, 'sg-0 does not exist'],
      [() => create({ UserGroupId: 'nobody' }), 'UserGroupNotFoundFault', 'nobody'],
      [() => create({ DailySnapshotTime: 'noon' }), value, 'noon'],
      [() => create({ SnapshotRetentionLimit: 36 }), value, '36'],
      [() => create({ Description: 'x'.repeat(256) }), value, '255'],
    ];
    for (const [attempt, name, message] of cases) {
      await expect(attempt()).rejects.toEqual(refusal(name, message));
    }
    expect((await aws.describeServerlessCaches({})).ServerlessCaches).toEqual([]);
  });

  test('is made only by who may make it and the VPC endpoint in front of it, within the limits allowed', async () => {
    const create = (Maximum: number) =>
      aws.createServerlessCache({
        ServerlessCacheName: 'Close-Up',
        Engine: 'redis',
        CacheUsageLimits: { DataStorage: { Maximum, Unit: 'GB' } },
        Tags: [{ Key: 'project', Value: 'close-up' }],
      });
    const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
      Effect: 'Allow',
      Action,
      Resource,
      ...(Condition ? { Condition } : {}),
    });
    const ours = 'arn:aws:elasticache:*:*:serverlesscache:close-up';
    const making = allow('elasticache:CreateServerlessCache', ours, {
      NumericLessThanEquals: { 'elasticache:MaximumDataStorage': '10' },
    });
    const tagging = allow('elasticache:AddTagsToResource', ours);
    const endpoint = allow(['ec2:CreateVpcEndpoint', 'ec2:CreateTags'], 'arn:aws:ec2:*:*:vpc-endpoint/*');
    const enforce = (...Statement: object[]) => sandbox.setPolicy({ Version: '2012-10-17', Statement });
    const denial = (action: string) => refusal('AccessDenied', `perform: ${action} on resource`);
    try {
      enforce(making, endpoint);
      await expect(create(10)).rejects.toEqual(denial('elasticache:AddTagsToResource'));
      enforce(making, tagging);
      await expect(create(10)).rejects.toEqual(denial('ec2:CreateVpcEndpoint'));
      enforce(making, tagging, endpoint);
      await expect(create(11)).rejects.toEqual(denial('elasticache:CreateServerlessCache'));
      await create(10);
      await clock.advance(MINUTE);
      const tagged = { StringEquals: { 'aws:ResourceTag/project': 'close-up' } };
      enforce(allow('elasticache:*', '*', tagged));
      await aws.deleteServerlessCache({ ServerlessCacheName: 'close-up' });
    } finally {
      sandbox.setPolicy(undefined);
    }
  });

  test('comes in pages of the size that was asked for', async () => {
    for (const name of ['one', 'two', 'three']) {
      await aws.createServerlessCache({ ServerlessCacheName: name, Engine: 'redis' });
    }
    await clock.advance(MINUTE);
    const first = await aws.describeServerlessCaches({ MaxResults: 2 });
    const second = await aws.describeServerlessCaches({ MaxResults: 2, NextToken: first.NextToken });
    const names = [first, second].map((page) =>
      page.ServerlessCaches!.map(({ ServerlessCacheName }) => ServerlessCacheName),
    );
    expect(names).toEqual([['one', 'two'], ['three']]);
    expect(second.NextToken).toBeUndefined();
  });
});
