/** Run Command behind its interface. */
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandsCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import type { ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig } from '@aws-sdk/client-ssm';
import type { Send } from './api.ts';
import { chunks, inParallel, pages } from './batches.ts';
import { valueOn } from './expected.ts';
import type { SsmCommands } from './ssm-commands.ts';

/** InstanceInformationStringFilter.Values takes so many. */
const IDS_A_FILTER = 100;
/** Until an agent has it: one that is online asks for commands all the time. */
const DELIVERY_SECONDS = 300;

export function ssmCommandsGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig>,
): SsmCommands {
  return {
    async readPingStatuses(instanceIds) {
      const found = await inParallel(chunks(instanceIds, IDS_A_FILTER), (Values) =>
        pages(async (NextToken) => {
          const Filters = [{ Key: 'InstanceIds', Values }];
          const command = new DescribeInstanceInformationCommand({ Filters, NextToken });
          const page = await send('Reading which instances Systems Manager manages', command);
          return { items: page.InstanceInformationList ?? [], next: page.NextToken };
        }),
      );
      return new Map(found.flat().map(({ InstanceId = '', PingStatus = '' }) => [InstanceId, PingStatus]));
    },

    async send({ instanceId, lines, comment, executionSeconds }) {
      const command = new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [instanceId],
        Comment: comment,
        TimeoutSeconds: DELIVERY_SECONDS,
        Parameters: { commands: [...lines], executionTimeout: [String(executionSeconds)] },
      });
      return valueOn(undefined, ['instance not managed'], async () => {
        const { Command } = await send(`Sending a command to ${instanceId}`, command);
        return Command?.CommandId ?? '';
      });
    },

    async read(CommandId, InstanceId) {
      const command = new GetCommandInvocationCommand({ CommandId, InstanceId });
      return valueOn(undefined, ['invocation not found'], async () => {
        const found = await send(`Reading what became of the command on ${InstanceId}`, command);
        return {
          status: found.Status ?? 'Pending',
          details: found.StatusDetails ?? found.Status ?? '',
          exitCode: found.ResponseCode ?? -1,
          stdout: found.StandardOutputContent ?? '',
          stderr: found.StandardErrorContent ?? '',
        };
      });
    },

    async cancel(CommandId, InstanceId) {
      const command = new CancelCommandCommand({ CommandId, InstanceIds: [InstanceId] });
      await send(`Cancelling the command on ${InstanceId}`, command);
    },

    async findSent(InstanceId, comment, since) {
      const Filters = [{ key: 'InvokedAfter' as const, value: new Date(since).toISOString() }];
      const found = await pages(async (NextToken) => {
        const page = await send(
          `Listing the commands on ${InstanceId}`,
          new ListCommandsCommand({ InstanceId, Filters, NextToken }),
        );
        return { items: page.Commands ?? [], next: page.NextToken };
      });
      return found
        .filter(({ Comment }) => Comment === comment)
        .sort(
          (one, other) => (other.RequestedDateTime?.getTime() ?? 0) - (one.RequestedDateTime?.getTime() ?? 0),
        )
        .at(0)?.CommandId;
    },
  };
}
