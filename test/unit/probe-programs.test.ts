/** The probe's programs as a container runs them, against real Redis servers. */
import { createHash } from 'node:crypto';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbeReport, ProbeRuntime } from '../../src/domain/probe-report.ts';
import { isAnswered, isAnsweredByCluster } from '../../src/domain/ping.ts';
import { parseReport, reportOfExitCode } from '../../src/probe/report.ts';
import { createCertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import { inMatrix } from '../matrix.ts';

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const hasRedis = isThere('redis-server');
const folder = mkdtempSync(join(tmpdir(), 'probe-'));
const caFile = join(folder, 'ca.pem');
const servers: ChildProcess[] = [];
const listeners: Server[] = [];

const COMMANDS: Readonly<Record<ProbeRuntime, readonly string[]>> = {
  node: [process.execPath, '-e', readFileSync('dist/programs/probe.cjs', 'utf8')],
  python3: ['python3', '-c', readFileSync('src/probe/programs/probe.py', 'utf8')],
  sh: ['sh', '-c', readFileSync('src/probe/programs/probe.sh', 'utf8')],
};

afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
  for (const listener of listeners) listener.close();
  rmSync(folder, { recursive: true });
});

async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer({}, onConnection);
  listeners.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const port = await listen(() => undefined);
  await new Promise((closed) => listeners.pop()?.close(closed));
  return port;
}

/** `lines` of its configuration, with PORT for a port of its own; one that somebody else took meanwhile is given up. */
async function startRedis(...lines: string[]): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const server = spawn('redis-server', ['-'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    servers.push(server);
    const plain = lines.some((line) => line.startsWith('tls-port')) ? [] : ['port PORT'];
    const configuration = ['bind 127.0.0.1 -::1', 'save ""', 'loglevel notice', ...plain, ...lines];
    server.stdin.end(configuration.join('\n').replaceAll('PORT', String(port)) + '\n');
    const isReady = await new Promise<boolean>((answer) => {
      server.stdout.on('data', (data: Buffer) => data.includes('Ready to accept') && answer(true));
      server.once('exit', () => answer(false));
    });
    if (isReady) return port;
    if (tries === 5) throw new Error('redis-server does not start');
  }
}

let plain: number, secured: number, secret: number, replica: number, full: number, crowded: number;
const password = 'p@ss/w"o\\rd%1';
const encoded = encodeURIComponent(password);

