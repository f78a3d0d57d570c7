/** What is in the account, in the words of the result. */
import type { Aws } from '../aws/aws.ts';
import type { ReplicationGroup } from '../aws/elasticache.ts';
import type { RunningService, TargetGroup } from '../domain/app.ts';
import { REPLACES_TAG } from '../domain/ownership.ts';
import { variableOf } from '../domain/task-definition.ts';
import type { ResultCache, ResultConsumer, ResultStickiness } from '../output/result.ts';
import type { Reading } from './run-record.ts';

export interface Named {
  readonly caches: readonly string[];
  readonly variables: readonly string[];
}

export async function readAccount(
  aws: Aws,
  app: RunningService,
  { caches, variables }: Named,
): Promise<Reading> {
  return {
    caches: await readCaches(aws, caches),
    consumers: [consumerOf(app, variables)],
    stickiness: app.targetGroups.map(stickinessOf),
  };
}

/** Those that are there. */
export async function readCaches(aws: Aws, names: readonly string[]): Promise<ResultCache[]> {
  const found = await Promise.all(names.map((name) => readCache(aws, name)));
  return found.filter((cache) => cache !== undefined);
}

async function readCache({ elasticache }: Aws, name: string): Promise<ResultCache | undefined> {
  const group = await elasticache.readReplicationGroup(name);
  if (!group) return undefined;
  const [member] = await elasticache.describeCacheClusters(group.memberClusters.slice(0, 1));
  return {
    name: group.replicationGroupId,
    engine: group.engine,
    engineVersion: member?.engineVersion ?? null,
    status: group.status,
    ...(group.endpoint ? { endpoint: group.endpoint } : {}),
    ...(group.readerEndpoint ? { readerEndpoint: group.readerEndpoint } : {}),
    transitEncryption: group.transitEncryption,
    auth: authOf(group),
    arn: group.arn,
    cacheNodeType: group.cacheNodeType,
    nodes: group.memberClusters.length,
  };
}

function authOf({ authTokenEnabled, userGroupIds }: ReplicationGroup): ResultCache['auth'] {
  if (userGroupIds.length > 0) return 'rbac';
  return authTokenEnabled ? 'token' : 'none';
}

function consumerOf(app: RunningService, variables: readonly string[]): ResultConsumer {
  const { service, taskDefinition } = app;
  const replaces = taskDefinition.tags[REPLACES_TAG];
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    kind: 'ecs',
    ecsCluster: app.ecsCluster,
    service: service.serviceName,
    taskDefinitionArn: taskDefinition.taskDefinitionArn,
    ...(replaces === undefined ? {} : { replaces }),
    variables: variables.flatMap((name) => {
      const variable = variableOf(taskDefinition.document, app.container, name);
      return variable
        ? [{ name, place: 'value' in variable ? ('environment' as const) : ('secrets' as const) }]
        : [];
    }),
    rollout: primary?.rolloutState ?? 'unknown',
    runningCount: service.runningCount,
    desiredCount: service.desiredCount,
  };
}

function stickinessOf({ targetGroupArn, attributes }: TargetGroup): ResultStickiness {
  const type = attributes['stickiness.type'] ?? 'lb_cookie';
  const seconds = attributes[`stickiness.${type}.duration_seconds`];
  return {
    targetGroupArn,
    enabled: attributes['stickiness.enabled'] === 'true',
    seconds: seconds === undefined ? null : Number(seconds),
  };
}
