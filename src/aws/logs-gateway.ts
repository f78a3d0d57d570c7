/** CloudWatch Logs behind its interface. */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type {
  CloudWatchLogsClientResolvedConfig,
  FilterLogEventsCommandInput,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Send } from './api.ts';
import { chunks, inParallel } from './batches.ts';
import { isFailure } from './failures.ts';
import type { LogEvent, Logs } from './logs.ts';

export { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

const STREAMS_A_CALL = 100;
const EVENTS_A_CALL = 10_000;

export function logsGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, CloudWatchLogsClientResolvedConfig>,
): Logs {
  async function filter(by: FilterLogEventsCommandInput, limit: number): Promise<LogEvent[]> {
    const events: LogEvent[] = [];
    let nextToken: string | undefined;
    // An empty page with a token is no end: the service hands out what it has searched so far.
    do {
      const page = await send(
        `Reading the log group ${by.logGroupName ?? ''}`,
        new FilterLogEventsCommand({
          ...by,
          nextToken,
          limit: Math.min(limit - events.length, EVENTS_A_CALL),
        }),
      );
      for (const { timestamp: at = 0, logStreamName = '', message = '', eventId } of page.events ?? []) {
        events.push({ at, logStreamName, message, ...(eventId === undefined ? {} : { eventId }) });
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined && events.length < limit);
    return events;
  }

  async function filterStreams(by: FilterLogEventsCommandInput, limit: number): Promise<LogEvent[]> {
    try {
      return await filter(by, limit);
    } catch (error) {
      if (!isFailure(error, 'log group or stream not found')) throw error;
      const streams = by.logStreamNames ?? [];
      if (streams.length < 2) return [];
      // One stream that no task has written to yet fails the whole call.
      const each = await inParallel(streams, (stream) =>
        filterStreams({ ...by, logStreamNames: [stream] }, limit),
      );
      return each.flat();
    }
  }

  return {
    async filterLogEvents({ logStreamNames, since, until, limit, ...where }) {
      const by = { ...where, startTime: since, endTime: until };
      const batches = logStreamNames === undefined ? [undefined] : chunks(logStreamNames, STREAMS_A_CALL);
      const events = await inParallel(batches, (names) =>
        filterStreams({ ...by, logStreamNames: names }, limit),
      );
      return events
        .flat()
        .sort((one, other) => one.at - other.at)
        .slice(0, limit);
    },
  };
}
