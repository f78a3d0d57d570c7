/**
 * The app of the `close-up` scenario: an API that counts views, configured in parts (REDIS_HOST, REDIS_PORT,
 * REDIS_PASSWORD, REDIS_DB, REDIS_TLS). It goes on without Redis, each task with counts of its own.
 */
import { Redis } from 'ioredis';
import { log, NOT_FOUND, reason, serveJson, type JsonAnswer } from './json-app.ts';

const { env } = process;
const host = env['REDIS_HOST'];
const counts = new Map<string, number>();
let warned = false;

const redis = host
  ? new Redis({
      host,
      port: Number(env['REDIS_PORT'] ?? 6379),
      db: Number(env['REDIS_DB'] || 0),
      ...(env['REDIS_PASSWORD'] ? { password: env['REDIS_PASSWORD'] } : {}),
      ...(env['REDIS_TLS'] === 'true' ? { tls: {} } : {}),
      connectTimeout: 2_000,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
    })
  : undefined;
redis?.on('ready', () => {
  warned = false;
  log('Redis connected');
});
redis?.on('error', (error: unknown) => {
  if (!warned) log(`Redis unavailable, continuing without it: ${reason(error)}`);
  warned = true;
});

async function view(id: string): Promise<JsonAnswer> {
  try {
    if (redis) return { status: 200, body: { id, views: await redis.incr(`views:${id}`), from: 'redis' } };
  } catch (error) {
    log(`Redis command failed, using memory: ${reason(error)}`);
  }
  const views = (counts.get(id) ?? 0) + 1;
  counts.set(id, views);
  return { status: 200, body: { id, views, from: 'memory' } };
}

serveJson({
  name: 'close-up API',
  port: Number(env['PORT'] ?? 8080),
  async answer(_request, { pathname }) {
    if (pathname === '/health') {
      return {
        status: 200,
        body: { status: 'ok', redis: redis?.status === 'ready' ? 'connected' : 'disconnected' },
      };
    }
    const [, id] = /^\/views\/([\w-]+)$/.exec(pathname) ?? [];
    return id === undefined ? NOT_FOUND : view(id);
  },
  stop: () => Promise.resolve(redis?.disconnect()),
});
