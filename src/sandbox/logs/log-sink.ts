/** What writes into CloudWatch Logs from inside the sandbox (the awslogs driver of tasks). */
export interface LogSink {
  hasLogGroup(logGroupName: string): boolean;
  createLogGroup(logGroupName: string): void;
  /** The stream is made with its first event. Timestamps come from the sandbox's clock. */
  append(logGroupName: string, logStreamName: string, message: string): void;
}