beforeAll(async () => {
  if (!hasRedis) return;
  const authority = await createCertificateAuthority();
  const { certificate, key } = await authority.issue(['localhost']);
  writeFileSync(caFile, authority.pem);
  writeFileSync(join(folder, 'cert.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
  const tls = [
    'port 0',
    'tls-port PORT',
    'tls-cert-file cert.pem',
    'tls-key-file key.pem',
    'tls-ca-cert-file ca.pem',
    'tls-auth-clients no',
  ];
  plain = await startRedis();
  secured = await startRedis(...tls);
  secret = await startRedis(
    `user default on #${sha256(password)} ~* &* +@all`,
    `user reticent on #${sha256('told')} ~* +@all -info -scan -client`,
    `user confined on #${sha256('told')} ~app:* +@all`,
  );
  replica = await startRedis(`replicaof 127.0.0.1 ${plain}`);
  full = await startRedis('maxmemory 1', 'maxmemory-policy noeviction');
  crowded = await startRedis('maxclients 1');
});

interface Ran {
  exitCode: number;
  stdout: string;
  everything: string;
  report: ProbeReport;
}

function ask(runtime: ProbeRuntime, environment: Record<string, string>): Promise<Ran> {
  const [program = '', ...args] = COMMANDS[runtime];
  const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile, ...environment };
  return new Promise((done) => {
    const child = execFile(program, args, { env, timeout: 40_000 }, (_error, stdout, stderr) => {
      const report = parseReport(stdout.trim()) as ProbeReport;
      done({ exitCode: child.exitCode ?? -1, stdout, everything: stdout + stderr, report });
    });
  });
}

const askUrl = (runtime: ProbeRuntime, url: string): Promise<Ran> =>
  ask(runtime, { ELASTICACHE_WIZARD_VARIABLE: 'CACHE_URL', CACHE_URL: url });

const passed = ({ report }: Ran): string[] => report.stages.flatMap(({ stage, ok }) => (ok ? [stage] : []));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const seen = ({ report }: Ran): string => report.stages.find(({ ok }) => !ok)?.detail ?? '';

describe.concurrent.each(['node', 'python3', 'sh'] as const)('the probe in %s', (runtime) => {
  // What node answers is asked of the two others too, but not in each run.
  const often = runtime === 'node' ? test : inMatrix;
  const here = describe.skipIf(!hasRedis || !isThere(runtime === 'sh' ? 'openssl' : runtime));

  here('with a password beside the address', () => {
    const askBoth = (url: string, given: string): Promise<Ran> =>
      ask(runtime, {
        ELASTICACHE_WIZARD_VARIABLE: 'CACHE_URL',
        CACHE_URL: url,
        ELASTICACHE_WIZARD_PASSWORD: 'CACHE_PASSWORD',
        CACHE_PASSWORD: given,
      });

    test('gives it, letter by letter', async () => {
      const ran = await askBoth(`redis://localhost:${secret}`, password);
      expect([ran.exitCode, seen(ran)]).toEqual([0, '']);
      expect(passed(ran)).toContain('auth');
      expect(ran.everything).not.toContain(password);
    });

    often('says that a wrong one is refused', async () => {
      const ran = await askBoth(`redis://localhost:${secret}`, 'wrong');
      expect(ran.report).toMatchObject({ failed: 'auth' });
    });

    test('goes on where the cache asks for none yet', async () => {
      const ran = await askBoth(`redis://localhost:${plain}`, password);
      expect([ran.exitCode, seen(ran)]).toEqual([0, '']);
      expect(ran.report.passwordNotAskedFor).toBe(true);
    });
  });

  test.skipIf(runtime === 'python3' && !isThere('python3'))(
    'says that it runs when it is rehearsed',
    async () => {
      const { exitCode, stdout } = await ask(runtime, { ELASTICACHE_WIZARD_REHEARSE: '1' });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ type: 'elasticache-wizard-rehearsal', runtime });
    },
  );

  here('asks a real Redis', () => {
    test('a cache that answers passes every stage, and nothing is left in it', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://localhost:${plain}/2`);
      expect(ran.exitCode).toBe(0);
      expect(ran.report.failed).toBeUndefined();
      expect(passed(ran)).toEqual(expect.arrayContaining(['parse', 'tcp', 'ping', 'keys', 'info']));
      expect(ran.report).toMatchObject({
        variable: 'CACHE_URL',
        runtime,
        role: 'master',
        maxmemoryPolicy: 'noeviction',
        clusterEnabled: false,
      });
      const redis = new Redis(plain, { db: 2 });
      expect(await redis.keys(`elasticache-wizard:probe:*`)).toEqual([]);
      redis.disconnect();
    });

    often('a URL without a scheme is plaintext', async ({ expect }) => {
      expect((await askUrl(runtime, `localhost:${plain}`)).exitCode).toBe(0);
    });

    test('TLS is verified against the authorities that the image trusts', async ({ expect }) => {
      const ran = await askUrl(runtime, `rediss://localhost:${secured}`);
      expect(ran.exitCode).toBe(0);
      expect(passed(ran)).toContain('tls');
    });

    often('a certificate made out to another name fails the TLS stage', async ({ expect }) => {
      const ran = await askUrl(runtime, `rediss://127.0.0.1:${secured}`);
      expect(ran.report.failed).toBe('tls');
      expect(ran.exitCode).toBe(12);
      expect(ran.report.otherWayAnswers).toBe(false);
    });

    often('TLS to a plaintext cache fails, and tells that plaintext answers', async ({ expect }) => {
      const ran = await askUrl(runtime, `rediss://localhost:${plain}`);
      expect(ran.report).toMatchObject({ failed: 'tls', otherWayAnswers: true });
      expect(ran.exitCode).toBe(12);
    });

    often('plaintext to a TLS cache fails, and tells that TLS answers', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://localhost:${secured}`);
      expect(ran.report).toMatchObject({ failed: 'ping', otherWayAnswers: true });
      expect(ran.exitCode).toBe(14);
    });

    test('a percent-encoded password is taken, and never printed', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://:${encoded}@localhost:${secret}`);
      expect(seen(ran)).toBe('');
      expect(passed(ran)).toContain('auth');
      expect(ran.everything).not.toContain(password);
      expect(ran.everything).not.toContain(encoded);
    });

    often('a wrong password fails the auth stage, and is never printed', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://:not-the-password@localhost:${secret}`);
      expect(ran.exitCode).toBe(13);
      expect(seen(ran)).toContain('WRONGPASS');
      expect(ran.everything).not.toContain('not-the-password');
    });

    test('a missing password fails the ping stage with the server’s own word', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://localhost:${secret}`);
      expect(ran.exitCode).toBe(14);
      expect(seen(ran)).toContain('NOAUTH');
    });

    often('a replica fails the keys stage with READONLY', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://localhost:${replica}`);
      expect(ran.exitCode).toBe(15);
      expect(seen(ran)).toContain('READONLY');
    });

    often('a full cache that evicts nothing fails the keys stage with OOM', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://localhost:${full}`);
      expect(ran.exitCode).toBe(15);
      expect(seen(ran)).toContain('OOM');
    });

    often('a port at which nothing listens fails the TCP stage as refused', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://127.0.0.1:${await freePort()}`);
      expect(ran.exitCode).toBe(11);
      expect(seen(ran)).toContain('ECONNREFUSED');
    });

    often('a name that does not resolve fails the DNS stage', async ({ expect }) => {
      const ran = await askUrl(runtime, 'rediss://cache.invalid:6379');
      expect(ran.exitCode).toBe(10);
      expect(ran.report.failed).toBe('dns');
    });

    often('another server behind the port is not taken for a Redis', async ({ expect }) => {
      const port = await listen((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      });
      const ran = await askUrl(runtime, `redis://127.0.0.1:${port}`);
      expect(ran.report.failed).toBe('ping');
      expect(seen(ran)).toContain('HTTP');
    });

    often('a cache that is full of clients fails the ping stage in its own words', async ({ expect }) => {
      const client = new Redis(crowded, { retryStrategy: () => null });
      client.on('error', () => undefined);
      await client.ping().catch(() => undefined);
      const ran = await askUrl(runtime, `redis://localhost:${crowded}`);
      client.disconnect();
      expect(ran.report.failed).toBe('ping');
      expect(seen(ran)).toContain('max number of clients reached');
    });

    often('a database that is not there fails before any key is written', async ({ expect }) => {
      const ran = await askUrl(runtime, `redis://localhost:${plain}/99`);
      expect(ran.report.failed).toBe('ping');
      expect(seen(ran)).toContain('DB index is out of range');
    });

    test.each([
      ['that is not set', {}],
      ['of another scheme', { CACHE_URL: 'https://user:hidden@cache.example' }],
    ])('a variable %s fails before any packet is sent', async (_, environment) => {
      const ran = await ask(runtime, { ELASTICACHE_WIZARD_VARIABLE: 'CACHE_URL', ...environment });
      expect(ran.exitCode).toBe(9);
      expect(ran.everything).not.toContain('hidden');
    });
  });
});

