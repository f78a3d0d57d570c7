/** The result for people: what there is now, and whether it is proven. */
import { nameOf } from '../domain/arn.ts';
import { formatFindings } from './format-checks.ts';
import { formatDrift } from './format-drift.ts';
import { formatDrill } from './format-drill.ts';
import { formatMetrics } from './format-metrics.ts';
import { formatChecklist, formatProof } from './format-proof.ts';
import { hanging, widthOf } from './line-width.ts';
import type { Paint } from './paint.ts';
import {
  causeOfFailure,
  type Result,
  type ResultCache,
  type ResultInstances,
  type ResultService,
  type ResultStickiness,
} from './result.ts';

/** `columns`: of a terminal, whose screen is left to what is wrong, where something is. `plain`: it has ASCII alone. */
export function formatResult(result: Result, paint: Paint, columns?: number, plain?: boolean): string[] {
  const cause = causeOfFailure(result);
  const findings = formatFindings(result.checks, cause, paint, columns);
  if (cause && result.command === 'verify' && columns !== undefined) return findings;
  // What was asked for stands above already.
  if (result.command === 'logs' || result.command === 'connect') return [];
  const client = result.client?.text.trimEnd().split('\n') ?? [];
  // It goes into a file as it is; of a setup it stands above what is to stay on the screen.
  if (client.length > 0 && result.command === 'status') return client;
  return [
    ...client,
    ...result.caches.flatMap((cache) => formatCache(cache, paint, columns)),
    ...result.consumers.flatMap((consumer) =>
      consumer.kind === 'ecs'
        ? formatService(consumer, paint, columns)
        : formatInstances(consumer, paint, columns),
    ),
    ...result.stickiness.flatMap((stickiness) => formatStickiness(stickiness, paint, columns)),
    ...formatMetrics(result.metrics ?? [], paint, plain),
    ...formatDrift(result, paint, columns),
    ...(result.drill ? formatDrill(result.drill, paint, columns) : []),
    ...findings,
    ...(cause ? [] : [...formatChecklist(result, paint, columns), ...formatProof(result, paint, columns)]),
  ];
}

function formatCache(cache: ResultCache, paint: Paint, columns: number | undefined): string[] {
  const { endpoint, readerEndpoint } = cache;
  const version = cache.engineVersion === null ? cache.engine : `${cache.engine} ${cache.engineVersion}`;
  const { nodes, cacheNodeType } = cache;
  const size = nodes === null || cacheNodeType === null ? 'serverless' : `${nodes} × ${cacheNodeType}`;
  const safety = `${cache.transitEncryption ? 'TLS' : 'no TLS'}, auth ${cache.auth}`;
  return [
    ...hanging(
      `${paint.bold('cache')}       `,
      [`${paint.name(cache.name)} `, `${version},`, `${size},`, cache.status],
      columns,
    ),
    ...(endpoint
      ? formatEndpoint('  endpoint  ', endpoint, [safety], columns)
      : hanging('  endpoint  ', 'none yet: AWS gives one when the cache is available', columns)),
    ...(readerEndpoint ? formatEndpoint('  reader    ', readerEndpoint, [], columns) : []),
  ];
}

/** It is to be copied: where there is no room for it beside its label, there may be below. */
function formatEndpoint(
  label: string,
  { address, port }: Pick<NonNullable<ResultCache['endpoint']>, 'address' | 'port'>,
  remarks: readonly string[],
  columns: number | undefined,
): string[] {
  const endpoint = `${address}:${port}`;
  const fits = columns === undefined || widthOf(label + endpoint) <= columns;
  if (!fits) return [label.trimEnd(), ...[endpoint, ...remarks].map((line) => `    ${line}`)];
  return hanging(label, remarks.length > 0 ? [`${endpoint} `, ...remarks] : [endpoint], columns);
}

function formatService(consumer: ResultService, paint: Paint, columns: number | undefined): string[] {
  const { variables, replaces, runningCount, desiredCount } = consumer;
  const names = variables
    .map(({ name, place }) => (place === 'secrets' ? `${name} (a secret)` : name))
    .join(', ');
  return [
    ...hanging(
      `${paint.bold('service')}     `,
      [
        `${paint.name(consumer.service)} `,
        `${nameOf(consumer.taskDefinitionArn)},`,
        `${runningCount} of ${desiredCount} tasks,`,
        `rollout ${consumer.rollout}`,
      ],
      columns,
    ),
    ...hanging(
      '  reads     ',
      names === '' ? 'none of our variables: it does not use the cache' : names,
      columns,
    ),
    ...(replaces ? [`  replaces  ${nameOf(replaces)}`] : []),
    ...(consumer.rolledBack ? ['  put back on the revision that it ran before'] : []),
  ];
}

function formatInstances(consumer: ResultInstances, paint: Paint, columns: number | undefined): string[] {
  const { name, instances, variables, restarted, rolledBack } = consumer;
  const [first] = variables;
  const where = first?.place === 'env-file' ? 'in a file' : 'in Parameter Store';
  const names = variables.map((variable) => variable.name).join(', ');
  return [
    ...hanging(
      `${paint.bold('instances')}   `,
      [`${paint.name(name)} `, ...instances.join(', ').split(' ')],
      columns,
    ),
    ...hanging(
      '  finds     ',
      names === '' ? 'none of our variables: it does not use the cache' : `${names}, ${where}`,
      columns,
    ),
    ...(restarted === null && first
      ? hanging('  restart   ', 'not by us: it has them once it is started anew', columns)
      : []),
    ...(rolledBack ? ['  put back on the values that it had before'] : []),
  ];
}

function formatStickiness(
  { targetGroupArn, enabled, seconds }: ResultStickiness,
  paint: Paint,
  columns: number | undefined,
): string[] {
  const name = targetGroupArn.split('/').at(-2) ?? targetGroupArn;
  const state = enabled ? `on${seconds === null ? '' : `, ${seconds} s`}` : 'off';
  return hanging(`${paint.bold('stickiness')}  `, [`${paint.name(name)} `, state], columns);
}
