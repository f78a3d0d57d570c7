/** What is in the account, in the words of the result. */
import type { Aws } from '../aws/aws.ts';
import { ecsAmong, type Consumer } from '../domain/consumer.ts';
import type { Settings } from '../domain/settings.ts';
import type { RunningService, TargetGroup } from '../domain/app.ts';
import { REPLACES_TAG } from '../domain/ownership.ts';
import { variableOf } from '../domain/task-definition.ts';
import type { ResultCache, ResultConsumer, ResultStickiness } from '../output/result.ts';
import type { Reading } from './run-record.ts';

export async function readAccount(
  aws: Aws,
  consumers: readonly Consumer[],
  { caches }: Pick<Settings, 'caches'>,
): Promise<Reading> {
  const ecs = ecsAmong(consumers);
  const readings = ecs.map(({ app, settings }) =>
    readingOf(
      app,
      settings.variables.map(({ name, container = app.container }) => ({ name: name.value, container })),
    ),
  );
  return {
    caches: await readCaches(
      aws,
      caches.map(({ name }) => name),
    ),
    consumers: readings.map(({ consumer }) => consumer),
    stickiness: readings.flatMap(({ stickiness }) => stickiness),
  };
}

export interface NamedVariable {
  readonly name: string;
  readonly container: string;
}

export function readingOf(
  app: RunningService,
  variables: readonly NamedVariable[],
): { readonly consumer: ResultConsumer; readonly stickiness: readonly ResultStickiness[] } {
  return { consumer: consumerOf(app, variables), stickiness: app.targetGroups.map(stickinessOf) };
}

/** Those that are there. */
export async function readCaches(aws: Aws, names: readonly string[]): Promise<ResultCache[]> {
  const found = await Promise.all(names.map((name) => readCache(aws, name)));
  return found.filter((cache) => cache !== undefined);
}

async function readCache({ caches }: Aws, name: string): Promise<ResultCache | undefined> {
  const cache = await caches.read(name);
  if (!cache) return undefined;
  const { endpoint, readerEndpoint, nodes } = cache;
  return {
    name: cache.name,
    engine: cache.engine,
    engineVersion: (await caches.readEngineVersion(cache)) ?? null,
    status: cache.status,
    ...(endpoint ? { endpoint } : {}),
    ...(readerEndpoint ? { readerEndpoint } : {}),
    transitEncryption: cache.transitEncryption,
    auth: cache.auth,
    arn: cache.arn,
    cacheNodeType: nodes?.cacheNodeType ?? null,
    nodes: nodes?.memberClusters.length ?? null,
  };
}

function consumerOf(app: RunningService, variables: readonly NamedVariable[]): ResultConsumer {
  const { service, taskDefinition } = app;
  const replaces = taskDefinition.tags[REPLACES_TAG];
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    kind: 'ecs',
    ecsCluster: app.ecsCluster,
    service: service.serviceName,
    taskDefinitionArn: taskDefinition.taskDefinitionArn,
    ...(replaces === undefined ? {} : { replaces }),
    variables: variables.flatMap(({ name, container }) => {
      const variable = variableOf(taskDefinition.document, container, name);
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
