/** The clients that applications use, and the connection files that we publish, on caches as setup makes them: each connects with nothing but what the app is given. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { inMatrix } from '../matrix.ts';
import {} from './cache-account.ts';
import { hasRedis } from './redis-program.ts';
import { canvasWith, PROJECT, type CanvasWith } from './canvas-with-cache.ts';

const UNPROVEN = ['--no-probe', '--no-verify'];
const WITH_TOKEN = ['--auth', 'token', '--fix-execution-role'];
const JOBS = 20;

const hasRedisPy = spawnSync('python3', ['-c', 'import redis'], { stdio: 'ignore' }).status === 0;

const clock = new VirtualClock();
let sandbox: Sandbox;
let app: CanvasWith;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});
afterAll(() => sandbox.close());

const lineByLine = (answer: string): string => `
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  console.log(JSON.stringify(await (${answer})(JSON.parse(line)).catch((error) => ({ error: error.message }))));
});`;

const BULLMQ = `
const { Redis } = require('ioredis');
const { Queue, Worker } = require('bullmq');
const warnings = [];
console.warn = (...words) => warnings.push(words.join(' '));
${lineByLine(`async ({ url, jobs }) => {
  warnings.length = 0;
  const connections = [1, 2].map(() => new Redis(url, { maxRetriesPerRequest: null }));
  const queue = new Queue('jobs', { connection: connections[0] });
  const worker = new Worker('jobs', async ({ data }) => data.number * data.number, { connection: connections[1] });
  const squares = [];
  const done = new Promise((resolve) =>
    worker.on('completed', (job, square) => squares.push(square) === jobs && resolve()));
  await queue.addBulk(Array.from({ length: jobs }, (_, number) => ({ name: 'square', data: { number } })));
  await done;
  await Promise.all([worker.close(), queue.close()]);
  for (const connection of connections) connection.disconnect();
  return { squares, warnings };
}`)}`;

/** A published file as it stands; of a cluster client also how many keys each node has. */
const TEMPLATE = lineByLine(`async ({ file, url, keys }) => {
  process.env.REDIS_URL = url;
  const { redis } = await import(file);
  const numbers = Array.from({ length: keys }, (_, number) => number);
  await Promise.all(numbers.map((number) => redis.set('key-' + number, String(number))));
  const found = await Promise.all(numbers.map((number) => redis.get('key-' + number)));
  const nodes = await Promise.all((redis.nodes?.('master') ?? []).map(async (node) => (await node.keys('key-*')).length));
  await (redis.destroy ?? redis.disconnect).call(redis);
  return { found: found.map(Number), nodes };
}`);

interface Answers {
  readonly found: readonly number[];
  readonly nodes: readonly number[];
}

const template = (name: string): string => pathToFileURL(join('templates', 'clients', name)).href;

/** Names resolve as they do in the VPC; the rest is the published file's own, the check of the certificate's name included. */
const REDIS_PY = `
import json, os, runpy, socket, sys, redis
asked = json.load(sys.stdin)
os.environ.update(REDIS_URL=asked['url'], SSL_CERT_FILE=asked['certificateAuthority'])
resolve = socket.getaddrinfo
def inside_the_vpc(host, port, *rest, **more):
    return resolve(*asked['place'], *rest, **more)
socket.getaddrinfo = inside_the_vpc
client = runpy.run_path('templates/clients/redis_py.py')['client']
client.set('by-redis-py', 'here')
answers = [client.ping(), client.get('by-redis-py')]
try:
    redis.Redis.from_url(asked['withoutToken'], ssl_ca_certs=asked['certificateAuthority']).ping()
    answers.append('let in')
except redis.AuthenticationError as error:
    answers.append(str(error))
print(json.dumps(answers))`;
import { quickSandbox } from './quick-account.ts';

