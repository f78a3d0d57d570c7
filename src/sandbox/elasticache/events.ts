/** What happened to caches, as DescribeEvents tells it. */
import type { DescribeEventsMessage, Event, SourceType } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { invalidCombination } from './rejection.ts';

const MINUTE = 60_000;
const DEFAULT_WINDOW = 60 * MINUTE;
const KEPT = 14 * 24 * 60 * MINUTE;

export interface Events {
  record(sourceType: SourceType, sourceIdentifier: string, message: string): void;
  readonly operations: Operations;
}

export function createEvents(clock: Clock): Events {
  const events: { at: number; event: Event }[] = [];

  return {
    record(SourceType, SourceIdentifier, Message) {
      const at = clock.now();
      events.push({ at, event: { SourceType, SourceIdentifier, Message, Date: new Date(at) } });
    },
    operations: {
      DescribeEvents(input: DescribeEventsMessage) {
        const { SourceIdentifier, SourceType, StartTime, EndTime, Duration } = input;
        if (SourceIdentifier && !SourceType) {
          throw invalidCombination('SourceType must be specified when SourceIdentifier is specified.');
        }
        const now = clock.now();
        const window = Duration === undefined ? DEFAULT_WINDOW : Duration * MINUTE;
        const end = EndTime?.getTime() ?? (StartTime ? Math.min(now, StartTime.getTime() + window) : now);
        const start = StartTime?.getTime() ?? end - window;
        if (start > end) throw invalidCombination('The start time must be earlier than the end time.');
        if (start < now - KEPT) throw invalidCombination('Events are available for the last 14 days only.');
        const matching = events.filter(
          ({ at, event }) =>
            at >= start &&
            at <= end &&
            (!SourceType || event.SourceType === SourceType) &&
            (!SourceIdentifier || event.SourceIdentifier === SourceIdentifier),
        );
        const { items, Marker } = page(matching, input);
        return { Marker, Events: items.map(({ event }) => event) };
      },
    },
  };
}
