/** What is read. An action that AWS's Service Authorization Reference has no resource for is on '*', in the region. */
import { inCluster, inRegion } from './conditions.ts';
import { POLICY_COMMANDS, type Right } from './right.ts';
import {
  anyCluster,
  anySecret,
  cache,
  callers,
  callersRoles,
  containerInstances,
  everything,
  leases,
  logGroup,
  serverlessCache,
  service,
  subnetGroup,
  tasks,
} from './scope.ts';

const ALL = POLICY_COMMANDS;
const SURVEYING = ['setup', 'plan', 'verify', 'status'] as const;
const PLANNING = ['setup', 'plan'] as const;
const READING_THE_APP = [...PLANNING, 'verify'] as const;
const WATCHING = ['setup', 'verify', 'rollback', 'destroy'] as const;
const LOOKING_AT_TASKS = [...WATCHING, 'plan'] as const;
const DEPLOYING = ['setup', 'rollback', 'destroy'] as const;
const SETUP = ['setup'] as const;
const VERIFY = ['verify'] as const;
const CHECKING = ['setup', 'verify'] as const;
const OF_THE_NETWORK = { on: everything, if: [inRegion], feature: 'the check of the network' } as const;
const LINT = '--lint is given';
const IN_REGION = [inRegion];
const ON_INSTANCES = 'the tasks use the network of their instances';

