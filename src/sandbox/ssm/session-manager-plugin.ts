/**
 * A stand-in for AWS's session-manager-plugin: it takes the same arguments and variable, says the same on stdout, ends on
 * the same signals and, as the real one, with 0 however it went. (aws/session-manager-plugin, session.go and
 * muxportforwarding.go.) It speaks to the sandbox alone.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ConnectionHeader, SessionMessage } from './session-wire.ts';

/** Another one, for tests of what is asked of it. */
const VERSION = process.env['ELASTICACHE_WIZARD_PLUGIN_VERSION'] ?? '1.2.707.0';
const RESPONSE_VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';

interface StartSessionResponse {
  readonly SessionId: string;
  readonly TokenValue: string;
  readonly StreamUrl: string;
}

const say = (text: string): boolean => process.stdout.write(text);

const [response = '', , operation] = process.argv.slice(2);
if (response === '--version') say(`${VERSION}\n`);
else if (operation !== 'StartSession') say('Invalid Operation');
else
  start(
    JSON.parse(
      (response.startsWith(RESPONSE_VARIABLE) && process.env[response]) || response,
    ) as StartSessionResponse,
  );

function start({ SessionId, TokenValue, StreamUrl }: StartSessionResponse): void {
  const { hostname, port } = new URL(StreamUrl);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, accept);
  let ended = false;

  function open(opens: ConnectionHeader['opens']): Socket {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const header: ConnectionHeader = { sessionId: SessionId, token: TokenValue, opens };
    socket.write(`${JSON.stringify(header)}\n`);
    return kept(socket);
  }

  function kept(socket: Socket): Socket {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  }

  function accept(near: Socket): void {
    const far = open('connection').on('close', () => near.destroy());
    kept(near).on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  }

  /** Nothing is left then that would keep the process. */
  function end(): void {
    if (ended) return;
    ended = true;
    say(`\n\nExiting session with sessionId: ${SessionId}.\n\n`);
    server.close();
    for (const socket of sockets) socket.destroy();
  }

  function listen(localPort: number): void {
    server.once('error', (error) => {
      say(`Cannot perform start session: ${error.message}\n`);
      end();
    });
    server.listen(localPort, process.env['SSM_PLUGIN_LOCAL_HOST'] ?? 'localhost', () => {
      const { port: opened } = server.address() as AddressInfo;
      say(`Port ${opened} opened for sessionId ${SessionId}.\nWaiting for connections...\n`);
    });
  }

  say(`\nStarting session with SessionId: ${SessionId}\n`);
  const session = open('session').on('close', end);
  createInterface({ input: session }).on('line', (line) => {
    const message = JSON.parse(line) as SessionMessage;
    if ('failed' in message) say('\nConnection to destination port failed, check SSM Agent logs.\n');
    else listen(message.localPort);
  });
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.on(signal, () => {
      say('Terminate signal received, exiting.\n');
      end();
    });
  }
}
