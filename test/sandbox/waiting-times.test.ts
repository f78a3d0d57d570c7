/** How long a setup takes beside what AWS itself takes: life cycles of real length, in virtual time, to the millisecond. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  DescribeTasksResponse,
  ListServiceDeploymentsResponse,
  ListTasksResponse,
} from '@aws-sdk/client-ecs';
import type { EventsMessage, ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { VirtualClock } from '../../src/clock.ts';
import type { Account } from '../../src/sandbox/account.ts';
import { startSandbox, type Sandbox, type SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, PROGRAMS } from './command-line.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** How often each kind of wait asks at an even pace. */
const PACE = { cache: 10 * SECOND, task: 3 * SECOND, service: 6 * SECOND, securityGroup: 2 * SECOND };

/** From RunTask to STOPPED, of a probe. */
const TASK_MS = 33 * SECOND;
const ONE_OF_EACH = Object.values(PACE).reduce((sum, ms) => sum + ms, 0);

const clock = new VirtualClock();
let sandbox: Sandbox;
let folder: string;
let at: SandboxAccount;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  folder = await mkdtemp(join(tmpdir(), 'waiting-times-'));
});
afterEach(() => at.account.close());
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

/** From AWS's taking the call to the end of what it began. */
interface Work {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** At its own pace, in a new account, to which something is done before. */
async function setUp(app: readonly string[], before: (account: Account) => void = () => undefined) {
  at = await sandbox.openAccount(collabcanvas({ programsFolder: PROGRAMS, inert: INERT_CANVAS }));
  before(at.account);
  sandbox.clearCalls();
  const from = clock.now();
  const ended = await commandLine(
    ['setup', ...app, '--yes', '--no-verify'],
    at,
    clock,
    undefined,
    undefined,
    {
      ELASTICACHE_WIZARD_POLL_INTERVAL: '',
    },
  );
  return { ended, from, tookMs: clock.now() - from };
}

/** What AWS's own records say of what the run began. */
async function workSince(from: number): Promise<Work[]> {
  const call = accountCalls(at, clock);
  const calledAt = (action: string): number[] => callsOf(action).map((each) => each.at);
  const service = { cluster: 'collabcanvas', service: 'collabcanvas-backend' };
  const [{ Events = [] }, { serviceDeployments = [] }, { taskArns }] = await Promise.all([
    call<EventsMessage>('elasticache', 'DescribeEvents', { Duration: 60 }),
    call<ListServiceDeploymentsResponse>('ecs', 'ListServiceDeployments', service),
    call<ListTasksResponse>('ecs', 'ListTasks', { cluster: service.cluster, desiredStatus: 'STOPPED' }),
  ]);
  const { tasks = [] } = await call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
    cluster: service.cluster,
    tasks: taskArns,
  });
  const [created] = calledAt('CreateReplicationGroup');
  const [updated] = calledAt('UpdateService');
  return [
    ...Events.filter(({ Message = '' }) => / created$/.test(Message)).map(({ Date: to, Message = '' }) => ({
      what: Message,
      from: created!,
      to: to!.getTime(),
    })),
    ...tasks
      .filter(
        ({ startedBy = '', createdAt }) =>
          startedBy.startsWith('elasticache') && createdAt!.getTime() >= from,
      )
      .map(({ createdAt, stoppedAt, taskArn }) => ({
        what: taskArn!,
        from: createdAt!.getTime(),
        to: stoppedAt!.getTime(),
      })),
    ...serviceDeployments
      .filter(({ startedAt }) => startedAt!.getTime() >= from)
      .map(({ finishedAt }) => ({ what: 'rollout', from: updated!, to: finishedAt!.getTime() })),
  ];
}

function callsOf(action: string) {
  return sandbox
    .calls()
    .filter((each) => each.action === action && each.outcome === 'ok')
    .map((each) => ({ action, at: Date.parse(each.at) }));
}

/** As long as at least one of them lasted. */
function lengthOf(work: readonly Work[]): number {
  let until = 0;
  let length = 0;
  for (const { from, to } of [...work].sort((one, other) => one.from - other.from)) {
    length += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return length;
}

/** Each with a variable of the app, and a replica more than the one before. */
async function threeCaches(): Promise<string[]> {
  const file = join(folder, 'three.json');
  const names = ['one', 'two', 'three'];
  const project = {
    project: 'collabcanvas-backend',
    caches: names.map((name, replicas) => ({ name: `${name}-redis`, replicas, multiAz: false })),
    consumers: [
      {
        ecsCluster: 'collabcanvas',
        service: 'collabcanvas-backend',
        variables: Object.fromEntries(
          names.map((name) => [`${name.toUpperCase()}_URL`, { cache: `${name}-redis`, value: '{url}' }]),
        ),
      },
    ],
  };
  await writeFile(file, JSON.stringify(project));
  return ['--config', file];
}

// Hundreds of calls at AWS's own pace: on a busy machine a while of real time.
describe(
  'above what AWS takes, a setup takes no more than one interval for each of its waits',
  { timeout: 120_000 },
  () => {
    test('with one cache, and asks less often than at an even pace', async () => {
      const { ended, from, tookMs } = await setUp(COLLABCANVAS);
      expect(ended.result.error).toBeUndefined();
      const work = await workSince(from);
      const [cache, rollout] = [/created$/, /rollout/].map((name) =>
        work.find(({ what }) => name.test(what)),
      );
      expect(tookMs - lengthOf(work)).toBeLessThanOrEqual(ONE_OF_EACH);
      const during = (action: string, { from, to }: Work): number =>
        callsOf(action).filter((each) => each.at > from && each.at <= to).length;
      expect(during('DescribeReplicationGroups', cache!)).toBeLessThan((6 * MINUTE) / PACE.cache);
      expect(during('DescribeServices', rollout!)).toBeLessThan((rollout!.to - rollout!.from) / PACE.service);
    });

    test('with three caches: the slowest takes its time, and the others take theirs meanwhile', async () => {
      const { ended, from, tookMs } = await setUp(await threeCaches());
      expect(ended.result.error).toBeUndefined();
      const work = await workSince(from);
      const caches = work.filter(({ what }) => what.endsWith(' created'));
      expect(caches.map(({ from, to }) => (to - from) / MINUTE)).toEqual([6, 7.5, 9]);
      expect(new Set(callsOf('CreateReplicationGroup').map((each) => each.at)).size).toBe(1);
      // All three are then asked at the same time.
      const slowest = 9 * MINUTE + lengthOf(work.filter(({ what }) => what === 'rollout')) + TASK_MS;
      expect(tookMs - slowest).toBeLessThanOrEqual(ONE_OF_EACH);
    });
  },
);

test('one of three caches that fails is reported at once, while the others are still being made', async () => {
  const { ended, from, tookMs } = await setUp(await threeCaches(), (account) =>
    account.elasticache.failNextCreate('No capacity.'),
  );
  expect([ended.exitCode, ended.result.error?.message]).toEqual([1, expect.stringContaining('No capacity.')]);
  const call = accountCalls(at, clock);
  const { Events = [] } = await call<EventsMessage>('elasticache', 'DescribeEvents', { Duration: 60 });
  const failed = Events.find(({ Message = '' }) => Message.startsWith('Failed to create'));
  expect(from + tookMs - failed!.Date!.getTime()).toBeLessThanOrEqual(PACE.cache);
  const { ReplicationGroups = [] } = await call<ReplicationGroupMessage>(
    'elasticache',
    'DescribeReplicationGroups',
  );
  expect(ReplicationGroups.map(({ Status }) => Status)).toEqual(['create-failed', 'creating', 'creating']);
});
