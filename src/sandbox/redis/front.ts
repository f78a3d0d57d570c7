/**
 * One port for TLS and plaintext, as ElastiCache has it while transit encryption is 'preferred'. The first byte
 * tells which is meant: a TLS record starts with 0x16 (handshake), a Redis command never does.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { LoopbackEndpoint } from '../network/fabric.ts';
import type { TransitEncryption } from './node.ts';

const LOOPBACK = '127.0.0.1';
const TLS_HANDSHAKE = 0x16;

export interface Backend {
  readonly tls: LoopbackEndpoint;
  readonly plain: LoopbackEndpoint;
  /** Ends the clients' connections to `plain`. */
  dropPlaintext(): Promise<void>;
}

/** Where clients of a node connect, which depends on its transit encryption. */
export interface Entrance {
  readonly endpoint: LoopbackEndpoint;
  setTransitEncryption(mode: TransitEncryption): Promise<void>;
  close(): void;
}

/**
 * The front stands only before nodes that are, or have been, in 'preferred': every byte through it passes the
 * sandbox's own event loop.
 */
export async function createEntrance(backend: Backend, initial: TransitEncryption): Promise<Entrance> {
  let mode = initial;
  let front = mode === 'preferred' ? await openFront(backend, () => mode) : undefined;

  return {
    get endpoint() {
      return front?.endpoint ?? (mode === 'required' ? backend.tls : backend.plain);
    },
    async setTransitEncryption(next) {
      mode = next;
      if (mode === 'preferred') front ??= await openFront(backend, () => mode);
      // DG "Enabling in-transit encryption": with 'required', plaintext connections end at once.
      if (mode === 'required') await backend.dropPlaintext();
    },
    close: () => front?.close(),
  };
}

interface Front {
  readonly endpoint: LoopbackEndpoint;
  close(): void;
}

async function openFront(backend: Backend, mode: () => TransitEncryption): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    client.once('data', (first) => {
      const speaksTls = first[0] === TLS_HANDSHAKE;
      if (speaksTls ? mode() === 'disabled' : mode() === 'required') {
        client.destroy();
        return;
      }
      join(client, speaksTls ? backend.tls : backend.plain, first);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: { host: LOOPBACK, port },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function join(client: Socket, to: LoopbackEndpoint, first: Buffer): void {
  // From the client's own address, so that the server sees who it is.
  const upstream = connect({ ...to, localAddress: client.remoteAddress });
  client.pause();
  upstream.setNoDelay(true);
  client.setNoDelay(true);
  upstream.once('connect', () => {
    upstream.write(first);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  upstream.on('error', () => upstream.destroy());
  upstream.once('close', () => client.destroy());
  client.once('close', () => upstream.destroy());
}
