/** A unit of systemd on an instance: its program as a process in the VPC, started anew with what its files then say. */
import { appendFileSync } from 'node:fs';
import { endsWithin, startContainer, type ContainerProcess } from '../ecs/container-process.ts';
import { comeToRest } from '../ecs/readiness.ts';
import type { SystemService } from '../images/machine-image.ts';
import type { Seat } from '../network/fabric.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import type { PrivateDisk } from './private-disk.ts';

/** DefaultTimeoutStopSec of systemd is 90 s; the sandbox's own programs need no second. */
const STOP_WITHIN_MS = 5_000;

export interface RunningService {
  readonly name: string;
  state(): 'active' | 'inactive' | 'failed';
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServiceSurroundings {
  readonly instanceId: string;
  readonly disk: PrivateDisk;
  readonly seat: Seat;
  /** What Parameter Store has below a path, by the last part of each name; read with the instance's role. */
  readonly parameters: (path: string) => Promise<Readonly<Record<string, string>>>;
  readonly log: (logGroup: string, line: string) => void;
}

export function createService(unit: SystemService, surroundings: ServiceSurroundings): RunningService {
  const { instanceId, disk, seat, parameters, log } = surroundings;
  let running: ContainerProcess | undefined;
  let exitCode: number | undefined;

  const onLine = (line: string): void => {
    appendFileSync(disk.real(`/var/log/${unit.name}.log`), `${line}\n`, { mode: 0o600 });
    if (unit.logGroup) log(unit.logGroup, line);
  };

  const environment = async (): Promise<Record<string, string>> => ({
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOSTNAME: instanceId,
    ...parseEnvironmentFile(disk.read(unit.environmentFile) ?? ''),
    ...(unit.parameterPath === undefined ? {} : await parameters(unit.parameterPath)),
    ...seat.env,
  });

  const service: RunningService = {
    name: unit.name,
    state: () => {
      if (running?.alive()) return 'active';
      return exitCode ? 'failed' : 'inactive';
    },
    async start() {
      if (running?.alive()) return;
      exitCode = undefined;
      const started = startContainer({
        program: process.execPath,
        args: [unit.program],
        environment: await environment(),
        onLine,
      });
      running = started;
      void started.exit.then((code) => {
        if (running === started) exitCode = code;
      });
      await comeToRest(started, seat.loopbackAddress, [unit.port]);
    },
    async stop() {
      const stopping = running;
      if (!stopping?.alive()) return;
      stopping.signal('SIGTERM');
      if (!(await endsWithin(stopping, STOP_WITHIN_MS))) stopping.signal('SIGKILL');
      await stopping.exit;
      exitCode = 0;
    },
  };
  return service;
}
