import type {
  DescribeLogGroupsResponse,
  DescribeLogStreamsResponse,
  FilterLogEventsResponse,
  GetLogEventsResponse,
  PutLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createLogs } from '../../src/sandbox/logs/logs.ts';

const CALL = { service: 'logs', action: '', region: 'us-east-1', accessKeyId: 'AKIA', requestId: '1' };
const GROUP = { logGroupName: '/ecs/web' };

function createWorld() {
  const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1), auto: false });
  const { operations, sink } = createLogs({ accountId: '111122223333', region: 'us-east-1', clock });
  const call = async <T>(action: string, input: object): Promise<T> =>
    (await operations[action]!(input, CALL)) as T;
  return { clock, sink, call };
}

const messages = ({ events }: { events?: { message?: string | undefined }[] | undefined }) =>
  (events ?? []).map(({ message }) => message);

async function filterAll(
  { call }: ReturnType<typeof createWorld>,
  input: object,
): Promise<{ found: string[]; pages: number[] }> {
  const found: string[] = [];
  const pages: number[] = [];
  let nextToken: string | undefined;
  do {
    const page: FilterLogEventsResponse = await call('FilterLogEvents', {
      ...GROUP,
      ...input,
      ...(nextToken ? { nextToken } : {}),
    });
    found.push(...messages(page).map(String));
    pages.push(page.events!.length);
    nextToken = page.nextToken;
  } while (nextToken);
  return { found, pages };
}

describe('what tasks write', () => {
  test('is found by term, phrase, any of several terms, and not by what is excluded', async () => {
    const world = createWorld();
    world.sink.createLogGroup('/ecs/web');
    for (const line of [
      'Redis connected successfully',
      'Redis ready',
      'Redis error: ECONNREFUSED',
      'ready',
    ]) {
      world.sink.append('/ecs/web', 'web/web/1', line);
    }
    const find = async (filterPattern: string) => (await filterAll(world, { filterPattern })).found;
    expect(await find('Redis ready')).toEqual(['Redis ready']);
    expect(await find('"Redis connected"')).toEqual(['Redis connected successfully']);
    expect(await find('?ECONNREFUSED ?connected')).toEqual([
      'Redis connected successfully',
      'Redis error: ECONNREFUSED',
    ]);
    expect(await find('Redis -error')).toEqual(['Redis connected successfully', 'Redis ready']);
    expect(await find('')).toHaveLength(4);
    await expect(find('redis://')).rejects.toThrow('Invalid filter pattern');
  });

  test('comes in pages, of which some are empty although there are more', async () => {
    const world = createWorld();
    world.sink.createLogGroup('/ecs/web');
    for (let n = 0; n < 350; n += 1)
      world.sink.append('/ecs/web', `web/web/${n % 2}`, n === 320 ? 'needle' : 'hay');
    expect(await filterAll(world, { filterPattern: 'needle' })).toEqual({
      found: ['needle'],
      pages: [0, 0, 0, 1],
    });
    expect((await filterAll(world, {})).found).toHaveLength(350);
  });

  test('can be narrowed to streams and to a time, in the order of time', async () => {
    const world = createWorld();
    const { clock, sink } = world;
    sink.createLogGroup('/ecs/web');
    const start = clock.now();
    for (const [stream, line] of [
      ['a/1', 'first'],
      ['b/1', 'second'],
      ['a/2', 'third'],
    ] as const) {
      sink.append('/ecs/web', stream, line);
      await clock.advance(1_000);
    }
    const find = async (input: object) => (await filterAll(world, input)).found;
    expect(await find({})).toEqual(['first', 'second', 'third']);
    expect(await find({ logStreamNamePrefix: 'a/' })).toEqual(['first', 'third']);
    expect(await find({ logStreamNames: ['b/1'] })).toEqual(['second']);
    expect(await find({ startTime: start + 1_000 })).toEqual(['second', 'third']);
    expect(await find({ endTime: start + 1_000 })).toEqual(['first', 'second']);
    await expect(find({ logStreamNames: ['none'] })).rejects.toThrow(
      'The specified log stream does not exist.',
    );
  });

  test('is lost when its group is deleted under the task', async () => {
    const { sink, call } = createWorld();
    sink.createLogGroup('/ecs/web');
    await call('DeleteLogGroup', GROUP);
    sink.append('/ecs/web', 'web/web/1', 'anybody there?');
    expect(sink.hasLogGroup('/ecs/web')).toBe(false);
  });
});

