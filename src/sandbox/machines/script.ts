/** A shell script on an instance as a process of this machine: its output, its exit, and that it never outlives the sandbox. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { LEASH } from '../ecs/container-process.ts';
import type { RunningScript } from '../ssm/managed-instances.ts';

export function startScript(options: {
  file: string;
  folder: string;
  environment: Readonly<Record<string, string>>;
}): RunningScript {
  const child = spawn('/bin/sh', ['-c', LEASH, 'sh', '/bin/sh', options.file], {
    cwd: options.folder,
    env: options.environment,
    // A group of its own, which ends as a whole.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The pipe is only held, never written; it breaks when the script ends.
  child.stdin.on('error', () => undefined);
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody is left in the group.
    }
  };
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => {
      // What it left in the background would hold its output open.
      kill();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
  const output = Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { result: output.then(([exitCode, stdout, stderr]) => ({ exitCode, stdout, stderr })), kill };
}
