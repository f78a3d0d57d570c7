/** A listener of a network load balancer: passes connections through, byte for byte. */
import { connect, createServer, type Socket } from 'node:net';
import { listen, type Frontend } from './frontend.ts';
import type { Listener, Registry } from './registry.ts';
import type { TargetChoice } from './target-choice.ts';
import type { TargetPath } from './target-path.ts';

interface TcpFrontendOptions {
  registry: Registry;
  choice: TargetChoice;
  path: TargetPath;
}

type ListenerPlace = Pick<Listener, 'arn' | 'loadBalancer' | 'requestedPort'>;

export async function openTcpFrontend(
  listener: ListenerPlace,
  options: TcpFrontendOptions,
): Promise<Frontend> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    pass(client, listener, options);
  });
  const port = await listen(server, listener.requestedPort);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}

function pass(client: Socket, { arn, loadBalancer }: ListenerPlace, options: TcpFrontendOptions): void {
  const { registry, choice, path } = options;
  const listener = registry.listeners.get(arn);
  const action = listener && registry.rulesOf(listener)[0]?.actions[0];
  const target = action && choice.forConnection(action, client.remoteAddress ?? '');
  if (!target) return void client.resetAndDestroy();
  const reach = path(loadBalancer, target.target.id, target.target.port);
  if (reach === 'refused') return void client.resetAndDestroy();
  // A lost packet has no answer: the client waits for as long as it likes.
  if (reach === 'lost') return;
  const upstream = connect({ ...reach, allowHalfOpen: true });
  target.connections.add(upstream);
  upstream.on('close', () => {
    target.connections.delete(upstream);
    client.destroy();
  });
  upstream.on('error', () => client.resetAndDestroy());
  client.on('close', () => upstream.destroy());
  client.pipe(upstream);
  upstream.pipe(client);
}
