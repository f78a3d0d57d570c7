import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import type {
  CreateNetworkAclResult,
  CreateSecurityGroupResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeNetworkAclsResult,
} from '@aws-sdk/client-ec2';
import {
  BasicConstraintsExtension,
  type X509Certificate,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createEc2, type Ec2 } from '../../src/sandbox/ec2/ec2.ts';
import type { Fabric, Seat } from '../../src/sandbox/network/fabric.ts';
import { createFabric, type FabricOptions } from '../../src/sandbox/network/loopback-fabric.ts';
import type { NetworkInterface } from '../../src/sandbox/network/vpc.ts';
import type { Call } from '../../src/sandbox/service.ts';

const CACHE = 'master.collabcanvas-redis.abc123.use1.cache.amazonaws.com';
const PRELOAD = resolve('dist/programs/preload.cjs');
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const call: Call = {
  service: 'ec2',
  action: 'Test',
  region: 'us-east-1',
  accessKeyId: 'AKIATEST',
  requestId: 'test',
};

interface Authority {
  pem: string;
  serverCertificate: string;
  serverKey: string;
}

let authority: Authority;
let ec2: Ec2;
let fabric: Fabric;
let folder: string;
let network: Network;
let closing: (() => unknown)[] = [];

beforeAll(async () => {
  authority = await certificateAuthority();
});

beforeEach(async () => {
  ec2 = createEc2({ accountId: '111122223333', region: 'us-east-1', clock: systemClock(), settleMs: 0 });
  folder = mkdtempSync(join(tmpdir(), 'fabric-test-'));
  fabric = await newFabric();
  network = await newNetwork();
});

afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
  await fabric.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a process in the VPC', () => {
  test('resolves a cache to its VPC address, in every way that Node has', async () => {
    fabric.setName(CACHE, ['10.0.1.77']);
    const seat = await enter(network.app);
    const answers = await run(
      seat,
      `const dns = require('node:dns'); const { promisify } = require('node:util');
       (async () => print([
         (await dns.promises.lookup(name)).address,
         await new Promise((done) => dns.lookup(name, { all: true }, (_, all) => done(all[0].address))),
         (await promisify(dns.lookup)(name)).address,
         (await dns.promises.resolve4(name))[0],
         await new Promise((done) => new dns.Resolver().resolve4(name, (_, all) => done(all[0]))),
         (await new dns.promises.Resolver().resolve4(name))[0],
         (await import('node:dns/promises').then((esm) => esm.lookup(name.toUpperCase() + '.'))).address,
       ]))()`,
      { name: CACHE },
    );
    expect(new Set(answers as string[])).toEqual(new Set(['10.0.1.77']));
  });

  test('sees a name move, as it does at a failover', async () => {
    fabric.setName(CACHE, ['10.0.1.77']);
    const seat = await enter(network.app);
    const program = await start(
      seat,
      `process.stdin.on('data', () => require('node:dns').lookup(${JSON.stringify(CACHE)}, (_, address) => print(address)));
       print('ready')`,
    );
    fabric.setName(CACHE, ['10.0.2.88']);
    await Promise.resolve();
    program.child.stdin!.write('again\n');
    expect(await program.next()).toBe('10.0.2.88');
  });

  test('talks TLS to a cache whose certificate the sandbox signed, under its real name', async () => {
    const eni = attach(network.cacheSubnet, [network.cacheGroup]);
    const { port } = await tlsServer();
    fabric.setName(CACHE, [eni.privateIpAddress]);
    fabric.serve(eni.privateIpAddress, 6379, { host: '127.0.0.1', port });
    const seat = await enter(network.app);
    const outcome = await run(
      seat,
      `const socket = require('node:tls').connect(6379, name, { servername: name }, () =>
         print({ authorized: socket.authorized, peer: socket.remoteAddress + ':' + socket.remotePort }));
       socket.on('error', (error) => print(error.code)); socket.on('data', () => socket.destroy())`,
      { name: CACHE },
    );
    expect(outcome).toEqual({ authorized: true, peer: `${eni.privateIpAddress}:6379` });
    const byAddress = await run(
      seat,
      `const socket = require('node:tls').connect(6379, name); socket.on('error', (error) => print(error.code))`,
      { name: eni.privateIpAddress },
    );
    expect(byAddress).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('meets silence, not a refusal, where no rule lets it in', async () => {
    const cache = await plainCache();
    await revokeIngress();
    const seat = await enter(network.app);
    expect(await attempt(seat, CACHE, 6379, { timeoutMs: 200 })).toBe('ETIMEDOUT');
    expect(fabric.route(network.app, cache.privateIpAddress, 6379)).toBeUndefined();
  });

  test('gets through with a connection that was waiting when the rule was opened', async () => {
    await plainCache();
    await revokeIngress();
    const seat = await enter(network.app);
    const program = await start(seat, attemptCode(CACHE, 6379) + `;setImmediate(() => print('waiting'))`, {
      timeoutMs: 6_350,
    });
    await allowIngress();
    expect(await program.next()).toBe('connected');
  });

  test('is held back by restricted egress of its own group', async () => {
    await plainCache();
    await ec2.operations.RevokeSecurityGroupEgress!(
      {
        GroupId: network.appGroup,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
      call,
    );
    const seat = await enter(network.app);
    expect(await attempt(seat, CACHE, 6379, { timeoutMs: 200 })).toBe('ETIMEDOUT');
  });

  test('is held back by a network ACL that lets no answers out of the cache subnet', async () => {
    await plainCache();
    const seat = await enter(network.app);
    expect(await attempt(seat, CACHE, 6379)).toBe('connected');
    await replaceNetworkAcl(network.cacheSubnet);
    expect(await attempt(seat, CACHE, 6379, { timeoutMs: 200 })).toBe('ETIMEDOUT');
  });

  test('has no way into another VPC', async () => {
    await plainCache();
    const other = await newNetwork('10.9');
    const seat = await enter(other.app);
    expect(await attempt(seat, CACHE, 6379, { timeoutMs: 200 })).toBe('ETIMEDOUT');
  });

  test('is refused by a neighbour that listens on nothing', async () => {
    const neighbour = attach(network.appSubnet, [network.appGroup]);
    await enter(neighbour);
    const seat = await enter(network.app);
    await allowIngress(network.appGroup, 3000);
    expect(await attempt(seat, neighbour.privateIpAddress, 3000)).toBe('ECONNREFUSED');
  });

  test('never leaves the machine: public names are unknown, public addresses silent', async () => {
    const seat = await enter(network.app);
    const options = { timeoutMs: 200 };
    expect(await attempt(seat, 'example.com', 443, options)).toBe('ENOTFOUND');
    expect(await attempt(seat, '192.0.2.1', 443, options)).toBe('ETIMEDOUT');
    expect(await attempt(seat, '2001:db8::1', 443, options)).toBe('ETIMEDOUT');
    expect(await attempt(seat, '169.254.169.254', 80, options)).toBe('ETIMEDOUT');
    const outcome = await run(seat, `fetch('https://example.com').catch((error) => print(error.cause.code))`);
    expect(outcome).toBe('ENOTFOUND');
    const query = await run(
      seat,
      `require('node:dns').resolveTxt('example.com', (error) => print(error.code))`,
    );
    expect(query).toBe('ENOTFOUND');
  });

  test('does not see what else listens on this machine', async () => {
    const server = await listening(createServer());
    const seat = await enter(network.app);
    expect(await attempt(seat, '127.0.0.1', portOf(server))).toBe('ECONNREFUSED');
    expect(await attempt(seat, 'localhost', portOf(server))).toBe('ECONNREFUSED');
  });

  test('shares its loopback with the other containers of its task', async () => {
    const seat = await enter(network.app);
    await start(seat, `require('node:net').createServer().listen(9000, '127.0.0.1', () => print('ready'))`);
    expect(await attempt(seat, 'localhost', 9000)).toBe('connected');
    expect(await attempt(seat, network.app.privateIpAddress, 9000)).toBe('connected');
    const datagram = await start(
      seat,
      `const socket = require('node:dgram').createSocket('udp4', (message) => print(String(message)));
       socket.bind(8125, () => print('ready'))`,
    );
    await run(
      seat,
      `const socket = require('node:dgram').createSocket('udp4');
       socket.send('lost', 8125, '192.0.2.1', () => socket.send('kept', 8125, '127.0.0.1', () => { socket.close(); print('sent') }))`,
    );
    expect(await datagram.next()).toBe('kept');
  });

  test('keeps its workers and child processes inside, whatever environment they get', async () => {
    const seat = await enter(network.app);
    fabric.setName(CACHE, ['10.0.1.77']);
    const program = JSON.stringify(`require('node:dns').lookup('${CACHE}', (_, address) => {
      require('node:net').connect(443, '192.0.2.1').on('error', (error) => console.log(address, error.code)) })`);
    const outcomes = await run(
      seat,
      `const { execFile, execFileSync } = require('node:child_process');
       const { Worker } = require('node:worker_threads');
       const code = ${program};
       const printed = (options) => new Promise((done) => {
         const worker = new Worker(code, { eval: true, stdout: true, ...options });
         worker.stdout.on('data', (data) => done(String(data)));
       });
       (async () => print([
         execFileSync(process.execPath, ['-e', code], { env: {} }).toString(),
         await new Promise((done) => execFile(process.execPath, ['-e', code], { env: { NODE_OPTIONS: '--no-warnings' } }, (_, out) => done(out))),
         execFileSync('sh', ['-c', '"$0" -e "$1"', process.execPath, code]).toString(),
         await printed({}),
         await printed({ env: {} }),
         await printed({ execArgv: [] }),
         await printed({ execArgv: [], env: {} }),
       ].map((line) => line.trim())))()`,
      {},
      { timeoutMs: 200 },
    );
    expect(outcomes).toEqual(Array(7).fill('10.0.1.77 ETIMEDOUT'));
  });

  test('is on no network any more once its place is given up', async () => {
    await plainCache();
    const seat = await enter(network.app);
    const program = await start(
      seat,
      `process.stdin.on('data', () => { ${attemptCode(CACHE, 6379)} }); print('ready')`,
    );
    await seat.leave();
    program.child.stdin!.write('again\n');
    expect(await program.next()).toBe('ENOTFOUND');
  });
});

describe.each(['an address each', 'one shared address'] as const)('two tasks with %s', (loopback) => {
  beforeEach(async () => {
    await fabric.close();
    fabric = await newFabric({ loopback });
  });

  test.skipIf(loopback === 'an address each' && process.platform !== 'linux')(
    'listen on the same port, and each is reached at its own VPC address',
    async () => {
      const second = attach(network.appSubnet, [network.appGroup]);
      await allowIngress(network.appGroup, 3000);
      const balancer = attach(network.cacheSubnet, [network.cacheGroup], 'amazon-elb');
      const code = (text: string): string =>
        `const server = require('node:http').createServer((_, response) => response.end('${text}'));
         server.listen(3000, () => print(server.address().port))`;
      const seats = [await enter(network.app), await enter(second)];
      const [one, other] = await Promise.all([
        start(seats[0]!, code('one')),
        start(seats[1]!, code('other')),
      ]);
      expect([one.ready, other.ready]).toEqual([3000, 3000]);
      expect(await getThrough(balancer, network.app.privateIpAddress)).toBe('one');
      expect(await getThrough(balancer, second.privateIpAddress)).toBe('other');
      const seen = await run(
        seats[0]!,
        `fetch('http://${second.privateIpAddress}:3000').then((response) => response.text()).then(print)`,
      );
      expect(seen).toBe('other');
    },
  );
});

describe('the fabric', () => {
  test('gives tasks of two sandboxes on one machine different loopback addresses', async () => {
    const other = await newFabric({ folder: join(folder, 'other') });
    closing.push(() => other.close());
    const first = await enter(network.app);
    const second = await other.enter(network.app);
    expect(second.loopbackAddress).not.toBe(first.loopbackAddress);
  });

  test('keeps the rules from other users, and leaves none behind', async () => {
    const seat = await enter(network.app);
    const file = seat.env.ELASTICACHE_WIZARD_SEAT!;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await seat.leave();
    expect(existsSync(file)).toBe(false);
  });

  test('routes to a cache until it stops serving', () => {
    const eni = attach(network.cacheSubnet, [network.cacheGroup]);
    const stop = fabric.serve(eni.privateIpAddress, 6379, { host: '127.0.0.1', port: 40_000 });
    expect(fabric.route(network.app, eni.privateIpAddress, 6379)).toEqual({
      host: '127.0.0.1',
      port: 40_000,
    });
    stop();
    expect(fabric.route(network.app, eni.privateIpAddress, 6379)).toBeUndefined();
  });

  test('shows a peer from which task a connection comes', async () => {
    const server = await listening(createServer((socket) => socket.end(String(socket.remoteAddress))));
    const eni = attach(network.cacheSubnet, [network.cacheGroup]);
    fabric.serve(eni.privateIpAddress, 6379, { host: '127.0.0.1', port: portOf(server) });
    const seat = await enter(network.app);
    const seen = await run(
      seat,
      `require('node:net').connect(6379, '${eni.privateIpAddress}').on('data', (data) => print(String(data)))`,
    );
    expect(seen).toBe(seat.loopbackAddress);
  });
});

interface Network {
  appSubnet: string;
  cacheSubnet: string;
  appGroup: string;
  cacheGroup: string;
  app: NetworkInterface;
}

async function newNetwork(start = '10.0'): Promise<Network> {
  const { operations } = ec2;
  const create = async <Output>(action: string, input: object): Promise<Output> =>
    (await operations[action]!(input, call)) as Output;
  const { Vpc } = await create<CreateVpcResult>('CreateVpc', { CidrBlock: `${start}.0.0/16` });
  const VpcId = Vpc!.VpcId;
  const subnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> => {
    const input = { VpcId, CidrBlock, AvailabilityZone };
    return (await create<CreateSubnetResult>('CreateSubnet', input)).Subnet!.SubnetId!;
  };
  const group = async (GroupName: string): Promise<string> => {
    const input = { VpcId, GroupName, Description: GroupName };
    return (await create<CreateSecurityGroupResult>('CreateSecurityGroup', input)).GroupId!;
  };
  const appSubnet = await subnet(`${start}.1.0/24`, 'us-east-1a');
  const cacheSubnet = await subnet(`${start}.2.0/24`, 'us-east-1b');
  const appGroup = await group('app');
  const cacheGroup = await group('cache');
  network = { appSubnet, cacheSubnet, appGroup, cacheGroup, app: attach(appSubnet, [appGroup]) };
  await allowIngress();
  return network;
}

function attach(subnetId: string, groupIds: string[], requester = 'ecs'): NetworkInterface {
  return ec2.vpc.attach({ subnetId, groupIds, description: 'test', requester });
}

const fromApp = (port: number): object => ({
  IpPermissions: [
    { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: network.appGroup }] },
  ],
});

