/**
 * Asks the cache from inside the app's own network: one JSON line on stdout, and an exit code that names the
 * stage that failed (a container without readable logs still has an exit code). Sent to a container as
 * `node -e <source>`, so it depends on nothing but Node 14 and never prints the URL or the password.
 */
import { lookup } from 'dns';
import type { ProbeStage, StageResult } from '../../domain/probe-report.ts';
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
const TOTAL_MS = 30_000;
const KEYS = 20;
const PINGS = 20;

interface Target {
  secure: boolean;
  host: string;
  port: number;
  username: string;
  password: string;
  database: number;
}

const variable = process.env.ELASTICACHE_WIZARD_VARIABLE ?? 'REDIS_URL';
/** Of an app that gets its password beside the address. */
const separatePassword = process.env[process.env.ELASTICACHE_WIZARD_PASSWORD ?? ''] ?? '';
const stages: StageResult[] = [];
const seen: {
  address?: string;
  otherWayAnswers?: boolean;
  role?: string;
  maxmemoryPolicy?: string;
  clusterEnabled?: boolean;
  latencyMs?: { p50: number; p99: number };
} = {};
let current: { stage: ProbeStage; startedAt: number } = { stage: 'parse', startedAt: Date.now() };
let ended = false;

/** The stage that runs ends the probe when it throws; its message is what was seen. */
async function stage<T>(name: ProbeStage, work: () => Promise<{ detail: string; value: T }>): Promise<T> {
  current = { stage: name, startedAt: Date.now() };
  const { detail, value } = await work();
  stages.push({ stage: name, ok: true, detail, ms: Date.now() - current.startedAt });
  return value;
}

function end(failure?: string): void {
  if (ended) return;
  ended = true;
  if (failure !== undefined) {
    stages.push({ stage: current.stage, ok: false, detail: failure, ms: Date.now() - current.startedAt });
  }
  const failed = failure === undefined ? {} : { failed: current.stage };
  const report = {
    type: 'elasticache-wizard-probe',
    v: 1,
    runtime: 'node',
    variable,
    stages,
    ...failed,
    ...seen,
  };
  process.stdout.write(JSON.stringify(report) + '\n', () => {
    // A lookup that hangs in the system's resolver cannot be cancelled and would keep the process alive.
    process.exit(failure === undefined ? 0 : EXIT_CODE[current.stage]);
  });
}

/** As Redis clients read it: `rediss://user:password@host:port/db`, and `host:port` for plaintext. */
function parse(text: string): Target {
  const url = new URL(text.includes('://') ? text : 'redis://' + text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new Error(`the scheme is ${url.protocol}//, not redis:// or rediss://`);
  }
  if (url.hostname === '') throw new Error('there is no host in it');
  return {
    secure: url.protocol === 'rediss:',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    username: decodeURIComponent(url.username),
    password: separatePassword || decodeURIComponent(url.password),
    database: Number(url.pathname.slice(1)) || 0,
  };
}

function resolve(host: string): Promise<string> {
  return new Promise((found, failed) => {
    lookup(host, (error, address) => {
      if (error) failed(error);
      else found(address);
    });
  });
}

function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|127\.|f[cd])/i.test(
    address,
  );
}

/** A PING in the way that was not asked for: any reply of Redis, an error too, says that it answers so. */
async function otherWayAnswers(target: Target, address: string): Promise<boolean> {
  try {
    const plain = await connectTcp(address, target.port);
    const connection = new Connection(target.secure ? plain : await connectTls(plain, target.host, false));
    try {
      await connection.ask('PING');
      return true;
    } finally {
      connection.close();
    }
  } catch {
    return false;
  }
}

async function authenticate(connection: Connection, target: Target): Promise<string> {
  const user = target.username === '' ? [] : [target.username];
  const reply = await connection.ask('AUTH', ...user, target.password);
  // A cache that is just being given a token still lets everybody in; clients take this answer for a remark.
  if (!reply.ok && reply.error.includes('without any password configured')) return 'no password is asked for';
  if (!reply.ok) throw new ErrorReply(reply.error);
  return 'the password was accepted';
}

