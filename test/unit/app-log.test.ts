import { describe, expect, test } from 'vitest';
import { cacheLines } from '../../src/checks/app/cache-lines.ts';
import { seenIn, type LogLine } from '../../src/domain/app-log.ts';
import { formatLog, formatSeen } from '../../src/output/format-log.ts';
import { paintWith } from '../../src/output/paint.ts';
import { appLogOf } from '../../src/survey/app-log.ts';
import type { RunningService } from '../../src/domain/app.ts';
import { moment } from '../../src/inputs/schemas.ts';

const REFUSED = 'Redis error: connect ECONNREFUSED 10.0.1.5:6379';
const ONE = '1f6c7a3769f4a99a396b5c4a0412550f';
const TWO = '2a6c146ef03e180aa82334360ffe8745';
const AT = Date.parse('2026-11-21T02:10:00Z');

const ours = cacheLines(['canvas-store'], false);

function lines(...messages: readonly string[]): LogLine[] {
  return messages.flatMap((message, index) => {
    const line = ours.lineOf({
      app: 'web',
      writer: index < 2 ? ONE : TWO,
      at: AT + index * 1000,
      message,
    });
    return line ? [line] : [];
  });
}

describe('of all that an app logs', () => {
  test.each([
    'Redis connected successfully',
    'ERR_VALKEY retrying',
    'NOAUTH Authentication required.',
    'lookup of canvas-store failed',
    'dial tcp: lookup master.web.abc.use1.cache.amazonaws.com: no such host',
  ])('this concerns the cache: %s', (message) => {
    expect(lines(message)).toHaveLength(1);
    // What CloudWatch Logs is asked for has it too, else nobody would see it.
    expect(ours.phrases.some((phrase) => message.includes(phrase))).toBe(true);
  });

  test.each(['GET /health 200', 'please rediscover the fun', 'connect ECONNREFUSED 10.0.1.9:5432'])(
    'this does not: %s',
    (message) => {
      expect(lines(message)).toEqual([]);
    },
  );

  test('every line is shown where all are asked for', () => {
    const all = cacheLines([], true);
    expect(all.filterPattern).toBeUndefined();
    expect(all.lineOf({ app: 'web', writer: 'one', message: 'GET /health 200' })).toBeDefined();
  });

  test('the pattern stays within what CloudWatch Logs takes', () => {
    expect(cacheLines(['a'.repeat(40)], false).filterPattern?.length).toBeLessThan(1024);
  });

  test('no password of theirs is shown', () => {
    const [line] = lines(
      'redis connecting to rediss://app:s3cret-token@master.web.cache.amazonaws.com:6379/0',
    );
    expect(line?.message).toContain('rediss://****@master.web.cache.amazonaws.com:6379/0');
    expect(JSON.stringify(line)).not.toContain('s3cret');
  });
});

test('lines of one task stand together, repetitions are counted, and each error is explained once', () => {
  const all = lines(REFUSED, REFUSED, REFUSED, 'Redis connected successfully');
  const writers = [{ app: 'web', isRunning: (writer: string) => writer === TWO }];
  expect(formatLog(all, writers, paintWith(false))).toEqual([
    `web ${ONE} (runs no more)`,
    `  02:10:00 ${REFUSED} (2 times, until 02:10:01)`,
    '',
    `web ${TWO}`,
    `  02:10:02 ${REFUSED}`,
    '  02:10:03 Redis connected successfully',
    '',
  ]);
  expect(formatSeen(seenIn(all), paintWith(false))).toEqual([
    expect.stringMatching(/^ECONNREFUSED: nothing listens there/),
    '  3 times from 2026-11-21 02:10:00 to 2026-11-21 02:10:02 on 1f6c7a37, 2a6c146e',
    expect.stringMatching(/^ {2}Try: Compare the variable/),
  ]);
});

test.each([
  ['30m', { agoMs: 1_800_000 }],
  ['2h', { agoMs: 7_200_000 }],
  ['2026-11-21T02:10Z', { at: AT }],
  ['yesterday', undefined],
  ['10', undefined],
])('--since %s', (value, meant) => {
  expect(moment.safeParse(value).data).toEqual(meant);
});

describe('a service whose lines are not in a log group of its region', () => {
  const running = (logConfiguration: object | null): RunningService =>
    ({
      ecsCluster: 'web',
      service: { serviceName: 'web', serviceArn: 'arn:aws:ecs:eu-west-1:1:service/web/web', deployments: [] },
      taskDefinition: { document: { containerDefinitions: [{ name: 'app', logConfiguration }] } },
      container: 'app',
      targetGroups: [],
    }) as unknown as RunningService;
  const awslogs = (region: string) => ({
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/web', 'awslogs-region': region, 'awslogs-stream-prefix': 'ecs' },
  });

  test.each([
    ['another driver', { logDriver: 'splunk' }, 'Blocked', 'app of web logs with the driver splunk'],
    ['none at all', null, 'Blocked', 'app of web does not log to CloudWatch Logs'],
    ['another region', awslogs('us-east-1'), 'Blocked', 'app of web logs in another region, us-east-1'],
  ])('%s', (_, logConfiguration, code, message) => {
    const refused = { code, message: expect.stringContaining(message) as string };
    expect(() => appLogOf(running(logConfiguration), undefined)).toThrow(expect.objectContaining(refused));
  });

  test('one that is, is read for all its tasks', () => {
    expect(appLogOf(running(awslogs('eu-west-1')), undefined)).toMatchObject({
      logGroupName: '/web',
      logStreamNamePrefix: 'ecs/app/',
    });
  });
});
