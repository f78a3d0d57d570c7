/** A cache node behind which a real server runs. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdmin } from './admin.ts';
import type { Admin } from './admin.ts';
import { aclRules, completeUsers, initialUsers, tokenUsers } from './acl.ts';
import type { NodeUser } from './acl.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { ClusterSeat } from './cluster.ts';
import { readContents, writeContents } from './contents.ts';
import { configFile, hiddenName, liveParameters } from './config-file.ts';
import { createEntrance } from './front.ts';
import type { NodeOptions, RedisNode } from './node.ts';
import { PortTaken, READY, startServer } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import { clusterLines, NODES_FILE, prepareTakeOver } from './slot-owner.ts';

const LOOPBACK = '127.0.0.1';
const ATTEMPTS = 10;
const DATA_FILE = 'dump.rdb';
/** Longer than a successor takes to stand in its place. */
const HAND_OVER_MS = 60_000;
const NODE_TIMEOUT_MS = 600_000;
const CLUSTER_READY = /cluster state changed: ok/i;
const ELECTED = /election won/i;
const ELECTION_OVER = /election won|manual failover timed out/i;
const SYNCHRONISED = /sync: Finished with success|Successful partial resynchronization with master/i;

export interface ServerSettings {
  readonly program: string;
  /** Its own, to be made and removed. */
  readonly folder: string;
  readonly authority: CertificateAuthority;
  /** One for all nodes of a sandbox, so that any of them may replicate any other. */
  readonly secret: string;
  /** Its place among others, if it is one of a cluster. */
  readonly seat?: ClusterSeat;
}

/** Replication between nodes goes over plaintext on loopback, whatever clients speak. */
export interface ServerNode extends RedisNode {
  readonly plainPort: number;
  readonly admin: Admin;
  /** Writes what it has into a file, and takes no more writes. */
  handOver(): Promise<string>;
  /** Where its cluster sends clients for its keys. */
  announce(name: string): Promise<void>;
}

