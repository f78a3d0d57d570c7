/** Does the cache answer from where the app runs? The answer is the probe's; here it is told what it means. */
import { explainPing } from '../domain/ping.ts';
import { PROBE_STAGES, type ProbeReport, type ProbeStage } from '../domain/probe-report.ts';
import type { CheckResult } from '../domain/check.ts';
import type { Check } from './check.ts';
import type { CheckContext, PingEvidence } from './context.ts';
import { fail, inconclusive, pass, question, skip, warn } from './question.ts';

/** Without these nothing is proven: a shell without the tools can leave stages out. */
const NEEDED: readonly ProbeStage[] = ['ping', 'keys'];

export function ping({ ping: asked }: Pick<CheckContext, 'ping'>): Check {
  return question('ping', () => Promise.resolve(answer(asked)));
}

function answer(asked: PingEvidence): CheckResult {
  if ('notWanted' in asked)
    return skip(`the cache was not asked from where the app runs: ${asked.notWanted}`);
  return 'notAsked' in asked ? notAsked(asked.notAsked) : meaning(asked);
}

function notAsked(reason: string): CheckResult {
  return inconclusive(
    `the cache was not asked from where the app runs: ${reason}`,
    'Ask it: elasticache-wizard verify.',
  );
}

function meaning(report: ProbeReport): CheckResult {
  const { variable, failed, stages } = report;
  // What can be read about a cache is no part of whether it works.
  if (failed === 'info') {
    const seen = stages.find(({ ok }) => !ok)?.detail ?? '';
    return warn(
      `${works(report)}; INFO is refused (${seen})`,
      'Allow INFO to the cache’s user, or leave it so.',
    );
  }
  if (failed !== undefined) {
    const { meaning: cause, hint } = explainPing(report);
    return fail(cause, hint);
  }
  const passed = stages.flatMap(({ stage, ok }) => (ok ? [stage] : []));
  if (!NEEDED.every((stage) => passed.includes(stage))) {
    const missing = PROBE_STAGES.filter((stage) => !passed.includes(stage) && stage !== 'auth').join(', ');
    return inconclusive(
      `in the app’s image ${report.runtime} has no means to look at: ${missing}`,
      'Name an image that has Node or Python: --probe-image.',
    );
  }
  if (report.role !== undefined && report.role !== 'master') {
    return fail(`${variable} leads to a ${report.role}, which takes no writes`, 'Use the primary endpoint.');
  }
  return pass(works(report));
}

function works({ address, latencyMs, stages }: ProbeReport): string {
  const tls = stages.some(({ stage }) => stage === 'tls') ? ' over TLS' : '';
  const time = latencyMs ? `, p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms` : '';
  return `PONG${address === undefined ? '' : ` from ${address}`}${tls}; keys written, read and deleted${time}`;
}
