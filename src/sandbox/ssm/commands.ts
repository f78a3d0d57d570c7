/** Run Command: SendCommand and what can be asked about what was sent. The one document here is AWS-RunShellScript. */
import type {
  CancelCommandRequest,
  CancelCommandResult,
  Command,
  CommandInvocation,
  GetCommandInvocationRequest,
  GetCommandInvocationResult,
  ListCommandInvocationsRequest,
  ListCommandInvocationsResult,
  ListCommandsRequest,
  ListCommandsResult,
  SendCommandRequest,
  SendCommandResult,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import { chosenInstances, shellScript } from './command-request.ts';
import { commandFilter } from './command-filters.ts';
import { deliver, isOver } from './command-delivery.ts';
import { CommandStore, statusOf } from './command-store.ts';
import type { Invocation, StoredCommand } from './command-store.ts';
import { firstOf, MOST_STDERR, MOST_STDOUT, pluginOutput } from './command-output.ts';
import type { ManagedInstances } from './managed-instances.ts';
import { page } from './paging.ts';

/** GetCommandInvocation does not know an invocation at once (CLI users add a `sleep`); AWS gives no figure. */
const UNKNOWN_FOR_MS = 1_000;
const MOST_ON_A_PAGE = 50;
const PLUGIN = 'aws:runShellScript';

export function commandOperations(instances: ManagedInstances, clock: Clock, accountId: string) {
  const store = new CommandStore();

  return {
    SendCommand(input: SendCommandRequest): SendCommandResult {
      const script = shellScript(input);
      const command = store.add({
        input,
        script,
        requestedAt: clock.now(),
        instances: chosenInstances(input, instances, accountId),
      });
      for (const invocation of command.invocations) deliver(command, invocation, instances, clock);
      return { Command: describeCommand(command) };
    },

    GetCommandInvocation(input: GetCommandInvocationRequest): GetCommandInvocationResult {
      const command = store.get(input.CommandId);
      const invocation = command.invocations.find(({ instance }) => instance.instanceId === input.InstanceId);
      if (!invocation || clock.now() < command.requestedAt + UNKNOWN_FOR_MS) {
        throw new ServiceError('InvocationDoesNotExist', '');
      }
      if (input.PluginName !== undefined && input.PluginName !== PLUGIN) {
        throw new ServiceError('InvalidPluginName', '');
      }
      return describeResult(command, invocation);
    },

    ListCommandInvocations(input: ListCommandInvocationsRequest): ListCommandInvocationsResult {
      const { CommandId, InstanceId, Details = false } = input;
      const commands = CommandId === undefined ? store.all() : store.found(CommandId);
      const accepted = commandFilter(input.Filters);
      const found = commands.flatMap((command) =>
        command.invocations
          .filter(({ instance }) => InstanceId === undefined || instance.instanceId === InstanceId)
          .filter((invocation) => accepted(command, invocation.status))
          .map((invocation) => describeInvocation(command, invocation, Details)),
      );
      const { items, next } = page(found, input, MOST_ON_A_PAGE);
      return { CommandInvocations: items, ...next };
    },

    ListCommands(input: ListCommandsRequest): ListCommandsResult {
      const { CommandId, InstanceId } = input;
      const commands = CommandId === undefined ? store.all() : store.found(CommandId);
      const accepted = commandFilter(input.Filters);
      const found = commands
        .filter(({ invocations }) =>
          InstanceId === undefined
            ? true
            : invocations.some(({ instance }) => instance.instanceId === InstanceId),
        )
        .filter((command) => accepted(command, statusOf(command).Status));
      const { items, next } = page(found, input, MOST_ON_A_PAGE);
      return { Commands: items.map(describeCommand), ...next };
    },

    CancelCommand({ CommandId, InstanceIds }: CancelCommandRequest): CancelCommandResult {
      const { invocations } = store.get(CommandId);
      for (const id of InstanceIds ?? []) {
        if (!invocations.some(({ instance }) => instance.instanceId === id)) {
          throw new ServiceError(
            'InvalidInstanceId',
            `Instances [[${id}]] not in a valid state for account ${accountId}`,
          );
        }
      }
      for (const invocation of invocations) {
        const named = !InstanceIds?.length || InstanceIds.includes(invocation.instance.instanceId);
        if (named && !isOver(invocation)) invocation.cancel();
      }
      return {};
    },
  };
}

function describeCommand(command: StoredCommand): Command {
  const { input, invocations, requestedAt } = command;
  const count = (...statuses: string[]): number =>
    invocations.filter(({ status }) => statuses.includes(status)).length;
  return {
    CommandId: command.commandId,
    DocumentName: input.DocumentName,
    DocumentVersion: input.DocumentVersion ?? '$DEFAULT',
    Comment: input.Comment ?? '',
    ExpiresAfter: new Date(requestedAt + command.timeoutSeconds * 1000),
    Parameters: input.Parameters ?? {},
    InstanceIds: input.InstanceIds ?? [],
    Targets: input.Targets ?? [],
    RequestedDateTime: new Date(requestedAt),
    ...statusOf(command),
    OutputS3BucketName: '',
    OutputS3KeyPrefix: '',
    MaxConcurrency: input.MaxConcurrency ?? '50',
    MaxErrors: input.MaxErrors ?? '0',
    TargetCount: invocations.length,
    CompletedCount: invocations.filter(isOver).length,
    ErrorCount: count('Failed', 'TimedOut'),
    DeliveryTimedOutCount: invocations.filter(({ details }) => details === 'DeliveryTimedOut').length,
    ServiceRole: '',
    TimeoutSeconds: command.timeoutSeconds,
  };
}

function describeInvocation(
  command: StoredCommand,
  invocation: Invocation,
  details: boolean,
): CommandInvocation {
  const { input, commandId, requestedAt } = command;
  const { instance, status: Status, details: StatusDetails } = invocation;
  return {
    CommandId: commandId,
    InstanceId: instance.instanceId,
    InstanceName: instance.tags.get('Name') ?? '',
    Comment: input.Comment ?? '',
    DocumentName: input.DocumentName,
    DocumentVersion: input.DocumentVersion ?? '$DEFAULT',
    RequestedDateTime: new Date(requestedAt),
    Status,
    StatusDetails,
    StandardOutputUrl: '',
    StandardErrorUrl: '',
    ServiceRole: '',
    CommandPlugins: details
      ? [
          {
            Name: PLUGIN,
            Status,
            StatusDetails,
            ResponseCode: invocation.exitCode,
            ResponseStartDateTime: invocation.startedAt,
            ResponseFinishDateTime: invocation.endedAt,
            Output: pluginOutput(invocation.stdout, invocation.stderr),
          },
        ]
      : [],
  };
}

function describeResult(command: StoredCommand, invocation: Invocation): GetCommandInvocationResult {
  const { startedAt, endedAt, stdout, stderr } = invocation;
  return {
    CommandId: command.commandId,
    InstanceId: invocation.instance.instanceId,
    Comment: command.input.Comment ?? '',
    DocumentName: command.input.DocumentName,
    DocumentVersion: command.input.DocumentVersion ?? '$DEFAULT',
    PluginName: PLUGIN,
    ResponseCode: invocation.exitCode,
    ExecutionStartDateTime: startedAt?.toISOString() ?? '',
    ExecutionElapsedTime:
      startedAt && endedAt ? `PT${(endedAt.getTime() - startedAt.getTime()) / 1000}S` : '',
    ExecutionEndDateTime: endedAt?.toISOString() ?? '',
    Status: invocation.status,
    StatusDetails: invocation.details,
    StandardOutputContent: firstOf(stdout, MOST_STDOUT),
    StandardOutputUrl: '',
    StandardErrorContent: firstOf(stderr, MOST_STDERR),
    StandardErrorUrl: '',
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
  };
}
