/** An account in memory, right in everything: each test of a check breaks one thing in it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Aws } from '../../src/aws/aws.ts';
import { cachesOver } from '../../src/aws/caches.ts';
import type { User } from '../../src/aws/access.ts';
import type { Simulated, SimulatedRequest } from '../../src/aws/iam.ts';
import type { Ec2Subnet, NetworkInterface, SecurityGroup, VpcPeering } from '../../src/aws/ec2.ts';
import type { FoundSecret } from '../../src/aws/secrets.ts';
import type { Task } from '../../src/aws/ecs.ts';
import type { WeightedForward } from '../../src/aws/elbv2.ts';
import type { CacheCluster, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { CheckContext, PingEvidence } from '../../src/checks/context.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { App, EcsService, TargetGroup } from '../../src/domain/app.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { NetworkAcl } from '../../src/domain/network-acl.ts';
import { anchorTag, ownershipTags } from '../../src/domain/ownership.ts';
import type { RouteTable } from '../../src/domain/route-table.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import type { ProofSettings, Settings, StickinessSettings } from '../../src/domain/settings.ts';
import { WizardError } from '../../src/errors.ts';
import { cacheOf, serviceOf, variableFor } from './wanted.ts';

export const HOST = 'master.canvas-redis.abc123.use1.cache.amazonaws.com';
export const URL_OF_CACHE = `rediss://${HOST}:6379`;
export const REVISION = 'arn:aws:ecs:us-east-1:111122223333:task-definition/canvas:7';
export const OLD_REVISION = 'arn:aws:ecs:us-east-1:111122223333:task-definition/canvas:6';

export const SERVICE_ARN = 'arn:aws:ecs:us-east-1:111122223333:service/canvas/canvas-backend';

const CONSUMER = serviceOf({
  service: 'canvas-backend',
  ecsCluster: 'canvas',
  variables: [variableFor('canvas-redis')],
});

export interface World {
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
  logConfiguration: JsonObject | undefined;
  taskDefinitionTags: Record<string, string>;
  tasks: Task[];
  stopped: Task[];
  managers: App['managers'];
  /** Of the project's security group; none where this tool never touched the app. */
  anchorTags: Record<string, string> | undefined;
  /** Other caches of the account. */
  otherGroups: ReplicationGroup[];
  events: { at: number; message: string }[];
  executionRoleArn: string | undefined;
  /** What is kept, by ARN or name. */
  kept: Record<string, FoundSecret>;
  /** What stands in them, by name. */
  keptValues: Record<string, string>;
  /** The revision before, as old tasks run it. */
  older: { status: string; document: JsonObject } | undefined;
  /** Of IAM, on the execution role. */
  decision: Simulated['decision'];
  users: User[];
  routeTables: RouteTable[];
  endpoints: string[];
  appGroups: string[];
  ingress: Permission[];
  /** Of each of the app's own groups. */
  egress: Permission[];
  /** Besides those of the app and of the cache. */
  otherSecurityGroups: SecurityGroup[];
  prefixLists: Record<string, string[]>;
  dnsSupport: boolean;
  networkAcls: NetworkAcl[];
  peerings: VpcPeering[];
  appSubnets: Ec2Subnet[];
  cacheSubnets: Ec2Subnet[];
  nodeInterfaces: NetworkInterface[];
  group: ReplicationGroup | undefined;
  members: CacheCluster[];
  targetGroups: TargetGroup[];
  weighted: WeightedForward[];
  healthyTargets: number;
  /** By log stream; without a time, each was written just now. */
  lines: Record<string, (string | { minutesAgo: number; message: string })[]>;
  service: Partial<EcsService>;
  proof: { -readonly [Member in keyof ProofSettings]?: ProofSettings[Member] };
  stickiness: StickinessSettings;
  url: string | undefined;
  denied: string | undefined;
  ping: PingEvidence;
  baseline: CheckContext['baseline'];
}

