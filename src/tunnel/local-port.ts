/** Ports of this machine's loopback. */
import { createServer, type AddressInfo } from 'node:net';
import { WizardError } from '../errors.ts';
import { LOCAL_HOST } from './tunnel.ts';

export function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Asked before a session is started, and told as what it is. */
export async function requireFreePort(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why =
      code === 'EACCES' ? 'only an administrator may listen there' : 'something listens there already';
    throw new WizardError('InvalidInput', `--local-port ${port} cannot be used: ${why}`, {
      hint: 'Name another one, or leave it out: any free port is taken then.',
      cause: error,
    });
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, LOCAL_HOST, () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
}
