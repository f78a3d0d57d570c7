/** What is left to a person after a setup: what to watch, said for what the cache is for, and what was there before. */
import { describe, expect, test } from 'vitest';
import { aftercare } from '../../src/domain/aftercare.ts';
import type { EcsConsumer } from '../../src/domain/consumer.ts';
import { PROJECT_TAG, REPLACES_TAG } from '../../src/domain/ownership.ts';
import type { CacheSettings, ServerlessCacheSettings, VariableSettings } from '../../src/domain/settings.ts';
import { appOf, world } from './checked-world.ts';
import { cacheOf, from, serviceOf, variableFor } from './wanted.ts';

interface Before {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly variables?: readonly VariableSettings[];
}

/** A service as it was before the change. */
function service({ environment = {}, secrets = {}, tags = {}, variables }: Before = {}): EcsConsumer {
  const app = appOf(world());
  const container = {
    name: app.container,
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
  };
  return {
    kind: 'ecs',
    settings: serviceOf({ container: app.container, variables: variables ?? [variableFor('canvas')] }),
    app: {
      ...app,
      taskDefinition: { ...app.taskDefinition, tags, document: { containerDefinitions: [container] } },
    },
  };
}

function told(caches: readonly CacheSettings[], consumer = service(), watched = true): string[] {
  return aftercare({ project: 'backend', caches, consumers: [consumer], watched });
}

const serverless = (): ServerlessCacheSettings => ({ ...cacheOf(), kind: 'serverless' });

describe('what to watch', () => {
  test('is said with the command that shows it', () => {
    expect(told([cacheOf({ workload: from('flag', 'cache'), replicas: from('flag', 1) })]))
      .toMatchInlineSnapshot(`
      [
        "elasticache-wizard status --project backend --metrics   (at times, two days)",
        "  memory, evictions: when it is full, the least used keys make way",
        "  CPU: one thread does the work; its limit stands beside it",
        "  connections: they level off with the tasks, or a client never closes them",
        "  replication lag: what a failover would lose",
        "elasticache-wizard logs --project backend   (what the app says of it)",
      ]
    `);
  });

  test.each([
    ['queue', /a full queue takes no more jobs/],
    ['sessions', /evictions: 0, for each one logs somebody out/],
  ] as const)('of a cache for a %s is what would hurt there', (workload, point) => {
    expect(told([cacheOf({ workload: from('flag', workload) })]).join('\n')).toMatch(point);
  });

  test('of a serverless cache is its limit and its bill, and what workers of a queue cost there', () => {
    const plain = told([serverless()]).join('\n');
    expect(plain).toMatch(/throttled: 0[^]*ECPUs and data: they are the bill/);
    expect(plain).not.toMatch(/CPU: one thread|idle workers|replication lag/);
    const variables = ['REDIS_URL', 'REDIS_QUEUE_URL'].map((name) =>
      variableFor('canvas', { name: from('found', name) }),
    );
    expect(told([serverless()], service({ variables })).join('\n')).toContain('ECPUs of idle workers');
  });

  test('names each point once for two caches, and the alarms where nobody is told', () => {
    const lines = told([cacheOf(), cacheOf({ name: 'other' })], service(), false);
    expect(lines.filter((line) => line.includes('connections'))).toHaveLength(1);
    expect(lines.at(-1)).toBe('elasticache-wizard alarms --project backend   (nobody is told yet)');
  });
});

describe('what was there before', () => {
  test('is named without its password, and kept until nobody needs the way back', () => {
    const lines = told(
      [cacheOf()],
      service({ environment: { REDIS_URL: 'redis://:hunter2@old.internal:6379/0' } }),
    );
    expect(lines.slice(-4)).toEqual([
      '',
      'REDIS_URL of backend was redis://****@old.internal:6379/0 before.',
      '  Its keys were not copied. rollback leads back to it: keep it for a week at',
      '  least, and until nobody is connected to it any more.',
    ]);
  });

  test('is a secret by its name where it stood in one', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/redis-AbCdEf';
    expect(told([cacheOf()], service({ secrets: { REDIS_URL: arn } }))).toContain(
      'REDIS_URL of backend was what the secret prod/redis-AbCdEf says before.',
    );
  });

  test('is a Redis beside each task where it was asked there', () => {
    const lines = told([cacheOf()], service({ environment: { REDIS_URL: 'redis://localhost:6379' } }));
    expect(lines.at(-1)).toContain('Each task had its own');
  });

  test('is asked about where a variable still leads elsewhere', () => {
    const lines = told(
      [cacheOf()],
      service({ environment: { SESSION_REDIS_URL: 'redis://old.internal:6379' } }),
    );
    expect(lines.at(-1)).toBe(
      'SESSION_REDIS_URL of backend still is redis://old.internal:6379: does anybody read it?',
    );
  });

  test('is nothing where the variables were ours already, or speak of no Redis', () => {
    const ours = service({
      environment: {
        REDIS_URL: 'rediss://master.canvas.abc123.use1.cache.amazonaws.com:6379',
        DB_URL: 'postgres://db/app',
      },
      tags: { [PROJECT_TAG]: 'backend', [REPLACES_TAG]: 'web:1' },
    });
    expect(told([cacheOf()], ours)).toEqual(told([cacheOf()]));
  });

  test('fits 80 columns with the two spaces that stand before each line', () => {
    const lines = [
      ...told([cacheOf({ workload: from('flag', 'queue'), replicas: from('flag', 1) }), serverless()]),
      ...told([cacheOf()], service({ environment: { REDIS_URL: 'redis://localhost:6379' } })),
      ...told([cacheOf()], service({ environment: { REDIS_URL: 'redis://old.internal:6379' } })),
    ];
    expect(lines.filter(({ length }) => length > 78)).toEqual([]);
  });
});
