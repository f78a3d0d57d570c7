/**
 * When freshly started programs have come to rest, so that time may go on: a health check should never meet a server
 * that is only being started, and a program that gives up should have done so before it is taken for steady.
 * All limits are real milliseconds.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { systemClock } from '../../clock.ts';
import type { ContainerProcess } from './container-process.ts';
import { endsWithin } from './container-process.ts';
import type { TaskRecord } from './state.ts';

const TO_START = 3_000;
const TO_FINISH = 10_000;
const LOOK_EVERY = 10;
/** Looks in a row at which a program must be found waiting. */
const CALM_LOOKS = 3;

const HAS_PROC = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);

/** Resolves when each essential program listens where the definition says and waits for something, or has ended. */
export async function atRest(record: TaskRecord): Promise<void> {
  const containers = record.definition.containerDefinitions.flatMap((definition) => {
    const container = record.processes.get(definition.name ?? '');
    if (!container || container.inert || definition.essential === false) return [];
    return [
      {
        container,
        host: record.seats.get(definition.name ?? '')?.loopbackAddress ?? '127.0.0.1',
        ports: (definition.portMappings ?? []).map(({ containerPort = 0 }) => containerPort),
      },
    ];
  });
  if (containers.length === 0) return;
  const isOneOff = record.watcher === undefined && containers.every(({ ports }) => ports.length === 0);
  if (isOneOff) {
    // Nobody restarts it: it is a task that ends, and those who wait for that must not overtake it.
    const isOver = (): boolean => record.task.desiredStatus !== 'RUNNING';
    await Promise.race(containers.map(({ container }) => lookUntil(container, TO_FINISH, isOver)));
    return;
  }
  await Promise.all(containers.map(({ container, host, ports }) => comeToRest(container, host, ports)));
}

/** Resolves when a program listens at all its ports and waits for something, or has ended. */
export async function comeToRest(
  container: ContainerProcess,
  host: string,
  ports: readonly number[],
): Promise<void> {
  await lookUntil(container, TO_START, async () => {
    const open = await Promise.all(ports.map((port) => accepts(host, port)));
    return open.every(Boolean);
  });
  let calm = 0;
  await lookUntil(container, TO_START, () => {
    calm = isWaiting(container.pid) ? calm + 1 : 0;
    return calm === CALM_LOOKS;
  });
  if (container.outOfMemory?.()) await container.exit;
}

async function lookUntil(
  container: ContainerProcess,
  limit: number,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  const clock = systemClock();
  const deadline = clock.now() + limit;
  while (clock.now() < deadline && !(await done())) {
    if (await endsWithin(container, LOOK_EVERY)) return;
  }
}

/**
 * None of its threads runs, wants to run, or waits for a disk (proc(5), state), nor do its children, for whose first
 * steps it may be waiting. On a busy machine a program that has not had its turn is not taken for one that waits.
 * Where there is no /proc, whoever is alive is taken to wait.
 */
function isWaiting(pid: number): boolean {
  if (!HAS_PROC) return true;
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).every((thread) => {
      const stat = readFileSync(`${folder}/${thread}/stat`, 'utf8');
      const children = readFileSync(`${folder}/${thread}/children`, 'utf8').match(/\d+/g) ?? [];
      return stat.charAt(stat.lastIndexOf(')') + 2) === 'S' && children.map(Number).every(isWaiting);
    });
  } catch {
    // A thread or a child has just ended.
    return false;
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
