/**
 * The canvas app of the `collabcanvas` scenario, run as a program of its own in each task. It shares its objects through
 * Redis when it has one, and falls back to its own memory when Redis is away: that it is up proves nothing.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { canvasAnswer, type Answer } from './canvas-api.ts';
import { MemoryStore, RedisStore, type CanvasStore } from './canvas-store.ts';
import { redisFrom } from './canvas-redis.ts';

const SEEDED_PROJECT = 'demo';

const { env } = process;
const log = (line: string): void => void process.stdout.write(`${line}\n`);
const taskId = env['HOSTNAME'] ?? hostname();

const memory = new MemoryStore();
/** The store that counts at this moment; requests wait while the objects go from one to the other. */
let current: Promise<CanvasStore> = Promise.resolve(memory);

async function answer(request: IncomingMessage, path: string): Promise<Answer> {
  if (path !== '/health') return canvasAnswer(request, path, await current);
  return env['UNHEALTHY'] === '1'
    ? { status: 500, body: { status: 'unhealthy' } }
    : { status: 200, body: { status: 'ok' } };
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://task');
  const send = ({ status, body }: Answer): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-task-id': taskId });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  if (pathname !== '/health') log(`${request.method ?? ''} ${request.url ?? ''}`);
  answer(request, pathname).then(send, (error: unknown) => {
    log(`Request failed: ${String(error)}`);
    send({
      status: error instanceof SyntaxError || error instanceof URIError ? 400 : 500,
      body: { error: String(error) },
    });
  });
});

/** A configuration that the app does not start with: always, or as soon as it is handed a Redis. */
const crashes =
  env['CRASH_AT_START'] === '1' || (env['CRASH_WITH_REDIS'] === '1' && env['REDIS_URL'] !== undefined);
const redis = crashes ? undefined : redisFrom(env);

function stop(exitCode: number): void {
  process.exitCode = exitCode;
  redis?.disconnect();
  server.close();
  server.closeAllConnections();
}

function share(): void {
  if (!redis) return;
  const shared = new RedisStore(redis);
  let everReady = false;
  redis.on('connect', () => log('Redis connected successfully'));
  redis.on('ready', () => {
    everReady = true;
    log('Redis ready');
    if (env['IGNORE_REDIS'] === '1') return;
    current = shared.adopt(memory).then(
      () => fallingBack(shared),
      (error: unknown) => {
        log(`Redis connection error: ${reason(error)}`);
        return memory;
      },
    );
  });
  redis.on('close', () => {
    current = Promise.resolve(memory);
  });
  redis.on('error', (error: unknown) => {
    log(`Redis connection error: ${reason(error)}`);
    if (env['CRASH_WITHOUT_REDIS'] !== '1' || everReady) return;
    log('Fatal: cannot start without Redis');
    stop(1);
  });
}

/** A command that fails is done in memory instead, as if there were no Redis. */
function fallingBack(shared: CanvasStore): CanvasStore {
  const either = async <Result>(run: (store: CanvasStore) => Promise<Result>): Promise<Result> => {
    try {
      return await run(shared);
    } catch (error) {
      log(`Redis command failed, using memory: ${reason(error)}`);
      return run(memory);
    }
  };
  return {
    objects: (project) => either((from) => from.objects(project)),
    put: (project, object) => either((into) => into.put(project, object)),
    remove: (project, id) => either((from) => from.remove(project, id)),
    greet: (user) => either((into) => into.greet(user)),
    isPresent: (user) => either((from) => from.isPresent(user)),
  };
}

/** An AggregateError of several addresses has no message of its own. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

/** As in life: a task that is handed a Redis has only just started, and nobody has put anything into it. */
const startsEmpty = env['CANVAS_STARTS_EMPTY'] === '1' && env['REDIS_URL'] !== undefined;

async function seed(): Promise<void> {
  const count = startsEmpty ? 0 : Number(env['CANVAS_OBJECTS_IN_MEMORY'] ?? 0);
  for (let number = 1; number <= count; number += 1) {
    await memory.put(SEEDED_PROJECT, {
      id: `${taskId}-${number}`,
      type: 'sticky-note',
      x: number * 10,
      y: 0,
    });
  }
}

process.on('SIGTERM', () => {
  log('SIGTERM received, shutting down');
  stop(0);
});

if (crashes) {
  log('Fatal: the configuration is not valid');
  process.exitCode = 1;
} else {
  void seed().then(() => {
    share();
    server.listen(Number(env['PORT'] ?? 3000), () =>
      log(`CollabCanvas backend listening on ${env['PORT'] ?? '3000'}`),
    );
    if (!redis) log('REDIS_URL is not set, objects stay in memory');
  });
}