describe.each(['node', 'python3'] as const)('what the probe in %s looks at besides', (runtime) => {
  const here = test.skipIf(!hasRedis || !isThere(runtime));

  here('is how many keys live for ever and who is connected, and no key is named', async () => {
    const port = await startRedis();
    const client = new Redis(port, { connectionName: 'the-app' });
    await client.set('somebody’s session', 'hunter2');
    await client.set('short', 'hunter2', 'EX', 100);
    await client.get('short');
    const { report, everything } = await askUrl(runtime, `redis://127.0.0.1:${port}`);
    client.disconnect();
    expect(report.sample).toEqual({ keys: 2, withoutTtl: 1, denied: 0 });
    expect(report.node).toMatchObject({ databases: [{ db: 0, keys: 2, expires: 1 }], connectedClients: 2 });
    expect(report.clients).toMatchObject({
      addresses: [{ address: '127.0.0.1', connections: 1, commands: ['get'] }],
      ownAddress: { seen: '127.0.0.1', real: '127.0.0.1' },
    });
    expect(everything).not.toMatch(/session|hunter2|short/);
  });

  here('is no failure where the user may not', async () => {
    const { report } = await askUrl(runtime, `redis://reticent:told@localhost:${secret}`);
    expect(isAnswered(report)).toBe(true);
    expect(report.failed).toBe('info');
    expect(report.sample).toBeUndefined();
    expect(report.clients).toMatchObject({ notTold: expect.stringContaining('NOPERM') as string });
  });

  here('is whether other keys than its own are open to the user', async () => {
    const client = new Redis(secret, { password });
    await client.set('app:1', 'x', 'EX', 60);
    const { report } = await askUrl(runtime, `redis://confined:told@localhost:${secret}`);
    client.disconnect();
    expect(report).toMatchObject({ failed: 'keys', sample: { keys: 1, denied: 0 } });
  });

  here('is whether the password is right without the user’s name', async () => {
    const wrongUser = await askUrl(runtime, `redis://nobody:${encoded}@localhost:${secret}`);
    expect(wrongUser.report).toMatchObject({ failed: 'auth', withoutUserAnswers: true });
    const wrongBoth = await askUrl(runtime, `redis://nobody:no@localhost:${secret}`);
    expect(wrongBoth.report).toMatchObject({ failed: 'auth', withoutUserAnswers: false });
  });

  here('is each shard to which it is sent on, and a plain client’s refusal is told', async () => {
    const asked = await listen((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const moved = data.includes('SET') ? `-MOVED 7 127.0.0.1:${plain}\r\n` : '+PONG\r\n';
        socket.write(moved);
      });
    });
    const ran = await askUrl(runtime, `redis://127.0.0.1:${asked}`);
    expect(ran.report).toMatchObject({ failed: 'keys', shards: 1 });
    expect(seen(ran)).toMatch(/^MOVED 7/);
    expect(ran.exitCode).toBe(17);
  });
});

