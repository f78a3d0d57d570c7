/** The result for people: what there is now, and whether it is proven. */
import { nameOf } from '../domain/arn.ts';
import { formatFindings } from './format-checks.ts';
import { formatDrift } from './format-drift.ts';
import { formatDrill } from './format-drill.ts';
import { formatMetrics } from './format-metrics.ts';
import { formatChecklist, formatProof } from './format-proof.ts';
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
    ...result.caches.flatMap((cache) => formatCache(cache, paint)),
    ...result.consumers.flatMap((consumer) =>
      consumer.kind === 'ecs' ? formatService(consumer, paint) : formatInstances(consumer, paint),
    ),
    ...result.stickiness.map((stickiness) => formatStickiness(stickiness, paint)),
    ...formatMetrics(result.metrics ?? [], paint, plain),
    ...formatDrift(result, paint),
    ...(result.drill ? formatDrill(result.drill, paint) : []),
    ...findings,
    ...(cause ? [] : [...formatChecklist(result, paint, columns), ...formatProof(result, paint)]),
  ];
}

function formatCache(cache: ResultCache, paint: Paint): string[] {
  const { endpoint, readerEndpoint } = cache;
  const version = cache.engineVersion === null ? cache.engine : `${cache.engine} ${cache.engineVersion}`;
  const { nodes, cacheNodeType } = cache;
  const size = nodes === null || cacheNodeType === null ? 'serverless' : `${nodes} × ${cacheNodeType}`;
  return [
    `${paint.bold('cache')}       ${paint.name(cache.name)}  ${version}, ${size}, ${cache.status}`,
    ...(endpoint
      ? [
          `  endpoint  ${endpoint.address}:${endpoint.port}  ${cache.transitEncryption ? 'TLS' : 'no TLS'}, auth ${cache.auth}`,
        ]
      : ['  endpoint  none yet: AWS gives one when the cache is available']),
    ...(readerEndpoint ? [`  reader    ${readerEndpoint.address}:${readerEndpoint.port}`] : []),
  ];
}

function formatService(consumer: ResultService, paint: Paint): string[] {
  const { variables, replaces } = consumer;
  const names = variables
    .map(({ name, place }) => (place === 'secrets' ? `${name} (a secret)` : name))
    .join(', ');
  return [
    `${paint.bold('service')}     ${paint.name(consumer.service)}  ${nameOf(consumer.taskDefinitionArn)}, ` +
      `${consumer.runningCount} of ${consumer.desiredCount} tasks, rollout ${consumer.rollout}`,
    `  reads     ${names === '' ? 'none of our variables: it does not use the cache' : names}`,
    ...(replaces ? [`  replaces  ${nameOf(replaces)}`] : []),
    ...(consumer.rolledBack ? ['  put back on the revision that it ran before'] : []),
  ];
}

function formatInstances(consumer: ResultInstances, paint: Paint): string[] {
  const { name, instances, variables, restarted, rolledBack } = consumer;
  const [first] = variables;
  const where = first?.place === 'env-file' ? 'in a file' : 'in Parameter Store';
  const names = variables.map((variable) => variable.name).join(', ');
  return [
    `${paint.bold('instances')}   ${paint.name(name)}  ${instances.join(', ')}`,
    `  finds     ${names === '' ? 'none of our variables: it does not use the cache' : `${names}, ${where}`}`,
    ...(restarted === null && first ? ['  restart   not by this run: it has them once it was started after they were written'] : []),
    ...(rolledBack ? ['  put back on the values that it had before'] : []),
  ];
}

function formatStickiness({ targetGroupArn, enabled, seconds }: ResultStickiness, paint: Paint): string {
  const name = targetGroupArn.split('/').at(-2) ?? targetGroupArn;
  return `${paint.bold('stickiness')}  ${paint.name(name)}  ${enabled ? `on${seconds === null ? '' : `, ${seconds} s`}` : 'off'}`;
}
