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
