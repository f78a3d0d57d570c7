/** The app of the `kempian` scenario, in Node for the Python it is in life: a cache in front of slow reads, by REDIS_URL alone. */
import { Redis } from 'ioredis';
import { log, NOT_FOUND, reason, serveJson, type JsonAnswer } from './json-app.ts';

const { env } = process;
const TEST_KEY = 'kempian:startup-check';
const TTL_SECONDS = 300;

const redis = new Redis(env['REDIS_URL'] ?? 'redis://localhost:6379/0', {
  connectTimeout: 2_000,
  maxRetriesPerRequest: 1,
  retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
});
const where = `${redis.options.host ?? ''}:${redis.options.port ?? ''}/${redis.options.db ?? 0}`;
redis.on('error', (error: unknown) => log(`Redis connection error: ${reason(error)}`));
redis.on('ready', () => {
  log(`Redis connected: ${where}`);
  startUpCheck().catch((error: unknown) => log(`Redis check failed: ${reason(error)}`));
});

async function startUpCheck(): Promise<void> {
  log(`Redis PING: ${await redis.ping()}`);
  await redis.set(TEST_KEY, 'ok', 'EX', TTL_SECONDS);
  log(`Redis SET and GET of a test key: ${String(await redis.get(TEST_KEY))}`);
}

async function cached(key: string): Promise<JsonAnswer> {
  const found = await redis.get(`kempian:${key}`);
  if (found !== null) return { status: 200, body: { key, value: found, from: 'cache' } };
  const value = `computed for ${key}`;
  await redis.set(`kempian:${key}`, value, 'EX', TTL_SECONDS);
  return { status: 200, body: { key, value, from: 'source' } };
}

serveJson({
  name: 'kempian',
  port: Number(env['PORT'] ?? 3000),
  async answer(_request, { pathname }) {
    if (pathname === '/health') return { status: 200, body: { status: 'ok', redis: redis.status, where } };
    const [, key] = /^\/items\/([\w-]+)$/.exec(pathname) ?? [];
    return key === undefined ? NOT_FOUND : cached(key);
  },
  stop() {
    redis.disconnect();
    return Promise.resolve();
  },
});
