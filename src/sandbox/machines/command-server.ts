/**
 * Where `aws` and `systemctl` on an instance ask: a server on the loopback address that knows each instance by a secret
 * of its own, as the instance metadata service knows it by its address.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export type InstanceCommand = (name: string, args: readonly string[]) => Promise<CommandOutput>;

/** Tells a script on an instance where to ask. */
export const INSTANCE_VARIABLE = 'ELASTICACHE_WIZARD_INSTANCE';

export interface CommandServer {
  /** The value of the variable for one instance. */
  enter(answer: InstanceCommand): { readonly url: string; leave: () => void };
  close(): Promise<void>;
}

export async function startCommandServer(): Promise<CommandServer> {
  const instances = new Map<string, InstanceCommand>();
  const server = createServer((request, response) => {
    const answer = instances.get((request.url ?? '').slice(1));
    if (!answer || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    void text(request)
      .then((body) => {
        const [name = '', ...args] = JSON.parse(body) as string[];
        return answer(name, args);
      })
      .catch((error: unknown): CommandOutput => ({ exitCode: 255, stderr: `${String(error)}\n` }))
      .then((output) => response.end(JSON.stringify(output)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    enter(answer) {
      const secret = randomBytes(24).toString('base64url');
      instances.set(secret, answer);
      return { url: `http://127.0.0.1:${port}/${secret}`, leave: () => instances.delete(secret) };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
