/** Drills of apps that take it badly, and caches and apps that cannot be drilled. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { PolicyDocument } from '../../src/domain/iam/document.ts';
import type { InertProgram } from '../../src/sandbox/ecs/inert-container.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { inMatrix } from '../matrix.ts';
import { inertSandbox, quickCanvas } from './quick-account.ts';

const PROJECT = 'collabcanvas-backend';
const CACHE = 'collabcanvas-redis';
const FAILOVER = ['drill', 'failover', '--project', PROJECT, '--no-probe', '--yes', '--timeout', '180'];
const OUTAGE = ['drill', 'outage', '--project', PROJECT, '--no-probe', '--yes', '--timeout', '180'];
const LOST = "ReplyError: READONLY You can't write against a read only replica.";

const clock = new VirtualClock();
let sandbox: Sandbox;
let at: SandboxAccount;
/** What each task does from now on. */
let mood: 'well' | 'errors' = 'well';
const exits = new Set<() => void>();

beforeAll(async () => {
  sandbox = await inertSandbox({ clock });
  at = await sandbox.openAccount(quickCanvas({ tasks: 2, inert: { ...INERT_CANVAS, backend } }));
});
afterEach(() => void (mood = 'well'));
afterAll(() => sandbox.close());

const backend: InertProgram = (container) => {
  const answer = INERT_CANVAS.backend(container);
  if (typeof answer === 'number') return answer;
  exits.add(() => container.exit(1));
  return (request, response) => {
    const isHealth = request.url === '/health';
    if (mood !== 'errors' || isHealth) {
      answer(request, response);
      return;
    }
    container.onLine(LOST);
    response.statusCode = 500;
    response.end();
  };
};

const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);
const setUp = (...flags: string[]): Promise<Ended> =>
  run('setup', ...COLLABCANVAS, '--no-probe', '--no-verify', '--yes', ...flags);
const inSeconds = (seconds: number, then: () => void): void => void clock.after(seconds * 1000, then);

test('a cache without a replica is not failed over, and told what gives it one', async () => {
  expect((await setUp()).result.error).toBeUndefined();
  const { exitCode, result } = await run(...FAILOVER, ...REFRESH);
  expect([exitCode, result.error?.code]).toEqual([4, 'Blocked']);
  expect(result.error?.message).toMatch('it has no replica that could take over');
  const [program, ...typed] = result.error?.hint?.split(' ') ?? [];
  expect([program, typed.slice(-5)]).toEqual([
    'elasticache-wizard',
    ['--cache-name', CACHE, '--replicas', '1', '--multi-az'],
  ]);
  expect(result.drill).toBeUndefined();
  const scaled = await run(...typed, '--no-probe', '--no-verify', '--yes');
  expect([scaled.result.error, scaled.exitCode]).toEqual([undefined, 0]);
});

inMatrix('both drills, and the task that asks the cache, need no more than the policy for them', async () => {
  const { events } = await run('policy', '--for', 'drill', '--region', 'us-east-1', ...COLLABCANVAS);
  const printed = events.find(({ type }) => type === 'policy')?.document as PolicyDocument;
  sandbox.setPolicy(printed, at.env.AWS_ACCESS_KEY_ID);
  for (const drill of [FAILOVER, OUTAGE]) {
    const ended = await run(...drill.filter((flag) => flag !== '--no-probe'), ...REFRESH);
    expect(ended.result.error).toBeUndefined();
    expect(ended.events.filter(({ type }) => type === 'warning')).toEqual([]);
    expect(ended.result.drill?.log).toEqual([]);
    expect(ended.result.drill?.usage).not.toBeNull();
  }
  sandbox.setPolicy(undefined, at.env.AWS_ACCESS_KEY_ID);
});

test('an app that answers with errors ever after fails, with the setting that mends it', async () => {
  inSeconds(20, () => (mood = 'errors'));
  const { exitCode, result } = await run(...FAILOVER, ...REFRESH);
  expect(exitCode).toBe(6);
  expect(result.error?.message).toMatch(/^The drill failed: the app does not come back: .*500 × .*READONLY/);
  expect(result.error?.hint).toMatch('ioredis: reconnectOnError');
  expect(result.drill).toMatchObject({
    recovered: false,
    fingerprint: 'READONLY',
    verdict: { outcome: 'fail' },
  });
});

inMatrix('an app that comes back only because ECS starts new tasks has not come back by itself', async () => {
  inSeconds(20, () => exits.forEach((exit) => exit()));
  const { exitCode, result } = await run(...FAILOVER, ...REFRESH, '--timeout', '1200');
  expect(exitCode).toBe(6);
  expect(result.drill).toMatchObject({ recovered: true, tasksReplaced: 2 });
  expect(result.error?.message).toMatch('came back only after ECS had replaced 2 tasks');
});

test('an app whose page says nothing of the cache is inconclusive, and strictly a failure', async () => {
  const { exitCode, result } = await run(...FAILOVER, '--refreshes', '3');
  expect(exitCode).toBe(0);
  expect(result.drill).toMatchObject({ value: null, failed: 0, verdict: { outcome: 'inconclusive' } });
  expect((await run(...FAILOVER, '--refreshes', '3', '--strict')).exitCode).toBe(6);
});

test('an app that does not go on without its cache fails the outage, and its cache is given back', async () => {
  inSeconds(20, () => (mood = 'errors'));
  inSeconds(70, () => (mood = 'well'));
  const { exitCode, result } = await run(...OUTAGE, ...REFRESH);
  expect(exitCode).toBe(6);
  expect(result.error?.message).toMatch(
    /^The drill failed: the app does not go on without its cache: .*500 ×/,
  );
  expect(result.drill).toMatchObject({ kind: 'outage', recovered: true, outage: { seconds: 60 } });
});

test('an app that is not well before is not drilled', async () => {
  mood = 'errors';
  const { exitCode, result } = await run(...OUTAGE, ...REFRESH);
  expect([exitCode, result.error?.code]).toEqual([4, 'Blocked']);
  expect(result.error?.message).toMatch('The app is not well before the drill');
  expect(result.error?.hint).toMatch('elasticache-wizard verify');
});

inMatrix('a cache that a group of others lets the app in to as well is not taken away', async () => {
  const call = accountCalls(at, clock);
  const { SecurityGroups } = await call<{
    SecurityGroups: { GroupId: string; GroupName: string; VpcId: string }[];
  }>('ec2', 'DescribeSecurityGroups', {});
  const ours = SecurityGroups.find(({ GroupName }) => GroupName === `${CACHE}-sg`)!;
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', {
    GroupName: 'theirs',
    Description: 'theirs',
    VpcId: ours.VpcId,
  });
  // A new group is not visible at once.
  await clock.sleep(60_000);
  await call('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 6000, ToPort: 7000, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ],
  });
  await call('elasticache', 'ModifyReplicationGroup', {
    ReplicationGroupId: CACHE,
    SecurityGroupIds: [ours.GroupId, GroupId],
  });
  await clock.sleep(10 * 60_000);
  const { exitCode, result } = await run(...OUTAGE, ...REFRESH);
  expect([exitCode, result.error?.code]).toEqual([4, 'Blocked']);
  expect(result.error?.message).toMatch(
    `${GroupId} (theirs) is on it too, lets in, and is not ours to change`,
  );
});