describe.runIf(hasRedis)('a cache for a queue, with a token', () => {
  beforeAll(async () => {
    app = await canvasWith(sandbox, clock);
    const one = ['--replicas', '0', '--no-multi-az'];
    const { result } = await app.setup('--workload', 'queue', ...one, ...WITH_TOKEN, ...UNPROVEN);
    expect(result.error).toBeUndefined();
  });
  afterAll(() => app.close());

  test.each(['ioredis.js', 'node-redis.js'])(
    'is used by the published %s with the URL alone',
    async (name) => {
      const program = await app.enter<object, Answers>(TEMPLATE);
      const { found } = await program.ask({ file: template(name), url: await app.url(), keys: 3 });
      expect(found).toEqual([0, 1, 2]);
    },
  );

  test('is shown as a file for the app’s own variables, and no value of them', async () => {
    const show = (client: string) => app.run('status', '--project', PROJECT, '--client', client);
    const { exitCode, result } = await show('ioredis');
    expect([exitCode, result.client]).toEqual([
      0,
      {
        library: 'ioredis',
        template: 'templates/clients/ioredis.js',
        text: readFileSync('templates/clients/ioredis.js', 'utf8'),
      },
    ]);
    expect((await show('celery')).result.client?.text).toContain(
      'url = os.environ["REDIS_URL"]\nresults = url\n',
    );
  });

  test.skipIf(!hasRedisPy)(
    'is used by the published redis_py.py with the URL and AWS’s certificates',
    async () => {
      const url = await app.url();
      const folder = await mkdtemp(join(tmpdir(), 'redis-py-'));
      const certificateAuthority = join(folder, 'authority.pem');
      await writeFile(certificateAuthority, app.account.fabric.certificateAuthority);
      const withoutToken = new URL(url);
      withoutToken.password = '';
      const { host, port } = await app.endpointOf(url);
      const child = spawn('python3', ['-c', REDIS_PY], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin.end(
        JSON.stringify({ url, withoutToken: withoutToken.href, certificateAuthority, place: [host, port] }),
      );
      expect(JSON.parse(await text(child.stdout))).toEqual([
        true,
        'here',
        expect.stringMatching(/authenticat/i),
      ]);
      await rm(folder, { recursive: true });
    },
  );

  test('runs the jobs of BullMQ, which does not warn of its eviction policy, but would', async () => {
    const program = await app.enter<object, { squares: number[]; warnings: string[] }>(BULLMQ);
    const url = await app.url();
    const { squares, warnings } = await program.ask({ url, jobs: JOBS });
    expect(squares).toEqual(Array.from({ length: JOBS }, (_, number) => number * number));
    expect(warnings).toEqual([]);
    expect(await app.setup('--maxmemory-policy', 'allkeys-lru', ...UNPROVEN)).toMatchObject({ exitCode: 0 });
    const evicting = await program.ask({ url, jobs: 1 });
    expect(evicting.warnings.join()).toContain('Eviction policy is allkeys-lru. It should be "noeviction"');
  });
});

describe.runIf(hasRedis && process.platform === 'linux')('a cache in cluster mode, with a token', () => {
  afterEach(() => app.close());

  inMatrix('has its keys spread over its shards by the published cluster clients', async () => {
    app = await canvasWith(sandbox, clock);
    const { result } = await app.setup(
      '--cluster-mode',
      'enabled',
      '--shards',
      '2',
      ...WITH_TOKEN,
      ...UNPROVEN,
    );
    expect(result.error).toBeUndefined();
    const program = await app.enter<object, Answers>(TEMPLATE);
    const url = await app.url();
    const ask = (name: string): Promise<Answers> => program.ask({ file: template(name), url, keys: 60 });
    const { found, nodes } = await ask('ioredis-cluster.js');
    expect(found).toEqual(Array.from({ length: 60 }, (_, number) => number));
    expect([nodes.length, Math.min(...nodes) > 0]).toEqual([2, true]);
    expect(nodes.reduce((sum, keys) => sum + keys, 0)).toBe(60);
    expect((await ask('node-redis-cluster.js')).found).toEqual(found);
    const show = (client: string) => app.run('status', '--project', PROJECT, '--client', client);
    expect((await show('node-redis')).result.client?.template).toBe(
      'templates/clients/node-redis-cluster.js',
    );
    expect((await show('bullmq')).result.error).toMatchObject({
      code: 'InvalidInput',
      message: 'bullmq wants a cache of one shard, and collabcanvas-redis is serverless or in cluster mode',
    });
  });
});
