/** A session of Systems Manager that forwards a port, and what is looked at before it is started. */
import { documentChecked, inCluster, inRegion, ownSessions } from './conditions.ts';
import type { Right } from './right.ts';
import {
  containerInstances,
  everything,
  keptParameters,
  keptSecrets,
  sessions,
  sessionTargets,
  tasks,
} from './scope.ts';

const CONNECT = ['connect'] as const;
const IN_REGION = [inRegion];
const THROUGH_AN_INSTANCE = 'it goes through an instance, or through a task that uses the network of one';

export const RIGHTS_TO_CONNECT: readonly Right[] = [
  {
    action: 'ecs:ListTasks',
    commands: CONNECT,
    on: everything,
    if: [inRegion, inCluster],
    why: 'a task to go through',
  },
  {
    action: 'ecs:DescribeTasks',
    commands: CONNECT,
    on: tasks,
    why: 'whether it runs, and with the agent of ECS Exec',
  },
  {
    action: 'ecs:DescribeContainerInstances',
    commands: CONNECT,
    on: containerInstances,
    why: 'the instance under the task',
    when: THROUGH_AN_INSTANCE,
  },
  {
    action: 'ec2:DescribeInstances',
    commands: CONNECT,
    on: everything,
    if: IN_REGION,
    why: 'the security groups that the cache is to let in',
    when: THROUGH_AN_INSTANCE,
  },
  {
    action: 'ssm:DescribeInstanceInformation',
    commands: CONNECT,
    on: everything,
    if: IN_REGION,
    why: 'whether its agent is online',
    when: THROUGH_AN_INSTANCE,
  },
  {
    action: 'elasticache:DescribeCacheClusters',
    commands: CONNECT,
    on: everything,
    if: IN_REGION,
    why: 'the security groups of the cache',
  },
  ...['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'].map((action): Right => ({
    action,
    commands: CONNECT,
    on: keptSecrets,
    why: 'the password of the cache, for the program that asks it',
  })),
  ...['ssm:GetParameter', 'ssm:ListTagsForResource'].map((action): Right => ({
    action,
    commands: CONNECT,
    on: keptParameters,
    why: 'the password of the cache, for the program that asks it',
  })),
  {
    action: 'ssm:StartSession',
    commands: CONNECT,
    on: sessionTargets,
    if: [documentChecked],
    why: 'the tunnel, by AWS-StartPortForwardingSessionToRemoteHost',
  },
  {
    action: 'ssm:ResumeSession',
    commands: CONNECT,
    on: sessions,
    if: [ownSessions],
    why: 'session-manager-plugin goes on with a session whose connection was lost',
    partOf: 'ssm:StartSession',
  },
  {
    action: 'ssm:TerminateSession',
    commands: CONNECT,
    on: sessions,
    if: [ownSessions],
    why: 'the end of it',
  },
];
