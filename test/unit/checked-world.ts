/** An account in memory, right in everything: each test of a check breaks one thing in it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Aws } from '../../src/aws/aws.ts';
import { cachesOver } from '../../src/aws/caches.ts';
import type { Task } from '../../src/aws/ecs.ts';
import type { CacheCluster, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { CheckContext } from '../../src/checks/context.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { App, EcsService, TargetGroup } from '../../src/domain/app.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { ownershipTags } from '../../src/domain/ownership.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import type { ProofSettings, Settings, StickinessSettings } from '../../src/domain/settings.ts';
import { WizardError } from '../../src/errors.ts';
import { cacheOf, serviceOf, variableFor } from './wanted.ts';

export const HOST = 'master.canvas-redis.abc123.use1.cache.amazonaws.com';
export const URL_OF_CACHE = `rediss://${HOST}:6379`;
export const REVISION = 'arn:aws:ecs:us-east-1:111122223333:task-definition/canvas:7';
export const OLD_REVISION = 'arn:aws:ecs:us-east-1:111122223333:task-definition/canvas:6';

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
  appGroups: string[];
  ingress: Permission[];
  /** Of the app's own groups, where the survey finds that they let little out. */
  restrictedEgress: Permission[] | undefined;
  group: ReplicationGroup | undefined;
  members: CacheCluster[];
  subnetCidrs: string[];
  targetGroups: TargetGroup[];
  healthyTargets: number;
  /** By log stream; without a time, each was written just now. */
  lines: Record<string, (string | { minutesAgo: number; message: string })[]>;
  service: Partial<EcsService>;
  proof: { -readonly [Member in keyof ProofSettings]?: ProofSettings[Member] };
  stickiness: StickinessSettings;
  url: string | undefined;
  denied: string | undefined;
  ping: CheckContext['ping'];
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
    appGroups: ['sg-app'],
    ingress: [{ protocol: 'tcp', fromPort: 6379, toPort: 6379, source: { groupId: 'sg-app' } }],
    restrictedEgress: undefined,
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
      { cacheClusterId: 'canvas-redis-001', securityGroupIds: ['sg-cache'] } as unknown as CacheCluster,
    ],
    subnetCidrs: ['10.0.1.0/24', '10.0.2.0/24'],
    targetGroups: [targetGroup()],
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
    ping: now.ping,
    since: clock.now(),
    ...(now.baseline ? { baseline: now.baseline } : {}),
  };
}

export function appOf(now: World): App {
  const serviceArn = 'arn:aws:ecs:us-east-1:111122223333:service/canvas/canvas-backend';
  return {
    ecsCluster: 'canvas',
    container: 'backend',
    service: {
      serviceArn,
      serviceName: 'canvas-backend',
      taskDefinitionArn: REVISION,
      runningCount: now.tasks.length,
      deployments: [],
      awsvpc: { subnetIds: ['subnet-1'], securityGroupIds: now.appGroups, assignPublicIp: false },
      ...now.service,
    } as unknown as EcsService,
    taskDefinition: {
      taskDefinitionArn: REVISION,
      family: 'canvas',
      status: 'ACTIVE',
      tags: now.taskDefinitionTags,
      document: {
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
      restrictedEgress: now.restrictedEgress
        ? now.appGroups.map((groupId) => ({ groupId, groupName: 'canvas-sg' }))
        : [],
      usableSubnets: [],
      droppedSubnets: [],
      dnsSupport: true,
    },
    targetGroups: now.targetGroups,
    managers: [],
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
  };
  const serverless = { readServerlessCache: () => Promise.resolve(undefined) };
  return {
    ec2: {
      describeSecurityGroups: ({ groupIds = [] }: { groupIds?: string[] }) =>
        allow(
          'ec2:DescribeSecurityGroups',
          groupIds.map((groupId) => ({
            groupId,
            groupName: groupId === 'sg-cache' ? 'canvas-redis-sg' : 'canvas-sg',
            vpcId: 'vpc-1',
            tags: {},
            ingress: groupId === 'sg-cache' ? now.ingress : [],
            egress: groupId === 'sg-cache' ? [] : (now.restrictedEgress ?? []),
          })),
        ),
      describeSubnets: () =>
        allow(
          'ec2:DescribeSubnets',
          now.subnetCidrs.map((cidrBlock) => ({ cidrBlock })),
        ),
    },
    elasticache,
    caches: cachesOver(
      elasticache as unknown as Aws['elasticache'],
      serverless as unknown as Aws['serverless'],
    ),
    ecs: {
      listTasks: () =>
        allow(
          'ecs:ListTasks',
          now.tasks.map(({ taskArn }) => taskArn),
        ),
      describeTasks: () => allow('ecs:DescribeTasks', now.tasks),
    },
    elbv2: {
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
