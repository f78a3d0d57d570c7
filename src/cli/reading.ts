/** What is in the account, in the words of the result. */
import type { Aws } from '../aws/aws.ts';
import type { LivingCache } from '../aws/caches.ts';
import type { Consumer, Ec2Consumer } from '../domain/consumer.ts';
import type { Settings } from '../domain/settings.ts';
import type { RunningService, TargetGroup } from '../domain/app.ts';
import { REPLACES_TAG } from '../domain/ownership.ts';
import { variableOf } from '../domain/task-definition.ts';
import { valueStore } from '../resources/instances/instance-values.ts';
import { isBlocked } from '../domain/change.ts';
import type { ResultCache, ResultConsumer, ResultStickiness } from '../output/result.ts';
import type { Reading } from './run-record.ts';

export async function readAccount(
  aws: Aws,
  consumers: readonly Consumer[],
  settings: Pick<Settings, 'caches' | 'project' | 'tags'>,
): Promise<Reading> {
  const names = settings.caches.map(({ name }) => name);
  const readingConsumers = Promise.all(
    consumers.map(async (consumer) => {
      if (consumer.kind === 'ec2') return readInstances(consumer, settings, aws);
      const { app } = consumer;
      const named = consumer.settings.variables.map(({ name, container = app.container }) => ({
        name: name.value,
        container,
      }));
      return readingOf(app, named);
    }),
  );
  const [readings, caches] = await Promise.all([readingConsumers, readCaches(aws, names)]);
  const stickiness = readings.flatMap((reading) => reading.stickiness);
  return {
    caches,
    consumers: readings.map(({ consumer }) => consumer),
    // Two apps may stand behind one target group.
    stickiness: [...new Map(stickiness.map((each) => [each.targetGroupArn, each])).values()],
  };
}

async function readInstances(
  { settings: own, app }: Ec2Consumer,
  settings: Pick<Settings, 'project' | 'tags'>,
  aws: Aws,
): Promise<ConsumerReading> {
  const stored = await valueStore(own, settings, aws).read();
  const place = own.envFile === undefined ? ('parameter-store' as const) : ('env-file' as const);
  const found = isBlocked(stored) ? undefined : stored;
  return {
    consumer: {
      kind: 'ec2',
      name: own.name,
      instances: app.instances.map(({ instanceId }) => instanceId),
      variables: [...(found?.values.keys() ?? [])].map((name) => ({ name, place })),
      // Where nobody says how to restart it, what was not restarted by us may have been by them.
      restarted: found?.restarted === true || (own.restartCommand === undefined ? null : false),
    },
    stickiness: app.targetGroups.map(stickinessOf),
  };
}

export interface ConsumerReading {
  readonly consumer: ResultConsumer;
  readonly stickiness: readonly ResultStickiness[];
}

export interface NamedVariable {
  readonly name: string;
  readonly container: string;
}

export function readingOf(app: RunningService, variables: readonly NamedVariable[]): ConsumerReading {
  return { consumer: consumerOf(app, variables), stickiness: app.targetGroups.map(stickinessOf) };
}

/** Those that are there. */
export async function readCaches(aws: Aws, names: readonly string[]): Promise<ResultCache[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const cache = await aws.caches.read(name);
      return cache && resultOfCache(cache, aws);
    }),
  );
  return found.filter((cache) => cache !== undefined);
}

export async function resultOfCache(
  cache: LivingCache,
  { caches }: Pick<Aws, 'caches'>,
): Promise<ResultCache> {
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