export function world(): World {
  return {
    environment: [{ name: 'REDIS_URL', value: URL_OF_CACHE }],
    secrets: [],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '/ecs/canvas',
        'awslogs-region': 'us-east-1',
        'awslogs-stream-prefix': 'ecs',
      },
    },
    taskDefinitionTags: ownershipTags('canvas', 'canvas'),
    tasks: ['t1', 't2', 't3'].map((id) => task(id)),
    stopped: [],
    managers: [],
    anchorTags: { [anchorTag('service', 1)]: SERVICE_ARN },
    otherGroups: [],
    events: [],
    executionRoleArn: 'arn:aws:iam::111122223333:role/canvas-execution',
    kept: {},
    keptValues: {},
    older: undefined,
    decision: 'allowed',
    users: [],
    routeTables: [
      {
        routeTableId: 'rtb-main',
        isMain: true,
        subnetIds: [],
        routes: [
          { destination: '10.0.0.0/16', target: 'local', isBlackhole: false },
          { destination: '0.0.0.0/0', target: 'nat-1', isBlackhole: false },
        ],
      },
    ],
    endpoints: [],
    appGroups: ['sg-app'],
    ingress: [{ protocol: 'tcp', fromPort: 6379, toPort: 6379, source: { groupId: 'sg-app' } }],
    egress: [{ protocol: '-1', fromPort: -1, toPort: -1, source: { cidr: '0.0.0.0/0' } }],
    otherSecurityGroups: [],
    prefixLists: {},
    dnsSupport: true,
    networkAcls: [networkAcl('acl-1', ['subnet-1', 'subnet-2', 'subnet-8', 'subnet-9'])],
    peerings: [],
    appSubnets: [subnet('subnet-1', '10.0.2.0/24', 'a'), subnet('subnet-2', '10.0.3.0/24', 'b')],
    cacheSubnets: [subnet('subnet-8', '10.0.8.0/24', 'a'), subnet('subnet-9', '10.0.9.0/24', 'b')],
    nodeInterfaces: [
      {
        networkInterfaceId: 'eni-1',
        description: 'ElastiCache canvas-redis-001',
        subnetId: 'subnet-8',
        privateIpAddress: '10.0.8.10',
      },
    ],
    group: {
      replicationGroupId: 'canvas-redis',
      status: 'available',
      memberClusters: ['canvas-redis-001'],
      transitEncryption: true,
      userGroupIds: [],
      endpoint: { address: HOST, port: 6379, kind: 'primary' },
      readerEndpoint: { address: HOST.replace('master', 'replica'), port: 6379 },
    } as unknown as ReplicationGroup,
    members: [
      {
        cacheClusterId: 'canvas-redis-001',
        securityGroupIds: ['sg-cache'],
        cacheSubnetGroupName: 'canvas-redis',
      } as unknown as CacheCluster,
    ],
    targetGroups: [targetGroup()],
    weighted: [],
    healthyTargets: 3,
    lines: Object.fromEntries(
      ['t1', 't2', 't3'].map((id) => [`ecs/backend/${id}`, ['listening', 'Redis connected successfully']]),
    ),
    service: {},
    proof: {},
    stickiness: { enabled: { value: true, origin: 'default' }, seconds: { value: 3600, origin: 'default' } },
    url: undefined,
    denied: undefined,
    ping: { notAsked: 'not in this test' },
    baseline: undefined,
  };
}

export function subnet(subnetId: string, cidrBlock: string, zone: string, vpcId = 'vpc-1'): Ec2Subnet {
  const availabilityZone = `us-east-1${zone}`;
  return { subnetId, vpcId, cidrBlock, availabilityZone, freeAddresses: 200, ipv6Native: false };
}

/** Which lets everything through after these. */
export function networkAcl(
  networkAclId: string,
  subnetIds: string[],
  ...before: NetworkAcl['entries'][number][]
): NetworkAcl {
  const all = { protocol: '-1', ports: { first: 0, last: 65_535 }, cidr: '0.0.0.0/0' };
  const entries = [true, false].flatMap((egress) => [
    { ...all, egress, ruleNumber: 100, allows: true },
    { ...all, egress, ruleNumber: 32_767, allows: false },
  ]);
  return { networkAclId, subnetIds, entries: [...before, ...entries] };
}

export function task(id: string, taskDefinitionArn = REVISION, startedAt?: number): Task {
  return {
    taskArn: `arn:aws:ecs:us-east-1:111122223333:task/canvas/${id}`,
    taskDefinitionArn,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    ...(startedAt === undefined ? {} : { startedAt }),
    containers: [],
  };
}

export function targetGroup(more: Partial<TargetGroup> = {}): TargetGroup {
  return {
    targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/canvas/1',
    targetGroupName: 'canvas',
    targetType: 'ip',
    protocol: 'HTTP',
    loadBalancer: {
      arn: 'arn:lb',
      type: 'application',
      scheme: 'internet-facing',
      dnsName: 'canvas.elb.amazonaws.com',
    },
    attributes: {
      'stickiness.enabled': 'true',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '3600',
    },
    tags: {},
    ...more,
  };
}

export function contextOf(now: World, clock = new VirtualClock()): CheckContext {
  return {
    settings: settingsOf(now),
    consumer: CONSUMER,
    isFront: true,
    app: appOf(now),
    aws: awsOf(now, clock),
    clock,
    where: ['--region', 'us-east-1'],
    askPing: () => Promise.resolve(now.ping),
    since: clock.now(),
    ...(now.baseline ? { baseline: now.baseline } : {}),
  };
}

