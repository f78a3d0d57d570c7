/** CloudWatch Logs: groups, streams, writing and reading events; also what the awslogs driver of tasks writes into. */
import type {
  CreateLogGroupRequest,
  CreateLogStreamRequest,
  DeleteLogGroupRequest,
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  FilterLogEventsRequest,
  GetLogEventsRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  LogStream,
  PutLogEventsRequest,
  PutLogEventsResponse,
  PutRetentionPolicyRequest,
  TagResourceRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import { filterLogEvents, getLogEvents } from './log-reader.ts';
import type { LogSink } from './log-sink.ts';
import { LogStore } from './log-store.ts';
import type { StoredGroup, StoredStream } from './log-store.ts';

const DAY = 86_400_000;
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const PAGE = 50;

export function createLogs(options: { accountId: string; region: string; clock: Clock }): {
  operations: Operations;
  sink: LogSink;
} {
  const { clock } = options;
  const store = new LogStore(options);

  const operations = {
    CreateLogGroup: (input: CreateLogGroupRequest) => {
      store.createGroup(input.logGroupName ?? '', input.tags);
      return {};
    },

    DeleteLogGroup: (input: DeleteLogGroupRequest) => {
      store.groups.delete(store.group(input.logGroupName).logGroupName);
      return {};
    },

    DescribeLogGroups: (input: DescribeLogGroupsRequest): DescribeLogGroupsResponse => {
      const { logGroupNamePrefix = '', logGroupNamePattern = '' } = input;
      const groups = [...store.groups.values()]
        .filter(({ logGroupName }) => logGroupName.startsWith(logGroupNamePrefix))
        .filter(({ logGroupName }) => logGroupName.toLowerCase().includes(logGroupNamePattern.toLowerCase()))
        .sort((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
      const { items, nextToken } = page(groups, input);
      return { logGroups: items.map(describeGroup), ...nextToken };
    },

    PutRetentionPolicy: (input: PutRetentionPolicyRequest) => {
      const { retentionInDays = 0 } = input;
      const group = store.group(input.logGroupName);
      if (!RETENTION_DAYS.includes(retentionInDays)) {
        throw new ServiceError(
          'InvalidParameterException',
          `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
        );
      }
      group.retentionInDays = retentionInDays;
      return {};
    },

    CreateLogStream: (input: CreateLogStreamRequest) => {
      store.createStream(store.group(input.logGroupName), input.logStreamName ?? '');
      return {};
    },

    DescribeLogStreams: (input: DescribeLogStreamsRequest): DescribeLogStreamsResponse => {
      const group = store.group(input.logGroupName ?? input.logGroupIdentifier);
      const streams = [...group.streams.values()]
        .filter(({ logStreamName }) => logStreamName.startsWith(input.logStreamNamePrefix ?? ''))
        .map(describeStream)
        .sort(input.orderBy === 'LastEventTime' ? byLastEvent : byName);
      const { items, nextToken } = page(input.descending ? streams.reverse() : streams, input);
      return { logStreams: items, ...nextToken };
    },

    PutLogEvents: (input: PutLogEventsRequest): PutLogEventsResponse => {
      const stream = store.stream(store.group(input.logGroupName), input.logStreamName);
      const events = (input.logEvents ?? []).map(({ timestamp = 0, message = '' }) => ({
        timestamp,
        message,
      }));
      if (events.some(({ timestamp }, at) => timestamp < (events[at - 1]?.timestamp ?? 0))) {
        throw new ServiceError(
          'InvalidParameterException',
          'Log events in a single PutLogEvents request must be in chronological order.',
        );
      }
      const tooOld = events.filter(({ timestamp }) => timestamp < clock.now() - 14 * DAY).length;
      const inTime = events.filter(({ timestamp }) => timestamp <= clock.now() + DAY / 12).length;
      for (const event of events.slice(tooOld, inTime)) store.append(stream, event.message, event.timestamp);
      const rejected = {
        ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
        ...(inTime < events.length ? { tooNewLogEventStartIndex: inTime } : {}),
      };
      return {
        nextSequenceToken: String(stream.events.length),
        ...(Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {}),
      };
    },

    GetLogEvents: (input: GetLogEventsRequest) => getLogEvents(store, input),

    FilterLogEvents: (input: FilterLogEventsRequest) => filterLogEvents(store, input),

    TagResource: (input: TagResourceRequest) => {
      const group = store.group(input.resourceArn);
      for (const [key, value] of Object.entries(input.tags ?? {})) group.tags.set(key, value);
      return {};
    },

    ListTagsForResource: (input: ListTagsForResourceRequest): ListTagsForResourceResponse => ({
      tags: Object.fromEntries(store.group(input.resourceArn).tags),
    }),
  };

  const sink: LogSink = {
    hasLogGroup: (logGroupName) => store.groups.has(logGroupName),
    createLogGroup: (logGroupName) => store.createGroup(logGroupName),
    append: (logGroupName, logStreamName, message) => {
      const group = store.groups.get(logGroupName);
      // A group deleted under a running task: its driver goes on writing into nothing, as on AWS.
      if (!group) return;
      store.append(group.streams.get(logStreamName) ?? store.createStream(group, logStreamName), message);
    },
  };

  return { operations, sink };
}

function describeGroup(group: StoredGroup) {
  const { logGroupName, arn, creationTime, retentionInDays } = group;
  const events = [...group.streams.values()].flatMap((stream) => stream.events);
  return {
    logGroupName,
    creationTime,
    ...(retentionInDays === undefined ? {} : { retentionInDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    // 26 bytes of overhead an event (CloudWatch Logs pricing).
    storedBytes: events.reduce((bytes, { message }) => bytes + Buffer.byteLength(message) + 26, 0),
    logGroupClass: 'STANDARD' as const,
  };
}

function describeStream(stream: StoredStream): LogStream {
  const { logStreamName, arn, creationTime, events } = stream;
  const [first, last] = [events[0], events.at(-1)];
  return {
    logStreamName,
    creationTime,
    arn,
    ...(first && last
      ? {
          firstEventTimestamp: first.timestamp,
          lastEventTimestamp: last.timestamp,
          lastIngestionTime: last.ingestionTime,
          uploadSequenceToken: String(events.length),
        }
      : {}),
  };
}

function byName(a: LogStream, b: LogStream): number {
  return (a.logStreamName ?? '') < (b.logStreamName ?? '') ? -1 : 1;
}

function byLastEvent(a: LogStream, b: LogStream): number {
  return (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0);
}

function page<T>(
  items: readonly T[],
  { limit = PAGE, nextToken }: { limit?: number | undefined; nextToken?: string | undefined },
): { items: T[]; nextToken: { nextToken?: string } } {
  const from = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString());
  if (Number.isNaN(from))
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  const to = from + limit;
  return {
    items: items.slice(from, to),
    nextToken: to < items.length ? { nextToken: Buffer.from(String(to)).toString('base64url') } : {},
  };
}
