/** Apps on EC2 instances: found, handed their values by Parameter Store, asked and restarted by commands. */
import { bringsTags, inRegion, ours, ownTagKeys, taggedOurs } from './conditions.ts';
import { POLICY_COMMANDS, type Right } from './right.ts';
import {
  commandedInstances,
  forInstances,
  instanceProfiles,
  instanceRoles,
  instancesAnchor,
  values,
} from './scope.ts';

const ALL = POLICY_COMMANDS;
const PLANNING = ['setup', 'plan'] as const;
const GOING_BACK = ['rollback', 'destroy'] as const;
const BY_NAME = ['status', ...GOING_BACK] as const;
const COMMANDING = ['setup', 'verify', 'rollback', 'destroy'] as const;
const SETUP = ['setup'] as const;
const IN_REGION = [inRegion];
const writing = { changes: ['create parameters', 'update parameters'] } as const;
const commanding = { changes: ['update restart'] } as const;

export const RIGHTS_TO_INSTANCES: readonly Right[] = [
  {
    action: 'ec2:DescribeInstances',
    commands: ALL,
    on: forInstances,
    if: IN_REGION,
    why: 'the instances that the app runs on',
  },
  {
    action: 'autoscaling:DescribeAutoScalingGroups',
    commands: ALL,
    on: forInstances,
    if: IN_REGION,
    why: 'which instances its Auto Scaling group has by now',
    when: 'an Auto Scaling group is named',
  },
  {
    action: 'elasticloadbalancing:DescribeTargetHealth',
    commands: ALL,
    on: forInstances,
    if: IN_REGION,
    why: 'the target groups that the instances are in, and whether they are healthy again',
  },
  {
    action: 'ssm:DescribeInstanceInformation',
    commands: ALL,
    on: forInstances,
    if: IN_REGION,
    why: 'whether commands reach the instances',
  },
  {
    action: 'ssm:SendCommand',
    commands: COMMANDING,
    on: commandedInstances,
    why: 'the probe, the restart and the end of the log, by AWS-RunShellScript',
    ...commanding,
  },
  {
    action: 'ssm:CancelCommand',
    commands: ['setup', 'verify'],
    on: forInstances,
    if: IN_REGION,
    why: 'a probe that does not end by itself',
    when: 'a probe was interrupted',
  },
  ...['GetCommandInvocation', 'ListCommands'].map((operation): Right => ({
    action: `ssm:${operation}`,
    commands: COMMANDING,
    on: forInstances,
    if: IN_REGION,
    why: 'what became of them, those of a run that was cut off too',
    ...commanding,
  })),

  // Its values.
  ...['GetParameter', 'ListTagsForResource'].map((operation): Right => ({
    action: `ssm:${operation}`,
    commands: ALL,
    on: values,
    why: 'what waits for the app, and whose it is',
    ...writing,
  })),
  {
    action: 'ssm:GetParametersByPath',
    commands: BY_NAME,
    on: values,
    why: 'values of ours, by their path',
  },
  {
    action: 'ssm:PutParameter',
    commands: SETUP,
    on: values,
    if: [bringsTags],
    why: 'the values of the app',
    ...writing,
  },
  {
    action: 'ssm:AddTagsToResource',
    commands: SETUP,
    on: values,
    if: [taggedOurs],
    why: 'their tags: what is not tagged is not known to be ours',
    partOf: 'ssm:PutParameter',
    ...writing,
  },
  {
    action: 'ssm:AddTagsToResource',
    commands: SETUP,
    on: values,
    if: [ours, ownTagKeys],
    why: 'which of them the instances were restarted with',
    ...commanding,
  },
  {
    action: 'ssm:DeleteParameter',
    commands: [...SETUP, ...GOING_BACK],
    on: values,
    if: [ours],
    why: 'values of ours, on the way back and where they become a secret',
    ...commanding,
  },
  {
    action: 'ec2:CreateTags',
    commands: GOING_BACK,
    on: instancesAnchor,
    if: [ours, ownTagKeys],
    why: 'how far the restart without our values has come',
  },

  // The role of the instances, which reads them.
  {
    action: 'iam:GetInstanceProfile',
    commands: ALL,
    on: instanceProfiles,
    why: 'the role of the instances',
    feature: 'the check of permissions',
  },
  {
    action: 'iam:SimulatePrincipalPolicy',
    commands: PLANNING,
    on: instanceRoles,
    why: 'whether the instances can read their values',
    feature: 'the check of permissions',
  },
];
