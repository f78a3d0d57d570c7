/** A program that runs while a tunnel is open, and ends with it, as the tunnel ends with the program. */
import { WizardError } from '../errors.ts';
import type { Children, Program } from './children.ts';
import type { Tunnel } from './tunnel.ts';

export interface Use {
  readonly program: Program;
  /** Shells ask for commands at a terminal: they heed a hang-up, and no termination. */
  readonly isShell: boolean;
  readonly stdout: 'stdout' | 'stderr';
}

/** Its exit code. Throws when the tunnel ended first, or the run is stopped: the program is gone then too. */
export async function runThrough(
  tunnel: Tunnel,
  { program, isShell, stdout }: Use,
  children: Children,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const child = children.foreground(program, stdout);
  const stopped = new Promise<Error>((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason as Error), { once: true });
  });
  const ended = await Promise.race([child.ended, tunnel.broken, stopped]);
  if (ended instanceof Error) {
    await child.end(isShell ? 'SIGHUP' : 'SIGTERM');
    throw ended;
  }
  if (ended === 'not found') {
    throw new WizardError('InvalidInput', `There is no program ${program.name} on the PATH`, {
      hint: isShell ? 'SHELL names the shell that is started.' : 'Is it spelled right, and installed?',
    });
  }
  return ended;
}
