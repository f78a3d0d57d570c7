/** Does the cache answer from where the app runs? The answer is the probe's; here it is told what it means. */
import {
  expectsCluster,
  explainPing,
  isAnswered,
  isAnsweredByCluster,
  stagesLeftOut,
} from '../domain/ping.ts';
import type { ProbeReport, ProbeStage } from '../domain/probe-report.ts';
import type { CheckResult } from '../domain/check.ts';
import type { Check } from './check.ts';
import { cachesOf, type CheckContext, type PingEvidence } from './context.ts';
import { fail, inconclusive, pass, question, skip, warn } from './question.ts';

/** What a password has no part in. */
const BEFORE_CREDENTIALS: readonly (ProbeStage | undefined)[] = ['parse', 'dns', 'tcp', 'tls'];

export function ping(
  context: Pick<CheckContext, 'ping' | 'settings'> & Parameters<typeof cachesOf>[0],
): Check {
  const clustered = expectsCluster(context.settings.caches, cachesOf(context));
  return question('ping', () => Promise.resolve(answer(context.ping, clustered)));
}

function answer(asked: PingEvidence, clustered: boolean): CheckResult {
  if ('notWanted' in asked)
    return skip(`the cache was not asked from where the app runs: ${asked.notWanted}`);
  return 'notAsked' in asked ? notAsked(asked) : meaning(asked, clustered);
}

function notAsked({ notAsked: reason, hint }: Extract<PingEvidence, { notAsked: string }>): CheckResult {
  return inconclusive(
    `the cache was not asked from where the app runs: ${reason}`,
    hint ?? 'Ask it: elasticache-wizard verify.',
  );
}

function meaning(report: ProbeReport, clustered: boolean): CheckResult {
  const { variable, failed, stages } = report;
  if (report.credentialsWithheld && !BEFORE_CREDENTIALS.includes(failed) && report.otherWayAnswers !== true) {
    return withoutCredentials(report);
  }
  // What can be read about a cache is no part of whether it works.
  if (failed === 'info' && isAnswered(report)) {
    const seen = stages.find(({ ok }) => !ok)?.detail ?? '';
    return warn(
      `${works(report)}; INFO is refused (${seen})`,
      'Allow INFO to the cache’s user, or leave it so.',
    );
  }
  if (isAnsweredByCluster(report) && clustered) {
    return pass(`PONG${from(report)}; keys are spread over the shards, which a cluster client finds`);
  }
  if (failed !== undefined) {
    const { meaning: cause, hint } = explainPing(report);
    return fail(cause, hint);
  }
  if (!isAnswered(report)) {
    return inconclusive(
      `in the app’s image ${report.runtime} has no means to look at: ${stagesLeftOut(report).join(', ')}`,
      'Name an image that has Node or Python: --probe-image.',
    );
  }
  if (report.role !== undefined && report.role !== 'master') {
    return fail(`${variable} leads to a ${report.role}, which takes no writes`, 'Use the primary endpoint.');
  }
  return pass(works(report));
}

/** A task definition is readable long after the probe: no password is put into one. */
function withoutCredentials({ variable, address, stages }: ProbeReport): CheckResult {
  const reached = stages.some(
    ({ stage, ok }) => ok && (stage === 'tcp' || stage === 'tls' || stage === 'ping'),
  );
  const where = reached
    ? `the cache is reached${address === undefined ? '' : ` at ${address}`}`
    : 'the cache was looked for';
  return inconclusive(
    `${where}, and PING was not asked with the password: ${variable} holds one in plain text, which the probe is not handed`,
    'The check logs tells what the app itself says. Keep the URL in a secret instead of a plain variable.',
  );
}

function from({ address, stages }: ProbeReport): string {
  const tls = stages.some(({ stage }) => stage === 'tls') ? ' over TLS' : '';
  return `${address === undefined ? '' : ` from ${address}`}${tls}`;
}

function works(report: ProbeReport): string {
  const { latencyMs } = report;
  const time = latencyMs ? `, p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms` : '';
  return `PONG${from(report)}; keys written, read and deleted${time}`;
}
