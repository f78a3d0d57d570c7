/** Loopback addresses for processes: one each on Linux, where all of 127.0.0.0/8 is there; a single one elsewhere. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

export interface LoopbackAddresses {
  /** Whether a process has its address alone, so that ports stay what they are. */
  readonly exclusive: boolean;
  take(): Promise<string>;
  free(address: string): void;
  close(): Promise<void>;
}

export function sharedLoopbackAddress(): LoopbackAddresses {
  return {
    exclusive: false,
    take: () => Promise.resolve('127.0.0.1'),
    free: () => undefined,
    close: () => Promise.resolve(),
  };
}

const ATTEMPTS = 100;
const LAST_HOST = 254;

/**
 * Takes blocks of 254 addresses. A block is claimed with an abstract Unix socket of its name: the kernel lets one process
 * have it and gives it up with the process, however that ends.
 */
export function ownLoopbackAddresses(): LoopbackAddresses {
  const claims: Server[] = [];
  const free: string[] = [];
  return {
    exclusive: true,
    async take() {
      if (free.length === 0) {
        const { claim, block } = await claimBlock();
        claims.push(claim);
        for (let host = 1; host <= LAST_HOST; host += 1) free.push(`${block}.${host}`);
      }
      const address = free.shift();
      if (!address) throw new Error('no loopback address is free');
      return address;
    },
    // At the end of the queue: what still tries the old address must not meet somebody else.
    free: (address) => void free.push(address),
    async close() {
      await Promise.all(claims.map((claim) => new Promise((resolve) => claim.close(resolve))));
    },
  };
}

async function claimBlock(): Promise<{ claim: Server; block: string }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const block = `127.${randomInt(1, 255)}.${randomInt(0, 256)}`;
    const claim = await listenAt(`\0elasticache-wizard ${block}`);
    if (claim) return { claim, block };
  }
  throw new Error(`no free block of loopback addresses in ${ATTEMPTS} attempts`);
}

function listenAt(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}
