/** What containers wrote, through the awslogs driver. */
export interface LogEvent {
  readonly at: number;
  readonly logStreamName: string;
  readonly message: string;
  /** AWS's own: the same event has the same in every answer. */
  readonly eventId?: string;
}

export interface Logs {
  /** All pages, `limit` events at most, oldest first. An absent group or stream has no events. */
  filterLogEvents(by: {
    logGroupName: string;
    logStreamNames?: readonly string[];
    /** Of all streams that begin so; not beside their names. */
    logStreamNamePrefix?: string;
    since: number;
    /** Absent: to the newest. */
    until?: number;
    filterPattern?: string;
    limit: number;
  }): Promise<LogEvent[]>;
}
