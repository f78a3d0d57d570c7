/**
 * What `verify` says where a set-up need not be broken on a local AWS to hear it: the checks themselves, each asked in
 * an account in memory with one thing wrong. For docs/troubleshooting.md, beside what was recorded.
 */
import type { ReplicationGroup } from '../../src/aws/elasticache.ts';
import { checks } from '../../src/checks/checks.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckId, CheckReport } from '../../src/domain/check.ts';
import { anchorTag, ownershipTags } from '../../src/domain/ownership.ts';
import { PROBE_STAGES, type ProbeReport, type ProbeStage } from '../../src/domain/probe-report.ts';
import type { Workload } from '../../src/domain/settings.ts';
import {
  balanced,
  contextOf,
  HOST,
  serve,
  SERVICE_ARN,
  subnet,
  targetGroup,
  task,
  URL_OF_CACHE,
  world,
  type World,
} from '../unit/checked-world.ts';
import { lintAnswer, NODES, rule } from '../unit/linted-world.ts';
import { cacheOf, from } from '../unit/wanted.ts';
import { recordingOf, type Recording } from './recording.ts';

const { signal } = new AbortController();
const SERVICE = 'canvas-backend';
const TARGET_GROUP = targetGroup().targetGroupArn;
const MB = 1024 * 1024;
/** Tasks of the world started at the clock's beginning: long enough ago to have connected. */
const LATER = 5 * 60_000;

type Asked = readonly [title: string, answer: () => Promise<CheckReport>];

async function answer(
  id: CheckId,
  change: (now: World) => unknown,
  workload?: Workload,
): Promise<CheckReport> {
  const now = world();
  // A service that `setup` gave its cache and its cookies.
  now.anchorTags = { [anchorTag('service', 1)]: SERVICE_ARN, [anchorTag('target-group', 1)]: TARGET_GROUP };
  now.taskDefinitionTags = ownershipTags(SERVICE, 'canvas');
  await change(now);
  const context = contextOf(now, new VirtualClock({ start: LATER }));
  const cache = cacheOf({
    name: 'canvas-redis',
    ...(workload ? { workload: from('flag', workload) } : {}),
  });
  const settings = { ...context.settings, project: SERVICE, caches: [cache] };
  const check = checks({ ...context, settings }).find((each) => each.id === id)!;
  return { id, ...(await check.run(signal)) };
}

function probed(more: Partial<ProbeReport>, refusal = ''): ProbeReport {
  const { failed } = more;
  const passed = PROBE_STAGES.slice(0, failed ? PROBE_STAGES.indexOf(failed) : undefined);
  const well = passed.map((stage) => ({ stage, ok: true, detail: 'ok', ms: 1 }));
  const broken = failed ? [{ stage: failed, ok: false, detail: refusal, ms: 1 }] : [];
  const node = { variable: 'REDIS_URL', runtime: 'node' as const, role: 'master' };
  return { ...node, maxmemoryPolicy: 'volatile-lru', ...more, stages: [...well, ...broken] };
}

const asked =
  (id: CheckId, ping: ProbeReport, workload?: Workload): Asked[1] =>
  () =>
    answer(id, (now) => (now.ping = ping), workload);

const refused = (failed: ProbeStage, refusal: string, more: Partial<ProbeReport> = {}): Asked[1] =>
  asked('ping', probed({ ...more, failed }, refusal));

const handed = (value: string, more: Partial<ReplicationGroup> = {}): Asked[1] => {
  return () =>
    answer('variables', (now) => {
      now.environment = [{ name: 'REDIS_URL', value }];
      now.group = { ...now.group!, ...more };
    });
};

const group = (id: CheckId, more: Partial<ReplicationGroup>): Asked[1] => {
  return () => answer(id, (now) => (now.group = { ...now.group!, ...more }));
};

const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-AbCdEf';
const secret =
  (change: (now: World) => unknown): Asked[1] =>
  () =>
    answer('secrets', (now) => {
      now.secrets = [{ name: 'REDIS_PASSWORD', valueFrom: `${ARN}:password::` }];
      now.kept = { [ARN]: { arn: ARN, deleted: false } };
      return change(now);
    });

const room =
  (...free: readonly number[]): Asked[1] =>
  () =>
    answer('subnets', (now) => {
      now.appSubnets = now.appSubnets.map((each, at) => ({ ...each, freeAddresses: free[at] ?? 0 }));
    });

/** Each task holds a count of its own, and a load balancer is before them. */
const shown =
  (counts: readonly number[], change: (now: World) => unknown = () => undefined): Asked[1] =>
  () =>
    answer('refresh', async (now) => {
      now.url = await serve(balanced(() => counts, { taskHeader: true }));
      now.proof.taskHeader = 'x-task-id';
      // By their addresses in the target group strangers are told apart, and there are none.
      now.healthyTargets = 0;
      now.baseline = { verdict: 'split', shown: '36 × 2, 57 × 2, 12 × 2', wasOurs: false };
      return change(now);
    });

