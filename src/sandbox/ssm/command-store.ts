/** The commands that were sent in an account, newest first, and how each stands on each of its instances. */
import { randomUUID } from 'node:crypto';
import type { CommandPluginStatus, CommandStatus, SendCommandRequest } from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { ShellScript } from './command-request.ts';
import type { ManagedInstance } from './managed-instances.ts';

/** SendCommandRequest.TimeoutSeconds, when it says none. */
const DEFAULT_DELIVERY_TIMEOUT = 3_600;

/** What the API shows of one instance's part. */
export interface Invocation {
  readonly instance: ManagedInstance;
  status: CommandPluginStatus;
  details: string;
  /** -1 until it has ended by itself. */
  exitCode: number;
  stdout: string;
  stderr: string;
  startedAt?: Date;
  endedAt?: Date;
  /** How to end it; does something only while it is not over. */
  cancel: () => void;
}

export interface StoredCommand {
  readonly commandId: string;
  readonly input: SendCommandRequest;
  readonly script: ShellScript;
  readonly requestedAt: number;
  readonly timeoutSeconds: number;
  readonly invocations: readonly Invocation[];
}

export class CommandStore {
  private readonly commands = new Map<string, StoredCommand>();

  add({
    input,
    script,
    requestedAt,
    instances,
  }: Pick<StoredCommand, 'input' | 'script' | 'requestedAt'> & {
    readonly instances: readonly ManagedInstance[];
  }): StoredCommand {
    const command: StoredCommand = {
      commandId: randomUUID(),
      input: structuredClone(input),
      script,
      requestedAt,
      timeoutSeconds: input.TimeoutSeconds ?? DEFAULT_DELIVERY_TIMEOUT,
      invocations: instances.map((instance) => ({
        instance,
        status: 'Pending',
        details: 'Pending',
        exitCode: -1,
        stdout: '',
        stderr: '',
        cancel: () => undefined,
      })),
    };
    this.commands.set(command.commandId, command);
    return command;
  }

  all(): StoredCommand[] {
    return [...this.commands.values()].reverse();
  }

  /** As a list operation looks for it. */
  found(commandId: string): StoredCommand[] {
    const command = this.commands.get(commandId);
    return command ? [command] : [];
  }

  get(commandId = ''): StoredCommand {
    const command = this.commands.get(commandId);
    if (!command) throw new ServiceError('InvalidCommandId', '');
    return command;
  }
}

/** The worst of what its invocations came to, once all are over (Systems Manager User Guide, "Understanding command statuses"). */
const WORST_FIRST: readonly CommandStatus[] = ['Failed', 'TimedOut', 'Cancelled', 'Success'];

export function statusOf({ invocations }: StoredCommand): { Status: CommandStatus; StatusDetails: string } {
  const statuses = invocations.map(({ status }) => status);
  if (statuses.length === 0) return { Status: 'Success', StatusDetails: 'NoInstancesInTag' };
  const underWay = statuses.filter((status) => ['Pending', 'InProgress'].includes(status));
  if (underWay.length > 0) {
    const Status = statuses.every((status) => status === 'Pending') ? 'Pending' : 'InProgress';
    return { Status, StatusDetails: Status };
  }
  const Status = WORST_FIRST.find((status) => statuses.some((one) => one === status)) ?? 'Success';
  const { details } = invocations.find(({ status }) => status === Status) ?? {};
  return { Status, StatusDetails: details ?? Status };
}