export async function startServerNode(
  settings: ServerSettings,
  options: NodeOptions,
  primary: ServerNode | undefined,
): Promise<ServerNode> {
  const { program, folder, authority, secret, seat } = settings;
  const address = seat?.address ?? LOOPBACK;
  const files = {
    folder,
    certificate: join(folder, 'certificate.pem'),
    key: join(folder, 'key.pem'),
  };
  const issued = await authority.issue(options.hostNames);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(files.certificate, issued.certificate);
  await writeFile(files.key, issued.key, { mode: 0o600 });
  const predecessor = options.successorOf as ServerNode | undefined;
  if (predecessor) await copyFile(await predecessor.handOver(), join(folder, DATA_FILE));
  if (seat) await writeFile(join(folder, NODES_FILE), seat.nodesFile);

  const takeOver = options.clusterEndpoint ? await prepareTakeOver(folder) : [];
  const { server, ports } = await startOnFreePorts(seat, async (ports) => {
    const path = join(folder, 'server.conf');
    const cluster = clusterConfiguration(options, seat, ports.bus);
    // In a file and not in arguments, which any user of the machine can list.
    await writeFile(path, configFile(options, { address, ports }, files, secret, cluster), { mode: 0o600 });
    return startServer(program, path, readiness(seat));
  });
  const admin = createAdmin({ host: address, port: ports.plain }, secret);

  let users = initialUsers(options);
  const setUsers = async (wanted: readonly NodeUser[]): Promise<void> => {
    const next = completeUsers(wanted);
    const gone = users.filter(({ name }) => next.every((user) => user.name !== name));
    await admin.send([
      ...next.map((user) => ['ACL', 'SETUSER', user.name, ...aclRules(user)] as const),
      ...gone.map(({ name }) => ['ACL', 'DELUSER', name] as const),
    ]);
    users = next;
  };

  const replicate = async (port: number): Promise<void> => {
    const synchronised = server.logged(SYNCHRONISED);
    await Promise.all([
      synchronised,
      admin.send([[hiddenName('REPLICAOF', secret), LOOPBACK, String(port)]]),
    ]);
  };
  const configure = (pairs: readonly (readonly [name: string, value: string])[]): Promise<void> =>
    admin.send(pairs.map(([name, value]) => [hiddenName('CONFIG', secret), 'SET', name, value] as const));

  const entrance = await createEntrance(
    {
      tls: { host: address, port: ports.tls },
      plain: { host: address, port: ports.plain },
      dropPlaintext: () =>
        admin.send([['CLIENT', 'KILL', 'TYPE', 'normal', 'LADDR', `${address}:${ports.plain}`]]),
    },
    options.transitEncryption,
  );
  try {
    if (options.users) await setUsers(options.users);
    if (primary && !seat) await replicate(primary.plainPort);
    if (takeOver.length > 0) await admin.send(takeOver);
    if (options.contents) await writeContents(admin, options.contents);
  } catch (error) {
    entrance.close();
    await server.stop();
    throw error;
  }

  return {
    cacheClusterId: options.cacheClusterId,
    plainPort: ports.plain,
    admin,
    get endpoint() {
      return entrance.endpoint;
    },
    setTransitEncryption: (mode) => entrance.setTransitEncryption(mode),
    setAuthTokens: (tokens) => setUsers(tokenUsers(tokens)),
    setUsers,
    async limitClients(maxclients) {
      // At the limit the server would take no further connection of ours either.
      await admin.hold();
      await configure([['maxclients', String(maxclients + 1)]]);
    },
    setParameters: (parameters) => configure(liveParameters(parameters)),
    info: () => admin.run((connection) => connection.info('all')),
    readContents: () => readContents(admin),
    announce: (name) => configure([['cluster-announce-hostname', name]]),
    dropClients: () =>
      admin.send([
        ['CLIENT', 'KILL', 'TYPE', 'normal'],
        ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
      ]),
    async promote() {
      if (!seat) return admin.send([[hiddenName('REPLICAOF', secret), 'NO', 'ONE']]);
      const [said] = await Promise.all([server.logged(ELECTION_OVER), admin.send([['CLUSTER', 'FAILOVER']])]);
      // An election ends after five seconds, on a machine that was too busy to vote in time too; a voter votes once.
      if (!ELECTED.test(said)) await admin.send([['CLUSTER', 'FAILOVER', 'TAKEOVER']]);
    },
    // In a cluster the replicas know their new primary from itself.
    replicateFrom: (other) => (seat ? Promise.resolve() : replicate((other as ServerNode).plainPort)),
    async handOver() {
      await admin.send([['CLIENT', 'PAUSE', String(HAND_OVER_MS), 'WRITE'], [hiddenName('SAVE', secret)]]);
      return join(folder, DATA_FILE);
    },
    async stop() {
      entrance.close();
      admin.release();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a server says when clients can work with it: one of a cluster takes no writes in its first two seconds. */
function readiness(seat: ClusterSeat | undefined): RegExp {
  if (!seat) return READY;
  return seat.isPrimary ? CLUSTER_READY : SYNCHRONISED;
}

function clusterConfiguration(
  { clusterEndpoint }: NodeOptions,
  seat: ClusterSeat | undefined,
  busPort: number,
): string[] {
  if (clusterEndpoint) return clusterLines(clusterEndpoint, busPort);
  if (!seat) return [];
  return [
    ...clusterLines({ hostName: seat.announced, port: seat.port }, busPort),
    `cluster-announce-ip ${seat.address}`,
    // Who is primary is the account's to say: a machine that was too busy to answer must not change it.
    'cluster-replica-no-failover yes',
    `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
    // Replicas stay with their shard, as ElastiCache's do.
    'cluster-allow-replica-migration no',
  ];
}

interface Ports {
  readonly plain: number;
  readonly tls: number;
  readonly bus: number;
}

/** A port that was free a moment ago may be taken by now: the server's own bind decides, and another is tried. */
async function startOnFreePorts(
  seat: ClusterSeat | undefined,
  start: (ports: Ports) => Promise<ServerProcess>,
): Promise<{ server: ServerProcess; ports: Ports }> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = seat ? seatPorts(seat) : await freePorts();
    try {
      return { server: await start(ports), ports };
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** On an address of its own nobody is in the way; the port that is not announced is any other. */
function seatPorts({ port, busPort }: ClusterSeat): Ports {
  return { plain: port, tls: port === 1 ? port + 1 : port - 1, bus: busPort };
}

/** All at once, for the system may give the same one again as soon as it is released. */
async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()];
  const [plain = 0, tls = 0, bus = 0] = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { plain, tls, bus };
}
