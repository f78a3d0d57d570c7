/**
 * Asks the cache from inside the app's own network: one JSON line on stdout, and an exit code that names the
 * stage that failed (a container without readable logs still has an exit code). Sent to a container as
 * `node -e <source>`, so it depends on nothing but Node 14 and never prints the URL or the password.
 */
import { lookup } from 'dns';
import type { ProbeStage, StageResult } from '../../domain/probe-report.ts';
import { otherWayAnswers } from './other-way.ts';
import { observe, readInfo, type Seen } from './observations.ts';
import { writeKeys } from './own-keys.ts';
import { authenticate, connect, parse, throughTunnel, type Target } from './probe-target.ts';
import { Connection, connectTcp, connectTls, ErrorReply } from './redis-connection.ts';

const EXIT_CODE: Record<ProbeStage, number> = {
  parse: 9,
  dns: 10,
  tcp: 11,
  tls: 12,
  auth: 13,
  ping: 14,
  keys: 15,
  info: 16,
};
/** The keys are spread over the nodes of a cluster, and each of them answered. */
const SPREAD = 17;
const TOTAL_MS = 28_000;

const variable = process.env.ELASTICACHE_WIZARD_VARIABLE ?? 'REDIS_URL';
/** Of an app that gets its password beside the address. */
const separatePassword = process.env[process.env.ELASTICACHE_WIZARD_PASSWORD ?? ''] ?? '';
/** `host:port` on this machine that leads to the cache. */
const tunnel = process.env.ELASTICACHE_WIZARD_TUNNEL;
const stages: StageResult[] = [];
const seen: Seen = {};
let current: { stage: ProbeStage; startedAt: number } = { stage: 'parse', startedAt: Date.now() };
let failed: ProbeStage | undefined;
let ended = false;

/** What it throws is told as what was seen. */
async function stage<T>(name: ProbeStage, work: () => Promise<{ detail: string; value: T }>): Promise<T> {
  current = { stage: name, startedAt: Date.now() };
  const { detail, value } = await work();
  record(true, detail);
  return value;
}

function record(ok: boolean, detail: string): void {
  const { stage, startedAt } = current;
  stages.push({ stage, ok, detail, ms: Date.now() - startedAt });
  if (!ok) failed = failed ?? stage;
}

function end(failure?: string): void {
  if (ended) return;
  ended = true;
  if (failure !== undefined && !failed) record(false, failure);
  const report = {
    type: 'elasticache-wizard-probe',
    v: 1,
    runtime: 'node',
    variable,
    stages,
    ...(failed ? { failed } : {}),
    ...seen,
  };
  process.stdout.write(JSON.stringify(report) + '\n', () => {
    // A lookup that hangs in the system's resolver cannot be cancelled and would keep the process alive.
    process.exit(exitCode());
  });
}

function exitCode(): number {
  if (!failed) return 0;
  return seen.shards ? SPREAD : EXIT_CODE[failed];
}

function resolve(host: string): Promise<string[]> {
  return new Promise((found, failed) => {
    lookup(host, { all: true }, (error, addresses) => {
      if (error) failed(error);
      else found(addresses.map(({ address }) => address));
    });
  });
}

function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|127\.|f[cd]|::1$)/i.test(
    address,
  );
}

async function run(value: string | undefined): Promise<void> {
  const target = await stage('parse', () => {
    if (!value) throw new Error(`${variable} is not set`);
    const parsed = parse(value, separatePassword, process.env.ELASTICACHE_WIZARD_TLS !== undefined);
    const { host, port, secure } = parsed;
    const way = tunnel ? `, through ${tunnel}` : '';
    return Promise.resolve({
      detail: `${host}:${port}, TLS ${secure ? 'on' : 'off'}${way}`,
      value: tunnel ? throughTunnel(parsed, tunnel) : parsed,
    });
  });
  const address = await stage('dns', async () => {
    const addresses = await resolve(target.host);
    seen.addresses = addresses;
    seen.isPublic = !addresses.every(isPrivate);
    const remark = seen.isPublic ? ', which is a public address' : '';
    return { detail: `resolved to ${addresses.join(', ')}${remark}`, value: addresses[0] as string };
  });
  seen.address = address;
  const socket = await stage('tcp', async () => ({
    detail: `connected to ${address}:${target.port}`,
    value: await connectTcp(address, target.port),
  }));
  try {
    await talk(target, socket);
  } catch (error) {
    const mayBeMismatch = current.stage === 'tls' || (!target.secure && /^(auth|ping)$/.test(current.stage));
    if (mayBeMismatch && !(error instanceof ErrorReply)) {
      seen.otherWayAnswers = await otherWayAnswers(target, address);
    }
    throw error;
  }
}

async function talk(target: Target, plain: Parameters<typeof connectTls>[0]): Promise<void> {
  let socket = plain;
  if (target.secure) {
    socket = await stage('tls', async () => ({
      detail: 'handshake done, certificate verified',
      value: await connectTls(plain, target.name),
    }));
  }
  const connection = new Connection(socket);
  if (target.password) {
    await stage('auth', async () => ({
      detail: await authenticate(connection, target, seen),
      value: undefined,
    }));
  }
  try {
    await stage('ping', async () => {
      const detail = await connection.must('PING');
      if (target.database > 0) await connection.must('SELECT', String(target.database));
      return { detail, value: undefined };
    });
    const toNode = (host: string, port: number): Promise<Connection> =>
      connect({ ...target, host: host || target.host, name: host || target.name, port });
    await stage('keys', async () => ({
      detail: await writeKeys(connection, seen, tunnel ? undefined : toNode),
      value: undefined,
    }));
  } catch (error) {
    if (!(error instanceof ErrorReply)) throw error;
    // What the node says of itself tells the more why: how full it is, whom it follows.
    record(false, error.message);
  }
  current = { stage: 'info', startedAt: Date.now() };
  try {
    const detail = await readInfo(connection, seen);
    if (!failed) record(true, detail);
  } catch (error) {
    if (!failed) record(false, describe(error));
  }
  await observe(connection, socket.localAddress ?? '', seen);
}

/** `new URL` puts its input into its error, and the input may hold a password. */
function describe(error: unknown): string {
  if (current.stage === 'parse' && error instanceof TypeError) return `${variable} is not a URL`;
  return error instanceof Error ? error.message : String(error);
}

if (process.env.ELASTICACHE_WIZARD_REHEARSE !== undefined) {
  process.stdout.write('{"type":"elasticache-wizard-rehearsal","v":1,"runtime":"node"}\n');
} else {
  setTimeout(() => end(`not done after ${TOTAL_MS / 1000} s`), TOTAL_MS);
  run(process.env[variable]).then(
    () => end(),
    (error: unknown) => end(describe(error)),
  );
}
