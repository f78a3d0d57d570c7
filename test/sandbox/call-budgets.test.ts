/**
 * What each command asks of AWS: at most so many reads and writes, so many calls that wait for one another, and no fact
 * twice at one moment. The commands follow one another through the life of a project, without processes for the app.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../faults/scene.ts';
import { recordCalls, type CallRecord, type RecordedCall } from './call-record.ts';
import { COLLABCANVAS, commandLine, REFRESH } from './command-line.ts';

const SERVICE = COLLABCANVAS.slice(0, 4);
const PROJECT = ['--project', 'collabcanvas-backend'];
/** Seldom: how often a wait asks is no matter here. */
const PACE = ['--poll-interval', '60'];
const CHANGING = [...PROJECT, '--yes', ...PACE];

/**
 * `depth`: of the longest chain of calls that wait for one another. Polls and renewals of the lease are not counted.
 * `again`: asked once more on purpose, for the page was looked at meanwhile. `ends`: with this exit code and error.
 */
const BUDGETS = [
  {
    what: 'plan of a new project',
    argv: ['plan', ...COLLABCANVAS, ...REFRESH],
    reads: 27,
    writes: 0,
    depth: 8,
  },
  {
    what: 'setup',
    argv: ['setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...PACE],
    reads: 78,
    writes: 22,
    depth: 53,
  },
  {
    what: 'setup again',
    argv: ['setup', ...COLLABCANVAS, ...REFRESH, '--yes'],
    reads: 35,
    writes: 0,
    depth: 13,
  },
  {
    what: 'plan of what is there',
    argv: ['plan', ...COLLABCANVAS, ...REFRESH],
    reads: 27,
    writes: 0,
    depth: 10,
  },
  {
    what: 'verify',
    argv: ['verify', ...COLLABCANVAS, ...REFRESH, ...PACE],
    reads: 41,
    writes: 10,
    depth: 29,
  },
  { what: 'verify --lint', argv: ['verify', ...COLLABCANVAS, '--lint'], reads: 33, writes: 0, depth: 10 },
  { what: 'status', argv: ['status', ...PROJECT], reads: 20, writes: 0, depth: 8 },
  { what: 'status of a service', argv: ['status', ...SERVICE], reads: 21, writes: 0, depth: 9 },
  { what: 'status --metrics', argv: ['status', ...PROJECT, '--metrics'], reads: 22, writes: 0, depth: 10 },
  {
    what: 'policy --from-account',
    argv: ['policy', '--for', 'setup', ...COLLABCANVAS, '--from-account'],
    reads: 15,
    writes: 0,
    depth: 6,
  },
  { what: 'logs', argv: ['logs', ...PROJECT], reads: 11, writes: 0, depth: 6 },
  {
    what: 'connect where nothing leads to the cache',
    argv: ['connect', ...PROJECT, '--', 'true'],
    reads: 12,
    writes: 0,
    depth: 7,
    ends: [4, expect.stringContaining('There is no way to')],
  },
  {
    what: 'snapshot create',
    argv: ['snapshot', 'create', '--snapshot-name', 'monday', ...CHANGING],
    reads: 16,
    writes: 3,
    depth: 16,
  },
  { what: 'snapshot list', argv: ['snapshot', 'list', ...PROJECT], reads: 4, writes: 0, depth: 4 },
  {
    what: 'alarms',
    argv: ['alarms', '--alarm-email', 'ops@example.com', ...CHANGING],
    reads: 24,
    writes: 13,
    depth: 32,
  },
  { what: 'alarms again', argv: ['alarms', ...CHANGING], reads: 24, writes: 0, depth: 11 },
  {
    what: 'scale',
    argv: ['scale', '--replicas', '1', '--multi-az', '--no-verify', ...CHANGING],
    reads: 60,
    writes: 14,
    depth: 40,
  },
  {
    what: 'drill failover',
    argv: ['drill', 'failover', '--no-probe', ...REFRESH, ...CHANGING],
    reads: 21,
    writes: 3,
    depth: 20,
    again: ['elasticache:DescribeReplicationGroups'],
  },
  {
    what: 'drill outage',
    argv: ['drill', 'outage', '--no-probe', ...REFRESH, ...CHANGING],
    reads: 20,
    writes: 7,
    depth: 23,
    again: ['elasticache:DescribeCacheClusters'],
  },
  {
    what: 'rotate-token of the first password',
    argv: ['rotate-token', '--fix-execution-role', '--no-verify', '--no-probe', ...CHANGING],
    reads: 65,
    writes: 13,
    depth: 47,
  },
  {
    what: 'rotate-token',
    argv: ['rotate-token', '--no-verify', '--no-probe', ...CHANGING],
    reads: 61,
    writes: 12,
    depth: 48,
  },
  {
    what: 'snapshot restore',
    argv: [
      'snapshot',
      'restore',
      '--snapshot-name',
      'monday',
      '--cache-name',
      'restored',
      '--no-verify',
      ...CHANGING,
    ],
    reads: 33,
    writes: 9,
    depth: 35,
  },
  {
    what: 'snapshot delete',
    argv: ['snapshot', 'delete', '--snapshot-name', 'monday', '--yes', ...PACE],
    reads: 8,
    writes: 3,
    depth: 11,
  },
  { what: 'rollback', argv: ['rollback', ...CHANGING], reads: 30, writes: 6, depth: 29 },
  {
    what: 'destroy',
    argv: ['destroy', ...PROJECT, '--confirm', 'collabcanvas-backend', '--no-final-snapshot', ...PACE],
    reads: 107,
    writes: 22,
    depth: 50,
  },
] as const;

let stage: Stage;
let record: CallRecord;
let env: Record<string, string>;

beforeAll(async () => {
  // Who had to be loaded first would ask later than the others.
  await Promise.all([
    import('../../src/aws/cloudwatch-gateway.ts'),
    import('../../src/aws/secrets-manager-gateway.ts'),
    import('../../src/aws/sns-gateway.ts'),
  ]);
  stage = await openStage();
  const scene = await stage.openScene();
  record = await recordCalls(stage.sandbox.endpointUrl, () => stage.clock.now());
  env = { ...scene.env, AWS_ENDPOINT_URL: record.endpointUrl };
});

afterAll(async () => {
  await record.close();
  await stage.sandbox.close();
});

test.each(BUDGETS)('$what: $reads reads, $writes writes, $depth in a row', async (budget) => {
  record.take();
  const { exitCode, result } = await commandLine(budget.argv, { env }, stage.clock);
  const calls = record.take();
  expect([exitCode, result.error?.message]).toEqual('ends' in budget ? budget.ends : [0, undefined]);
  expect(twiceAtOneMoment(calls)).toEqual('again' in budget ? budget.again : []);
  const { reads, writes, depth } = sum(calls);
  expect(reads).toBeLessThanOrEqual(budget.reads);
  expect(writes).toBeLessThanOrEqual(budget.writes);
  expect(depth).toBeLessThanOrEqual(budget.depth);
});

function sum(calls: readonly RecordedCall[]) {
  const counted = calls.filter((call) => !isAskedAgain(call, calls));
  return {
    reads: counted.filter(({ write }) => !write).length,
    writes: counted.filter(({ write }) => write).length,
    depth: new Set(counted.map(({ round }) => round)).size,
  };
}

/** A poll, or a renewal of the lease: time has passed since it was asked first. */
function isAskedAgain(call: RecordedCall, calls: readonly RecordedCall[]): boolean {
  const isSame = (other: RecordedCall): boolean =>
    isLease(call) ? isLease(other) && other.name === call.name : !call.write && other.asked === call.asked;
  return calls.some((other) => other.at < call.at && isSame(other));
}

function isLease({ name, asked }: RecordedCall): boolean {
  return name.startsWith('ssm:') && asked.includes('/lease"');
}

/**
 * Asked before, and nothing was written since, nor has time passed: the answer was there already. A write of the round
 * before may have been answered after it.
 */
function twiceAtOneMoment(calls: readonly RecordedCall[]): string[] {
  return calls.flatMap((call, index) => {
    const before = calls
      .slice(0, index)
      .filter(({ asked, at }) => asked === call.asked && at === call.at)
      .at(-1);
    if (!before || call.write) return [];
    const isWrittenSince = calls.some(
      ({ write, round }) => write && round >= before.round - 1 && round <= call.round,
    );
    return isWrittenSince ? [] : [call.name];
  });
}
