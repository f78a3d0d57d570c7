/**
 * A cache node without a server program: enough of Redis, in this process, for the demo and for probes on machines
 * where none is installed. TLS, AUTH, replicas and blocked commands behave as with the real one.
 */
import { createServer as createPlainServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { LoopbackEndpoint } from '../network/fabric.ts';
import { completeUsers, tokenUsers } from './acl.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { Dataset } from './embedded-dataset.ts';
import { createSession, info } from './embedded-session.ts';
import type { NodeState } from './embedded-session.ts';
import { createEntrance } from './front.ts';
import type { NodeOptions, RedisNode } from './node.ts';
import { CommandError, encode, requestReader } from './resp.ts';

const LOOPBACK = '127.0.0.1';
const TOO_MANY = 'ERR max number of clients reached';

interface EmbeddedNode extends RedisNode {
  readonly state: NodeState;
}

export async function startEmbeddedNode(
  authority: CertificateAuthority,
  options: NodeOptions,
): Promise<EmbeddedNode> {
  const primary = options.replicaOf as EmbeddedNode | undefined;
  const predecessor = options.successorOf as EmbeddedNode | undefined;
  const state: NodeState = {
    // A replica reads its primary's own data: it is never behind.
    data: (primary ?? predecessor)?.state.data ?? Dataset.of(options.contents),
    following: primary !== undefined,
    users: completeUsers(options.users ?? tokenUsers(options.authTokens)),
    parameters: options.parameters,
    maxmemoryBytes: options.maxmemoryBytes,
    loading: options.loading ?? false,
    counts: { connections: 0, hits: 0, misses: 0, calls: new Map() },
    clients: new Map(),
  };
  const { counts } = state;
  let maxclients = Infinity;
  const serve = (socket: Socket): void => {
    if (state.clients.size >= maxclients) {
      socket.on('error', () => socket.destroy());
      socket.end(encode(new CommandError(TOO_MANY), 2), 'latin1');
      return;
    }
    counts.connections += 1;
    const id = counts.connections;
    const now = Date.now();
    const address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    state.clients.set(id, { address, connectedAt: now, askedAt: now, command: '', name: '' });
    socket.once('close', () => state.clients.delete(id));
    converse(socket, state, id);
  };
  const issued = await authority.issue(options.hostNames);
  const plain = await listen(createPlainServer(serve));
  const tls = await listen(
    createTlsServer({ cert: issued.certificate, key: issued.key, minVersion: 'TLSv1.2' }, serve),
  );
  const entrance = await createEntrance(
    { tls: tls.endpoint, plain: plain.endpoint, dropPlaintext: () => change(() => plain.drop()) },
    options.transitEncryption,
  );

  return {
    state,
    cacheClusterId: options.cacheClusterId,
    get endpoint() {
      return entrance.endpoint;
    },
    setTransitEncryption: (mode) => entrance.setTransitEncryption(mode),
    setAuthTokens: (tokens) => change(() => (state.users = tokenUsers(tokens))),
    setUsers: (users) => change(() => (state.users = completeUsers(users))),
    setParameters: (parameters) =>
      change(() => {
        state.parameters = { ...state.parameters, ...parameters };
        state.maxmemoryBytes = Number(parameters['maxmemory'] ?? state.maxmemoryBytes);
      }),
    limitClients: (most) => change(() => (maxclients = most)),
    info: () => Promise.resolve(info(state, 'all')),
    readContents: () => Promise.resolve(state.data.contents()),
    dropClients: () =>
      change(() => {
        plain.drop();
        tls.drop();
      }),
    promote: () =>
      change(() => {
        state.data = state.data.copy();
        state.following = false;
      }),
    replicateFrom: (other) =>
      change(() => {
        state.data = (other as EmbeddedNode).state.data;
        state.following = true;
      }),
    stop: () =>
      change(() => {
        entrance.close();
        plain.close();
        tls.close();
      }),
  };
}

function change(apply: () => unknown): Promise<void> {
  apply();
  return Promise.resolve();
}

function converse(socket: Socket, state: NodeState, id: number): void {
  const session = createSession(state, id);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on(
    'data',
    requestReader((words) => {
      const reply = session.run(words);
      socket.write(encode(reply, session.protocol), 'latin1');
      if (session.closing) socket.end();
    }),
  );
}

interface Listener {
  readonly endpoint: LoopbackEndpoint;
  /** Ends the connections there are. */
  drop(): void;
  close(): void;
}

async function listen(server: Server): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: { host: LOOPBACK, port },
    drop,
    close() {
      server.close();
      drop();
    },
  };
}
