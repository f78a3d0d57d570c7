/** What CloudWatch tells of a cache comes from its real servers, and an alarm on it reaches whoever listens to its topic. */
import type {
  DescribeAlarmHistoryOutput,
  DescribeAlarmsOutput,
  GetMetricDataOutput,
  GetMetricStatisticsOutput,
  ListMetricsOutput,
  ListTagsForResourceOutput,
  Metric,
} from '@aws-sdk/client-cloudwatch';
import type { CreateTopicResponse } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { MINUTE } from './cache-account.ts';
import { PROGRAMS } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { enterVpc, type VpcClient } from './vpc-client.ts';

const clock = new VirtualClock({ auto: false });
let sandbox: Sandbox;
let call: AccountCall;
let app: VpcClient;
let subnets: string[];

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  call = accountCalls(sandbox, clock);
  const { Subnets } = await call<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets');
  subnets = Subnets.map(({ SubnetId }) => SubnetId);
  app = await enterVpc(sandbox.account, subnets[0]!);
});

afterAll(async () => {
  await app.close();
  await sandbox.close();
});

/** 'CurrConnections CacheClusterId=shop-001' */
async function listed(input: object = {}): Promise<string[]> {
  const { Metrics = [] } = await call<ListMetricsOutput>('cloudwatch', 'ListMetrics', input);
  return Metrics.map(spell);
}

function spell({ MetricName = '', Dimensions = [] }: Metric): string {
  return [MetricName, ...Dimensions.map(({ Name = '', Value = '' }) => `${Name}=${Value}`)].join(' ');
}

/** Of this minute and the nine before, newest first. */
async function values(
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  Stat = 'Maximum',
): Promise<number[]> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const { MetricDataResults = [] } = await call<GetMetricDataOutput>('cloudwatch', 'GetMetricData', {
    StartTime: new Date(clock.now() - 9 * MINUTE),
    EndTime: new Date(clock.now() + MINUTE),
    MetricDataQueries: [
      {
        Id: 'asked',
        MetricStat: { Metric: { Namespace: 'AWS/ElastiCache', MetricName, Dimensions }, Period: 60, Stat },
      },
    ],
  });
  return MetricDataResults[0]?.Values ?? [];
}

