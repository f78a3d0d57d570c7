/** Calls of an account's operations from a test, as its owner would make them, on the sandbox's clock. */
import type { Clock } from '../../src/clock.ts';
import type { SandboxAccount } from '../../src/sandbox/sandbox.ts';

export type AccountCall = <Output = Record<string, unknown>>(
  service: string,
  action: string,
  input?: object,
) => Promise<Output>;

export function accountCalls({ account }: Pick<SandboxAccount, 'account'>, clock: Clock): AccountCall {
  const { region, accessKeyId } = account;
  return async <Output>(service: string, action: string, input: object = {}): Promise<Output> => {
    const operation = account.services[service]?.[action];
    if (!operation) throw new Error(`no ${service}:${action}`);
    const call = { service, action, accessKeyId, region, requestId: 'test' };
    return (await clock.busy(Promise.resolve(operation(input, call)))) as Output;
  };
}

/** Somebody takes away every rule that lets somebody in. */
export async function closeGroup(
  name: string,
  at: Pick<SandboxAccount, 'account'>,
  clock: Clock,
): Promise<void> {
  const call = accountCalls(at, clock);
  const { SecurityGroups } = await call<{ SecurityGroups: { GroupId: string; IpPermissions: object[] }[] }>(
    'ec2',
    'DescribeSecurityGroups',
    { Filters: [{ Name: 'group-name', Values: [name] }] },
  );
  const { GroupId, IpPermissions } = SecurityGroups[0]!;
  await call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
}
