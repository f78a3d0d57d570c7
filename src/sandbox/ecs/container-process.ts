/** A container as a process of this machine: its lines, its exit, its signals, and that it never outlives the sandbox. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { systemClock } from '../../clock.ts';

/**
 * The shell becomes the program (exec), so signals and the exit status are the program's own. A child that it leaves
 * behind reads the sandbox's end of the pipe, which closes however the sandbox dies, and then kills the whole group.
 */
export const LEASH =
  'exec 3<&0; p=$$; (read _ <&3; kill -9 -$p) >/dev/null 2>&1 & exec 3<&-; unset PWD OLDPWD; exec "$@" </dev/null';

export interface ContainerProcess {
  /** Resolves when it has ended and all that it wrote has been read. 128 + n for a signal, as Docker has it. */
  readonly exit: Promise<number>;
  readonly pid: number;
  /** It has no process: nothing of it needs a moment to start. */
  readonly inert?: true;
  readonly alive: () => boolean;
  /** Looks at its memory now: true when it takes more than its limit, for which it is killed, or was. */
  readonly outOfMemory?: () => boolean;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

export function startContainer(options: {
  program: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
  onLine: (line: string) => void;
  /** MiB. */
  memoryLimit?: number | undefined;
}): ContainerProcess {
  const child = spawn('/bin/sh', ['-c', LEASH, 'sh', options.program, ...options.args], {
    cwd: '/',
    env: options.environment,
    // A group of its own: a Ctrl-C in the sandbox's terminal is for the sandbox alone, which then stops the tasks.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The pipe is only held, never written; it breaks when the process ends.
  child.stdin.on('error', () => undefined);

  const read = Promise.all([
    readLines(child.stdout, options.onLine),
    readLines(child.stderr, options.onLine),
  ]);

  let ended = false;
  const exit = exitCode(child).then(async (code) => {
    ended = true;
    // What it started ends with it, as in a container whose first process ends.
    signalGroup(child, 'SIGKILL');
    await read;
    return code;
  });

  let killedForMemory = false;
  const outOfMemory = (): boolean => {
    if (
      !ended &&
      child.pid !== undefined &&
      residentMebibytes(child.pid) > (options.memoryLimit ?? Infinity)
    ) {
      killedForMemory = true;
      signalGroup(child, 'SIGKILL');
    }
    return killedForMemory;
  };
  if (options.memoryLimit !== undefined) lookEvery(MEMORY_LOOK, () => ended || outOfMemory());

  return {
    exit,
    pid: child.pid ?? 0,
    alive: () => !ended,
    outOfMemory,
    signal: (name) => {
      if (ended || child.pid === undefined) return;
      if (name === 'SIGKILL') signalGroup(child, name);
      else child.kill(name);
    },
  };
}

/** Real milliseconds between two looks at a container's memory; the kernel of AWS needs none. */
const MEMORY_LOOK = 100;

/** What it has in memory, from proc(5); where there is no /proc, limits are not kept. */
function residentMebibytes(pid: number): number {
  try {
    const [, kibibytes = '0'] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) / 1_024;
  } catch {
    return 0;
  }
}

function lookEvery(ms: number, done: () => boolean): void {
  systemClock().after(ms, () => {
    if (!done()) lookEvery(ms, done);
  });
}

/** Resolves true when it ended within `ms` of real time: what a process does takes the time it takes. */
export function endsWithin(container: ContainerProcess, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = systemClock().after(ms, () => resolve(false));
    void container.exit.then(() => {
      cancel();
      resolve(true);
    });
  });
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    child.once('error', () => resolve(127));
  });
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Nobody is left in the group.
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine).once('close', resolve);
  });
}
