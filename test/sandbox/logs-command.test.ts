/** `logs` of a service that nobody of us has set up: what its tasks wrote, while it goes wrong and from then on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { inMatrix } from '../matrix.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, interrupted, PROGRAMS, type Ended } from './command-line.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const MINUTE = 60_000;
const NAMED = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend'];
const REFUSED = 'Redis connection error: connect ECONNREFUSED 127.0.0.1:6379';
const GROUP = '/ecs/collabcanvas-backend';
const SECRET = 'a-token-of-theirs';

const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;
let stream: string;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: inertCanvas(), clock });
  call = accountCalls(sandbox, clock);
  await clock.advance(10 * MINUTE);
  const { logStreams } = await call<{ logStreams: { logStreamName: string }[] }>(
    'logs',
    'DescribeLogStreams',
    {
      logGroupName: GROUP,
    },
  );
  stream = logStreams.find((each) => each.logStreamName.includes('/backend/'))!.logStreamName;
});

afterAll(() => sandbox.close());

const run = (...argv: string[]): Promise<Ended> => commandLine(['logs', ...NAMED, ...argv], sandbox, clock);

/** As the task itself would have, so long ago. */
async function writes(agoMs: number, ...messages: string[]): Promise<void> {
  const timestamp = clock.now() - agoMs;
  await call('logs', 'PutLogEvents', {
    logGroupName: GROUP,
    logStreamName: stream,
    logEvents: messages.map((message) => ({ timestamp, message })),
  });
}

const messagesOf = ({ events }: Ended): unknown[] =>
  events.filter(({ type }) => type === 'log').map(({ message }) => message);

describe('the log of a service', () => {
  test('is told as far as it concerns the cache, each error explained once', async () => {
    await writes(
      2 * MINUTE,
      'GET / 200',
      REFUSED,
      REFUSED,
      `connecting to rediss://app:${SECRET}@cache:6379`,
    );

    const ended = await run('--since', '5m');

    expect([ended.exitCode, ended.result.error]).toEqual([0, undefined]);
    expect(messagesOf(ended)).toEqual([REFUSED, REFUSED, 'connecting to rediss://****@cache:6379']);
    expect(ended.events.find(({ type }) => type === 'log.summary')).toMatchObject({
      lines: 3,
      seen: [{ word: 'ECONNREFUSED', count: 2, writers: [stream.split('/').at(-1)] }],
    });
    expect(JSON.stringify(ended)).not.toContain(SECRET);
    expect(messagesOf(await run('--since', '5m', '--all'))).toContain('GET / 200');
    expect(messagesOf(await run('--since', '1m'))).toEqual([]);
  });

  test('begins with the last rollout where nobody says since when', async () => {
    const ended = await run();
    expect(messagesOf(ended)).toContain('Redis is not configured: objects stay in memory');
  });

  test('is followed until Ctrl-C: what comes is told once, and how often at the end', async () => {
    const end = new AbortController();
    clock.after(90_000, () => writes(0, REFUSED));
    clock.after(150_000, () => writes(20_000, 'Redis ready'));
    clock.after(300_000, () => end.abort(interrupted()));

    const argv = ['logs', ...NAMED, '--since', '1s', '--follow'];
    const ended = await commandLine(argv, sandbox, clock, end.signal);

    expect([ended.exitCode, ended.result.error?.code]).toEqual([130, 'Interrupted']);
    expect(messagesOf(ended)).toEqual([REFUSED, 'Redis ready']);
    expect(ended.events.find(({ type }) => type === 'log.summary')).toMatchObject({
      lines: 2,
      seen: [{ word: 'ECONNREFUSED', count: 1 }],
    });
  });

  test('that goes elsewhere is refused in one sentence', async () => {
    const unknown = await run('--container', 'backnd');
    expect([unknown.exitCode, unknown.result.error?.hint]).toEqual([
      2,
      expect.stringContaining('Did you mean backend?'),
    ]);
  });
});

describe('the log of an app on instances', () => {
  inMatrix('is the end of the file that is named, as far as it concerns the cache', async () => {
    const scenario = kempian({ programsFolder: PROGRAMS, phases: ['staging'] });
    const own = await quickSandbox({ scenario, clock });
    try {
      await clock.advance(5 * MINUTE);
      const named = ['logs', '--instance-security-group', 'kempian-staging-app-sg'];
      const file = ['--log-file', '/var/log/kempian.log'];

      const ended = await commandLine([...named, ...file], own, clock);
      expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
      expect(messagesOf(ended)).toContainEqual(expect.stringContaining('Redis'));

      const nameless = await commandLine(named, own, clock);
      expect([nameless.exitCode, nameless.result.error?.hint]).toEqual([
        2,
        'Name the file: --log-file <path>.',
      ]);
      const followed = await commandLine([...named, ...file, '--follow'], own, clock);
      expect([followed.exitCode, followed.result.error?.hint]).toEqual([
        2,
        expect.stringContaining('tail -F'),
      ]);
      const elsewhere = await commandLine([...named, '--log-file', '/var/log/none.log'], own, clock);
      expect(elsewhere.events.find(({ code }) => code === 'log.unread')?.message).toContain(
        'it is not there',
      );
      expect([elsewhere.exitCode, elsewhere.result.error?.code]).toEqual([1, 'OperationFailed']);
    } finally {
      await own.close();
    }
  });
});