async function allowIngress(groupId = network.cacheGroup, port = 6379): Promise<void> {
  await ec2.operations.AuthorizeSecurityGroupIngress!({ GroupId: groupId, ...fromApp(port) }, call);
  if (groupId !== network.appGroup) return;
  const fromBalancer = [
    { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: network.cacheGroup }] },
  ];
  await ec2.operations.AuthorizeSecurityGroupIngress!(
    { GroupId: groupId, IpPermissions: fromBalancer },
    call,
  );
}

async function revokeIngress(): Promise<void> {
  await ec2.operations.RevokeSecurityGroupIngress!({ GroupId: network.cacheGroup, ...fromApp(6379) }, call);
}

/** The new ACL lets everything in, and nothing out. */
async function replaceNetworkAcl(subnetId: string): Promise<void> {
  const { operations } = ec2;
  const Filters = [{ Name: 'association.subnet-id', Values: [subnetId] }];
  const { NetworkAcls } = (await operations.DescribeNetworkAcls!(
    { Filters },
    call,
  )) as DescribeNetworkAclsResult;
  const { VpcId, Associations } = NetworkAcls![0]!;
  const created = (await operations.CreateNetworkAcl!({ VpcId }, call)) as CreateNetworkAclResult;
  const NetworkAclId = created.NetworkAcl!.NetworkAclId!;
  const entry = {
    RuleNumber: 100,
    Protocol: '-1',
    RuleAction: 'allow',
    Egress: false,
    CidrBlock: '0.0.0.0/0',
  };
  await operations.CreateNetworkAclEntry!({ NetworkAclId, ...entry }, call);
  const { NetworkAclAssociationId } = Associations!.find((association) => association.SubnetId === subnetId)!;
  const replacement = { AssociationId: NetworkAclAssociationId, NetworkAclId };
  await operations.ReplaceNetworkAclAssociation!(replacement, call);
}

