/** What a probe's report means, and how to mend it: one cause, one fix. */
import type { CacheSettings } from './settings.ts';
import { PROBE_STAGES, type ProbeReport, type ProbeStage } from './probe-report.ts';

export interface Explanation {
  readonly meaning: string;
  readonly hint: string;
  /** The cause is what the app is handed: the right address or password mends it. */
  readonly isHanded?: true;
}

/** Without these nothing is proven: a shell without the tools can leave stages out. */
const NEEDED: readonly ProbeStage[] = ['ping', 'keys'];

/** Whether the cache itself was asked and answered; what INFO tells about it is no part of that. */
export function isAnswered(report: ProbeReport): boolean {
  const { failed, stages } = report;
  if (isKeptFromOurKeys(report)) return true;
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

/** The user may not touch our keys, and those that are there it may, at least some: the app’s own may be among them. */
export function isKeptFromOurKeys({ failed, stages, sample }: ProbeReport): boolean {
  const refusal = stages.find(({ ok }) => !ok)?.detail ?? '';
  const mayTouchSome = sample !== undefined && sample.denied < sample.keys;
  return failed === 'keys' && /NOPERM.*\bkeys?\b/.test(refusal) && mayTouchSome;
}

/** Of a report in which a stage failed. */
export function explainPing(report: ProbeReport): Explanation {
  const stage = report.stages.find(({ ok }) => !ok);
  const seen = stage?.detail ?? 'no stage was reported';
  const { variable } = report;
  switch (report.failed) {
    case 'parse':
      return handed(`${variable} is no Redis URL (${seen})`, `Give ${variable} the form rediss://host:port.`);
    case 'dns':
      return explainName(variable, seen);
    case 'tcp':
      return explainConnection(report, seen);
    case 'tls':
      return explainHandshake(report, seen);
    case 'auth':
      return explainReply(seen, variable) ?? explainRefusal(report, seen);
    case 'ping':
    case 'keys':
      return explainReply(seen, variable) ?? explainSilence(report, seen);
    default:
      return { meaning: seen, hint: 'Run it again; the report is not complete.' };
  }
}

const handed = (meaning: string, hint: string): Explanation => ({ meaning, hint, isHanded: true });

function explainName(variable: string, seen: string): Explanation {
  return /EAI_AGAIN|not done after|temporary failure/i.test(seen)
    ? {
        meaning: `nobody answers for the host name of ${variable} (${seen})`,
        hint: 'Turn on DNS support of the VPC, or let the tasks reach the name server that its DHCP options name.',
      }
    : handed(
        `the host name of ${variable} does not resolve (${seen})`,
        'A typing error, a cache that is gone, or a VPC without DNS support.',
      );
}

function explainConnection({ variable, isPublic, address }: ProbeReport, seen: string): Explanation {
  if (/REFUSED/i.test(seen))
    return handed(
      `nothing listens at the port of ${variable} (${seen})`,
      'Compare the port with the cache’s endpoint.',
    );
  if (isPublic)
    return handed(
      `packets do not arrive, and ${variable} leads to a public address (${address ?? ''}: ${seen})`,
      'A cache answers at a private address of its VPC: look at who answers for that name.',
    );
  return {
    meaning: `packets do not arrive (${seen})`,
    hint: 'The cache’s security group must allow its port from each of the tasks’ groups; then look at network ACLs and routes.',
  };
}

function explainHandshake({ variable, otherWayAnswers }: ProbeReport, seen: string): Explanation {
  if (otherWayAnswers === true)
    return handed(
      `the cache speaks plaintext, and ${variable} asks for TLS`,
      'Use redis:// instead of rediss://.',
    );
  if (/altname|hostname|IP address mismatch/i.test(seen))
    return handed(
      `the certificate is made out to another name than ${variable} has (${seen})`,
      'Connect by the endpoint’s own name, not by an address, an alias or a tunnel.',
    );
  if (/self.signed|issuer|unable to (get|verify)/i.test(seen))
    return {
      meaning: `the image does not trust the cache’s certificate (${seen})`,
      hint: 'Put the public Amazon roots into the image; never turn the verification off.',
    };
  return /closed|disconnected|ECONNRESET|EOF/i.test(seen)
    ? {
        meaning: `the connection is closed in the TLS handshake (${seen})`,
        hint: 'No room for one more client (CloudWatch, CurrConnections), or something else than a cache listens there.',
      }
    : {
        meaning: `TLS fails (${seen})`,
        hint: 'Connect by the endpoint’s own name, with the public Amazon roots in the image.',
      };
}

function explainRefusal({ variable, ...report }: ProbeReport, seen: string): Explanation {
  if (report.withoutUserAnswers === true)
    return handed(
      `the cache takes the password, but not for the user that ${variable} names (${seen})`,
      `Leave the user name out of ${variable}: an AUTH token is the user default’s.`,
    );
  if (report.passwordNotAskedFor)
    return handed(
      `the cache asks for no password, and does not know the user that ${variable} names (${seen})`,
      `Leave user name and password out of ${variable}, or give the cache users.`,
    );
  return handed(
    `the cache refuses the credentials (${seen})`,
    `Give ${variable} the cache’s current token, which may have been rotated, and start new tasks: a running one keeps the value that it started with.`,
  );
}

function explainSilence({ variable, failed, otherWayAnswers }: ProbeReport, seen: string): Explanation {
  if (failed === 'keys')
    return {
      meaning: `PING is answered, but keys cannot be written and read (${seen})`,
      hint: seen.startsWith('the shard at')
        ? 'Every shard must let the app in: look at the network ACLs and routes of its subnet.'
        : 'Look at the events of the cache.',
    };
  if (otherWayAnswers === true)
    return handed(
      `the cache speaks TLS, and ${variable} asks for plaintext`,
      'Use rediss:// instead of redis://.',
    );
  return seen.includes('not that of a Redis')
    ? handed(
        `${variable} leads to something else than a cache (${seen})`,
        'Compare host and port with the cache’s endpoint.',
      )
    : { meaning: `connected, but PING is not answered (${seen})`, hint: 'Look at the events of the cache.' };
}

/** What Redis itself says, by its first word or by what only that error says. */
function explainReply(seen: string, variable: string): Explanation | undefined {
  const found = REPLIES.find(([sign]) => sign.test(seen));
  if (!found) return undefined;
  const [, meaning, hint, isHanded] = found;
  const told = { meaning: `${meaning} (${seen})`, hint: hint.replace('VARIABLE', variable) };
  return isHanded ? { ...told, isHanded } : told;
}

const REPLIES: readonly (readonly [RegExp, meaning: string, hint: string, isHanded?: true])[] = [
  [/NOAUTH/, 'the cache asks for a password, and none was given', 'Hand the cache’s token to the app.', true],
  [
    /max number of clients/,
    'the cache has no room for one more client',
    'Let each task open one pool and keep it; find who leaks connections with CLIENT LIST, or take a larger node.',
  ],
  [
    /SELECT is not allowed|DB index is out of range/,
    'the URL names a database that the cache does not have',
    'Leave the number at the end of VARIABLE out: in cluster mode there is database 0 alone. Tell apps apart by a prefix of their keys.',
    true,
  ],
  [/LOADING/, 'the node is starting, and loads its data', 'Wait a minute, then: elasticache-wizard verify.'],
  [
    /READONLY/,
    'PING is answered, but keys cannot be written: this is a replica',
    'This is a replica: use the primary endpoint. A node’s own endpoint, or the reader’s, does not follow a failover.',
    true,
  ],
  [
    /^(SET: )?MOVED/,
    'PING is answered, but a plain client is sent on to other shards',
    'The cache runs in cluster mode: the app needs a cluster client, or a cache without it. Where it has one, say --cluster-mode enabled.',
  ],
  [
    /\bOOM\b/,
    'PING is answered, but nothing can be written: the cache is full',
    'The cache is full and evicts nothing: a larger node, shorter lives, or another maxmemory-policy.',
  ],
  [/NOPERM/, 'the user may not do what the app needs', 'The user’s access string is too narrow.'],
  [
    /MISCONF|MASTERDOWN|CLUSTERDOWN/,
    'the cache itself is not well',
    'Look at the events of the cache, and wait for what is under way: aws elasticache describe-events.',
  ],
];
