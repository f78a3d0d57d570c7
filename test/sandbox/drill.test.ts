/** `drill`: a cache that fails over, or is taken away, while visitors come, and what is told of the app. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { CACHE, canvasWith, PROJECT, type CanvasWith } from './canvas-with-cache.ts';
import { REFRESH } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let app: CanvasWith;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
  app = await canvasWith(sandbox, clock);
  expect((await app.setup('--replicas', '1', '--multi-az')).result.error).toBeUndefined();
});
afterAll(async () => {
  await app.close();
  await sandbox.close();
});

const MINUTE = 60_000;
const FAILOVER = ['drill', 'failover', '--project', PROJECT, '--yes'];
const OUTAGE = ['drill', 'outage', '--project', PROJECT, '--yes', '--no-probe'];
/** Of the clock's; the app's client lives in real time. */
const PATIENTLY = ['--timeout', '3600'];

/** Connects when it is told where, and then cuts everybody else off. */
const CUTTER = `
let redis;
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const { host } = JSON.parse(line);
  if (host) redis = new (require('ioredis').Redis)({ host, port: 6379, tls: {} });
  console.log(JSON.stringify(await (host ? redis.ping() : redis.call('CLIENT', 'KILL', 'TYPE', 'normal'))));
});`;

interface Rule {
  readonly IsEgress: boolean;
  readonly FromPort: number;
  readonly Description?: string;
  readonly ReferencedGroupInfo?: { readonly GroupId: string };
}

async function rules(): Promise<string[]> {
  const { SecurityGroups } = await app.call<{ SecurityGroups: { GroupId: string }[] }>(
    'ec2',
    'DescribeSecurityGroups',
    { Filters: [{ Name: 'group-name', Values: [`${CACHE}-sg`] }] },
  );
  const { SecurityGroupRules } = await app.call<{ SecurityGroupRules: Rule[] }>(
    'ec2',
    'DescribeSecurityGroupRules',
    { Filters: [{ Name: 'group-id', Values: [SecurityGroups[0]!.GroupId] }] },
  );
  return SecurityGroupRules.filter(({ IsEgress }) => !IsEgress)
    .map((rule) => `${rule.FromPort} ${rule.ReferencedGroupInfo?.GroupId ?? ''} ${rule.Description ?? ''}`)
    .sort();
}

const primaryOf = async (): Promise<string | undefined> =>
  (await app.group()).NodeGroups?.[0]?.NodeGroupMembers?.find(({ CurrentRole }) => CurrentRole === 'primary')
    ?.CacheClusterId;

/** Somebody's revision of the app, with another address. */
async function hand(url: string): Promise<void> {
  const cluster = 'collabcanvas';
  const { services } = await app.call<{ services: { taskDefinition: string }[] }>('ecs', 'DescribeServices', {
    cluster,
    services: [PROJECT],
  });
  const { taskDefinition } = await app.call<{ taskDefinition: TaskDefinition }>(
    'ecs',
    'DescribeTaskDefinition',
    services[0],
  );
  const containerDefinitions = taskDefinition.containerDefinitions!.map((each) => ({
    ...each,
    environment: each.environment?.map(({ name, value }) => ({
      name,
      value: name === 'REDIS_URL' ? url : value,
    })),
  }));
  const made = await app.call<{ taskDefinition: TaskDefinition }>('ecs', 'RegisterTaskDefinition', {
    ...taskDefinition,
    containerDefinitions,
  });
  const { taskDefinitionArn } = made.taskDefinition;
  await app.call('ecs', 'UpdateService', { cluster, service: PROJECT, taskDefinition: taskDefinitionArn });
  await clock.sleep(15 * MINUTE);
}

/** Somebody draws, on tasks that have lost their cache for a moment: they keep that until they may write again. */
async function draw(): Promise<void> {
  const url = new URL('/api/projects/other/objects', app.appUrl);
  // In turn, so that each task gets some of it.
  for (let times = 0; times < 4; times += 1) {
    const sent = fetch(url, { method: 'POST', body: '{}', headers: { connection: 'close' } });
    expect((await clock.busy(sent)).status).toBe(201);
  }
}