test('a shell without the tools reports only what it looked at, and does not end as if all were well', () => {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const tool of ['tr', 'cut']) {
    const path = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(join(bin, tool), `#!/bin/sh\nexec ${path} "$@"\n`, { mode: 0o755 });
  }
  const [, flag = '', source = ''] = COMMANDS.sh;
  const env = { PATH: bin, REDIS_URL: 'rediss://127.0.0.1:6379' };
  const { status, stdout } = spawnSync('/bin/sh', [flag, source], { env, encoding: 'utf8' });
  expect(status).toBe(20);
  expect(parseReport(stdout.trim())?.stages.map(({ stage }) => stage)).toEqual(['parse']);
});

test('an exit code tells the stage where no log can be read', () => {
  expect(reportOfExitCode(11, 'REDIS_URL', 'node')).toMatchObject({ failed: 'tcp', variable: 'REDIS_URL' });
  expect(reportOfExitCode(0, 'REDIS_URL', 'node')?.failed).toBeUndefined();
  expect(reportOfExitCode(137, 'REDIS_URL', 'node')).toBeUndefined();
  expect(isAnsweredByCluster(reportOfExitCode(17, 'REDIS_URL', 'node')!)).toBe(true);
  // A shell without the tools: nothing failed, and nothing is claimed to have been answered.
  const partial = reportOfExitCode(20, 'REDIS_URL', 'sh');
  expect(partial?.failed).toBeUndefined();
  expect(partial && isAnswered(partial)).toBe(false);
});

test('the built program asks for nothing newer than Node 14', () => {
  const [, , source = ''] = COMMANDS.node;
  expect(source).not.toMatch(/\?\?=|\|\|=|&&=|require\("node:/);
  expect(source.length).toBeLessThan(16_000);
});

test('no program takes more than a third of what a task definition may hold', () => {
  for (const command of Object.values(COMMANDS))
    expect(Buffer.byteLength(JSON.stringify(command))).toBeLessThan((64 * 1024) / 3);
});