const CUT_OFF = probed({ failed: 'tcp' }, 'connect ETIMEDOUT after 5 s');

const ASKED: readonly Asked[] = [
  ['a cache that is being made', group('cache', { status: 'creating' })],
  ['a cache that AWS could not make', group('cache', { status: 'create-failed' })],
  [
    'a cache in another VPC, to which nothing leads',
    () =>
      answer('vpc', (now) => {
        now.cacheSubnets = [subnet('subnet-8', '10.9.8.0/24', 'a', 'vpc-2')];
        now.nodeInterfaces = [];
      }),
  ],
  [
    'a subnet of the service that is not there any more',
    () => answer('subnets', (now) => (now.appSubnets = now.appSubnets.slice(0, 1))),
  ],
  ['no free address left in the subnets', room(0, 0)],
  ['fewer free addresses than a deployment wants', room(1, 1)],
  [
    'new tasks that could not reach what they need to start',
    () =>
      answer('subnets', (now) => {
        now.routeTables = now.routeTables.map((table) => ({ ...table, routes: table.routes.slice(0, 1) }));
      }),
  ],
  ['an empty variable', handed('')],
  ['quotes around the URL', handed(`"${URL_OF_CACHE}"`)],
  ['something else than an address', handed('https://example.com')],
  ['a password that is not percent-encoded', handed(`rediss://:pass#word@${HOST}:6379`)],
  ['a password in plain text', handed(`rediss://:password@${HOST}:6379`, { authTokenEnabled: true })],
  [
    'plaintext, while the cache still takes both',
    handed(URL_OF_CACHE.replace('rediss', 'redis'), { transitEncryptionMode: 'preferred' }),
  ],
  ['a secret that is not there', secret((now) => (now.kept = {}))],
  ['no execution role to read the secret', secret((now) => (now.executionRoleArn = undefined))],
  ['a secret that new tasks have no way to', secret((now) => (now.routeTables = []))],
  ['ETIMEDOUT: packets do not arrive', asked('ping', CUT_OFF)],
  [
    'ETIMEDOUT from one zone alone',
    asked('ping', {
      ...probed({}),
      zone: 'us-east-1a',
      otherZones: [{ zone: 'us-east-1b', subnetId: 'subnet-2', answer: CUT_OFF }],
    }),
  ],
  ['ECONNREFUSED: nothing listens', refused('tcp', 'connect ECONNREFUSED 10.0.1.5:6379')],
  ['ENOTFOUND: the name does not resolve', refused('dns', `getaddrinfo ENOTFOUND ${HOST}`)],
  ['EAI_AGAIN: nobody answers for names', refused('dns', `getaddrinfo EAI_AGAIN ${HOST}`)],
  ['it hangs: TLS to a cache without it', refused('tls', 'no answer', { otherWayAnswers: true })],
  ['it hangs: plaintext to a cache with TLS', refused('ping', 'closed', { otherWayAnswers: true })],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID: another name',
    refused('tls', "Hostname/IP does not match certificate's altnames"),
  ],
  [
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY: not trusted',
    refused('tls', 'unable to get local issuer certificate'),
  ],
  ['ECONNRESET in the handshake', refused('tls', 'read ECONNRESET')],
  ['NOAUTH: no password', refused('ping', 'NOAUTH Authentication required.')],
  ['WRONGPASS: another password', refused('auth', 'WRONGPASS invalid username-password pair')],
  [
    'WRONGPASS: a user name beside a token',
    refused('auth', 'WRONGPASS invalid username-password pair', { withoutUserAnswers: true }),
  ],
  [
    'AUTH called without any password configured',
    refused('auth', 'ERR AUTH <password> called without any password configured', {
      passwordNotAskedFor: true,
    }),
  ],
  ['READONLY: a replica', refused('keys', "SET: READONLY You can't write against a read only replica.")],
  ['SELECT is not allowed in cluster mode', refused('ping', 'ERR SELECT is not allowed in cluster mode')],
  ['CLUSTERDOWN: a shard is down', refused('keys', 'SET: CLUSTERDOWN Hash slot not served')],
  ['LOADING: a node has just started', refused('ping', 'LOADING Redis is loading the dataset in memory')],
  [
    'something else than a Redis answers',
    refused('ping', 'the answer is not that of a Redis: an HTTP server listens there'),
  ],
  [
    'a full cache that evicts nothing',
    asked(
      'memory',
      probed({ maxmemoryPolicy: 'noeviction', node: { usedMemory: 100 * MB, maxmemory: 100 * MB } }),
    ),
  ],
  [
    'a nearly full cache',
    asked('memory', probed({ node: { usedMemory: 95 * MB, maxmemory: 100 * MB } }), 'sessions'),
  ],
  [
    'a queue that has lost jobs',
    asked('memory', probed({ node: { usedMemory: MB, maxmemory: 100 * MB, evictedKeys: 3 } }), 'queue'),
  ],
  [
    'sessions that were evicted: users are logged out',
    asked('memory', probed({ node: { usedMemory: MB, maxmemory: 100 * MB, evictedKeys: 3 } }), 'sessions'),
  ],
  [
    'connections near the limit (max number of clients)',
    asked('memory', probed({ node: { connectedClients: 95, maxclients: 100 } })),
  ],
  [
    'keys without a time to live',
    asked(
      'memory',
      probed({
        node: {
          usedMemory: 60 * MB,
          maxmemory: 100 * MB,
          databases: [{ db: 0, keys: 1000, expires: 10 }],
        },
      }),
    ),
  ],
  [
    'another tool that deploys the service',
    () =>
      answer('revision', (now) => {
        now.managers = [{ name: 'Terraform', evidence: 'tag terraform=true' }];
      }),
  ],
  [
    'a deployment of others that left the variable out',
    () =>
      answer('revision', (now) => {
        now.environment = [];
        now.taskDefinitionTags = {};
      }),
  ],
  [
    'an error in the log of the tasks',
    () =>
      answer('logs', (now) => {
        const line = 'Redis connection error: connect ETIMEDOUT 10.0.1.5:6379';
        now.lines = Object.fromEntries(['t1', 't2', 't3'].map((id) => [`ecs/backend/${id}`, [line]]));
      }),
  ],
  [
    'a log that says nothing of Redis',
    () => answer('logs', (now) => (now.lines = { 'ecs/backend/t1': ['listening'] })),
  ],
  [
    'connections that nothing is asked on',
    () =>
      answer('usage', (now) => {
        const own = { seen: '10.0.1.99', real: '10.0.1.99' };
        const connection = { address: '10.0.1.11', connections: 1, idle: 1, age: 90, names: [] };
        const addresses = [{ ...connection, commands: ['info', 'ping'] }];
        now.tasks = [{ ...task('t1', undefined, 1), privateIpAddress: '10.0.1.11' }];
        now.ping = probed({ clients: { addresses, leftOut: 0, ownAddress: own }, visits: 4 });
      }),
  ],
  ['the count differs after each refresh', shown([36, 57, 12])],
  ['only one task answers', shown([57])],
  ['all show none', shown([0, 0, 0])],
  [
    'all agreed before as well',
    shown([57, 57, 57], (now) => {
      now.baseline = { verdict: 'agreed', shown: '57 × 6', wasOurs: false };
    }),
  ],
  ['a page that cannot be reached', () => answer('refresh', (now) => (now.url = 'http://127.0.0.1:1'))],
];

