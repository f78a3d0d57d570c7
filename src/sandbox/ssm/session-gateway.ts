/**
 * What a session's stream leads to, in the place of AWS's message gateway and of the agent: a port on this machine's
 * loopback. Each connection says in one line which session it is of; one of them is the session itself, each other one a
 * connection that the plugin has accepted, and goes on from the target's network interface.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { NetworkInterface } from '../network/vpc.ts';
import type { ConnectionHeader, SessionMessage } from './session-wire.ts';

/** After which the agent gives up a connection that meets silence (net.ipv4.tcp_syn_retries 6). */
const CONNECT_TIMEOUT_MS = 127_000;

export interface ForwardedPort {
  readonly token: string;
  readonly from: NetworkInterface;
  readonly host: string;
  readonly port: number;
  /** 0: the plugin chooses. */
  readonly localPort: number;
}

export interface SessionGatewayOptions {
  readonly fabric: Pick<Fabric, 'lookup' | 'route'>;
  /** Undefined: no such session, or not with this token. */
  readonly admit: (sessionId: string, token: string) => ForwardedPort | undefined;
}

export interface SessionGateway {
  /** host:port; it listens from its first session on. */
  listening(): Promise<string>;
  /** Ends all that belongs to the session. */
  drop(sessionId: string): void;
  close(): Promise<void>;
}

export function createSessionGateway({ fabric, admit }: SessionGatewayOptions): SessionGateway {
  const sockets = new Map<Socket, string>();
  let server: Promise<Server> | undefined;

  const accept = (socket: Socket): void => {
    sockets.set(socket, '');
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    readLine(socket, (line) => {
      const { sessionId, token, opens } = JSON.parse(line) as ConnectionHeader;
      const forwarded = admit(sessionId, token);
      if (!forwarded) {
        socket.destroy();
        return;
      }
      sockets.set(socket, sessionId);
      if (opens === 'session') tell(socket, { localPort: forwarded.localPort });
      else forward(socket, forwarded, () => tellSession(sessionId, { failed: true }));
    });
  };

  const tellSession = (sessionId: string, message: SessionMessage): void => {
    const [session] = [...sockets].find(([, of]) => of === sessionId) ?? [];
    if (session) tell(session, message);
  };

  /** Names are resolved where the agent is. A lost packet has no answer. */
  const forward = (near: Socket, { from, host, port }: ForwardedPort, failed: () => void): void => {
    const [address] = fabric.lookup(host);
    const endpoint = address === undefined ? undefined : fabric.route(from, address, port);
    const fail = (): void => {
      failed();
      near.destroy();
    };
    if (address === undefined) {
      fail();
      return;
    }
    if (!endpoint) {
      const cancel = systemClock().after(CONNECT_TIMEOUT_MS, fail);
      near.on('close', cancel);
      return;
    }
    const far = connect({ ...endpoint, allowHalfOpen: true });
    sockets.set(far, sockets.get(near) ?? '');
    far.on('error', fail).on('close', () => {
      sockets.delete(far);
      near.destroy();
    });
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  };

  const listen = (): Promise<Server> =>
    new Promise((resolve, reject) => {
      const made = createServer({ allowHalfOpen: true }, accept);
      made.once('error', reject).listen(0, '127.0.0.1', () => resolve(made));
    });

  return {
    async listening() {
      const { address, port } = (await (server ??= listen())).address() as AddressInfo;
      return `${address}:${port}`;
    },
    drop(sessionId) {
      for (const [socket, of] of sockets) if (of === sessionId) socket.destroy();
    },
    async close() {
      const listening = await server;
      for (const socket of sockets.keys()) socket.destroy();
      await new Promise<void>((resolve) => (listening ? listening.close(() => resolve()) : resolve()));
    },
  };
}

function tell(socket: Socket, message: SessionMessage): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

/** The first one; what stands behind it is left for whoever reads next. */
function readLine(socket: Socket, read: (line: string) => void): void {
  let text = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    text = Buffer.concat([text, chunk]);
    const end = text.indexOf('\n');
    if (end === -1) return;
    socket.pause().off('data', onData);
    socket.unshift(text.subarray(end + 1));
    read(text.toString('utf8', 0, end));
  };
  socket.on('data', onData);
}