export const RIGHTS_TO_READ: readonly Right[] = [
  // The service, as it runs.
  { action: 'ecs:DescribeServices', commands: ALL, on: service, why: 'the service' },
  { action: 'ecs:DescribeTaskDefinition', commands: ALL, on: everything, if: IN_REGION, why: 'its revision' },
  {
    action: 'ecs:ListTaskDefinitions',
    commands: ['rollback'],
    on: everything,
    if: IN_REGION,
    why: 'a copy that an interrupted run has registered',
    when: 'no revision is left to go back to as it is',
  },
  {
    action: 'ecs:ListTaskDefinitions',
    commands: ['setup', 'plan', 'verify', 'status', 'destroy'],
    on: everything,
    if: IN_REGION,
    why: 'newer revisions, and what an interrupted run left',
  },
  {
    action: 'ecs:ListTaskDefinitionFamilies',
    commands: ['destroy'],
    on: everything,
    if: IN_REGION,
    why: 'the clusters in which a probe was left',
  },
  {
    action: 'ecs:ListClusters',
    commands: SURVEYING,
    on: everything,
    if: IN_REGION,
    why: 'clusters to choose from',
    when: 'no --ecs-cluster is named, or one that is not there',
  },
  {
    action: 'ecs:DescribeClusters',
    commands: SURVEYING,
    on: anyCluster,
    why: 'what runs in each of them',
    when: 'no --ecs-cluster is named',
    feature: 'what is said of a choice',
  },
  {
    action: 'ecs:ListContainerInstances',
    commands: PLANNING,
    on: anyCluster,
    why: 'which instances are of an ECS cluster, and no app of their own',
    when: 'an app on instances is chosen',
    feature: 'what is said of a choice',
  },
  {
    action: 'ecs:ListServices',
    commands: SURVEYING,
    on: everything,
    if: [inRegion, inCluster],
    why: 'services to choose from',
    when: 'no --service is named, or one that is not there',
  },
  {
    action: 'ecs:ListTasks',
    commands: LOOKING_AT_TASKS,
    on: everything,
    if: [inRegion, inCluster],
    why: 'tasks of the rollout and of the checks, and those that failed lately',
    changes: ['update service'],
  },
  {
    action: 'ecs:DescribeTasks',
    commands: LOOKING_AT_TASKS,
    on: tasks,
    why: 'how they are',
    changes: ['update service'],
  },
  {
    action: 'ecs:ListTasks',
    commands: ['status'],
    on: everything,
    if: [inRegion, inCluster],
    why: 'the instances under the tasks',
    when: ON_INSTANCES,
  },
  {
    action: 'ecs:DescribeTasks',
    commands: ['status'],
    on: tasks,
    why: 'the instances under the tasks',
    when: ON_INSTANCES,
  },
  {
    action: 'ecs:DescribeContainerInstances',
    commands: SURVEYING,
    on: containerInstances,
    why: 'the instances under the tasks',
    when: ON_INSTANCES,
  },
  {
    action: 'ec2:DescribeInstances',
    commands: SURVEYING,
    on: everything,
    if: IN_REGION,
    why: 'the network of the instances under the tasks',
    when: ON_INSTANCES,
  },

  // Its network.
  { action: 'ec2:DescribeVpcs', commands: READING_THE_APP, on: everything, if: IN_REGION, why: 'the VPC' },
  {
    action: 'ec2:DescribeVpcAttribute',
    commands: READING_THE_APP,
    on: everything,
    if: IN_REGION,
    why: 'its DNS',
  },
  { action: 'ec2:DescribeSubnets', commands: SURVEYING, on: everything, if: IN_REGION, why: 'its subnets' },
  {
    action: 'ec2:DescribeRouteTables',
    commands: READING_THE_APP,
    on: everything,
    if: IN_REGION,
    why: 'private or not',
  },
  {
    action: 'ec2:DescribeVpcEndpoints',
    commands: ['verify'],
    on: everything,
    if: IN_REGION,
    why: 'whether tasks reach what keeps their secrets',
    when: 'the subnets of the app lead nowhere',
  },
  {
    action: 'ec2:DescribeVpcEndpoints',
    commands: PLANNING,
    on: anySecret,
    if: IN_REGION,
    why: 'whether tasks reach what keeps a password',
    when: 'the subnets of the app lead nowhere',
  },
  {
    action: 'ec2:DescribeAvailabilityZones',
    commands: READING_THE_APP,
    on: everything,
    if: IN_REGION,
    why: 'zones',
  },
  ...['RouteTables', 'AvailabilityZones'].map((what): Right => ({
    action: `ec2:Describe${what}`,
    commands: ['status'],
    on: everything,
    if: IN_REGION,
    why: 'subnets to give back to the cache',
    when: 'its subnet group has lost subnets',
  })),
  {
    action: 'ec2:DescribeSecurityGroups',
    commands: ALL,
    on: everything,
    if: IN_REGION,
    why: 'security groups of the app and of the cache',
  },
  {
    action: 'ec2:DescribeNetworkAcls',
    commands: CHECKING,
    why: 'whether they let the packets through',
    ...OF_THE_NETWORK,
  },
  {
    action: 'ec2:DescribeNetworkInterfaces',
    commands: VERIFY,
    why: 'in which subnets the nodes of the cache are',
    ...OF_THE_NETWORK,
  },
  {
    action: 'ec2:GetManagedPrefixListEntries',
    commands: VERIFY,
    why: 'whom a rule about a prefix list lets through',
    when: 'a security group has one',
    ...OF_THE_NETWORK,
  },
  {
    action: 'ec2:DescribeVpcPeeringConnections',
    commands: VERIFY,
    why: 'what leads from the app to the cache',
    when: 'they are in different VPCs',
    ...OF_THE_NETWORK,
  },

  // What is before it.
  ...['TargetGroups', 'TargetGroupAttributes', 'LoadBalancers', 'Tags'].map((what): Right => ({
    action: `elasticloadbalancing:Describe${what}`,
    commands: ALL,
    on: everything,
    if: IN_REGION,
    why: 'what is before the app, and its sticky sessions',
  })),
  ...['Listeners', 'Rules'].map((what): Right => ({
    action: `elasticloadbalancing:Describe${what}`,
    commands: READING_THE_APP,
    on: everything,
    if: IN_REGION,
    why: 'where the app answers',
  })),
  {
    action: 'elasticloadbalancing:DescribeTargetHealth',
    commands: ['setup', 'plan', 'verify', 'rollback', 'destroy'],
    on: everything,
    if: IN_REGION,
    why: 'whether the tasks are healthy',
    changes: ['update service'],
  },

  // The cache, as it is.
  {
    action: 'elasticache:DescribeReplicationGroups',
    commands: ALL,
    on: everything,
    if: IN_REGION,
    why: 'the cache',
  },
  {
    action: 'elasticache:DescribeServerlessCaches',
    commands: ALL,
    on: everything,
    if: IN_REGION,
    why: 'the cache, where it is serverless',
  },
  {
    action: 'elasticache:DescribeCacheClusters',
    commands: ['setup', 'plan', 'verify', 'status', 'rollback'],
    on: everything,
    if: IN_REGION,
    why: 'its nodes',
  },
  {
    action: 'elasticache:DescribeCacheClusters',
    commands: ['destroy'],
    on: everything,
    if: IN_REGION,
    why: 'whose it is',
    when: 'a cache failed to create',
  },
  {
    action: 'elasticache:DescribeCacheSubnetGroups',
    commands: ['setup', 'plan', 'verify', 'status', 'destroy'],
    on: everything,
    if: IN_REGION,
    why: 'the subnets of the cache',
  },
  {
    action: 'elasticache:DescribeCacheEngineVersions',
    commands: PLANNING,
    on: everything,
    if: IN_REGION,
    why: 'the versions that there are',
  },
  {
    action: 'elasticache:DescribeReservedCacheNodesOfferings',
    commands: PLANNING,
    on: everything,
    if: IN_REGION,
    why: 'whether the region has such nodes, before anything is made',
    when: 'the node type of a new cache is not in the price list',
    feature: 'the check of node types',
  },
  {
    action: 'elasticache:DescribeSnapshots',
    commands: ['destroy'],
    on: everything,
    if: IN_REGION,
    why: 'whether the last snapshot is whole',
  },
  {
    action: 'elasticache:DescribeEvents',
    commands: ['setup', 'plan', 'verify', 'status', 'destroy'],
    on: everything,
    if: IN_REGION,
    why: 'what happened to a cache',
    when: 'a cache does not serve',
  },
  {
    action: 'elasticache:ListTagsForResource',
    commands: ['setup', 'plan', 'status', 'rollback', 'destroy'],
    on: (scope) => [...cache(scope), ...subnetGroup(scope)],
    why: 'whether they are ours',
    changes: ['create cacheSubnetGroup', 'create cache'],
  },

  // What is risky.
  {
    action: 'cloudwatch:DescribeAlarms',
    commands: VERIFY,
    on: everything,
    if: IN_REGION,
    why: 'whether an alarm watches the cache',
    when: LINT,
  },
  ...['DescribeCacheParameters', 'DescribeCacheEngineVersions', 'DescribeUpdateActions'].map(
    (operation): Right => ({
      action: `elasticache:${operation}`,
      commands: VERIFY,
      on: everything,
      if: IN_REGION,
      why: 'what a full cache throws away, and whether it is up to date',
      when: LINT,
    }),
  ),
  {
    action: 'elasticache:ListTagsForResource',
    commands: VERIFY,
    on: (scope) => [...cache(scope), ...serverlessCache(scope)],
    why: 'whether they say that it is of a production system',
    when: LINT,
  },

  // Before the first write.
  {
    action: 'iam:SimulatePrincipalPolicy',
    commands: SETUP,
    on: callers,
    why: 'names a missing permission before anything is made',
    feature: 'the check of permissions',
  },
  {
    action: 'iam:GetRole',
    commands: SETUP,
    on: callersRoles,
    why: 'the path of the role that asks',
    when: 'the credentials are of a role',
    feature: 'the check of permissions',
  },
  ...['GetParameter', 'PutParameter', 'DeleteParameter'].map((operation): Right => ({
    action: `ssm:${operation}`,
    commands: DEPLOYING,
    on: leases,
    why: 'one run at a time',
    feature: 'the lease',
  })),

  {
    action: 'ssm:GetParameter',
    commands: ['status'],
    on: leases,
    why: 'whether a run is at work',
    feature: 'the lease',
  },

  // What is seen of the app.
  {
    action: 'logs:FilterLogEvents',
    commands: WATCHING,
    on: logGroup,
    why: 'what the app and the probe say',
    feature: 'the logs',
  },
];
