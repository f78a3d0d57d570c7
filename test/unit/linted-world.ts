/** A cache and an app with nothing risky about them: each test of a lint check changes one thing. */
import type { Aws } from '../../src/aws/aws.ts';
import type { MetricAlarm } from '../../src/aws/cloudwatch.ts';
import type { CacheCluster, PendingUpdate, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { ServerlessCache } from '../../src/aws/serverless.ts';
import { lintChecks } from '../../src/checks/lint/lint-checks.ts';
import { lintedCache, type LintContext } from '../../src/checks/lint/lint-context.ts';
import type { CheckReport, LintId } from '../../src/domain/check.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import type { ReplicationGroupSettings } from '../../src/domain/settings.ts';
import { WizardError } from '../../src/errors.ts';
import { contextOf, HOST, world, URL_OF_CACHE } from './checked-world.ts';
import { cacheOf } from './wanted.ts';

export const NAME = 'canvas-redis';
export const NODES = [`${NAME}-001`, `${NAME}-002`];
const { signal } = new AbortController();

export interface Risky {
  group: Partial<ReplicationGroup> | undefined;
  cluster: Partial<CacheCluster> | undefined;
  serverless: Partial<ServerlessCache> | undefined;
  ingress: Permission[];
  environment: { name: string; value: string }[];
  policy: string;
  parameterGroup: string;
  alarms: MetricAlarm[];
  updates: PendingUpdate[];
  versions: string[];
  tags: Record<string, string>;
  settings: Partial<ReplicationGroupSettings>;
  denied: string | undefined;
}

export function sound(): Risky {
  return {
    group: {
      memberClusters: NODES,
      nodeGroupIds: ['0001'],
      automaticFailover: 'enabled',
      multiAz: 'enabled',
      transitEncryption: true,
      transitEncryptionMode: 'required',
      atRestEncryption: true,
      snapshotRetentionLimit: 7,
      endpoint: { address: HOST, port: 6379, kind: 'primary' },
    },
    cluster: undefined,
    serverless: undefined,
    ingress: [rule({ groupId: 'sg-app' })],
    environment: [{ name: 'REDIS_URL', value: URL_OF_CACHE }],
    policy: 'volatile-lru',
    parameterGroup: 'default.redis7',
    alarms: NODES.flatMap((node) =>
      ['EngineCPUUtilization', 'DatabaseMemoryUsagePercentage', 'Evictions'].map((metric) =>
        alarm(metric, node),
      ),
    ),
    updates: [],
    versions: ['7.0', '7.1'],
    tags: {},
    settings: {},
    denied: undefined,
  };
}

export function rule(source: Permission['source'], more: Partial<Permission> = {}): Permission {
  return { protocol: 'tcp', fromPort: 6379, toPort: 6379, source, ...more };
}

function alarm(metricName: string, node: string, acts = true): MetricAlarm {
  const dimensions = { CacheClusterId: node };
  return {
    alarmName: `${node} ${metricName}`,
    metrics: [{ namespace: 'AWS/ElastiCache', metricName, dimensions }],
    acts,
  };
}

function awsOf(now: Risky): Aws {
  const allow = <T>(action: string, answer: T): Promise<T> =>
    now.denied === action
      ? Promise.reject(
          new WizardError('AccessDenied', `${action} is not allowed`, { hint: `Allow ${action}.` }),
        )
      : Promise.resolve(answer);
  const member = (cacheClusterId: string) => ({
    cacheClusterId,
    engine: 'redis',
    engineVersion: '7.1.0',
    cacheParameterGroupName: now.parameterGroup,
    securityGroupIds: ['sg-cache'],
  });
  const { aws } = contextOf(world());
  return {
    ...aws,
    ec2: {
      describeSecurityGroups: () =>
        allow('ec2:DescribeSecurityGroups', [
          {
            groupId: 'sg-cache',
            groupName: 'canvas-redis-sg',
            vpcId: 'vpc-1',
            ingress: now.ingress,
            tags: {},
          },
        ]),
      readVpc: () => Promise.resolve({ vpcId: 'vpc-1', cidrBlocks: ['10.0.0.0/16'] }),
    },
    elasticache: {
      readReplicationGroup: () =>
        Promise.resolve(now.group && { replicationGroupId: NAME, arn: 'arn:cache', ...now.group }),
      describeCacheClusters: (ids: string[]) => Promise.resolve(ids.map(member)),
      readCacheCluster: () => Promise.resolve(now.cluster && { ...member(NAME), ...now.cluster }),
      describeCacheParameters: () =>
        allow('elasticache:DescribeCacheParameters', [{ name: 'maxmemory-policy', value: now.policy }]),
      readTags: () => allow('elasticache:ListTagsForResource', now.tags),
      listPendingUpdates: () => Promise.resolve(now.updates),
      describeEngineVersions: () => Promise.resolve(now.versions.map((engineVersion) => ({ engineVersion }))),
    },
    serverless: { readServerlessCache: () => Promise.resolve(now.serverless) },
    cloudwatch: { listMetricAlarms: () => allow('cloudwatch:DescribeAlarms', now.alarms) },
  } as unknown as Aws;
}

export function lintOf(now: Risky): LintContext {
  const aws = awsOf(now);
  const base = contextOf(world());
  const document: JsonObject = {
    containerDefinitions: [
      { name: 'sidecar', environment: [] },
      { name: 'backend', environment: now.environment },
    ],
  };
  const app = { ...base.app, taskDefinition: { ...base.app.taskDefinition, document } };
  const caches = [lintedCache(cacheOf({ name: NAME, ...now.settings }), aws)];
  return {
    aws,
    settings: base.settings,
    where: base.where,
    apps: [{ ...base, aws, app }],
    caches,
    production: false,
  };
}

/** Of one check, where one thing is as it should not be. */
export async function lintAnswer(
  id: LintId,
  change: (now: Risky) => void = () => undefined,
): Promise<CheckReport> {
  const now = sound();
  change(now);
  const check = lintChecks(lintOf(now)).find((each) => each.id === id)!;
  return { id, ...(await check.run(signal)) };
}
