/** The published connection files as programs, with real servers: they work, fail fast, and come back after a failover. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { ClientLibrary } from '../../src/domain/clients.ts';
import { clientSnippet } from '../../src/output/client-snippet.ts';
import { failingOver, type FailingOver } from './failing-over.ts';
import { hasRedis } from './redis-program.ts';

const PASSWORD = 'p&s%41word';
const READONLY = expect.stringMatching(/^READONLY/) as string;

const hasRedisPy =
  spawnSync('python3', ['-c', 'import redis.backoff; redis.backoff.ExponentialWithJitterBackoff'], {
    stdio: 'ignore',
  }).status === 0;

let cache: FailingOver;
afterEach(() => cache.close());

type Ask = (...question: string[]) => Promise<unknown>;

/** Runs the file with nothing but the variables that `split` gives; each line of JSON is answered by one. */
function start(client: ClientLibrary, file: string, driver: string): Ask {
  const snippet = clientSnippet(client, readFileSync(`templates/clients/${file}`, 'utf8'), {
    variables: [
      { name: 'REDIS_HOST', template: '{host}' },
      { name: 'REDIS_PORT', template: '{port}' },
      { name: 'REDIS_TLS', template: '{tls}' },
      { name: 'REDIS_PASSWORD', template: '{password}' },
    ],
    endpoint: { port: 6379, tls: false },
  });
  const [program, flags] = file.endsWith('.py')
    ? ['python3', ['-c']]
    : [process.execPath, ['--input-type=module', '-e']];
  const child = spawn(program, [...flags, `${snippet}\n${driver}`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      REDIS_HOST: cache.host,
      REDIS_PORT: String(cache.port),
      REDIS_TLS: 'false',
      REDIS_PASSWORD: PASSWORD,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (...question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await lines.next();
    return JSON.parse(String(line.value)) as unknown;
  };
}

const asking = (answer: string): string => `
import { createInterface } from 'node:readline';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const answer = ${answer};
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(...JSON.parse(line)).catch((error) => error.message)));
}`;

/** 'at last' sends a command until it is taken. */
const COMMANDS = asking(`async function send(name, ...words) {
  if (name !== 'at last') return redis[name](...words);
  return send(...words).catch(() => pause(20).then(() => send(name, ...words)));
}`);

const JOBS = asking(`async function send(name, number) {
  queue ??= openQueue('jobs');
  await queue.waitUntilReady();
  if (name === 'add') return queue.add('double', { number }).then(() => 'added');
  if (name === 'add at last') return send('add', number).catch(() => pause(20).then(() => send(name, number)));
  worker ??= openWorker('jobs', async ({ data }) => data.number * 2).on('completed', (job, it) => done.push(it));
  while (done.length < number) await pause(20);
  return done;
}; const done = []; let queue, worker`);

const PYTHON_COMMANDS = `
import json, sys
for line in sys.stdin:
    try:
        answer = str(client.execute_command(*json.loads(line)))
    except Exception as error:
        answer = type(error).__name__
    print(json.dumps(answer), flush=True)`;

describe.runIf(hasRedis)('the connection file', () => {
  test('of ioredis writes to the new primary after one refused write, and fails at once while there is none', async () => {
    cache = await failingOver(PASSWORD);
    const ask = start('ioredis', 'ioredis.js', COMMANDS);
    expect(await ask('set', 'count', '1')).toBe('OK');
    await cache.failOver();
    expect(await ask('set', 'count', '2')).toEqual(READONLY);
    expect(await ask('at last', 'set', 'count', '3')).toBe('OK');
    expect(await ask('get', 'count')).toBe('3');
    await cache.stop();
    expect(await ask('get', 'count')).toMatch(/enableOfflineQueue|closed/);
  });

  test('of node-redis writes to the new primary once ElastiCache has closed its connection', async () => {
    cache = await failingOver(PASSWORD, { closing: true });
    const ask = start('node-redis', 'node-redis.js', COMMANDS);
    expect(await ask('set', 'count', '1')).toBe('OK');
    await cache.failOver();
    expect(await ask('set', 'count', '2')).toEqual(READONLY);
    expect(await ask('at last', 'set', 'count', '3')).toBe('OK');
    await cache.stop();
    expect(await ask('get', 'count')).toMatch(/offline|closed/i);
  });

  test('of BullMQ goes on with its jobs on the new primary', async () => {
    cache = await failingOver(PASSWORD);
    const ask = start('bullmq', 'bullmq.js', JOBS);
    expect([await ask('add', '4'), await ask('done', '1')]).toEqual(['added', [8]]);
    await cache.failOver();
    expect(await ask('add', '5')).toMatch(/enableOfflineQueue|READONLY/);
    expect([await ask('add at last', '6'), await ask('done', '2')]).toEqual(['added', [8, 12]]);
  });

  test.skipIf(!hasRedisPy)('of redis-py has the refused write done by the new primary', async () => {
    cache = await failingOver(PASSWORD);
    const ask = start('redis-py', 'redis_py.py', PYTHON_COMMANDS);
    expect(await ask('SET', 'count', '1')).toBe('True');
    await cache.failOver();
    expect([await ask('SET', 'count', '2'), await ask('GET', 'count')]).toEqual(['True', '2']);
    await cache.stop();
    expect(await ask('GET', 'count')).toBe('ConnectionError');
  });
});