describe('drill failover', () => {
  test.skipIf(!hasRedis)(
    'passes an app whose client connects again, and tells for how long visitors saw it',
    async () => {
      const before = await primaryOf();
      const { exitCode, result } = await app.run(...FAILOVER, ...REFRESH, ...PATIENTLY);
      expect(result.error).toBeUndefined();
      expect(exitCode).toBe(0);
      expect(await primaryOf()).not.toBe(before);
      const { drill } = result;
      expect(drill).toMatchObject({
        kind: 'failover',
        cache: CACHE,
        recovered: true,
        tasksReplaced: 0,
        failover: { nodeGroupId: '0001', from: before, to: await primaryOf(), seconds: 25 },
        usage: { outcome: 'pass' },
        verdict: { outcome: 'pass' },
      });
      // Each task showed its own objects while the cache was away.
      expect(drill!.otherValues).toBeGreaterThan(0);
      expect(drill!.errorSeconds).toBeGreaterThan(0);
      expect(drill!.value!.after).toBe(drill!.value!.before);
    },
  );

  test('says what it will do, and does nothing without approval', async () => {
    const before = await primaryOf();
    const { exitCode, result } = await app.run(...FAILOVER.filter((flag) => flag !== '--yes'));
    expect([exitCode, result.error?.code]).toEqual([2, 'MissingInput']);
    expect(await primaryOf()).toBe(before);
  });
});

describe('drill outage', () => {
  test('puts back what it took, and says that an app which kept its connections has missed nothing', async () => {
    const before = await rules();
    const gone: string[][] = [];
    clock.after(30_000, async () => void gone.push(await rules()));
    const { exitCode, result } = await app.run(...OUTAGE, ...REFRESH);
    expect([exitCode, result.error]).toEqual([0, undefined]);
    expect(gone).toEqual([[]]);
    expect(await rules()).toEqual(before);
    expect(result.drill).toMatchObject({ kind: 'outage', failed: 0, verdict: { outcome: 'inconclusive' } });
    expect(result.drill!.verdict.hint).toMatch('CLIENT KILL TYPE normal');
    expect((await app.run(...OUTAGE, ...REFRESH, '--strict')).exitCode).toBe(6);
  });

  test.skipIf(!hasRedis)(
    'passes an app that goes on from memory, once the connections that it had are cut too',
    async () => {
      const before = await rules();
      const beside = await app.enter<object, string>(CUTTER);
      const host = (await app.group()).NodeGroups![0]!.PrimaryEndpoint!.Address!;
      expect(await clock.busy(beside.ask({ host }))).toBe('PONG');
      clock.after(10_000, () => clock.busy(beside.ask({})).then(() => undefined));
      const { exitCode, result } = await app.run(
        ...OUTAGE.filter((flag) => flag !== '--no-probe'),
        ...REFRESH,
        ...PATIENTLY,
      );
      expect([exitCode, result.error]).toEqual([0, undefined]);
      expect(await rules()).toEqual(before);
      expect(result.drill).toMatchObject({
        recovered: true,
        usage: { outcome: 'pass' },
        verdict: { outcome: 'pass' },
      });
      expect(result.drill!.otherValues).toBeGreaterThan(0);
    },
  );
});

describe('drill failover of an app that keeps to one node', () => {
  test.skipIf(!hasRedis)('fails, and tells what its log shows and what mends it', async () => {
    const primary = await primaryOf();
    const { NodeGroups } = await app.group();
    const node = NodeGroups![0]!.NodeGroupMembers!.find(({ CacheClusterId }) => CacheClusterId === primary);
    await hand((await app.url()).replace(/[^@/]+:6379/, `${node!.ReadEndpoint!.Address!}:6379`));
    clock.after(40_000, draw);
    const { exitCode, result } = await app.run(...FAILOVER, ...REFRESH, '--timeout', '180');
    expect(exitCode).toBe(6);
    expect(result.error?.message).toMatch(
      /^The drill failed: the app does not come back: .*REDIS_URL leads to a node that is a replica/,
    );
    expect(result.error?.hint).toMatch('Hand the app the primary endpoint');
    expect(result.drill).toMatchObject({
      fingerprint: 'READONLY',
      recovered: false,
      usage: { outcome: 'fail' },
    });
  });
});
