/** What is concluded from a probe's report: one cause where something is broken, no pass where nobody could look. */
import { describe, expect, test } from 'vitest';
import type { CheckContext, PingEvidence } from '../../src/checks/context.ts';
import { memory } from '../../src/checks/cache/memory.ts';
import { ping } from '../../src/checks/cache/ping.ts';
import { usage } from '../../src/checks/app/usage.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckResult } from '../../src/domain/check.ts';
import {
  PROBE_STAGES,
  type ClientAddress,
  type NodeFacts,
  type ProbeReport,
  type ProbeStage,
} from '../../src/domain/probe-report.ts';
import type { Workload } from '../../src/domain/settings.ts';
import { contextOf, task, world } from './checked-world.ts';
import { cacheOf, from } from './wanted.ts';

const { signal } = new AbortController();
const MINUTES_5 = 5 * 60_000;

function reportOf(more: Partial<ProbeReport> = {}, detail = ''): ProbeReport {
  const { failed } = more;
  const passed = PROBE_STAGES.slice(0, failed ? PROBE_STAGES.indexOf(failed) : undefined);
  return {
    variable: 'REDIS_URL',
    runtime: 'node',
    stages: [
      ...passed.map((stage) => ({ stage, ok: true, detail: 'ok', ms: 1 })),
      ...(failed ? [{ stage: failed, ok: false, detail, ms: 1 }] : []),
    ],
    role: 'master',
    maxmemoryPolicy: 'noeviction',
    ...more,
  };
}

const failing = (failed: ProbeStage, detail: string, more: Partial<ProbeReport> = {}): ProbeReport =>
  reportOf({ ...more, failed }, detail);

function contextWith(report: PingEvidence, workload?: Workload, url?: string): CheckContext {
  const now = world();
  if (url !== undefined) now.environment = [{ name: 'REDIS_URL', value: url }];
  now.ping = report;
  now.tasks = ['10.0.1.11', '10.0.2.12'].map((privateIpAddress, at) => ({
    ...task(`t${at}`, undefined, 1),
    privateIpAddress,
  }));
  const context = contextOf(now, new VirtualClock({ start: MINUTES_5 }));
  const cache = cacheOf({
    name: 'canvas-redis',
    ...(workload ? { workload: from('flag', workload) } : {}),
  });
  return { ...context, settings: { ...context.settings, caches: [cache] } };
}

const told = (result: CheckResult): string => JSON.stringify(result);
const askPing = (report: ProbeReport, url?: string): Promise<CheckResult> =>
  ping(contextWith(report, undefined, url)).run(signal);

