/** The life of one invocation: it waits for the agent, runs as a real script, and ends in one of several ways. */
import type { CommandPluginStatus } from '@aws-sdk/client-ssm';
import { systemClock, type Clock } from '../../clock.ts';
import type { Invocation, StoredCommand } from './command-store.ts';
import type { ManagedInstances, RunningScript } from './managed-instances.ts';

/** Until an agent that is online has the command; it looks again as often when it was not. */
const DELIVERY_MS = 1_000;
/**
 * A script takes the time that it takes: for so long at most, in real time, the sandbox's clock waits for one; beyond it
 * the clock goes on, and an execution timeout can come.
 */
const MOST_PATIENCE_MS = 20_000;

const OVER: readonly CommandPluginStatus[] = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

export function isOver({ status }: Pick<Invocation, 'status'>): boolean {
  return OVER.includes(status);
}

/** Begins it; the rest happens on the clock. */
export function deliver(
  command: StoredCommand,
  invocation: Invocation,
  instances: ManagedInstances,
  clock: Clock,
): void {
  const end = (status: CommandPluginStatus, details: string): void => {
    if (isOver(invocation)) return;
    Object.assign(invocation, { status, details, endedAt: new Date(clock.now()) });
  };
  const expiresAt = command.requestedAt + command.timeoutSeconds * 1000;
  const { instanceId } = invocation.instance;

  const arrive = (): void => {
    if (isOver(invocation)) return;
    const instance = instances.list().find((one) => one.instanceId === instanceId);
    if (!instance?.running) end('Failed', 'Undeliverable');
    else if (clock.now() >= expiresAt) end('TimedOut', 'DeliveryTimedOut');
    else if (instance.online) void run();
    else clock.after(Math.min(DELIVERY_MS * 10, expiresAt - clock.now()), arrive);
  };

  const run = async (): Promise<void> => {
    const script = instances.runShellScript(instanceId, command.script);
    if (!script) {
      end('Failed', 'Undeliverable');
      return;
    }
    Object.assign(invocation, {
      status: 'InProgress',
      details: 'InProgress',
      startedAt: new Date(clock.now()),
      cancel: () => {
        end('Cancelled', 'Cancelled');
        script.kill();
      },
    });
    if (!(await endsInTime(script, command.script.executionTimeoutSeconds * 1000, clock))) {
      end('TimedOut', 'ExecutionTimedOut');
      script.kill();
    }
    const { exitCode, stdout, stderr } = await script.result;
    invocation.stdout = stdout;
    invocation.stderr = stderr;
    if (isOver(invocation)) return;
    invocation.exitCode = exitCode;
    // As the agent adds it to what the script wrote itself.
    if (exitCode !== 0) invocation.stderr += `failed to run commands: exit status ${exitCode}`;
    const status = exitCode === 0 ? 'Success' : 'Failed';
    end(status, status);
  };

  invocation.cancel = () => end('Cancelled', 'Cancelled');
  clock.after(DELIVERY_MS, arrive);
}

async function endsInTime({ result }: RunningScript, timeoutMs: number, clock: Clock): Promise<boolean> {
  const patience = Math.min(timeoutMs, MOST_PATIENCE_MS);
  if (await clock.busy(settlesWithin(result, patience, systemClock()))) return true;
  return settlesWithin(result, timeoutMs, clock);
}

function settlesWithin(work: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(false));
    void work.then(() => {
      cancel();
      resolve(true);
    });
  });
}
