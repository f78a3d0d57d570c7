/** A redis-server or valkey-server as a child that never outlives the sandbox. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A shell holds the end of our pipe and kills the server when it closes: the kernel closes it even when the
 * sandbox is killed by force. Without descriptor 3 the shell would give its background job /dev/null instead.
 */
const GUARD =
  'exec 3<&0; "$1" "$2" </dev/null & server=$!; (read _ <&3; kill -9 $server) & exec 3<&-; wait $server';

export const READY = /ready to accept connections/i;
const PORT_TAKEN = /address already in use/i;
const LINES_KEPT = 20;

export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

export interface ServerProcess {
  /** The next log line that matches; rejects when the server ends first. */
  logged(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

/** Resolves when the server has said that it is ready. */
export async function startServer(
  program: string,
  configPath: string,
  ready = READY,
): Promise<ServerProcess> {
  const child = spawn('sh', ['-c', GUARD, 'sh', program, configPath], { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<{
    pattern: RegExp;
    resolve: (line: string) => void;
    reject: (error: Error) => void;
  }>();

  const read = (line: string): void => {
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
    for (const one of waiting) {
      if (!one.pattern.test(line)) continue;
      waiting.delete(one);
      one.resolve(line);
    }
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);

  const ended = new Promise<void>((resolve) => {
    const end = (error?: Error): void => {
      const log = lines.join('\n');
      const failure = PORT_TAKEN.test(log)
        ? new PortTaken(log)
        : new Error(`${program} ended: ${error?.message ?? log}`, { cause: error });
      for (const one of waiting) one.reject(failure);
      waiting.clear();
      resolve();
    };
    child.once('error', end);
    // The guard ends, and with it the log, only when its pipe is closed.
    child.once('exit', () => child.stdin.destroy());
    child.once('close', () => end());
  });
  // The server may be gone when its pipe is closed.
  child.stdin.on('error', () => undefined);

  const server: ServerProcess = {
    logged: (pattern) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null) reject(new Error(`${program} has ended`));
        else waiting.add({ pattern, resolve, reject });
      }),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
  await server.logged(ready);
  return server;
}
