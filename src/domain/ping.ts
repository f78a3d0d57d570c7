/** What a probe's report means, and how to mend it: one cause, one fix. */
import type { CacheSettings } from './settings.ts';
import { PROBE_STAGES, type ProbeReport, type ProbeStage } from './probe-report.ts';

export interface Explanation {
  readonly meaning: string;
  readonly hint: string;
}

/** Without these nothing is proven: a shell without the tools can leave stages out. */
const NEEDED: readonly ProbeStage[] = ['ping', 'keys'];

/** Whether the cache itself was asked and answered; what INFO tells about it is no part of that. */
export function isAnswered({ failed, stages }: ProbeReport): boolean {
  const passed = stages.flatMap(({ stage, ok }) => (ok ? [stage] : []));
  return (failed === undefined || failed === 'info') && NEEDED.every((stage) => passed.includes(stage));
}

/** It answers, as one node of a cluster does: a client of the cluster protocol goes on to the shard that it names. */
export function isAnsweredByCluster({ failed, stages }: ProbeReport): boolean {
  return failed === 'keys' && stages.some(({ ok, detail }) => !ok && detail.startsWith('MOVED '));
}

/** Whether any of the caches with these names is meant to be in cluster mode. */
export function expectsCluster(caches: readonly CacheSettings[], names: readonly string[]): boolean {
  return caches.some(
    (cache) =>
      names.includes(cache.name) &&
      cache.kind === 'replicationGroup' &&
      cache.clusterMode.value !== 'disabled',
  );
}

/** What no stage said anything about; a password is asked for only where there is one. */
export function stagesLeftOut({ stages }: ProbeReport): ProbeStage[] {
  return PROBE_STAGES.filter((stage) => stage !== 'auth' && !stages.some((seen) => seen.stage === stage));
}

/** Of a report in which a stage failed. */
export function explainPing(report: ProbeReport): Explanation {
  const stage = report.stages.find(({ ok }) => !ok);
  const seen = stage?.detail ?? 'no stage was reported';
  const { variable } = report;
  switch (report.failed) {
    case 'parse':
      return {
        meaning: `${variable} is no Redis URL (${seen})`,
        hint: `Give ${variable} the form rediss://host:port.`,
      };
    case 'dns':
      return {
        meaning: `the host name of ${variable} does not resolve (${seen})`,
        hint: 'A typing error, a cache that is gone, or a VPC without DNS support.',
      };
    case 'tcp':
      return /REFUSED/i.test(seen)
        ? {
            meaning: `nothing listens at the port of ${variable} (${seen})`,
            hint: 'Compare the port with the cache’s endpoint.',
          }
        : {
            meaning: `packets do not arrive (${seen})`,
            hint: 'The cache’s security group must allow its port from each of the tasks’ groups; then look at network ACLs and routes.',
          };
    case 'tls':
      return report.otherWayAnswers === true
        ? {
            meaning: `the cache speaks plaintext, and ${variable} asks for TLS`,
            hint: 'Use redis:// instead of rediss://.',
          }
        : {
            meaning: `TLS fails (${seen})`,
            hint: 'Connect by the endpoint’s own name, with the public Amazon roots in the image.',
          };
    case 'auth':
      return {
        meaning: `the cache refuses the credentials (${seen})`,
        hint: `Give ${variable} the cache’s current token.`,
      };
    case 'ping':
      return report.otherWayAnswers === true
        ? {
            meaning: `the cache speaks TLS, and ${variable} asks for plaintext`,
            hint: 'Use rediss:// instead of redis://.',
          }
        : {
            meaning: `connected, but PING is not answered (${seen})`,
            hint: 'Look at the events of the cache.',
          };
    case 'keys':
      return {
        meaning: `PING is answered, but keys cannot be written and read (${seen})`,
        hint: explainKeys(seen),
      };
    default:
      return { meaning: seen, hint: 'Run it again; the report is not complete.' };
  }
}

function explainKeys(seen: string): string {
  if (seen.includes('READONLY')) return 'This is a replica: use the primary endpoint.';
  if (seen.includes('MOVED'))
    return 'The cache runs in cluster mode: the app needs a cluster client, or a cache without it. Where it has one, say --cluster-mode enabled.';
  if (seen.includes('OOM'))
    return 'The cache is full and evicts nothing: a larger node, shorter lives, or another maxmemory-policy.';
  if (seen.includes('NOPERM')) return 'The user’s access string is too narrow.';
  return 'Look at the events of the cache.';
}
