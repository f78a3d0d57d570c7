/** Funmagic and Kempian: apps on instances, what they show before anybody set anything up, and what a new Redis changes. */
import { afterEach, describe, expect, it } from 'vitest';
import type { DescribeReplicationGroupsCommandOutput } from '@aws-sdk/client-elasticache';
import type { FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeSecurityGroupsResult, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { inMatrix } from '../matrix.ts';
import { PROGRAMS } from './command-line.ts';
import { instanceWorld } from './instance-world.ts';
import { hasRedis } from './redis-program.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario) {
  const clock = new VirtualClock();
  const opened = (sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock }));
  const json = async <Body>(path: string, init?: RequestInit): Promise<Body> =>
    (await (await fetch(`${opened.appUrl!}${path}`, init)).json()) as Body;
  return { clock, json, ...instanceWorld(opened, clock) };
}

type World = Awaited<ReturnType<typeof open>>;

interface Jobs {
  readonly prefix: string;
  readonly queue: { readonly waiting: number; readonly active: number; readonly completed: number } | null;
  readonly done: number;
  readonly heard: number;
}

/** Its own cache for a queue, with nothing in the way but what a test leaves there. */
async function createQueueCache({ call, clock }: World): Promise<string> {
  const { Subnets = [] } = await call<DescribeSubnetsResult>('ec2', 'DescribeSubnets');
  const { SecurityGroups = [] } = await call<DescribeSecurityGroupsResult>('ec2', 'DescribeSecurityGroups', {
    Filters: [{ Name: 'group-name', Values: ['funmagic-ec2-sg'] }],
  });
  await call('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId: SecurityGroups[0]!.GroupId,
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 6379,
        ToPort: 6379,
        UserIdGroupPairs: [{ GroupId: SecurityGroups[0]!.GroupId }],
      },
    ],
  });
  await call('elasticache', 'CreateCacheSubnetGroup', {
    CacheSubnetGroupName: 'queue',
    CacheSubnetGroupDescription: 'queue',
    SubnetIds: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId),
  });
  await call('elasticache', 'CreateCacheParameterGroup', {
    CacheParameterGroupName: 'queue',
    CacheParameterGroupFamily: 'redis7',
    Description: 'queue',
  });
  await call('elasticache', 'ModifyCacheParameterGroup', {
    CacheParameterGroupName: 'queue',
    ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' }],
  });
  await call('elasticache', 'CreateReplicationGroup', {
    ReplicationGroupId: 'funmagic-queue',
    ReplicationGroupDescription: 'queue',
    Engine: 'redis',
    CacheParameterGroupName: 'queue',
    CacheSubnetGroupName: 'queue',
    SecurityGroupIds: [SecurityGroups[0]!.GroupId],
    TransitEncryptionEnabled: true,
  });
  for (;;) {
    await clock.sleep(30_000);
    const { ReplicationGroups = [] } = await call<DescribeReplicationGroupsCommandOutput>(
      'elasticache',
      'DescribeReplicationGroups',
    );
    const endpoint = ReplicationGroups[0]?.NodeGroups?.[0]?.PrimaryEndpoint;
    if (endpoint && ReplicationGroups[0]?.Status === 'available') return endpoint.Address!;
  }
}

describe('funmagic', () => {
  it('does its jobs alone on each instance, without a Redis', async () => {
    const { json, instances } = await open(funmagic({ programsFolder: PROGRAMS, webInstances: 1 }));
    expect(await json('/jobs?count=3', { method: 'POST' })).toEqual({ accepted: 3 });
    expect(await json<Jobs>('/jobs')).toMatchObject({ queue: null, done: 3, heard: 0 });
    const [web] = await instances('funmagic-web');
    expect(web!.SecurityGroups).toMatchObject([{ GroupName: 'funmagic-ec2-sg' }]);
    expect(web!.Tags).toContainEqual({ Key: 'aws:autoscaling:groupName', Value: 'funmagic-web' });
  });

  it.skipIf(!hasRedis)('has its jobs done by all of its instances once they share a queue', async () => {
    const world = await open(funmagic({ programsFolder: PROGRAMS, webInstances: 2 }));
    const { json, instances, run, call } = world;
    const host = await createQueueCache(world);
    for (const { InstanceId } of await instances('funmagic-web')) {
      const { Status } = await run(InstanceId!, [
        `printf 'REDIS_URL=redis://%s:6379\\nREDIS_TLS=true\\nQUEUE_PREFIX=\\n' ${host} >> /etc/funmagic.env`,
        'systemctl restart funmagic',
      ]);
      expect(Status).toBe('Success');
    }
    await json('/jobs?count=20', { method: 'POST' });
    let jobs = await json<Jobs>('/jobs');
    await expect
      .poll(async () => (jobs = await json<Jobs>('/jobs')).queue?.completed, { timeout: 10_000 })
      .toBe(20);
    expect(jobs).toMatchObject({ prefix: 'bull', queue: { waiting: 0, active: 0 } });
    await expect.poll(async () => (await json<Jobs>('/jobs')).heard).toBe(20);
    const { events = [] } = await call<FilterLogEventsResponse>('logs', 'FilterLogEvents', {
      logGroupName: '/funmagic/web',
    });
    const lines = events.map(({ message }) => message);
    expect(lines).toContain('REDIS_QUEUE_URL: Redis ready');
    expect(lines.filter((line) => /eviction/i.test(line ?? ''))).toEqual([]);
  });
});

describe('kempian', () => {
  inMatrix(
    'uses a Redis of its own, and another one as soon as a parameter names it and it is restarted',
    async () => {
      const { json, call, instanceId, run } = await open(
        kempian({ programsFolder: PROGRAMS, phases: ['staging'] }),
      );
      const own = 'redis.staging.kempian.internal:6379/0';
      expect(await json('/items/1')).toMatchObject({ from: 'source' });
      expect(await json('/items/1')).toMatchObject({ from: 'cache' });
      expect(await json('/health')).toMatchObject({ redis: 'ready', where: own });

      const app = await instanceId('kempian-staging');
      const restart = () => run(app, ['sudo systemctl restart kempian']);
      const Name = '/kempian/staging/REDIS_URL';
      await call('ssm', 'PutParameter', { Name, Value: 'redis://elsewhere:6379/2', Type: 'SecureString' });
      expect((await restart()).Status).toBe('Success');
      expect(await json('/health')).toMatchObject({ where: 'elsewhere:6379/2' });
      await call('ssm', 'DeleteParameter', { Name });
      await restart();
      expect(await json('/health')).toMatchObject({ where: own });
      // Nothing of what it had there is lost.
      expect(await json('/items/1')).toMatchObject({ from: 'cache' });
    },
  );

  it('has three phases that do not see each other', async () => {
    const { instances, instanceId, run } = await open(kempian({ programsFolder: PROGRAMS }));
    expect(await instances('kempian-development')).toHaveLength(1);
    expect(await instances('kempian-production')).toHaveLength(2);
    const connect = `node -e '
      const socket = require("net").connect(6379, "redis.production.kempian.internal", () => { console.log("open"); process.exit(); });
      socket.setTimeout(1000, () => { console.log("silence"); process.exit(); });'`;
    const staging = await run(await instanceId('kempian-staging'), [connect]);
    expect(staging.StandardOutputContent).toBe('silence\n');
    const production = await run(await instanceId('kempian-production'), [connect]);
    expect(production.StandardOutputContent).toBe('open\n');
  });
});
