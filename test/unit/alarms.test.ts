/** Which alarms a cache needs, from which value on, and what of those that are there is not as it should be. */
import { describe, expect, test } from 'vitest';
import { rulesFor, vcpusOf } from '../../src/domain/alarm-rules.ts';
import { alarmsOf, differenceOf, type LivingAlarm, type WantedAlarm } from '../../src/domain/alarms.ts';
import { isBeyond, limitOf, shownMetrics } from '../../src/domain/metrics.ts';
import type { MonitoredNodes, MonitoredServerless } from '../../src/domain/monitoring.ts';
import { topicArnOf } from '../../src/domain/monitoring.ts';
import { defaultsFor } from '../../src/domain/workload.ts';

const NODES: MonitoredNodes = {
  kind: 'nodes',
  name: 'web',
  cacheNodeType: 'cache.t3.micro',
  members: ['web-001', 'web-002'],
  hasReplicas: true,
  maxmemoryPolicy: 'volatile-lru',
};
const SERVERLESS: MonitoredServerless = { kind: 'serverless', name: 'api' };

const limits = (cache: MonitoredNodes | MonitoredServerless): Record<string, string> =>
  Object.fromEntries(
    rulesFor(cache).map(({ metricName, comparison, threshold }) => [
      metricName,
      `${comparison.startsWith('Less') ? 'under' : 'over'} ${threshold}`,
    ]),
  );

describe('the processor', () => {
  test.each([
    ['cache.t2.micro', 1, 'CPUUtilization', 90],
    ['cache.t3.micro', 2, 'CPUUtilization', 45],
    ['cache.t4g.medium', 2, 'CPUUtilization', 45],
    ['cache.m7g.large', 2, 'CPUUtilization', 45],
    ['cache.r6g.large', 2, 'CPUUtilization', 45],
    ['cache.m6g.xlarge', 4, 'EngineCPUUtilization', 90],
    ['cache.r7g.16xlarge', 4, 'EngineCPUUtilization', 90],
  ])('of a %s, with %d cores or more, is watched by %s from %d %% on', (type, cores, metric, percent) => {
    expect(vcpusOf(type)).toBe(cores);
    const rules = rulesFor({ ...NODES, cacheNodeType: type }).filter(({ metricName }) =>
      metricName.endsWith('CPUUtilization'),
    );
    expect(rules.map(({ metricName, threshold }) => [metricName, threshold])).toEqual([[metric, percent]]);
  });
});

describe('what a full memory means', () => {
  test.each([
    ['a cache', 'cache', 80, 'CacheHitRate', 'Evictions'],
    ['sessions', 'sessions', 80, 'Evictions', 'CacheHitRate'],
    ['a queue', 'queue', 70, 'Evictions', 'CacheHitRate'],
  ] as const)(
    'to %s decides from when it is told, and of what besides',
    (_, workload, percent, told, untold) => {
      const { maxmemoryPolicy = 'volatile-lru' } = defaultsFor(workload, {});
      const found = limits({ ...NODES, maxmemoryPolicy });
      expect(found.DatabaseMemoryUsagePercentage).toBe(`over ${percent}`);
      expect(found).toHaveProperty(told);
      expect(found).not.toHaveProperty(untold);
    },
  );
});

describe('a node', () => {
  test('that lives on credits is watched for their end, for longer than a new one takes to earn some', () => {
    const [credits] = rulesFor(NODES).filter(({ metricName }) => metricName === 'CPUCreditBalance');
    expect(credits!.evaluationPeriods * credits!.periodSeconds).toBeGreaterThan((10 / 12) * 3600);
    expect(limits({ ...NODES, cacheNodeType: 'cache.r6g.large' })).not.toHaveProperty('CPUCreditBalance');
  });

  test('alone has no replica that could lag', () => {
    expect(limits(NODES)).toHaveProperty('ReplicationLag', 'over 5');
    expect(limits({ ...NODES, hasReplicas: false })).not.toHaveProperty('ReplicationLag');
  });

  test.each([
    ['cache.t3.micro', 16_000],
    ['cache.t3.small', 36_800],
    ['cache.m6g.large', 52_000],
  ])('%s takes so many connections that %d are too many', (cacheNodeType, connections) => {
    expect(limits({ ...NODES, cacheNodeType }).CurrConnections).toBe(`over ${connections}`);
  });
});

