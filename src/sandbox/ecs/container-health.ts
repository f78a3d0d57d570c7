/** A container's own health check (`healthCheck` of its definition): a program run in it again and again, as Docker does. */
import type { HealthCheck, HealthStatus } from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import type { Image } from '../images/image.ts';
import { type ContainerCommand, programIn } from './container-command.ts';
import { type ContainerProcess, endsWithin } from './container-process.ts';

const SECOND = 1_000;
/** A program of this machine that has not answered by now will not; waiting longer only holds the clock up. */
const LONGEST_REAL_WAIT = 3_000;

export interface HealthWatch {
  readonly clock: Clock;
  /** Starts the check in the container; undefined when its program is not in the image. */
  readonly run: () => ContainerProcess | undefined;
  readonly changed: (status: HealthStatus) => void;
}

/** Returns how to stop. Defaults are those of the ECS API reference, HealthCheck. */
export function watchContainerHealth(check: HealthCheck, { clock, run, changed }: HealthWatch): () => void {
  const { interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = check;
  const graceEnds = clock.now() + startPeriod * SECOND;
  let status: HealthStatus = 'UNKNOWN';
  let failures = 0;
  let stopped = false;

  const become = (next: HealthStatus): void => {
    if (stopped || next === status) return;
    status = next;
    changed(next);
  };
  const look = async (): Promise<void> => {
    const passed = await passes(run(), Math.min(timeout * SECOND, LONGEST_REAL_WAIT));
    if (passed) {
      failures = 0;
      become('HEALTHY');
    } else if (status === 'HEALTHY' || clock.now() >= graceEnds) {
      failures += 1;
      if (failures >= retries) become('UNHEALTHY');
    }
    if (!stopped) cancel = clock.after(interval * SECOND, look);
  };
  let cancel = clock.after(interval * SECOND, look);
  return () => {
    stopped = true;
    cancel();
  };
}

/** `CMD` runs a program, `CMD-SHELL` the image's shell; undefined when the definition has no check to run. */
export function checkCommand({ command }: HealthCheck, image: Image): ContainerCommand | undefined {
  const [kind, ...words] = command ?? [];
  if (kind === 'CMD') return programIn(image, words);
  if (kind !== 'CMD-SHELL') return undefined;
  const shell = ['/bin/sh', 'sh'].find((name) => image.programs[name] !== undefined) ?? '/bin/sh';
  return programIn(image, [shell, '-c', words.join(' ')]);
}

async function passes(check: ContainerProcess | undefined, limit: number): Promise<boolean> {
  if (!check) return false;
  if (await endsWithin(check, limit)) return (await check.exit) === 0;
  check.signal('SIGKILL');
  await check.exit;
  return false;
}
