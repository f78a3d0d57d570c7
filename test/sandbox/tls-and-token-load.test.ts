/** A cache that serves in plaintext goes all the way to TLS and a token, while its app asks it all the time. */
import type { DescribeTasksResponse, ListTasksResponse } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import {} from './cache-account.ts';
import { hasRedis } from './redis-program.ts';
import { canvases, type CanvasWith } from './canvas-with-cache.ts';
import { FULL } from '../matrix.ts';

/** Of the clock: a command of each task, a new connection of each task, and a visitor. */
const EVERY_MS = 10_000;
const COUNTER = 'commands-so-far';

/** An app's tasks: each keeps the connection that it made when it started, and connects anew only when it is cut off. */
const TASKS = `
const { Redis } = require('ioredis');
const kept = new Map();
const connected = (task, url) => {
  if (!kept.has(task)) kept.set(task, new Redis(url).on('error', () => undefined));
  return kept.get(task);
};
const fresh = async (url) => {
  const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0, lazyConnect: true });
  let failure;
  client.on('error', (error) => { failure ??= error.message });
  try {
    await client.connect();
    return await client.ping();
  } catch (error) {
    return failure ?? error.message;
  } finally {
    client.disconnect();
  }
};
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const { task, url, counter } = JSON.parse(line);
  const answer = await connected(task, url).incr(counter).catch((error) => error.message);
  console.log(JSON.stringify([answer, await fresh(url)]));
});`;

const clock = new VirtualClock();
const canvas = canvases(clock);

interface Task {
  readonly task: string;
  readonly url: string;
}

/** The tasks that run, each with the URL that it was started with. */
async function tasksOf(app: CanvasWith, started: Map<string, string>): Promise<Task[]> {
  const cluster = 'collabcanvas';
  const family = 'collabcanvas-backend';
  const { taskArns = [] } = await app.call<ListTasksResponse>('ecs', 'ListTasks', { cluster, family });
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await app.call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
    cluster,
    tasks: taskArns,
  });
  const running = tasks.filter(
    ({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
  );
  return Promise.all(
    running.map(async ({ taskArn: task = '', taskDefinitionArn = '' }) => {
      const url = started.get(task) ?? (await app.url(taskDefinitionArn));
      started.set(task, url);
      return { task, url };
    }),
  );
}

test.runIf(hasRedis && FULL)(
  'no command and no visitor fails on the way to TLS and a token, and nothing is lost',
  { timeout: 60_000 },
  async () => {
    const app = await canvas();
    expect((await app.setup('--no-transit-encryption')).result.error).toBeUndefined();

    const tooEarly = await app.setup('--auth', 'token', '--fix-execution-role');
    expect([tooEarly.exitCode, tooEarly.result.awsCalls.writes]).toEqual([4, 0]);
    expect(tooEarly.result.error?.hint).toContain('--transit-encryption');

    const program = await app.enter<Task & { counter: string }, [number | string, string]>(TASKS);
    const started = new Map<string, string>();
    const failures: unknown[] = [];
    let commands = 0;
    const over = new AbortController();
    const load = (async () => {
      while (!over.signal.aborted) {
        for (const task of await tasksOf(app, started)) {
          const [answer, fresh] = await clock.busy(program.ask({ ...task, counter: COUNTER }));
          commands += 1;
          if (answer !== commands || fresh !== 'PONG')
            failures.push({ ...task, at: clock.now(), answer, fresh });
        }
        const response = await clock.busy(fetch(`${app.appUrl}/api/projects/demo/objects/count`));
        const { count } = (await clock.busy(response.json())) as { count?: number };
        if (!response.ok || count === undefined) failures.push({ status: response.status });
        await clock.sleep(EVERY_MS);
      }
    })();

    const steps = [
      ['--transit-encryption'],
      ['--transit-encryption', '--require-tls'],
      ['--auth', 'token', '--fix-execution-role'],
    ];
    for (const step of steps) {
      const { result } = await app.setup(...step);
      expect([step, result.error, result.proven]).toEqual([step, undefined, true]);
    }
    over.abort();
    await load;

    expect(failures).toEqual([]);
    expect(commands).toBeGreaterThan(100);
    const group = await app.group();
    expect(group).toMatchObject({ TransitEncryptionMode: 'required', AuthTokenEnabled: true });
    // Refusing plaintext takes no new revision.
    const urls = [...new Set(started.values())].map((url) => new URL(url));
    expect(urls.map(({ protocol, password }) => [protocol, password.length])).toEqual([
      ['redis:', 0],
      ['rediss:', 0],
      ['rediss:', 64],
    ]);
    const host = group.NodeGroups![0]!.PrimaryEndpoint!.Address!;
    const [refused] = await app.talk({ host, commands: [['PING']] });
    const [cutOff] = await app.talk({ host, plaintext: true, commands: [['PING']] });
    expect([refused, cutOff]).toEqual([expect.stringContaining('NOAUTH'), expect.not.stringMatching('PONG')]);
    const [counted] = await app.talk({ host, password: urls.at(-1)!.password, commands: [['GET', COUNTER]] });
    expect(counted).toBe(String(commands));
  },
);