describe('ping tells apart', () => {
  test.each<[string, ProbeReport, RegExp]>([
    ['a cut line', failing('tcp', 'connect ETIMEDOUT after 5 s'), /packets do not arrive.*security group/],
    [
      'a public address',
      failing('tcp', 'connect ETIMEDOUT after 5 s', { isPublic: true, address: '54.1.2.3' }),
      /public address \(54\.1\.2\.3/,
    ],
    ['a name that is not there', failing('dns', 'getaddrinfo ENOTFOUND x'), /does not resolve/],
    ['a VPC without DNS', failing('dns', 'getaddrinfo EAI_AGAIN x'), /nobody answers.*DNS support/],
    ['a port without a listener', failing('tcp', 'connect ECONNREFUSED 10.0.1.5:6379'), /nothing listens/],
    ['a plaintext cache', failing('tls', 'no answer', { otherWayAnswers: true }), /speaks plaintext/],
    ['a TLS cache', failing('ping', 'closed', { otherWayAnswers: true }), /speaks TLS/],
    [
      'a missing password',
      failing('ping', 'NOAUTH Authentication required.'),
      /asks for a password, and none/,
    ],
    ['a rotated-out token', failing('auth', 'WRONGPASS invalid'), /refuses the credentials.*rotated/],
    [
      'a wrong user',
      failing('auth', 'WRONGPASS invalid', { withoutUserAnswers: true }),
      /not for the user that REDIS_URL names/,
    ],
    [
      'a replica',
      failing('keys', "SET: READONLY You can't write"),
      /this is a replica.*address is right.*fails over/,
    ],
    ['a cluster', failing('keys', 'MOVED 7 10.0.1.5:6379', { shards: 2 }), /cluster client/],
    [
      'a database that is not there',
      failing('ping', 'ERR SELECT is not allowed in cluster mode'),
      /database 0 alone/,
    ],
    [
      'a narrow user',
      failing('keys', "SET: NOPERM User app has no permissions to run the 'set' command"),
      /too narrow/,
    ],
    [
      'a full cache',
      failing('keys', "SET: OOM command not allowed when used memory > 'maxmemory'."),
      /is full/,
    ],
    [
      'a starting node',
      failing('ping', 'LOADING Redis is loading the dataset in memory'),
      /loads its data.*Wait/,
    ],
    ['too many clients', failing('ping', 'ERR max number of clients reached'), /no room for one more client/],
    ['a cluster that is down', failing('keys', 'SET: CLUSTERDOWN Hash slot not served'), /not well.*events/],
    [
      'a web server',
      failing('ping', 'the answer is not that of a Redis: an HTTP server listens there'),
      /something else than a cache/,
    ],
    [
      'a shard that is cut off',
      failing('keys', 'the shard at 10.0.2.5:6379 does not answer: x'),
      /Every shard/,
    ],
  ])('%s', async (_, report, words) => {
    const result = await askPing(report);
    expect(result.outcome).toBe('fail');
    expect(told(result)).toMatch(words);
  });
});

describe('ping', () => {
  test('mends by setup what the app is handed, and nothing else so', async () => {
    const wrong = failing('auth', 'WRONGPASS invalid');
    const value = 'rediss://nobody:secret@elsewhere:6379';
    expect(await askPing(wrong, value)).toHaveProperty('fix', expect.stringContaining('wizard setup'));
    expect(await askPing(wrong)).not.toHaveProperty('fix');
    expect(await askPing(failing('tcp', 'connect ETIMEDOUT'), value)).not.toHaveProperty('fix');
  });

  test('sends nobody to setup where what the app is handed is right, and a node is away', async () => {
    const result = await askPing(failing('tcp', 'connect ECONNREFUSED 10.0.1.5:6379'));
    expect(result).not.toHaveProperty('fix');
    expect(told(result)).toMatch(/address is right: its node restarts/);
  });

  test('is no failure where the user may touch other keys than ours', async () => {
    const refusal = 'SET: NOPERM No permissions to access a key';
    const some = { keys: 40, withoutTtl: 0, denied: 3 };
    expect(await askPing(failing('keys', refusal, { sample: some }))).toMatchObject({ outcome: 'warn' });
    const none = { keys: 40, withoutTtl: 0, denied: 40 };
    expect(await askPing(failing('keys', refusal, { sample: none }))).toMatchObject({ outcome: 'fail' });
  });

  test('warns of a password that is not asked for', async () => {
    const result = await askPing(reportOf({ passwordNotAskedFor: true }));
    expect(result).toMatchObject({ outcome: 'warn' });
    expect(told(result)).toContain('asks for none');
  });

  const cutOff = failing('tcp', 'connect ETIMEDOUT after 5 s');
  const elsewhere = (answer: ProbeReport | { notAsked: string }): Partial<ProbeReport> => ({
    zone: 'us-east-1a',
    otherZones: [{ zone: 'us-east-1b', subnetId: 'subnet-2', answer }],
  });

  test.each([
    ['another', reportOf(elsewhere(cutOff)), 'from us-east-1b packets do not arrive'],
    ['the first', { ...cutOff, ...elsewhere(reportOf()) }, 'from us-east-1a packets do not arrive'],
  ])('names %s zone that is cut off while one is well', async (_, report, words) => {
    const result = await askPing(report);
    expect(result.outcome).toBe('fail');
    expect(result.detail).toContain(words);
  });

  test('does not pass for a zone from which nobody could ask', async () => {
    const result = await askPing(reportOf(elsewhere({ notAsked: 'its task did not start' })));
    expect(result).toMatchObject({ outcome: 'warn' });
    expect(result.detail).toContain('us-east-1b: its task did not start');
  });

  test('blames no zone where all are cut off', async () => {
    const result = await askPing({ ...cutOff, ...elsewhere(cutOff) });
    expect(result.detail).toBe('packets do not arrive (connect ETIMEDOUT after 5 s)');
  });
});

describe('memory', () => {
  const ask = (node: NodeFacts | undefined, policy: string, workload?: Workload): Promise<CheckResult> =>
    memory(contextWith(reportOf({ maxmemoryPolicy: policy, ...(node ? { node } : {}) }), workload)).run(
      signal,
    );
  const MB = 1024 * 1024;

  test.each<[string, CheckResult['outcome'], NodeFacts, string, Workload | undefined]>([
    ['an empty cache', 'pass', { usedMemory: MB, maxmemory: 100 * MB }, 'volatile-lru', undefined],
    [
      'a full cache that evicts',
      'pass',
      { usedMemory: 99 * MB, maxmemory: 100 * MB, evictedKeys: 5 },
      'allkeys-lru',
      'cache',
    ],
    [
      'a nearly full one that does not',
      'warn',
      { usedMemory: 95 * MB, maxmemory: 100 * MB },
      'noeviction',
      undefined,
    ],
    [
      'a full one that does not',
      'fail',
      { usedMemory: 100 * MB, maxmemory: 100 * MB },
      'noeviction',
      undefined,
    ],
    [
      'a queue of which any key may go',
      'fail',
      { usedMemory: MB, maxmemory: 100 * MB },
      'allkeys-lru',
      'queue',
    ],
    [
      'a queue of which some may go',
      'warn',
      { usedMemory: MB, maxmemory: 100 * MB },
      'volatile-lru',
      'queue',
    ],
    ['a queue that lost some', 'fail', { evictedKeys: 3 }, 'volatile-lru', 'queue'],
    ['a queue that loses nothing', 'pass', { usedMemory: MB, maxmemory: 100 * MB }, 'noeviction', 'queue'],
    ['lost sessions', 'warn', { evictedKeys: 3 }, 'volatile-lru', 'sessions'],
    ['nearly all connections', 'warn', { connectedClients: 95, maxclients: 100 }, 'volatile-lru', undefined],
    ['refused connections', 'warn', { rejectedConnections: 1 }, 'volatile-lru', undefined],
    [
      'keys that stay for ever',
      'warn',
      { usedMemory: 60 * MB, maxmemory: 100 * MB, databases: [{ db: 0, keys: 1000, expires: 10 }] },
      'volatile-lru',
      undefined,
    ],
  ])('of %s: %s', async (_, outcome, node, policy, workload) => {
    expect(await ask(node, policy, workload)).toMatchObject({ outcome });
  });

  test('does not pass where INFO is refused', async () => {
    const report = failing('info', "NOPERM User app has no permissions to run the 'info' command");
    expect(await memory(contextWith(report)).run(signal)).toMatchObject({ outcome: 'inconclusive' });
  });

  test('is left out where nobody asked', async () => {
    expect(await memory(contextWith({ notWanted: '--no-probe' })).run(signal)).toMatchObject({
      outcome: 'skip',
    });
  });
});

describe('usage', () => {
  const connected = (address: string, ...commands: string[]): ClientAddress => ({
    address,
    connections: 2,
    idle: 1,
    age: 90,
    commands,
    names: [],
  });
  const OWN = { seen: '10.0.1.99', real: '10.0.1.99' };

  const ask = (addresses: readonly ClientAddress[], more: Partial<ProbeReport> = {}): Promise<CheckResult> =>
    usage(
      contextWith(reportOf({ clients: { addresses, leftOut: 0, ownAddress: OWN }, visits: 4, ...more })),
    ).run(signal);

  test('passes where every task has a connection on which it does something', async () => {
    const result = await ask([connected('10.0.1.11', 'get'), connected('10.0.2.12', 'ping', 'subscribe')]);
    expect(result).toMatchObject({ outcome: 'pass' });
    expect(result.detail).toContain('get');
  });

  test('fails where no task has one, and says what that means', async () => {
    const result = await ask([connected('10.0.3.77', 'get')]);
    expect(result).toMatchObject({ outcome: 'fail' });
    expect(told(result)).toContain('in memory');
  });

  test('names the task that has none while the other has', async () => {
    const result = await ask([connected('10.0.1.11', 'get')]);
    expect(result.outcome).toBe('fail');
    expect(result.detail).toContain('t1 of 2');
  });

  test('warns of tasks that connect and ask nothing', async () => {
    const result = await ask([
      connected('10.0.1.11', 'info'),
      connected('10.0.2.12', 'client|setinfo', 'ping'),
    ]);
    expect(result).toMatchObject({ outcome: 'warn' });
  });

  test.each<[string, Partial<ProbeReport>]>([
    ['nobody could load its page', { visits: 0 }],
    ['the list was refused', { clients: { notTold: 'NOPERM' } }],
    ['not all addresses were read', { clients: { addresses: [], leftOut: 3, ownAddress: OWN } }],
    [
      'addresses are translated on the way',
      { clients: { addresses: [], leftOut: 0, ownAddress: { ...OWN, seen: '10.9.9.9' } } },
    ],
    ['another shard may be the one that is used', { clusterEnabled: true }],
    ['a replica was asked', { role: 'slave' }],
  ])('is open, not failed, where %s', async (_, more) => {
    expect(await ask([], more)).toMatchObject({ outcome: 'inconclusive' });
  });

  test('is left out where the cache was asked before the app had it', async () => {
    const report = reportOf({ clients: { addresses: [], leftOut: 0, ownAddress: OWN } });
    expect(await usage(contextWith(report)).run(signal)).toMatchObject({ outcome: 'skip' });
  });
});