/** Several keys, because with cluster mode only some of them are answered with MOVED. */
async function writeKeys(connection: Connection): Promise<string> {
  const nonce = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  const keys = Array.from({ length: KEYS }, (_, n) => `elasticache-wizard:probe:${nonce}:${n}`);
  const written: string[] = [];
  try {
    for (const key of keys) {
      await connection.must('SET', key, nonce, 'EX', '60');
      written.push(key);
      const value = await connection.must('GET', key);
      if (value !== nonce) throw new Error('a key that was just written was read back with another value');
    }
  } finally {
    // They would be gone in a minute anyway: a connection that broke meanwhile has said why already.
    await remove(connection, written).catch(() => undefined);
  }
  return `${KEYS} keys written, read and deleted`;
}

async function remove(connection: Connection, keys: readonly string[]): Promise<void> {
  for (const key of keys) await connection.ask('DEL', key);
}

async function readInfo(connection: Connection): Promise<string> {
  const info = await connection.must('INFO');
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const role = field('role');
  const maxmemoryPolicy = field('maxmemory_policy');
  const clusterEnabled = field('cluster_enabled');
  if (role !== undefined) seen.role = role;
  if (maxmemoryPolicy !== undefined) seen.maxmemoryPolicy = maxmemoryPolicy;
  if (clusterEnabled !== undefined) seen.clusterEnabled = clusterEnabled === '1';
  seen.latencyMs = await measure(connection);
  return `${role ?? 'role unknown'}, ${maxmemoryPolicy ?? 'maxmemory-policy unknown'}`;
}

async function measure(connection: Connection): Promise<{ p50: number; p99: number }> {
  const taken: number[] = [];
  for (let n = 0; n < PINGS; n += 1) {
    const startedAt = process.hrtime();
    await connection.ask('PING');
    const [seconds, nanoseconds] = process.hrtime(startedAt);
    taken.push(seconds * 1e3 + nanoseconds / 1e6);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((taken[Math.ceil(share * PINGS) - 1] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}

async function run(value: string | undefined): Promise<void> {
  const target = await stage('parse', () => {
    if (value === undefined || value === '') throw new Error(`${variable} is not set`);
    const parsed = parse(value);
    return Promise.resolve({
      detail: `${parsed.host}:${parsed.port}, TLS ${parsed.secure ? 'on' : 'off'}`,
      value: parsed,
    });
  });
  const address = await stage('dns', async () => {
    const found = await resolve(target.host);
    return {
      detail: `resolved to ${found}${isPrivate(found) ? '' : ', which is a public address'}`,
      value: found,
    };
  });
  seen.address = address;
  let socket = await stage('tcp', async () => {
    const plain = await connectTcp(address, target.port);
    return { detail: `connected to ${address}:${target.port}`, value: plain };
  });
  try {
    if (target.secure) {
      const plain = socket;
      socket = await stage('tls', async () => {
        return {
          detail: 'handshake done, certificate verified',
          value: await connectTls(plain, target.host),
        };
      });
    }
    const connection = new Connection(socket);
    if (target.password !== '') {
      await stage('auth', async () => ({ detail: await authenticate(connection, target), value: undefined }));
    }
    await stage('ping', async () => {
      const pong = await connection.must('PING');
      if (target.database > 0) await connection.must('SELECT', String(target.database));
      return { detail: pong, value: undefined };
    });
    await stage('keys', async () => ({ detail: await writeKeys(connection), value: undefined }));
    await stage('info', async () => ({ detail: await readInfo(connection), value: undefined }));
  } catch (error) {
    const mayBeMismatch = current.stage === 'tls' || (!target.secure && /^(auth|ping)$/.test(current.stage));
    if (mayBeMismatch && !(error instanceof ErrorReply)) {
      seen.otherWayAnswers = await otherWayAnswers(target, address);
    }
    throw error;
  }
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
