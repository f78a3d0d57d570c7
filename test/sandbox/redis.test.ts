import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import type { CertificateAuthority } from '../../src/sandbox/redis/certificate-authority.ts';
import type { NodeOptions, RedisNode, RedisServers } from '../../src/sandbox/redis/node.ts';
import { createRedisServers } from '../../src/sandbox/redis/servers.ts';

const HOST_NAME = 'master.cache.abc123.use1.cache.amazonaws.com';
const TOKEN = 'first-token-0123456789';
const OTHER_TOKEN = 'second-token-0123456789';

const serverProgram = ['redis-server', 'valkey-server'].find((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
const installed = serverProgram !== undefined;

let authority: CertificateAuthority;
const folder = mkdtempSync(join(tmpdir(), 'redis-test-'));
const clients: Redis[] = [];

beforeAll(async () => {
  authority = await createCertificateAuthority();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type ClientSettings = Pick<RedisOptions, 'tls' | 'username' | 'password' | 'protocol'>;

function connect(node: RedisNode, overrides: ClientSettings = {}): Redis {
  const oneAttempt = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const client = new Redis(node.endpoint.port, node.endpoint.host, { ...oneAttempt, ...overrides });
  // Failed connections are asserted on by their commands.
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

function overTls(overrides: ClientSettings = {}): ClientSettings {
  return { tls: { ca: authority.pem, servername: HOST_NAME }, ...overrides };
}

function options(overrides: Partial<NodeOptions> = {}): NodeOptions {
  return {
    cacheClusterId: 'cache-001',
    transitEncryption: 'disabled',
    hostNames: ['*.cache.abc123.use1.cache.amazonaws.com'],
    authTokens: [],
    parameters: { 'maxmemory-policy': 'volatile-lru' },
    maxmemoryBytes: 400_000_000,
    ...overrides,
  };
}

describe.each([
  { name: 'a server of the machine', search: undefined, skip: !installed },
  { name: 'the embedded server', search: '', skip: false },
])('$name', ({ search, skip }) => {
  let servers: RedisServers;

  beforeAll(async () => {
    servers = await createRedisServers({ folder, authority, ...(search === undefined ? {} : { search }) });
  });
  afterAll(() => servers.close());

  test.skipIf(skip)('keeps what an application of sessions and canvases writes', async () => {
    const client = connect(await servers.start(options()));
    expect(await client.set('session:1', 'ada', 'EX', 60)).toBe('OK');
    expect(await client.set('session:1', 'eve', 'NX')).toBeNull();
    expect(await client.get('session:1')).toBe('ada');
    expect(await client.ttl('session:1')).toBeGreaterThan(50);
    expect(await client.mset('a', '1', 'b', '2')).toBe('OK');
    expect(await client.mget('a', 'b', 'c')).toEqual(['1', '2', null]);
    expect(await client.incr('a')).toBe(2);
    expect(await client.hset('canvas', 'circle', '1', 'square', '2')).toBe(2);
    expect(await client.hgetall('canvas')).toEqual({ circle: '1', square: '2' });
    expect(await client.hdel('canvas', 'circle')).toBe(1);
    expect(await client.hlen('canvas')).toBe(1);
    expect(await client.sadd('users', 'ada', 'eve', 'ada')).toBe(2);
    expect(await client.srem('users', 'eve')).toBe(1);
    expect(await client.smembers('users')).toEqual(['ada']);
    expect(await client.type('users')).toBe('set');
    expect(await client.expire('users', 60)).toBe(1);
    const [, keys] = await client.scan(0, 'MATCH', 'c*', 'COUNT', 100);
    expect(keys).toEqual(['canvas']);
    expect((await client.keys('*')).sort()).toEqual(['a', 'b', 'canvas', 'session:1', 'users']);
    expect(await client.dbsize()).toBe(5);
    expect(await client.exists('canvas', 'nothing')).toBe(1);
    expect(await client.del('canvas', 'nothing')).toBe(1);
    await expect(client.incr('users')).rejects.toThrow('WRONGTYPE');
    await expect(client.call('GET')).rejects.toThrow("wrong number of arguments for 'get' command");
    const bytes = Buffer.from([0, 255, 13, 10, 200]);
    await client.set('bytes', bytes);
    expect(await client.getBuffer('bytes')).toEqual(bytes);
    const pipelined = await client.pipeline().set('x', '1').incr('x').get('x').exec();
    expect(pipelined).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, '2'],
    ]);
  });

  test.skipIf(skip)('speaks the older protocol too', async () => {
    const client = connect(await servers.start(options()), { protocol: 2 });
    await client.hset('canvas', 'circle', '1');
    expect(await client.hgetall('canvas')).toEqual({ circle: '1' });
    expect(await client.get('nothing')).toBeNull();
  });

  test.skipIf(skip)(
    'shows its eviction policy, role and mode, and takes a new policy while it runs',
    async () => {
      const node = await servers.start(options());
      const client = connect(node);
      expect(await client.info()).toMatch(/maxmemory_policy:volatile-lru/);
      await node.setParameters({
        'maxmemory-policy': 'noeviction',
        maxmemory: '300000000',
        'reserved-memory-percent': '25',
      });
      const memory = await client.info('memory');
      expect(memory).toMatch(/maxmemory:300000000/);
      expect(memory).toMatch(/maxmemory_policy:noeviction/);
      expect(await client.info('replication')).toMatch(/role:master/);
      expect(await client.info('cluster')).toMatch(/cluster_enabled:0/);
    },
  );

  test.skipIf(skip)('does not know the commands that ElastiCache blocks', async () => {
    const client = connect(await servers.start(options()));
    await expect(client.config('GET', 'maxmemory-policy')).rejects.toThrow(
      "ERR unknown command 'config', with args beginning with: 'GET' 'maxmemory-policy'",
    );
    for (const command of ['DEBUG', 'SAVE', 'BGSAVE', 'REPLICAOF', 'SLAVEOF', 'SHUTDOWN', 'MIGRATE']) {
      await expect(client.call(command)).rejects.toThrow(`ERR unknown command '${command}'`);
    }
  });

  test.skipIf(skip)('proves with TLS that it is the host that was asked for', async () => {
    const node = await servers.start(options({ transitEncryption: 'required' }));
    expect(await connect(node, overTls()).ping()).toBe('PONG');

    const elsewhere = connect(node, { tls: { ca: authority.pem, servername: 'other.example.com' } });
    await expect(elsewhere.connect()).rejects.toThrow();
    const byAddress = connect(node, { tls: { ca: authority.pem } });
    await expect(byAddress.connect()).rejects.toThrow();
    const untrusting = connect(node, { tls: { servername: HOST_NAME } });
    await expect(untrusting.connect()).rejects.toThrow();
  });

  test.skipIf(skip)('accepts two tokens while they rotate, and one afterwards', async () => {
    const node = await servers.start(options({ transitEncryption: 'required', authTokens: [TOKEN] }));
    const open = connect(node, overTls({ password: TOKEN }));
    expect(await open.ping()).toBe('PONG');
    await expect(connect(node, overTls()).ping()).rejects.toThrow('NOAUTH');
    await expect(connect(node, overTls({ password: OTHER_TOKEN })).ping()).rejects.toThrow(
      /WRONGPASS|NOAUTH/,
    );
    await expect(connect(node, overTls({ username: 'redis', password: TOKEN })).ping()).rejects.toThrow(
      /WRONGPASS|NOAUTH/,
    );

    await node.setAuthTokens([TOKEN, OTHER_TOKEN]);
    expect(await connect(node, overTls({ password: TOKEN })).ping()).toBe('PONG');
    expect(await connect(node, overTls({ password: OTHER_TOKEN })).ping()).toBe('PONG');

    await node.setAuthTokens([OTHER_TOKEN]);
    await expect(connect(node, overTls({ password: TOKEN })).ping()).rejects.toThrow(/WRONGPASS|NOAUTH/);
    expect(await connect(node, overTls({ password: OTHER_TOKEN })).ping()).toBe('PONG');
    // As on AWS, a connection that has proved itself stays.
    expect(await open.ping()).toBe('PONG');
  });

  test.skipIf(skip)('has replicas that follow, refuse writes, and take over', async () => {
    const primary = await servers.start(options());
    const replica = await servers.start(options({ cacheClusterId: 'cache-002', replicaOf: primary }));
    const writer = connect(primary);
    const reader = connect(replica);
    await writer.set('canvas', '36');
    await expect.poll(() => reader.get('canvas'), { interval: 5 }).toBe('36');
    await expect(reader.set('canvas', '12')).rejects.toThrow('READONLY');
    expect(await reader.info('replication')).toMatch(/role:slave/);

    await replica.promote();
    await primary.replicateFrom(replica);
    await reader.set('canvas', '57');
    await expect.poll(() => writer.get('canvas'), { interval: 5 }).toBe('57');
    await expect(writer.set('canvas', '1')).rejects.toThrow('READONLY');
  });

  test.skipIf(skip)('takes plaintext and TLS at one port while TLS is preferred, then only TLS', async () => {
    const node = await servers.start(options({ transitEncryption: 'preferred' }));
    const plain = connect(node);
    const tls = connect(node, overTls());
    await plain.set('canvas', '36');
    expect(await tls.get('canvas')).toBe('36');

    const ended = once(plain, 'end');
    await node.setTransitEncryption('required');
    await ended;
    expect(await tls.get('canvas')).toBe('36');
    await expect(connect(node).ping()).rejects.toThrow();
    expect(await connect(node, overTls()).get('canvas')).toBe('36');
  });

  test.skipIf(skip)('starts to take TLS without losing plaintext connections or data', async () => {
    const node = await servers.start(options());
    const plain = connect(node);
    await plain.set('canvas', '36');
    await node.setTransitEncryption('preferred');
    expect(await plain.get('canvas')).toBe('36');
    expect(await connect(node).get('canvas')).toBe('36');
    expect(await connect(node, overTls()).get('canvas')).toBe('36');

    const ended = once(plain, 'end');
    await node.setTransitEncryption('required');
    await ended;
  });
});

describe('a server of the machine', () => {
  test.skipIf(!installed)(
    'hides the user of the sandbox and keeps its secrets out of argument lists',
    async () => {
      const servers = await createRedisServers({ folder, authority });
      try {
        const node = await servers.start(options({ cacheClusterId: 'secret-001', authTokens: [TOKEN] }));
        const client = connect(node, { password: TOKEN });
        expect(await client.acl('WHOAMI')).toBe('default');
        for (const subcommand of ['LIST', 'USERS']) {
          await expect(client.call('ACL', subcommand)).rejects.toThrow('NOPERM');
        }
        await expect(client.call('ACL', 'SETUSER', 'default', 'nopass')).rejects.toThrow('NOPERM');
        expect(await client.call('CLIENT', 'LIST')).not.toContain('user=sandbox');

        const own = readdirSync(folder).find((name) => name.startsWith('secret-001'))!;
        expect(statSync(join(folder, own, 'server.conf')).mode & 0o777).toBe(0o600);
        const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
        expect(running).not.toContain(TOKEN);
      } finally {
        await servers.close();
      }
      expect(readdirSync(folder).filter((name) => name.startsWith('secret-001'))).toEqual([]);
    },
  );

  test.skipIf(!installed)('dies with the sandbox, even when that is killed by force', async () => {
    const library = await rolldown({ input: 'src/sandbox/redis/server-process.ts', platform: 'node' });
    await library.write({ file: join(folder, 'server-process.mjs'), format: 'esm' });
    await library.close();
    const program = join(folder, 'sandbox.mjs');
    writeFileSync(
      program,
      `import { startServer } from './server-process.mjs';
       await startServer(process.argv[2], process.argv[3]);
       console.log('ready');
       setInterval(() => undefined, 1000);`,
    );
    const pidFile = join(folder, 'server.pid');
    const config = join(folder, 'orphan.conf');
    // Without a TCP port it cannot meet one that is taken.
    writeFileSync(config, `port 0\nunixsocket ${join(folder, 's')}\nsave ""\npidfile ${pidFile}\n`);
    const sandbox = spawn(process.execPath, [program, serverProgram!, config], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(sandbox.stdout, 'data');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(alive(pid)).toBe(true);
    sandbox.kill('SIGKILL');
    await expect.poll(() => alive(pid), { interval: 5, timeout: 5000 }).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