describe.skipIf(!hasRedis)('of a replication group whose nodes keep five megabytes', () => {
  const alarm = 'shop-001 memory';
  let host: string;
  let topicArn: string;

  beforeAll(async () => {
    await call('elasticache', 'CreateCacheParameterGroup', {
      CacheParameterGroupName: 'tiny',
      CacheParameterGroupFamily: 'redis7',
      Description: 'hardly any memory for data',
    });
    await call('elasticache', 'ModifyCacheParameterGroup', {
      CacheParameterGroupName: 'tiny',
      ParameterNameValues: [{ ParameterName: 'reserved-memory-percent', ParameterValue: '99' }],
    });
    await call('elasticache', 'CreateCacheSubnetGroup', {
      CacheSubnetGroupName: 'shop',
      CacheSubnetGroupDescription: 'shop',
      SubnetIds: subnets,
    });
    await call('elasticache', 'CreateReplicationGroup', {
      ReplicationGroupId: 'shop',
      ReplicationGroupDescription: 'shop',
      CacheNodeType: 'cache.t4g.micro',
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheSubnetGroupName: 'shop',
      CacheParameterGroupName: 'tiny',
      NumCacheClusters: 2,
    });
    while ((await group()).Status !== 'available') await clock.advance(MINUTE / 2);
    host = (await group()).NodeGroups[0].PrimaryEndpoint.Address;
  });

  async function group() {
    const { ReplicationGroups } = await call<{
      ReplicationGroups: [{ Status: string; NodeGroups: [{ PrimaryEndpoint: { Address: string } }] }];
    }>('elasticache', 'DescribeReplicationGroups', { ReplicationGroupId: 'shop' });
    return ReplicationGroups[0];
  }

  const memoryAlarm = async () => {
    const input = { AlarmNames: [alarm] };
    const { MetricAlarms = [] } = await call<DescribeAlarmsOutput>('cloudwatch', 'DescribeAlarms', input);
    return MetricAlarms[0];
  };

  test('there are no metrics when it is new, and some minutes later those of both nodes', async () => {
    expect(await listed()).toEqual([]);
    await clock.advance(6 * MINUTE);

    expect(await listed({ MetricName: 'EngineCPUUtilization' })).toEqual([
      'EngineCPUUtilization CacheClusterId=shop-001',
      'EngineCPUUtilization CacheClusterId=shop-001 CacheNodeId=0001',
      'EngineCPUUtilization CacheClusterId=shop-002',
      'EngineCPUUtilization CacheClusterId=shop-002 CacheNodeId=0001',
    ]);
    expect(await listed({ MetricName: 'ReplicationLag', Dimensions: [{ Name: 'CacheNodeId' }] })).toEqual([
      'ReplicationLag CacheClusterId=shop-002 CacheNodeId=0001',
    ]);
  });

  test('what the app does is counted', async () => {
    await app.talk({
      host,
      plaintext: true,
      commands: [
        ['SET', 'a', '1'],
        ['GET', 'a'],
        ['GET', 'b'],
      ],
    });
    await clock.advance(MINUTE);

    const node = { CacheClusterId: 'shop-001' };
    expect((await values('CacheHits', node, 'Sum'))[0]).toBe(1);
    expect((await values('CacheHitRate', node))[0]).toBe(50);
    expect((await values('CurrItems', node))[0]).toBe(1);
    expect((await values('NewConnections', node, 'Sum'))[0]).toBeGreaterThanOrEqual(1);
    expect((await values('SuccessfulReadRequestLatency', node, 'Average'))[0]).toBeGreaterThan(0);
  });

  test('a full memory fires its alarm, and the topic hears of it', async () => {
    ({ TopicArn: topicArn = '' } = await call<CreateTopicResponse>('sns', 'CreateTopic', { Name: 'shop' }));
    await call('sns', 'Subscribe', { TopicArn: topicArn, Protocol: 'email', Endpoint: 'ops@shop.example' });
    expect(sandbox.account.sns.confirm('ops@shop.example')).toBe(1);
    await call('cloudwatch', 'PutMetricAlarm', {
      AlarmName: alarm,
      Namespace: 'AWS/ElastiCache',
      MetricName: 'DatabaseMemoryUsagePercentage',
      Dimensions: [{ Name: 'CacheClusterId', Value: 'shop-001' }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 80,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      AlarmActions: [topicArn],
      Tags: [{ Key: 'project', Value: 'shop' }],
    });
    expect(await memoryAlarm()).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
    await clock.advance(MINUTE);
    expect(await memoryAlarm()).toMatchObject({ StateValue: 'OK' });
    expect(sandbox.account.sns.messages()).toEqual([]);

    const value = 'x'.repeat(400_000);
    const keys = Array.from({ length: 20 }, (_, index) => ['SET', `full:${index}`, value] as const);
    await app.talk({ host, plaintext: true, commands: keys });
    await clock.advance(MINUTE);

    expect(
      (await values('DatabaseMemoryUsagePercentage', { CacheClusterId: 'shop-001' }))[0],
    ).toBeGreaterThan(80);
    expect(await memoryAlarm()).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringMatching(
        /^Threshold Crossed: 1 out of the last 1 datapoints \[.+\] was greater than or equal to the threshold \(80\.0\)/,
      ) as unknown,
    });
    const [message, ...others] = sandbox.account.sns.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      topicArn,
      subject: `ALARM: "${alarm}" in us-east-1`,
      deliveredTo: [{ protocol: 'email', endpoint: 'ops@shop.example' }],
    });
    expect(JSON.parse(message!.message)).toMatchObject({
      AlarmName: alarm,
      OldStateValue: 'OK',
      NewStateValue: 'ALARM',
      Trigger: { MetricName: 'DatabaseMemoryUsagePercentage', Threshold: 80 },
    });
  });

  test('an alarm keeps the tags of its first day', async () => {
    const { AlarmArn = '' } = (await memoryAlarm())!;
    await call('cloudwatch', 'TagResource', { ResourceARN: AlarmArn, Tags: [{ Key: 'of', Value: '001' }] });
    await call('cloudwatch', 'PutMetricAlarm', {
      ...(await memoryAlarm()),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { Tags } = await call<ListTagsForResourceOutput>('cloudwatch', 'ListTagsForResource', {
      ResourceARN: AlarmArn,
    });
    expect(Tags).toEqual([
      { Key: 'project', Value: 'shop' },
      { Key: 'of', Value: '001' },
    ]);
  });

  test('an alarm that was set by hand says so, and is right again within a minute', async () => {
    const state = { AlarmName: alarm, StateValue: 'OK', StateReason: 'a drill' };
    await call('cloudwatch', 'SetAlarmState', state);
    expect(await memoryAlarm()).toMatchObject({ StateValue: 'OK', StateReason: 'a drill' });
    await clock.advance(MINUTE);
    expect(await memoryAlarm()).toMatchObject({ StateValue: 'ALARM' });
    expect(sandbox.account.sns.messages()).toHaveLength(2);
    const { AlarmHistoryItems = [] } = await call<DescribeAlarmHistoryOutput>(
      'cloudwatch',
      'DescribeAlarmHistory',
      { AlarmName: alarm, HistoryItemType: 'StateUpdate', MaxRecords: 2 },
    );
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from OK to ALARM',
      'Alarm updated from ALARM to OK',
    ]);
  });

  test('datapoints come in pages', async () => {
    const Metric = {
      Namespace: 'AWS/ElastiCache',
      MetricName: 'CurrItems',
      Dimensions: [{ Name: 'CacheClusterId', Value: 'shop-001' }],
    };
    const minute = Math.floor(clock.now() / MINUTE) * MINUTE;
    const input = {
      StartTime: new Date(minute - 4 * MINUTE),
      EndTime: new Date(minute),
      MetricDataQueries: [{ Id: 'items', MetricStat: { Metric, Period: 60, Stat: 'Average' } }],
      ScanBy: 'TimestampAscending',
      MaxDatapoints: 3,
    };
    const first = await call<GetMetricDataOutput>('cloudwatch', 'GetMetricData', input);
    const { NextToken } = first;
    const second = await call<GetMetricDataOutput>('cloudwatch', 'GetMetricData', { ...input, NextToken });
    const pages = [first, second].map(({ MetricDataResults: [result] = [] }) => result);
    expect(pages.map((page) => [page?.Values?.length, page?.StatusCode])).toEqual([
      [3, 'PartialData'],
      [1, 'Complete'],
    ]);
    const { Datapoints = [] } = await call<GetMetricStatisticsOutput>('cloudwatch', 'GetMetricStatistics', {
      ...Metric,
      ...input,
      Period: 60,
      Statistics: ['Average', 'SampleCount'],
    });
    expect(Datapoints.map(({ Average }) => Average)).toEqual(pages.flatMap((page) => page?.Values ?? []));
  });

  test('a replica that is gone has no further datapoints', async () => {
    await call('elasticache', 'DecreaseReplicaCount', {
      ReplicationGroupId: 'shop',
      NewReplicaCount: 0,
      ApplyImmediately: true,
    });
    await clock.advance(30 * MINUTE);

    expect(await values('CurrConnections', { CacheClusterId: 'shop-002' })).toEqual([]);
    expect(await values('CurrConnections', { CacheClusterId: 'shop-001' })).toHaveLength(10);
    // CloudWatch goes on to list it for two weeks.
    expect(await listed({ MetricName: 'CurrConnections' })).toContain(
      'CurrConnections CacheClusterId=shop-002',
    );
  });
});

test('a serverless cache has metrics of the minutes in which somebody used it', async () => {
  await call('elasticache', 'CreateServerlessCache', { ServerlessCacheName: 'till', Engine: 'valkey' });
  await clock.advance(6 * MINUTE);
  const dimension = { Dimensions: [{ Name: 'clusterId', Value: 'till' }] };
  expect(await listed(dimension)).toEqual([]);

  const { ServerlessCaches } = await call<{ ServerlessCaches: [{ Endpoint: { Address: string } }] }>(
    'elasticache',
    'DescribeServerlessCaches',
  );
  const host = ServerlessCaches[0].Endpoint.Address;
  await app.talk({
    host,
    commands: [
      ['SET', 'a', '1'],
      ['GET', 'a'],
    ],
  });
  await clock.advance(MINUTE);

  expect(await listed(dimension)).toContain('ElastiCacheProcessingUnits clusterId=till');
  expect(await values('TotalCmdsCount', { clusterId: 'till' }, 'Sum')).toEqual([2]);
});
