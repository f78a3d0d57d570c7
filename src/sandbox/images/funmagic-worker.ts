/**
 * The app of the `funmagic` scenario: web or admin workers on an instance. Jobs go through BullMQ (REDIS_QUEUE_URL), what
 * has been done is announced to all by pub/sub (REDIS_PUBSUB_URL); both fall back to REDIS_URL. QUEUE_PREFIX keeps web and
 * admin jobs apart. Without a Redis, an instance does its own jobs, and nobody else hears of them.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { log, NOT_FOUND, ownName, reason, serveJson, type JsonAnswer } from './json-app.ts';

const { env } = process;
const role = env['FUNMAGIC_ROLE'] ?? 'web';
const CHANNEL = 'funmagic:done';
const CONNECT_TIMEOUT_MS = 2_000;
/** Empty is an answer; only where the variable is missing, jobs are kept apart from everybody's. */
const prefix = env['QUEUE_PREFIX'] === undefined ? `unset-${ownName}` : env['QUEUE_PREFIX'] || 'bull';

/** How many jobs this instance has done, and of how many it has heard. */
let done = 0;
let heard = 0;

function connect(variable: string, blocking: boolean): Redis | undefined {
  const url = env[variable] || env['REDIS_URL'];
  if (!url) return undefined;
  const redis = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    // BullMQ's workers wait in blocking commands, and it refuses clients that give them up.
    maxRetriesPerRequest: blocking ? null : 1,
    ...(env['REDIS_TLS'] === 'true' ? { tls: {} } : {}),
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  redis.on('connect', () => log(`${variable}: Redis connected successfully`));
  redis.on('ready', () => log(`${variable}: Redis ready`));
  redis.on('error', (error: unknown) => log(`${variable}: Redis connection error: ${reason(error)}`));
  return redis;
}

const cache = connect('REDIS_URL', false);
const queueRedis = connect('REDIS_QUEUE_URL', true);
const publisher = connect('REDIS_PUBSUB_URL', false);
const subscriber = connect('REDIS_PUBSUB_URL', false);

async function work(): Promise<void> {
  done += 1;
  await publisher?.publish(CHANNEL, ownName);
}

const queue = queueRedis && new Queue('jobs', { connection: queueRedis, prefix });
const worker = queueRedis && new Worker('jobs', work, { connection: queueRedis, prefix });
const queueError = (error: unknown): void => log(`Queue error: ${reason(error)}`);
queue?.on('error', queueError);
worker?.on('error', queueError);
worker?.on('failed', (job, error) => log(`Job ${job?.id ?? ''} failed: ${reason(error)}`));
subscriber?.on('message', () => (heard += 1));
subscriber?.subscribe(CHANNEL).catch((error: unknown) => log(`Pub/sub error: ${reason(error)}`));

async function jobs(): Promise<JsonAnswer> {
  const counts = await queue?.getJobCounts('waiting', 'active', 'completed', 'failed');
  return { status: 200, body: { role, prefix, queue: counts ?? null, done, heard } };
}

async function enqueue(count: number): Promise<JsonAnswer> {
  for (let number = 1; number <= count; number += 1) {
    if (queue) await queue.add('magic', { number });
    else await work();
  }
  return { status: 202, body: { accepted: count } };
}

if (!cache && !queueRedis) log('REDIS_URL is not set, jobs stay on this instance');

serveJson({
  name: `funmagic ${role}`,
  port: Number(env['PORT'] ?? 3000),
  answer(request, { pathname, searchParams }) {
    if (pathname === '/health') return Promise.resolve({ status: 200, body: { status: 'ok', role } });
    if (pathname !== '/jobs') return Promise.resolve(NOT_FOUND);
    return request.method === 'POST' ? enqueue(Number(searchParams.get('count') ?? 1)) : jobs();
  },
  async stop() {
    await Promise.allSettled([worker?.close(true), queue?.close()]);
    for (const redis of [cache, queueRedis, publisher, subscriber]) redis?.disconnect();
  },
});