function serviceIn(now: World): EcsService {
  return {
    serviceArn: SERVICE_ARN,
    serviceName: 'canvas-backend',
    taskDefinitionArn: REVISION,
    runningCount: now.tasks.length,
    desiredCount: 3,
    events: [],
    deployments: [],
    launchType: 'FARGATE',
    capacityProviderStrategy: [],
    deploymentController: 'ECS',
    strategy: 'ROLLING',
    maximumPercent: 200,
    awsvpc: { subnetIds: ['subnet-1'], securityGroupIds: now.appGroups, assignPublicIp: false },
    ...now.service,
  } as unknown as EcsService;
}

export function appOf(now: World): App {
  return {
    ecsCluster: 'canvas',
    container: 'backend',
    service: serviceIn(now),
    taskDefinition: {
      taskDefinitionArn: REVISION,
      family: 'canvas',
      status: 'ACTIVE',
      tags: now.taskDefinitionTags,
      document: {
        ...(now.executionRoleArn === undefined ? {} : { executionRoleArn: now.executionRoleArn }),
        containerDefinitions: [
          { name: 'sidecar' },
          {
            name: 'backend',
            environment: now.environment,
            secrets: now.secrets,
            ...(now.logConfiguration ? { logConfiguration: now.logConfiguration } : {}),
          },
        ],
      },
    },
    network: {
      vpcId: 'vpc-1',
      subnetIds: ['subnet-1', 'subnet-2'],
      securityGroupIds: now.appGroups,
      // In bridge mode each of the instances has one of them.
      interfaces: serviceIn(now).awsvpc ? [now.appGroups] : now.appGroups.map((groupId) => [groupId]),
      usableSubnets: [],
      droppedSubnets: [],
      dnsSupport: now.dnsSupport,
    },
    targetGroups: now.targetGroups,
    managers: now.managers,
    ...(now.url === undefined ? {} : { url: now.url }),
  };
}

function settingsOf(now: World): Settings {
  return {
    project: 'canvas',
    caches: [cacheOf({ name: 'canvas-redis' })],
    consumers: [CONSUMER],
    stickiness: now.stickiness,
    proof: proofOf(now),
  } as unknown as Settings;
}

export function proofOf(now: World): ProofSettings {
  return {
    refreshPath: '/count',
    refreshValue: '$.count',
    refreshes: 6,
    headers: {},
    logPattern: 'Redis connected successfully',
    probe: true,
    verify: true,
    ...now.proof,
  };
}

