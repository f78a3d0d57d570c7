/** An app on instances as the tests look at it: scripts by Systems Manager, files on its disks, and where its instances are. */
import type { DescribeInstancesResult, Instance } from '@aws-sdk/client-ec2';
import type { GetCommandInvocationResult, SendCommandResult } from '@aws-sdk/client-ssm';
import type { Clock } from '../../src/clock.ts';
import type { SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { accountCalls } from './account-calls.ts';

export function instanceWorld(at: SandboxAccount, clock: Clock) {
  const call = accountCalls(at, clock);

  const instances = async (name: string): Promise<Instance[]> => {
    const { Reservations = [] } = await call<DescribeInstancesResult>('ec2', 'DescribeInstances', {
      Filters: [{ Name: 'tag:Name', Values: [name] }],
    });
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  };

  const send = async (
    instanceId: string,
    commands: readonly string[],
    more: object = {},
  ): Promise<string> => {
    const { Command } = await call<SendCommandResult>('ssm', 'SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [instanceId],
      Parameters: { commands, ...more },
    });
    return Command!.CommandId!;
  };

  /** As it is when it is over. */
  const outcome = async (CommandId: string, InstanceId: string): Promise<GetCommandInvocationResult> => {
    for (;;) {
      await clock.sleep(1_000);
      const result = await call<GetCommandInvocationResult>('ssm', 'GetCommandInvocation', {
        CommandId,
        InstanceId,
      });
      if (result.Status !== 'Pending' && result.Status !== 'InProgress') return result;
    }
  };

  return {
    call,
    instances,
    instanceId: async (name: string): Promise<string> => (await instances(name))[0]!.InstanceId!,
    send,
    outcome,
    run: async (instanceId: string, commands: readonly string[], more: object = {}) =>
      outcome(await send(instanceId, commands, more), instanceId),
  };
}
