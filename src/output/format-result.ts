/** The result for people: what there is now, and whether it is proven. */
import { nameOf } from '../domain/arn.ts';
import { LINT_CHECKS, type CheckReport, type LadderId } from '../domain/check.ts';
import { formatFindings } from './format-checks.ts';
import { formatDrift } from './format-drift.ts';
import { formatDrill } from './format-drill.ts';
import { formatMetrics } from './format-metrics.ts';
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
  return [
    ...result.caches.flatMap((cache) => formatCache(cache, paint)),
    ...result.consumers.flatMap((consumer) =>
      consumer.kind === 'ecs' ? formatService(consumer, paint) : formatInstances(consumer, paint),
    ),
    ...result.stickiness.map((stickiness) => formatStickiness(stickiness, paint)),
    ...formatMetrics(result.metrics ?? [], paint, plain),
    ...formatDrift(result, paint),
    ...(result.drill ? formatDrill(result.drill, paint) : []),
    ...findings,
    ...(cause ? [] : formatProof(result, paint)),
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
    ...(restarted === null && first ? ['  restart   not by us: it has them once it is started anew'] : []),
    ...(rolledBack ? ['  put back on the values that it had before'] : []),
  ];
}

function formatStickiness({ targetGroupArn, enabled, seconds }: ResultStickiness, paint: Paint): string {
  const name = targetGroupArn.split('/').at(-2) ?? targetGroupArn;
  return `${paint.bold('stickiness')}  ${paint.name(name)}  ${enabled ? `on${seconds === null ? '' : `, ${seconds} s`}` : 'off'}`;
}

function formatProof({ checks, proven }: Result, paint: Paint): string[] {
  if (checks.length === 0) return [];
  if (proven) {
    return [
      paint.good('Proven: the cache answers from where the app runs, and every refresh shows the same.'),
    ];
  }
  if (checks.some(({ id }) => isLint(id))) return [formatRisks(checks, paint)];
  const isOpen = ({ id, outcome }: CheckReport): boolean =>
    outcome === 'fail' || (outcome !== 'pass' && PROOFS.some((each) => each === id));
  const open = checks.filter(isOpen).map(({ id, outcome }) => `${id} ${WORDS[outcome]}`);
  const unasked = PROOFS.filter((id) => !checks.some((check) => check.id === id));
  const reasons = [...open, ...unasked.map((id) => `${id} was not asked`)];
  return [paint.careful(`Not proven: ${reasons.join(', ')}.`)];
}

/** Without these two nothing is proven, whatever else was skipped. */
const PROOFS: readonly LadderId[] = ['ping', 'refresh'];

function isLint(id: string): boolean {
  return (LINT_CHECKS as readonly string[]).includes(id);
}

function formatRisks(checks: readonly CheckReport[], paint: Paint): string {
  const risks = checks.filter(({ id, outcome }) => isLint(id) && (outcome === 'warn' || outcome === 'fail'));
  const found = risks.length === 0 ? 'No risk found' : `Risky: ${risks.map(({ id }) => id).join(', ')}`;
  return paint.careful(`${found}. Whether the cache answers is not asked by --lint.`);
}

const WORDS = {
  pass: 'passed',
  warn: 'has a warning',
  fail: 'failed',
  inconclusive: 'is inconclusive',
  skip: 'was skipped',
} as const;