/** The gateways' reads; `denied` is the one that may not be called. */
function awsOf(now: World, clock: VirtualClock): Aws {
  const allow = <T>(action: string, answer: T): Promise<T> =>
    now.denied === action
      ? Promise.reject(
          new WizardError('AccessDenied', `Reading: ${action} is not allowed`, { hint: `Allow ${action}.` }),
        )
      : Promise.resolve(answer);
  const elasticache = {
    readReplicationGroup: () => allow('elasticache:DescribeReplicationGroups', now.group),
    describeCacheClusters: () => allow('elasticache:DescribeCacheClusters', now.members),
    readCacheCluster: () => Promise.resolve(undefined),
    readCacheSubnetGroup: () => allow('elasticache:DescribeCacheSubnetGroups', { subnets: now.cacheSubnets }),
    listReplicationGroups: () => Promise.resolve([...(now.group ? [now.group] : []), ...now.otherGroups]),
    describeEvents: (source: string) =>
      allow('elasticache:DescribeEvents', source === 'replication-group' ? now.events : []),
  };
  const serverless = {
    readServerlessCache: () => Promise.resolve(undefined),
    listServerlessCaches: () => Promise.resolve([]),
  };
  const secretStore = {
    find: (id: string) => allow('secretsmanager:DescribeSecret', now.kept[id]),
    readValue: (id: string) => {
      const value = now.keptValues[id];
      return allow(
        'secretsmanager:GetSecretValue',
        value === undefined ? undefined : { value, changedAt: 0 },
      );
    },
  };
  return {
    ec2: {
      describeSecurityGroups: (by: { groupIds?: string[]; tags?: object; referring?: string }) =>
        allow('ec2:DescribeSecurityGroups', groupsOf(now, by)),
      describeRouteTables: () => allow('ec2:DescribeRouteTables', now.routeTables),
      listInterfaceEndpoints: () => allow('ec2:DescribeVpcEndpoints', now.endpoints),
      describeSubnets: ({ subnetIds }: { subnetIds: string[] }) =>
        allow(
          'ec2:DescribeSubnets',
          [...now.appSubnets, ...now.cacheSubnets].filter((each) => subnetIds.includes(each.subnetId)),
        ),
      describeNetworkInterfaces: () => allow('ec2:DescribeNetworkInterfaces', now.nodeInterfaces),
      describeNetworkAcls: () => allow('ec2:DescribeNetworkAcls', now.networkAcls),
      describeVpcPeerings: () => allow('ec2:DescribeVpcPeeringConnections', now.peerings),
      readPrefixList: (id: string) => allow('ec2:GetManagedPrefixListEntries', now.prefixLists[id] ?? []),
    },
    iam: {
      readRoleArn: () => Promise.resolve(now.executionRoleArn),
      simulate: (_: string, { actions, resources }: SimulatedRequest) =>
        allow(
          'iam:SimulatePrincipalPolicy',
          resources.map((resource) => ({ action: actions[0], resource, decision: now.decision })),
        ),
    },
    secrets: { secretsmanager: secretStore, ssm: secretStore },
    access: {
      readUserGroup: () => Promise.resolve({ userIds: now.users.map(({ userId }) => userId) }),
      readUser: (id: string) => Promise.resolve(now.users.find(({ userId }) => userId === id)),
    },
    elasticache,
    serverless,
    caches: cachesOver(
      elasticache as unknown as Aws['elasticache'],
      serverless as unknown as Aws['serverless'],
    ),
    ecs: {
      readTaskDefinition: () => Promise.resolve(now.older),
      listTasks: (_: string, { desiredStatus }: { desiredStatus: 'RUNNING' | 'STOPPED' }) =>
        allow(
          'ecs:ListTasks',
          (desiredStatus === 'RUNNING' ? now.tasks : now.stopped).map(({ taskArn }) => taskArn),
        ),
      describeTasks: (_: string, arns: readonly string[]) =>
        allow(
          'ecs:DescribeTasks',
          [...now.tasks, ...now.stopped].filter(({ taskArn }) => arns.includes(taskArn)),
        ),
    },
    elbv2: {
      listWeightedForwards: () => allow('elasticloadbalancing:DescribeListeners', now.weighted),
      describeTargetHealth: () =>
        allow(
          'elasticloadbalancing:DescribeTargetHealth',
          Array.from({ length: now.healthyTargets }, () => ({ state: 'healthy' })),
        ),
    },
    logs: {
      filterLogEvents: ({
        logStreamNames,
        since,
        until = Infinity,
      }: Parameters<Aws['logs']['filterLogEvents']>[0]) =>
        allow(
          'logs:FilterLogEvents',
          Object.entries(now.lines)
            .filter(([stream]) => logStreamNames?.includes(stream) ?? true)
            .flatMap(([logStreamName, lines]) =>
              lines.map((line) =>
                typeof line === 'string'
                  ? { at: clock.now(), logStreamName, message: line }
                  : { at: clock.now() - line.minutesAgo * 60_000, logStreamName, message: line.message },
              ),
            )
            .filter(({ at }) => since <= at && at <= until),
        ),
    },
  } as unknown as Aws;
}

function groupsOf(
  now: World,
  { groupIds = [], tags, referring }: { groupIds?: string[]; tags?: object; referring?: string },
): unknown[] {
  if (tags) return now.anchorTags ? [{ groupId: 'sg-cache', tags: now.anchorTags }] : [];
  if (referring !== undefined) return now.otherSecurityGroups;
  return groupIds.map((groupId) => ({
    groupId,
    groupName: groupId === 'sg-cache' ? 'canvas-redis-sg' : 'canvas-sg',
    vpcId: 'vpc-1',
    tags: {},
    ingress: groupId === 'sg-cache' ? now.ingress : [],
    egress: groupId === 'sg-cache' ? [] : now.egress,
  }));
}

/** What answers on the app's address. */
export type AppServer = (request: IncomingMessage, response: ServerResponse) => void;

const appServers: Server[] = [];

export async function serve(answer: AppServer): Promise<string> {
  const server = createServer(answer);
  appServers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function closeServers(): void {
  for (const server of appServers.splice(0)) server.close();
}

/** A load balancer before tasks that each answer with what they hold, round robin unless the cookie says where. */
export function balanced(
  values: () => readonly (number | string)[],
  options: { sticky?: boolean; onRequest?: (task: number, url: string) => void; taskHeader?: boolean } = {},
): AppServer {
  let turn = 0;
  return (request, response) => {
    const all = values();
    const bound = /AWSALB=(\d+)/.exec(request.headers.cookie ?? '')?.[1];
    const at = bound !== undefined && options.sticky !== false ? Number(bound) : turn++ % all.length;
    options.onRequest?.(at, request.url ?? '');
    response.setHeader('content-type', 'application/json');
    if (options.sticky !== false) response.setHeader('set-cookie', `AWSALB=${at}; Path=/`);
    if (options.taskHeader === true) response.setHeader('x-task-id', `task-${at}`);
    response.end(JSON.stringify({ count: all[at] }));
  };
}