function newFabric(options: Partial<FabricOptions> = {}): Promise<Fabric> {
  return createFabric({
    vpc: ec2.vpc,
    clock: systemClock(),
    preload: PRELOAD,
    folder,
    certificateAuthority: authority.pem,
    ...options,
  });
}

function enter(networkInterface: NetworkInterface): Promise<Seat> {
  return fabric.enter(networkInterface);
}

async function plainCache(): Promise<NetworkInterface> {
  const server = await listening(createServer((socket) => socket.on('error', () => undefined)));
  const eni = attach(network.cacheSubnet, [network.cacheGroup]);
  fabric.setName(CACHE, [eni.privateIpAddress]);
  fabric.serve(eni.privateIpAddress, 6379, { host: '127.0.0.1', port: portOf(server) });
  return eni;
}

async function listening<T extends Server>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function tlsServer(): Promise<{ port: number }> {
  const server = createTlsServer(
    { cert: authority.serverCertificate, key: authority.serverKey },
    (socket) => {
      socket.on('error', () => undefined);
      socket.end('+OK\r\n');
    },
  );
  server.on('tlsClientError', () => undefined);
  return { port: portOf(await listening(server)) };
}

interface RunOptions {
  timeoutMs?: number;
}

function launch(seat: Seat, code: string, values: object, options: RunOptions): ChildProcess {
  const head = `const print = (value) => console.log(JSON.stringify(value)); const { name } = ${JSON.stringify(values)};`;
  const child = spawn(process.execPath, ['-e', head + code], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...seat.env,
      ...(options.timeoutMs ? { ELASTICACHE_WIZARD_CONNECT_TIMEOUT: String(options.timeoutMs) } : {}),
    },
  });
  closing.push(() => child.kill('SIGKILL'));
  return child;
}