describe('a serverless cache', () => {
  test('is held against its own limits, and without any against those of AWS', () => {
    expect(limits({ ...SERVERLESS, dataStorageMaximum: 5, ecpuMaximum: 5_000 })).toMatchObject({
      BytesUsedForCache: 'over 4000000000',
      ElastiCacheProcessingUnits: 'over 240000',
      ThrottledCmds: 'over 0',
      Evictions: 'over 0',
    });
    expect(limits(SERVERLESS).BytesUsedForCache).toBe('over 4000000000000');
  });
});

describe('the alarms of a cache', () => {
  test('are of each node, under names that only we give and AWS takes', () => {
    const alarms = alarmsOf('shop', NODES);
    expect(alarms).toHaveLength(2 * rulesFor(NODES).length);
    expect(alarms[0]!.alarmName).toBe('elasticache-wizard/shop/web/001/cpu');
    const longest = alarmsOf('p'.repeat(255), {
      ...NODES,
      name: 'n'.repeat(40),
      members: [`${'n'.repeat(40)}-0001-001`],
    });
    expect(Math.max(...longest.map(({ alarmName }) => alarmName.length))).toBeLessThanOrEqual(255);
    expect(new Set(alarms.map(({ alarmName }) => alarmName)).size).toBe(alarms.length);
  });

  test('tell a topic that is named after the project, whatever that is called', () => {
    const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
    expect(topicArnOf('my app/1', place)).toBe(
      'arn:aws:sns:eu-west-1:111122223333:elasticache-wizard-my-app-1',
    );
  });

  test('look at five minutes at most, but for what takes longer to be true', () => {
    const slow = rulesFor({ ...NODES, maxmemoryPolicy: 'allkeys-lru' }).filter(
      ({ evaluationPeriods, periodSeconds }) => evaluationPeriods * periodSeconds > 300,
    );
    expect(slow.map(({ metricName }) => metricName)).toEqual(['CacheHitRate', 'CPUCreditBalance']);
    // CloudWatch API reference, PutMetricAlarm: a day at most.
    expect(slow.every((rule) => rule.evaluationPeriods * rule.periodSeconds <= 86_400)).toBe(true);
  });
});

describe('an alarm that is there', () => {
  const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:ops';
  const wanted: WantedAlarm = {
    ...alarmsOf('shop', NODES)[0]!,
    dimensions: { CacheClusterId: 'web-001', CacheNodeId: '0001' },
  };
  const living: LivingAlarm = {
    ...wanted.rule,
    alarmName: wanted.alarmName,
    arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x',
    dimensions: { CacheNodeId: '0001', CacheClusterId: 'web-001' },
    actionsEnabled: true,
    alarmActions: [TOPIC],
    okActions: [],
    insufficientDataActions: [],
  };

  test('is left where it is as it should be, whatever else it tells', () => {
    expect(differenceOf({ ...living, alarmActions: ['arn:page', TOPIC] }, wanted, TOPIC)).toEqual([]);
  });

  test.each<[string, Partial<LivingAlarm>, object]>([
    ['its threshold', { threshold: 99 }, { field: 'threshold', from: '99', to: '45' }],
    [
      'its dimensions',
      { dimensions: { CacheClusterId: 'web-001' } },
      { field: 'dimensions', from: 'CacheClusterId=web-001', to: 'CacheClusterId=web-001, CacheNodeId=0001' },
    ],
    ['that it tells nobody', { alarmActions: [] }, { field: 'action', from: 'none', to: TOPIC }],
    [
      'that it is switched off',
      { actionsEnabled: false },
      { field: 'action', from: 'switched off', to: TOPIC },
    ],
  ])('shows %s', (_, change, expected) => {
    expect(differenceOf({ ...living, ...change }, wanted, TOPIC)).toEqual([expected]);
  });
});

describe('the last hour', () => {
  test('is shown with what would set off the alarm, in the same unit', () => {
    const cache = { ...SERVERLESS, ecpuMaximum: 5_000 };
    const ecpus = shownMetrics(cache).find(({ what }) => what === 'ECPUs')!;
    const limit = limitOf(ecpus, cache)!;
    expect(limit.threshold).toBe(4_000);
    expect([isBeyond(3_999, limit), isBeyond(4_000, limit)]).toEqual([false, true]);
  });

  test('shows the lag of replicas only where there are some', () => {
    const whats = (cache: MonitoredNodes): string[] => shownMetrics(cache).map(({ what }) => what);
    expect(whats(NODES)).toContain('replication lag');
    expect(whats({ ...NODES, hasReplicas: false })).not.toContain('replication lag');
  });
});
