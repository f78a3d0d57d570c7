/** GetLogEvents (one stream, forwards and backwards) and FilterLogEvents (many streams, in pages that may be empty). */
import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { ServiceError } from '../service.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import type { LogStore, StoredEvent, StoredGroup, StoredStream } from './log-store.ts';

const MOST_EVENTS = 10_000;
/** AWS ends a page after a megabyte searched, found something or not; a small figure here gives readers such pages too. */
const SEARCHED_PER_PAGE = 100;

export function getLogEvents(store: LogStore, input: GetLogEventsRequest): GetLogEventsResponse {
  const group = store.group(input.logGroupName ?? input.logGroupIdentifier);
  const { startTime = 0, endTime = Infinity, limit = MOST_EVENTS } = input;
  const events = store
    .stream(group, input.logStreamName)
    .events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);

  const [from, to] = pageBounds(input, events.length, limit);
  return {
    events: events
      .slice(from, to)
      .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    // At an end of the stream AWS answers with the token that it was given.
    nextForwardToken: `f/${to}`,
    nextBackwardToken: `b/${from}`,
  };
}

function pageBounds(input: GetLogEventsRequest, length: number, limit: number): [from: number, to: number] {
  if (input.nextToken === undefined) {
    return input.startFromHead ? [0, Math.min(limit, length)] : [Math.max(0, length - limit), length];
  }
  const token = /^([fb])\/(\d+)$/.exec(input.nextToken);
  if (!token) throw invalidToken();
  const position = Math.min(Number(token[2]), length);
  return token[1] === 'f'
    ? [position, Math.min(position + limit, length)]
    : [Math.max(0, position - limit), position];
}

export function filterLogEvents(store: LogStore, input: FilterLogEventsRequest): FilterLogEventsResponse {
  const group = store.group(input.logGroupName ?? input.logGroupIdentifier);
  const { startTime = 0, endTime = Infinity, limit = MOST_EVENTS } = input;
  const matches = compileFilterPattern(input.filterPattern);
  const candidates = streamsOf(store, group, input)
    .flatMap((stream) => stream.events.map((event) => ({ ...event, logStreamName: stream.logStreamName })))
    .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
    .sort(byTime);

  const first = input.nextToken === undefined ? 0 : firstAfter(candidates, input.nextToken);
  const searched = candidates.slice(first, first + Math.min(limit, SEARCHED_PER_PAGE));
  const last = searched.at(-1);
  const more = first + searched.length < candidates.length;
  return {
    events: searched.filter(({ message }) => matches(message)),
    searchedLogStreams: [],
    ...(more && last ? { nextToken: tokenOf(last) } : {}),
  };
}

function streamsOf(store: LogStore, group: StoredGroup, input: FilterLogEventsRequest): StoredStream[] {
  const { logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames && logStreamNamePrefix !== undefined) {
    throw new ServiceError(
      'InvalidParameterException',
      'Both logStreamNames and logStreamNamePrefix parameters are specified.',
    );
  }
  if (logStreamNames) return logStreamNames.map((name) => store.stream(group, name));
  return [...group.streams.values()].filter((stream) =>
    stream.logStreamName.startsWith(logStreamNamePrefix ?? ''),
  );
}

function byTime(a: StoredEvent, b: StoredEvent): number {
  return a.timestamp - b.timestamp || a.eventId.localeCompare(b.eventId);
}

/** The token names the last event that was searched, so that events which arrive meanwhile move no page. */
function tokenOf(event: StoredEvent): string {
  return Buffer.from(`${event.timestamp} ${event.eventId}`).toString('base64url');
}

function firstAfter(events: readonly StoredEvent[], token: string): number {
  const [, timestamp, eventId = ''] = /^(\d+) (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (timestamp === undefined) throw invalidToken();
  const last = { timestamp: Number(timestamp), eventId, ingestionTime: 0, message: '' };
  const next = events.findIndex((event) => byTime(event, last) > 0);
  return next === -1 ? events.length : next;
}

function invalidToken(): ServiceError {
  return new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
}
