/** Log groups and their streams: what CloudWatch Logs remembers. */
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';

export interface StoredEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface StoredStream {
  readonly logStreamName: string;
  readonly arn: string;
  readonly creationTime: number;
  readonly events: StoredEvent[];
}

export interface StoredGroup {
  readonly logGroupName: string;
  readonly arn: string;
  readonly creationTime: number;
  readonly streams: Map<string, StoredStream>;
  readonly tags: Map<string, string>;
  retentionInDays?: number;
}

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const STREAM_NAME = /^[^:*]{1,512}$/;

export class LogStore {
  readonly groups = new Map<string, StoredGroup>();
  private readonly clock: Clock;
  private readonly arnPrefix: string;
  private lastEventId = 0n;

  constructor(options: { accountId: string; region: string; clock: Clock }) {
    this.clock = options.clock;
    this.arnPrefix = `arn:aws:logs:${options.region}:${options.accountId}:log-group:`;
  }

  createGroup(logGroupName: string, tags: Readonly<Record<string, string>> = {}): void {
    if (!GROUP_NAME.test(logGroupName)) {
      throw new ServiceError(
        'InvalidParameterException',
        `1 validation error detected: Value '${logGroupName}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
      );
    }
    if (this.groups.has(logGroupName)) {
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    this.groups.set(logGroupName, {
      logGroupName,
      arn: this.arnPrefix + logGroupName,
      creationTime: this.clock.now(),
      streams: new Map(),
      tags: new Map(Object.entries(tags)),
    });
  }

  /** By name, or by the ARN with or without the `:*` that some operations put behind it. */
  group(nameOrArn: string | undefined): StoredGroup {
    const name = nameOrArn?.startsWith('arn:')
      ? nameOrArn.slice(this.arnPrefix.length).replace(/:\*$/, '')
      : nameOrArn;
    const group = this.groups.get(name ?? '');
    if (!group)
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  createStream(group: StoredGroup, logStreamName: string): StoredStream {
    if (!STREAM_NAME.test(logStreamName)) {
      throw new ServiceError(
        'InvalidParameterException',
        `1 validation error detected: Value '${logStreamName}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
      );
    }
    if (group.streams.has(logStreamName)) {
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    const stream: StoredStream = {
      logStreamName,
      arn: `${group.arn}:log-stream:${logStreamName}`,
      creationTime: this.clock.now(),
      events: [],
    };
    group.streams.set(logStreamName, stream);
    return stream;
  }

  stream(group: StoredGroup, logStreamName: string | undefined): StoredStream {
    const stream = group.streams.get(logStreamName ?? '');
    if (!stream)
      throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    return stream;
  }

  append(stream: StoredStream, message: string, timestamp = this.clock.now()): void {
    this.lastEventId += 1n;
    stream.events.push({
      eventId: String(this.lastEventId).padStart(56, '0'),
      timestamp,
      ingestionTime: this.clock.now(),
      message,
    });
  }
}