/** Runs a program to its end; what it printed. */
async function run(
  seat: Seat,
  code: string,
  values: object = {},
  options: RunOptions = {},
): Promise<unknown> {
  return JSON.parse(await text(launch(seat, code, values, options).stdout!));
}

interface Program {
  child: ChildProcess;
  ready: unknown;
  next(): Promise<unknown>;
}

/** Starts a program that stays, and waits for the first thing that it prints. */
async function start(seat: Seat, code: string, options: RunOptions = {}): Promise<Program> {
  const child = launch(seat, code, {}, options);
  const lines = (async function* (): AsyncGenerator {
    let rest = '';
    for await (const chunk of child.stdout!) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) yield JSON.parse(line);
    }
  })();
  const next = async (): Promise<unknown> => (await lines.next()).value;
  return { child, ready: await next(), next };
}

function attemptCode(host: string, port: number): string {
  return `const socket = require('node:net').connect(${port}, ${JSON.stringify(host)}, () => { print('connected'); socket.destroy() });
    socket.on('error', (error) => print(error.code))`;
}

function attempt(seat: Seat, host: string, port: number, options: RunOptions = {}): Promise<unknown> {
  return run(seat, attemptCode(host, port), {}, options);
}

/** A request as the load balancer makes it: from outside the VPC's processes, by the fabric's route. */
async function getThrough(from: NetworkInterface, address: string): Promise<string> {
  const endpoint = fabric.route(from, address, 3000);
  const socket = connect(endpoint!.port, endpoint!.host);
  socket.end('GET / HTTP/1.0\r\n\r\n');
  return (await text(socket)).split('\r\n\r\n')[1]!;
}

async function certificateAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serverKeys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test CA',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const server: X509Certificate = await X509CertificateGenerator.create({
    subject: `CN=${CACHE}`,
    issuer: ca.subject,
    publicKey: serverKeys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: CACHE }])],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)).toString('base64');
  return {
    pem: ca.toString('pem'),
    serverCertificate: server.toString('pem'),
    serverKey: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}
