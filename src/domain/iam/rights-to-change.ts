/** What is made, changed and removed, narrowed by all that AWS's Service Authorization Reference offers for the action. */
import {
  forElastiCache,
  grantsToAws,
  inCluster,
  inRegion,
  ours,
  ownTagKeys,
  taggedOurs,
  toTasks,
  whileMakingGroups,
  whileRunning,
} from './conditions.ts';
import type { Right } from './right.ts';
import {
  cache,
  defaultParameterGroup,
  everything,
  executionRole,
  kmsKey,
  nodes,
  probeRevisions,
  revisions,
  securityGroup,
  service,
  serviceLinkedRole,
  subnetGroup,
  targetGroups,
  taskRoles,
  tasks,
  vpc,
} from './scope.ts';

const DEPLOYING = ['setup', 'rollback', 'destroy'] as const;
const GOING_BACK = ['rollback', 'destroy'] as const;
const DESTROY = ['destroy'] as const;
const CHECKING = ['setup', 'verify'] as const;
const SETUP = ['setup'] as const;
const IN_REGION = [inRegion];
const probe = { feature: 'the probe', changes: ['create rehearsal', 'create ping'] } as const;

export const RIGHTS_TO_CHANGE: readonly Right[] = [
  // The security group, which is also the project's anchor.
  {
    action: 'ec2:CreateSecurityGroup',
    commands: SETUP,
    on: securityGroup,
    if: [taggedOurs],
    why: 'the security group of the cache',
    changes: ['create securityGroup'],
  },
  // The VPC gets no tags, so that no condition on them may stand beside it.
  {
    action: 'ec2:CreateSecurityGroup',
    commands: SETUP,
    on: vpc,
    why: 'in the VPC of the app',
    changes: ['create securityGroup'],
  },
  {
    action: 'ec2:CreateTags',
    commands: SETUP,
    on: securityGroup,
    if: [whileMakingGroups, taggedOurs],
    why: 'its tags: what is not tagged is not known to be ours',
    partOf: 'ec2:CreateSecurityGroup',
    changes: ['create securityGroup'],
  },
  {
    action: 'ec2:AuthorizeSecurityGroupIngress',
    commands: SETUP,
    on: securityGroup,
    if: [ours],
    why: 'the port of the cache, from the app’s own groups',
    changes: ['create securityGroup', 'update securityGroup'],
  },
  {
    action: 'ec2:CreateTags',
    commands: SETUP,
    on: securityGroup,
    if: [ours, ownTagKeys],
    why: 'the way back, noted on it before each first change of something of yours',
    changes: ['update service', 'update stickiness'],
  },

  // The cache.
  {
    action: 'elasticache:CreateCacheSubnetGroup',
    commands: SETUP,
    on: subnetGroup,
    if: [taggedOurs],
    why: 'the subnets of the cache',
    changes: ['create cacheSubnetGroup'],
  },
  {
    action: 'elasticache:ModifyCacheSubnetGroup',
    commands: SETUP,
    on: subnetGroup,
    if: [ours],
    why: 'more of them',
    when: '--subnets names more than there are',
  },
  {
    action: 'elasticache:CreateReplicationGroup',
    commands: SETUP,
    on: cache,
    if: [taggedOurs],
    why: 'the cache',
    changes: ['create cache'],
  },
  // ElastiCache user guide, "Using condition keys": a create must be allowed on all of these, or it is denied.
  {
    action: 'elasticache:CreateReplicationGroup',
    commands: SETUP,
    on: (scope) => [...nodes(scope), ...subnetGroup(scope), ...defaultParameterGroup(scope)],
    why: 'what it consists of',
    changes: ['create cache'],
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: SETUP,
    on: (scope) => [...cache(scope), ...nodes(scope), ...subnetGroup(scope)],
    if: [taggedOurs],
    why: 'their tags: what is not tagged is not known to be ours',
    partOf: 'elasticache:CreateReplicationGroup',
    changes: ['create cacheSubnetGroup', 'create cache'],
  },
  {
    action: 'iam:CreateServiceLinkedRole',
    commands: SETUP,
    on: serviceLinkedRole,
    if: [forElastiCache],
    why: 'ElastiCache makes its own role at its first use in an account',
    partOf: 'elasticache:CreateReplicationGroup',
    when: 'the account has had no cache yet',
  },
  ...['kms:DescribeKey', 'kms:CreateGrant'].map((action): Right => ({
    action,
    commands: SETUP,
    on: kmsKey,
    if: action === 'kms:CreateGrant' ? [grantsToAws] : [],
    why: 'encryption at rest under a key of yours',
    partOf: 'elasticache:CreateReplicationGroup',
    when: '--kms-key-id names a key',
  })),
  ...['ModifyReplicationGroup', 'IncreaseReplicaCount', 'DecreaseReplicaCount'].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: SETUP,
    on: cache,
    if: [ours],
    why: 'changes of a cache that is there',
    when: 'flags ask for another cache than there is',
  })),

  // The probe.
  {
    action: 'ecs:RunTask',
    commands: CHECKING,
    on: probeRevisions,
    if: [inCluster],
    why: 'the probe’s task',
    ...probe,
  },
  {
    action: 'ecs:StopTask',
    commands: CHECKING,
    on: tasks,
    if: [ours],
    why: 'a probe that does not end by itself',
    when: 'a probe was interrupted',
    ...probe,
  },
  {
    action: 'ecs:DeregisterTaskDefinition',
    commands: CHECKING,
    on: everything,
    if: IN_REGION,
    why: 'the probe’s revision, removed at once',
    ...probe,
  },
  {
    action: 'ecs:DeleteTaskDefinitions',
    commands: CHECKING,
    on: probeRevisions,
    why: 'and forgotten; it stays readable without this',
    feature: 'the probe',
  },
  {
    action: 'ecs:TagResource',
    commands: CHECKING,
    on: tasks,
    if: [whileRunning, taggedOurs],
    why: 'the tags of the probe’s task',
    partOf: 'ecs:RunTask',
    ...probe,
  },
  {
    action: 'ecs:RegisterTaskDefinition',
    commands: CHECKING,
    on: everything,
    if: [inRegion, taggedOurs],
    why: 'the probe’s revision',
    ...probe,
  },
  {
    action: 'ecs:TagResource',
    commands: CHECKING,
    on: probeRevisions,
    if: [whileRunning, taggedOurs],
    why: 'its tags',
    partOf: 'ecs:RegisterTaskDefinition',
    ...probe,
  },
  {
    action: 'iam:PassRole',
    commands: CHECKING,
    on: executionRole,
    if: [toTasks],
    why: 'the execution role of the app, which pulls the probe’s image',
    partOf: 'ecs:RegisterTaskDefinition',
    ...probe,
  },

  // The service.
  {
    action: 'ecs:RegisterTaskDefinition',
    commands: DEPLOYING,
    on: everything,
    if: [inRegion, taggedOurs],
    why: 'the revision that carries the address of the cache',
    changes: ['update taskDefinition'],
  },
  {
    action: 'ecs:TagResource',
    commands: DEPLOYING,
    on: revisions,
    if: [whileRunning, taggedOurs],
    why: 'its tags, and with them the way back',
    partOf: 'ecs:RegisterTaskDefinition',
    changes: ['update taskDefinition'],
  },
  {
    action: 'iam:PassRole',
    commands: DEPLOYING,
    on: taskRoles,
    if: [toTasks],
    why: 'the roles that the app’s own revision names',
    partOf: 'ecs:RegisterTaskDefinition',
    changes: ['update taskDefinition'],
  },
  {
    action: 'ecs:UpdateService',
    commands: DEPLOYING,
    on: service,
    why: 'the rollout, and the way back',
    changes: ['update service'],
  },

  // Sticky sessions.
  {
    action: 'elasticloadbalancing:AddTags',
    commands: SETUP,
    on: targetGroups,
    if: [ownTagKeys],
    why: 'the way back: how sticky sessions were',
    changes: ['update stickiness'],
  },
  {
    action: 'elasticloadbalancing:ModifyTargetGroupAttributes',
    commands: DEPLOYING,
    on: targetGroups,
    why: 'sticky sessions',
    changes: ['update stickiness'],
  },
  {
    action: 'elasticloadbalancing:RemoveTags',
    commands: GOING_BACK,
    on: targetGroups,
    if: [ownTagKeys],
    why: 'the way back has been gone',
  },

  // Taking everything away.
  {
    action: 'elasticache:DeleteReplicationGroup',
    commands: DESTROY,
    on: cache,
    if: [ours],
    why: 'the cache',
  },
  {
    action: 'elasticache:DeleteCacheSubnetGroup',
    commands: DESTROY,
    on: subnetGroup,
    if: [ours],
    why: 'its subnets',
  },
  {
    action: 'ec2:DeleteSecurityGroup',
    commands: DESTROY,
    on: securityGroup,
    if: [ours],
    why: 'its security group',
  },
  {
    action: 'ec2:DescribeNetworkInterfaces',
    commands: DESTROY,
    on: everything,
    if: IN_REGION,
    why: 'what still uses the security group',
    when: 'something still uses it',
  },
];