describe('a log stream', () => {
  test('is read from either end, and its last token is its own', async () => {
    const { sink, call } = createWorld();
    sink.createLogGroup('/ecs/web');
    for (let n = 1; n <= 5; n += 1) sink.append('/ecs/web', 's', `line ${n}`);
    const read = (more: object): Promise<GetLogEventsResponse> =>
      call('GetLogEvents', { ...GROUP, logStreamName: 's', limit: 2, ...more });

    const newest = await read({});
    expect(messages(newest)).toEqual(['line 4', 'line 5']);
    expect(messages(await read({ nextToken: newest.nextBackwardToken }))).toEqual(['line 2', 'line 3']);
    const oldest = await read({ startFromHead: true });
    expect(messages(oldest)).toEqual(['line 1', 'line 2']);
    expect(messages(await read({ nextToken: oldest.nextForwardToken }))).toEqual(['line 3', 'line 4']);

    const end = await read({ nextToken: newest.nextForwardToken });
    expect(end.events).toEqual([]);
    expect(end.nextForwardToken).toBe(newest.nextForwardToken);
  });

  test('takes events in order, not too old and not too new', async () => {
    const { clock, call } = createWorld();
    await call('CreateLogGroup', GROUP);
    await call('CreateLogStream', { ...GROUP, logStreamName: 's' });
    const put = (...hours: number[]): Promise<PutLogEventsResponse> =>
      call('PutLogEvents', {
        ...GROUP,
        logStreamName: 's',
        logEvents: hours.map((hour) => ({ timestamp: clock.now() + hour * 3_600_000, message: `${hour}` })),
      });
    expect(await put(-400, -1, 0, 3)).toMatchObject({
      rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 3 },
    });
    const { events } = await call<GetLogEventsResponse>('GetLogEvents', { ...GROUP, logStreamName: 's' });
    expect(messages({ events: events! })).toEqual(['-1', '0']);
    await expect(put(0, -1)).rejects.toThrow('chronological order');
    const { logStreams } = await call<DescribeLogStreamsResponse>('DescribeLogStreams', GROUP);
    expect(logStreams![0]).toMatchObject({ logStreamName: 's', lastEventTimestamp: clock.now() });
  });
});

describe('a log group', () => {
  test('is made once, keeps its tags and retention, and is gone when deleted', async () => {
    const { call } = createWorld();
    await call('CreateLogGroup', { ...GROUP, tags: { team: 'canvas' } });
    await expect(call('CreateLogGroup', GROUP)).rejects.toThrow(
      expect.objectContaining({ shape: 'ResourceAlreadyExistsException' }),
    );
    await call('PutRetentionPolicy', { ...GROUP, retentionInDays: 7 });
    await expect(call('PutRetentionPolicy', { ...GROUP, retentionInDays: 8 })).rejects.toThrow(
      'enum value set',
    );
    const { logGroups } = await call<DescribeLogGroupsResponse>('DescribeLogGroups', {
      logGroupNamePrefix: '/ecs',
    });
    expect(logGroups).toMatchObject([
      { ...GROUP, retentionInDays: 7, arn: 'arn:aws:logs:us-east-1:111122223333:log-group:/ecs/web:*' },
    ]);
    const resourceArn = logGroups![0]!.logGroupArn;
    await call('TagResource', { resourceArn, tags: { stage: 'test' } });
    expect(await call('ListTagsForResource', { resourceArn })).toEqual({
      tags: { team: 'canvas', stage: 'test' },
    });
    await call('DeleteLogGroup', GROUP);
    await expect(call('FilterLogEvents', GROUP)).rejects.toThrow(
      expect.objectContaining({ shape: 'ResourceNotFoundException' }),
    );
  });

  test('is one of many, listed in pages', async () => {
    const { call, sink } = createWorld();
    for (let n = 0; n < 60; n += 1) sink.createLogGroup(`/group/${String(n).padStart(2, '0')}`);
    const first = await call<DescribeLogGroupsResponse>('DescribeLogGroups', {});
    expect(first.logGroups).toHaveLength(50);
    const second = await call<DescribeLogGroupsResponse>('DescribeLogGroups', { nextToken: first.nextToken });
    expect(second.logGroups).toHaveLength(10);
    expect(second).not.toHaveProperty('nextToken');
  });
});