const RISKS: readonly Asked[] = [
  ['open to the world', () => lintAnswer('exposure', (now) => now.ingress.push(rule({ cidr: '0.0.0.0/0' })))],
  [
    'a password in plain text among the variables',
    () =>
      lintAnswer('credentials', (now) => now.environment.push({ name: 'REDIS_PASSWORD', value: 'password' })),
  ],
  [
    'a cache without TLS',
    () => lintAnswer('encryption', (now) => (now.group = { ...now.group, transitEncryption: false })),
  ],
  [
    'snapshots that are not encrypted',
    () => lintAnswer('encryption', (now) => (now.group = { ...now.group, atRestEncryption: false })),
  ],
  [
    'a single node',
    () =>
      lintAnswer('availability', (now) => {
        now.group = { ...now.group, memberClusters: NODES.slice(0, 1), automaticFailover: 'disabled' };
      }),
  ],
  [
    'a replica without automatic failover',
    () => lintAnswer('availability', (now) => (now.group = { ...now.group, automaticFailover: 'disabled' })),
  ],
  [
    'no backups',
    () => lintAnswer('backups', (now) => (now.group = { ...now.group, snapshotRetentionLimit: 0 })),
  ],
  [
    'the endpoint of one node',
    () =>
      lintAnswer('endpoint', (now) => {
        const value = URL_OF_CACHE.replace('master', 'canvas-redis-002');
        now.environment.push({ name: 'SOCKET_REDIS', value });
      }),
  ],
  [
    'eviction under a queue',
    () => lintAnswer('eviction', (now) => (now.settings = { workload: from('flag', 'queue') })),
  ],
  ['no alarms', () => lintAnswer('alarms', (now) => (now.alarms = []))],
  [
    'alarms that tell nobody',
    () => lintAnswer('alarms', (now) => (now.alarms = now.alarms.map((each) => ({ ...each, acts: false })))),
  ],
  [
    'an update that waits',
    () =>
      lintAnswer('engine', (now) => {
        const applyBy = Date.UTC(2026, 11, 1);
        now.updates = [{ name: 'elasticache-20261101', severity: 'critical', applyBy }];
      }),
  ],
  ['a version that AWS offers no more', () => lintAnswer('engine', (now) => (now.versions = ['8.0']))],
];

export async function furtherFailures(): Promise<Recording[]> {
  const told = [...ASKED, ...RISKS].map(async ([title, ask]) => recordingOf(title, await ask()));
  return Promise.all(told);
}
