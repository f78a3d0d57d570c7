/** A cache node behind which a real server runs. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { CertificateAuthority } from './certificate-authority.ts';
import { ADMIN, clientRules, configFile, hiddenName, liveParameters } from './config-file.ts';
import { createEntrance } from './front.ts';
import type { NodeOptions, RedisNode } from './node.ts';
import { PortTaken, startServer } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

const LOOPBACK = '127.0.0.1';
const ATTEMPTS = 10;
const SYNCHRONISED = /sync: Finished with success|Successful partial resynchronization with master/i;

export interface ServerSettings {
  readonly program: string;
  /** Its own, to be made and removed. */
  readonly folder: string;
  readonly authority: CertificateAuthority;
  /** One for all nodes of a sandbox, so that any of them may replicate any other. */
  readonly secret: string;
}

/** Replication between nodes goes over plaintext on loopback, whatever clients speak. */
export interface ServerNode extends RedisNode {
  readonly plainPort: number;
}

export async function startServerNode(
  { program, folder, authority, secret }: ServerSettings,
  options: NodeOptions,
  primary: ServerNode | undefined,
): Promise<ServerNode> {
  const files = {
    folder,
    certificate: join(folder, 'certificate.pem'),
    key: join(folder, 'key.pem'),
  };
  const issued = await authority.issue(options.hostNames);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(files.certificate, issued.certificate);
  await writeFile(files.key, issued.key, { mode: 0o600 });

  const { server, ports } = await startOnFreePorts(async (ports) => {
    const path = join(folder, 'server.conf');
    // In a file and not in arguments, which any user of the machine can list.
    await writeFile(path, configFile(options, ports, files, secret), { mode: 0o600 });
    return startServer(program, path);
  });

  /** Connects anew each time, so that a client's CLIENT LIST shows clients only. */
  const asAdmin = async (
    commands: readonly (readonly [name: string, ...args: string[]])[],
  ): Promise<void> => {
    const admin = new Redis({
      host: LOOPBACK,
      port: ports.plain,
      username: ADMIN,
      password: secret,
      lazyConnect: true,
      retryStrategy: () => null,
    });
    try {
      await admin.connect();
      for (const [name, ...args] of commands) await admin.call(name, ...args);
    } finally {
      admin.disconnect();
    }
  };

  const replicate = async (port: number): Promise<void> => {
    const synchronised = server.logged(SYNCHRONISED);
    await Promise.all([synchronised, asAdmin([[hiddenName('REPLICAOF', secret), LOOPBACK, String(port)]])]);
  };

  const entrance = await createEntrance(
    {
      tls: { host: LOOPBACK, port: ports.tls },
      plain: { host: LOOPBACK, port: ports.plain },
      dropPlaintext: () =>
        asAdmin([['CLIENT', 'KILL', 'TYPE', 'normal', 'LADDR', `${LOOPBACK}:${ports.plain}`]]),
    },
    options.transitEncryption,
  );
  if (primary) await replicate(primary.plainPort);

  return {
    cacheClusterId: options.cacheClusterId,
    plainPort: ports.plain,
    get endpoint() {
      return entrance.endpoint;
    },
    setTransitEncryption: (mode) => entrance.setTransitEncryption(mode),
    setAuthTokens: (tokens) => asAdmin([['ACL', 'SETUSER', 'default', ...clientRules(tokens)]]),
    setParameters: (parameters) =>
      asAdmin(
        liveParameters(parameters).map(
          ([name, value]) => [hiddenName('CONFIG', secret), 'SET', name, value] as const,
        ),
      ),
    promote: () => asAdmin([[hiddenName('REPLICAOF', secret), 'NO', 'ONE']]),
    replicateFrom: (other) => replicate((other as ServerNode).plainPort),
    async stop() {
      entrance.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Ports {
  readonly plain: number;
  readonly tls: number;
}

/** A port that was free a moment ago may be taken by now: the server's own bind decides, and another is tried. */
async function startOnFreePorts(
  start: (ports: Ports) => Promise<ServerProcess>,
): Promise<{ server: ServerProcess; ports: Ports }> {
  for (let attempt = 1; ; attempt += 1) {
    const [plain, tls] = await freePorts();
    try {
      return { server: await start({ plain, tls }), ports: { plain, tls } };
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Two at once, for the system may give the same one again as soon as it is released. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()] as const;
  const port = (server: (typeof servers)[number]): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
    });
  const ports = await Promise.all([port(servers[0]), port(servers[1])]);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
