/** Does the cache answer from where the app runs? The answer is the probe's; here it is told what it means. */
import {
  expectsCluster,
  explainPing,
  isAnswered,
  isAnsweredByCluster,
  isKeptFromOurKeys,
  stagesLeftOut,
} from '../../domain/ping.ts';
import { cachesOf } from '../../domain/consumer.ts';
import { askedFrom } from '../../domain/elsewhere.ts';
import type { Elsewhere, ProbeReport, ProbeStage } from '../../domain/probe-report.ts';
import type { CheckResult, Remedy } from '../../domain/check.ts';
import type { Check } from '../check.ts';
import type { CheckContext, PingEvidence } from '../context.ts';
import type { ConsumerSettings } from '../../domain/settings.ts';
import { lettingIn } from '../network/letting-in.ts';
import { astray } from './place-of-probe.ts';
import { fail, inconclusive, pass, question, skip, warn } from '../question.ts';
import { mending } from '../setup-command.ts';
import { variables } from '../handed/variables.ts';
import { askZones } from './zones.ts';

interface PingContext extends Pick<CheckContext, 'askPing' | 'settings'> {
  readonly aws: Pick<CheckContext['aws'], 'caches'>;
  readonly consumer: Pick<ConsumerSettings, 'variables'>;
}

/** What a password has no part in. */
const BEFORE_CREDENTIALS: readonly (ProbeStage | undefined)[] = ['parse', 'dns', 'tcp', 'tls'];

export function ping(context: CheckContext): Check {
  return pingOf(context, async (report, signal) => {
    const letIn = await lettingIn(report, context);
    if (letIn || !explainPing(report).isHanded) return letIn ?? {};
    const handed = await variables(context).run(signal);
    return handed.outcome === 'pass' ? ofTheCache(report) : mending(context);
  });
}

/** Where the app has just what it should have, it is the cache that is not as it should be. */
function ofTheCache({ failed, stages }: ProbeReport): Mended {
  const refusal = stages.find(({ ok }) => !ok)?.detail ?? '';
  if (failed !== 'tcp' && !/READONLY/.test(refusal)) return {};
  const hint =
    'The address is right: its node restarts, is replaced or fails over. Wait some minutes; why, its events tell: aws elasticache describe-events.';
  return { hint };
}

export function pingOfInstances(context: PingContext): Check {
  return pingOf(context, () => Promise.resolve({}));
}

type Mended = Remedy & { readonly hint?: string };

/** `mend`: what hands the app the right address and password, or makes the cache take those that it has. */
function pingOf(
  context: PingContext,
  mend: (report: ProbeReport, signal: AbortSignal) => Promise<Mended>,
): Check {
  const { settings, consumer, aws } = context;
  const clustered = expectsCluster(settings.caches, cachesOf(consumer));

  async function answer(asked: PingEvidence, signal: AbortSignal): Promise<CheckResult> {
    if ('notWanted' in asked)
      return skip(`the cache was not asked from where the app runs: ${asked.notWanted}`);
    if ('notAsked' in asked) return notAsked(asked);
    const elsewhere = await astray(asked, consumer, aws);
    if (elsewhere) return elsewhere;
    const zones = askZones(asked);
    if (zones?.outcome === 'fail') return zones;
    const result = meaning(asked, clustered, clustered || speaksCluster(consumer));
    if (result.outcome === 'fail' && asked.failed !== undefined)
      return { ...result, ...(await mend(asked, signal)) };
    if (result.outcome === 'pass' && asked.passwordNotAskedFor) return askOpen(asked, result);
    return result.outcome === 'pass' ? (zones ?? result) : result;
  }

  /** A cache that is being given a token lets everybody in until it has it. */
  async function askOpen({ variable }: ProbeReport, result: CheckResult): Promise<CheckResult> {
    const living = await Promise.all(cachesOf(consumer).map((name) => aws.caches.read(name)));
    if (living.some((cache) => cache?.auth !== 'none')) return result;
    return warn(
      `${result.detail}; ${variable} gives a password, and the cache asks for none`,
      'Give the cache the token, or leave the password out: elasticache-wizard plan --auth token.',
      {
        means:
          'Whoever reaches the cache may read and write it; some clients (redis-py) refuse to go on where their password is not asked for',
      },
    );
  }

  return question('ping', async (signal) => {
    const asked = await context.askPing();
    const result = await answer(asked, signal);
    const seen = 'stages' in asked && asked.elsewhere ? fromElsewhere(result, asked.elsewhere) : result;
    return { ...seen, ...measuredBy(asked) };
  });
}

