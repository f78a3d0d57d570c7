/** The listening side of a listener, on this machine's loopback. */
import type { Server } from 'node:net';

export interface Frontend {
  /** Where it really listens. */
  readonly port: number;
  close(): Promise<void>;
}

const FIRST_UNPRIVILEGED_PORT = 1024;

/**
 * Listens on the port asked for if any program may have it and nobody does, else on a free one: a sandbox must
 * neither need root for port 80 nor fail because something else on the machine uses 8080.
 */
export async function listen(server: Server, requestedPort: number): Promise<number> {
  if (requestedPort >= FIRST_UNPRIVILEGED_PORT && (await tryPort(server, requestedPort)))
    return requestedPort;
  if (!(await tryPort(server, 0))) throw new Error('No free port on the loopback interface');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The listener has no port');
  return address.port;
}

function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}
