/** Programs of this machine that run beside ours for a while. None of them outlives us. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { systemClock } from '../clock.ts';

export interface Program {
  readonly name: string;
  /** Every process of the machine can read them: no secret is among them. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Child {
  /** Never rejects. 128 + n for a signal, as shells count; 'not found': there is no such program. */
  readonly ended: Promise<number | 'not found'>;
  /** Asks it to end, and ends it where it does not. Resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface Children {
  /** Has the terminal: what it reads and writes is the user's. `stdout`: the user's, or 'stderr' where ours is for scripts. */
  foreground(program: Program, stdout: 'stdout' | 'stderr'): Child;
  /**
   * Tells what it says, line by line. Asking: it may put a question to the user on the terminal; else it is in a group of
   * its own, so that a Ctrl-C there is not for it.
   */
  background(program: Program, told: (line: string) => void, asks?: boolean): Child;
}

export interface OwnedChildren extends Children {
  /** A Ctrl-C belongs to the program that has the terminal; false where none has. */
  interrupt(): boolean;
  /** At once: for the moment in which we end ourselves. */
  kill(): void;
}

/** A program that was asked to end is given so long, in real time. */
const PATIENCE_MS = 3_000;
/** What it wrote before it ended is read for so long at most. */
const LAST_WORDS_MS = 500;

export interface Surroundings {
  /** What a program in the foreground gets as stdin, stdout and stderr. */
  readonly foreground: readonly [StdioPart, StdioPart, StdioPart];
  /** stdin is a terminal: only who is in our group may read there. */
  readonly terminal: boolean;
  /** In a group of its own, what a program starts itself ends with it. Absent: this system has none. Throws where nobody is left in it. */
  readonly signalGroup?: ((leader: number, signal: NodeJS.Signals) => boolean) | undefined;
  /** Called when the first of them starts. */
  readonly began?: () => void;
}

export function ownChildren({ foreground, terminal, signalGroup, began }: Surroundings): OwnedChildren {
  const running = new Map<ChildProcess, 'alone' | 'group'>();
  let inFront: ChildProcess | undefined;

  const start = ({ name, args, env }: Program, stdio: StdioOptions, apart: boolean): ChildProcess => {
    const detached = apart && signalGroup !== undefined;
    if (running.size === 0) began?.();
    const child = spawn(name, args, { env: { ...env }, stdio, detached, windowsHide: true });
    running.set(child, detached ? 'group' : 'alone');
    return child;
  };

  const tell = (child: ChildProcess, signal: NodeJS.Signals): boolean => {
    if (running.get(child) !== 'group' || child.pid === undefined || !signalGroup) return child.kill(signal);
    try {
      return signalGroup(child.pid, signal);
    } catch {
      return false;
    }
  };

  const watched = (child: ChildProcess): Child => {
    const ended = endOf(child).finally(() => running.delete(child));
    return {
      ended,
      async end(signal) {
        if (!running.has(child)) return;
        tell(child, signal);
        const cancel = systemClock().after(PATIENCE_MS, () => void tell(child, 'SIGKILL'));
        await ended;
        cancel();
      },
    };
  };

  return {
    foreground(program, stdout) {
      const [input, output, errors] = foreground;
      const child = start(program, [input, stdout === 'stderr' ? errors : output, errors], !terminal);
      inFront = child;
      const watching = watched(child);
      void watching.ended.then(() => (inFront = undefined));
      return watching;
    },
    background(program, told, asks = false) {
      const child = start(program, ['ignore', 'pipe', 'pipe'], !asks);
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', told);
      }
      return watched(child);
    },
    // A terminal has told it already, as all of our group; a second time would end what the first one only stopped.
    interrupt: () => inFront !== undefined && (terminal || tell(inFront, 'SIGINT')),
    kill() {
      for (const child of running.keys()) tell(child, 'SIGKILL');
    },
  };
}

/** A descriptor of ours; 'ignore': nothing is read or kept. */
export type StdioPart = number | 'ignore';

function endOf(child: ChildProcess): Promise<number | 'not found'> {
  return new Promise((resolve) => {
    child.once('error', () => resolve('not found'));
    child.once('exit', (code, signal) => {
      const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      child.once('close', () => resolve(exitCode));
      // Whom it left behind may still hold what it wrote to.
      systemClock().after(LAST_WORDS_MS, () => resolve(exitCode));
    });
  });
}
