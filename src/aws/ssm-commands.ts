/** Shell scripts on instances, by Systems Manager Run Command. */
import type { Invocation } from '../domain/invocation.ts';

export interface SentScript {
  readonly instanceId: string;
  readonly lines: readonly string[];
  /** By which it is found again; 100 characters at most. */
  readonly comment: string;
  /** How long it may run once it has arrived. */
  readonly executionSeconds: number;
}

export interface SsmCommands {
  /** Those whose agent answers, by instance; an instance that never registered is absent. */
  readPingStatuses(instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The command's id; undefined: Systems Manager does not manage the instance, or it does not run. */
  send(script: SentScript): Promise<string | undefined>;
  /** Undefined in the moments before it is known. */
  read(commandId: string, instanceId: string): Promise<Invocation | undefined>;
  /** One that is over stays as it is. */
  cancel(commandId: string, instanceId: string): Promise<void>;
  /** The newest with that comment on the instance that is not older; AWS keeps them for 30 days. */
  findSent(instanceId: string, comment: string, since: number): Promise<string | undefined>;
}
