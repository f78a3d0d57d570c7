/**
 * Alarms, the topic that they tell, and the metrics that they watch. Ours are known by their names, which only we give.
 * A setup that watches its caches takes those of `alarms` besides its own: they would make every other one's too long.
 */
import { inRegion, ours, ownTagKeys } from './conditions.ts';
import type { Right } from './right.ts';
import { everything, leases, ownAlarms, ownTopic, securityGroup, topics } from './scope.ts';

const ALARMS = ['alarms'] as const;
const LOOKING = ['alarms', 'status'] as const;
const LOOKING_BACK = [...LOOKING, 'destroy'] as const;
const REMOVING = ['alarms', 'destroy'] as const;
const watching = { when: 'the caches are watched' } as const;
const MAKING_AN_ALARM = 'cloudwatch:PutMetricAlarm';
const MAKING_A_TOPIC = 'sns:CreateTopic';
const IN_REGION = [inRegion];

export const RIGHTS_TO_ALARMS: readonly Right[] = [
  {
    action: 'cloudwatch:DescribeAlarms',
    commands: LOOKING_BACK,
    on: everything,
    if: IN_REGION,
    why: 'the alarms that there are',
    ...watching,
  },
  {
    action: 'cloudwatch:ListMetrics',
    commands: LOOKING,
    on: everything,
    if: IN_REGION,
    why: 'by which dimensions a metric is known',
    ...watching,
  },
  {
    action: 'cloudwatch:GetMetricData',
    commands: ['status'],
    on: everything,
    if: IN_REGION,
    why: 'the last hour of the metrics',
    when: '--metrics is given',
  },
  {
    action: 'elasticache:DescribeCacheClusters',
    commands: ALARMS,
    on: everything,
    if: IN_REGION,
    why: 'the nodes of the cache',
  },
  {
    action: 'elasticache:DescribeCacheParameters',
    commands: LOOKING,
    on: everything,
    if: IN_REGION,
    why: 'what a full cache throws away',
    ...watching,
  },
  {
    action: 'cloudwatch:ListTagsForResource',
    commands: LOOKING_BACK,
    on: ownAlarms,
    why: 'whether an alarm is ours',
    ...watching,
  },
  { action: MAKING_AN_ALARM, commands: ALARMS, on: ownAlarms, why: 'the alarms', ...watching },
  {
    action: 'cloudwatch:TagResource',
    commands: ALARMS,
    on: ownAlarms,
    why: 'their tags: what is not tagged is not known to be ours',
    partOf: MAKING_AN_ALARM,
    ...watching,
  },
  {
    action: 'cloudwatch:DeleteAlarms',
    commands: REMOVING,
    on: ownAlarms,
    why: 'alarms of what is gone',
    ...watching,
  },
  ...['GetTopicAttributes', 'ListSubscriptionsByTopic'].map((operation): Right => ({
    action: `sns:${operation}`,
    commands: LOOKING_BACK,
    on: topics,
    why: 'whom they tell',
    ...watching,
  })),
  {
    action: 'sns:ListTagsForResource',
    commands: LOOKING_BACK,
    on: ownTopic,
    why: 'whether that topic is ours',
    ...watching,
  },
  { action: MAKING_A_TOPIC, commands: ALARMS, on: ownTopic, why: 'the topic that they tell', ...watching },
  {
    action: 'sns:TagResource',
    commands: ALARMS,
    on: ownTopic,
    why: 'its tags: what is not tagged is not known to be ours',
    partOf: MAKING_A_TOPIC,
    ...watching,
  },
  { action: 'sns:Subscribe', commands: ALARMS, on: ownTopic, why: 'whoever is told by e-mail', ...watching },
  {
    action: 'sns:DeleteTopic',
    commands: REMOVING,
    on: ownTopic,
    why: 'that topic, once nothing tells it',
    ...watching,
  },
  {
    action: 'ec2:CreateTags',
    commands: ALARMS,
    on: securityGroup,
    if: [ours, ownTagKeys],
    why: 'the note that there are alarms, by which destroy finds them',
  },
  ...['GetParameter', 'PutParameter', 'DeleteParameter'].map((operation): Right => ({
    action: `ssm:${operation}`,
    commands: ALARMS,
    on: leases,
    why: 'one run at a time',
    feature: 'the lease',
  })),
];