/** What the cache refuses there, it refuses the app too; that it answers says nothing of the app’s own way to it. */
function fromElsewhere(result: CheckResult, elsewhere: Elsewhere): CheckResult {
  const detail = `${result.detail}; asked from ${askedFrom(elsewhere)}`;
  if (result.outcome !== 'pass' && result.outcome !== 'warn') return { ...result, detail };
  const others =
    elsewhere.tunnel !== undefined && result.detail.includes('spread over the shards')
      ? '; the names of the other nodes are not tunnelled, so that one was asked alone'
      : '';
  return warn(
    `${detail}, which is not where the app runs${others}`,
    'Ask from there too: elasticache-wizard verify, without --from.',
    { means: 'The cache and what the app is handed are well; it says nothing of the app’s security groups' },
  );
}

function measuredBy(asked: PingEvidence): Pick<CheckResult, 'evidence'> {
  if (!('stages' in asked)) return {};
  const others = (asked.otherZones ?? []).flatMap(({ zone, answer }) =>
    'stages' in answer ? [{ ...answer, zone }] : [],
  );
  const latencies = [asked, ...others].flatMap(({ latencyMs, zone, elsewhere }) => {
    const from = zone ?? (elsewhere && askedFrom(elsewhere));
    return latencyMs ? [{ ...latencyMs, ...(from === undefined ? {} : { from }) }] : [];
  });
  return latencies.length > 0 ? { evidence: { latencies } } : {};
}

/** REDIS_CLUSTER_ENDPOINTS, SPRING_DATA_REDIS_CLUSTER_NODES: its client is told so by the name. */
function speaksCluster({ variables }: PingContext['consumer']): boolean {
  return variables.some(({ name }) => /CLUSTER/i.test(name.value));
}

function notAsked({ notAsked: reason, hint }: Extract<PingEvidence, { notAsked: string }>): CheckResult {
  return inconclusive(
    `the cache was not asked from where the app runs: ${reason}`,
    hint ?? 'Ask it: elasticache-wizard verify.',
  );
}

function meaning(report: ProbeReport, clustered: boolean, speaksCluster: boolean): CheckResult {
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
  if (isAnsweredByCluster(report) && speaksCluster) {
    const proven =
      report.shards === undefined ? 'which a cluster client finds' : `all ${report.shards} answer`;
    return pass(`PONG${from(report)}; keys are spread over the shards, ${proven}`);
  }
  if (isKeptFromOurKeys(report)) {
    return warn(
      `PONG${from(report)}; the user may not touch keys of ours, and may some of those that are there`,
      'Nothing need be done where the check logs has no NOPERM: the user’s access string names the app’s own keys.',
    );
  }
  if (failed !== undefined) {
    const { meaning: cause, hint } = explainPing(report);
    return fail(cause, `${hint}${whom(report)}`);
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
  if (clustered && report.clusterEnabled === false) {
    return fail(
      `PONG${from(report)}, and the cache is not in cluster mode`,
      'Use a plain client, or give the cache cluster mode.',
      { means: 'A cluster client ends with “This instance has cluster support disabled”' },
    );
  }
  return pass(works(report));
}

/** Of a replica: where its primary is. */
function whom({ node }: ProbeReport): string {
  if (node?.primary === undefined) return '';
  const link = node.primaryLink === 'down' ? ', with which it is not in touch' : '';
  return ` Its primary is ${node.primary}${link}.`;
}

/** A task definition is readable long after the probe: no password is put into one. */
function withoutCredentials(report: ProbeReport): CheckResult {
  const { variable, address, stages, withheldBecause } = report;
  const reached = stages.some(
    ({ stage, ok }) => ok && (stage === 'tcp' || stage === 'tls' || stage === 'ping'),
  );
  const where = reached
    ? `the cache is reached${address === undefined ? '' : ` at ${address}`}`
    : 'the cache was looked for';
  if (withheldBecause !== undefined) {
    return inconclusive(
      `${where}, and PING was not asked with the password of ${variable}: ${withheldBecause}`,
      'Allow that, or ask from where the app runs: elasticache-wizard verify, without --from.',
    );
  }
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
  const zones = report.otherZones?.map(({ zone }) => zone) ?? [];
  const where = report.zone === undefined ? '' : `, from ${[report.zone, ...zones].join(', ')}`;
  const others = report.alsoAnswers ? `; so with ${report.alsoAnswers.join(', ')}` : '';
  return `PONG${from(report)}; keys written, read and deleted${time}${where}${others}`;
}
