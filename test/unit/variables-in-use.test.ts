/** Which variables of an app that others have set up speak of its Redis, and of which cache. */
import { describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { LivingCache } from '../../src/aws/caches.ts';
import { findCacheInUse } from '../../src/cli/opening/cache-in-use.ts';
import type { RunningService } from '../../src/domain/app.ts';
import { strictAsker } from '../../src/inputs/strict-asker.ts';
import { cacheAddressOf } from '../../src/domain/cache-address.ts';
import { handedAddressOf } from '../../src/domain/handed-address.ts';
import { variablesInUse } from '../../src/domain/variables-in-use.ts';

const HOST = 'master.shop.abc123.use1.cache.amazonaws.com';
const PLACES = [
  { name: 'shop', addresses: [HOST, HOST.replace('master', 'replica')] },
  { name: 'jobs', addresses: ['jobs.abc123.ng.0001.use1.cache.amazonaws.com'] },
];

type Values = Readonly<Record<string, string>>;

function definition(environment: Values, secrets: Values = {}, sidecar: Values = {}) {
  const entries = (values: Values) => Object.entries(values).map(([name, value]) => ({ name, value }));
  const references = Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom }));
  return {
    containerDefinitions: [
      { name: 'proxy', environment: entries(sidecar) },
      { name: 'web', environment: entries(environment), secrets: references },
    ],
  };
}

function used(...values: Parameters<typeof definition>): string[] {
  return variablesInUse(definition(...values), 'web', PLACES).map(
    ({ container, name, template, cache }) => `${container} ${name} ${template} ${cache ?? '?'}`,
  );
}

function running(environment: Values): RunningService {
  return {
    container: 'web',
    taskDefinition: { document: definition(environment) },
  } as unknown as RunningService;
}

function living({ name, addresses: [address] }: (typeof PLACES)[number]): LivingCache {
  return { name, endpoint: { address, port: 6379, kind: 'primary' } } as unknown as LivingCache;
}

describe('variables of an app', () => {
  test.each<[string, Values, string[]]>([
    ['a URL by any name', { CACHE_URL: `rediss://${HOST}:6379` }, ['web CACHE_URL {url} shop']],
    ['the address alone by any name', { WHERE: HOST }, ['web WHERE {host} shop']],
    ['an address with its port', { REDIS_ENDPOINT: `${HOST}:6379` }, ['web REDIS_ENDPOINT {endpoints} shop']],
    [
      'host and port',
      { REDIS_HOST: HOST, REDIS_PORT: '6379', PORT: '3000' },
      ['web REDIS_HOST {host} shop', 'web REDIS_PORT {port} shop'],
    ],
    [
      'as Spring has them',
      {
        SPRING_DATA_REDIS_HOST: HOST,
        SPRING_DATA_REDIS_PORT: '6379',
        SPRING_DATA_REDIS_SSL_ENABLED: 'true',
        SPRING_DATA_REDIS_PASSWORD: 'x',
      },
      [
        'web SPRING_DATA_REDIS_HOST {host} shop',
        'web SPRING_DATA_REDIS_PORT {port} shop',
        'web SPRING_DATA_REDIS_SSL_ENABLED {tls} shop',
        'web SPRING_DATA_REDIS_PASSWORD {password} shop',
      ],
    ],
    [
      'as Celery has them',
      { CELERY_BROKER_URL: `redis://${PLACES[1]!.addresses[0]!}:6379/0`, REDIS_TLS: 'false' },
      ['web CELERY_BROKER_URL {url} jobs', 'web REDIS_TLS {tls} jobs'],
    ],
    ['a host of the usual name that leads nowhere', { REDIS_HOST: 'localhost' }, ['web REDIS_HOST {host} ?']],
    [
      'one that is misspelt, by the nearest',
      { REDIS_URL: `rediss://${HOST.replace('shop', 'shpo')}:6379` },
      ['web REDIS_URL {url} shop'],
    ],
    [
      'one that is gone, by the name in its address',
      { REDIS_URL: 'redis://old.abc123.ng.0001.use1.cache.amazonaws.com:6379' },
      ['web REDIS_URL {url} old'],
    ],
    ['one that was left empty', { REDIS_URL: '' }, ['web REDIS_URL {url} ?']],
  ])('are known: %s', (_, environment, expected) => {
    expect(used(environment)).toEqual(expected);
  });

  test('in a secret are known by their names, for nobody reads what is in it', () => {
    expect(used({}, { REDIS_URL: 'arn:aws:secretsmanager:x', DATABASE_URL: 'arn:y' })).toEqual([
      'web REDIS_URL {url} ?',
    ]);
    expect(used({ REDIS_HOST: HOST }, { REDIS_PASSWORD: '/shop/password' })).toEqual([
      'web REDIS_HOST {host} shop',
      'web REDIS_PASSWORD {password} shop',
    ]);
  });

  test('of its own container come first, and those of others are seen too', () => {
    const url = `rediss://${HOST}:6379`;
    expect(used({ REDIS_URL: url }, {}, { REDIS_URL: url })).toEqual([
      'web REDIS_URL {url} shop',
      'proxy REDIS_URL {url} shop',
    ]);
  });

  test.each<[string, Values]>([
    ['a broker that is no Redis', { CELERY_BROKER_URL: 'amqp://rabbit:5672' }],
    ['another database', { DATABASE_URL: 'postgres://db:5432/shop' }],
    ['a cache of another make', { CACHE_URL: 'memcached://cache:11211' }],
    [
      'the reader endpoint where only reads are meant',
      { REDIS_READER_HOST: HOST.replace('master', 'replica') },
    ],
    ['what only sounds like it', { REDIS_TTL: '60', REDIS_CLUSTER: 'true' }],
  ])('are not taken for it: %s', (_, environment) => {
    expect(used(environment)).toEqual([]);
  });
});

describe('the cache that is meant', () => {
  const all = PLACES.map(living);
  const caches = {
    list: () => Promise.resolve(all),
    read: (name: string) => Promise.resolve(all.find((cache) => cache.name === name)),
  };
  const meant = (environment: Values, named?: string) =>
    findCacheInUse(running(environment), named, { caches } as unknown as Aws, strictAsker);
  const both = { REDIS_URL: `rediss://${HOST}:6379`, JOBS_HOST: PLACES[1]!.addresses[0]! };

  test('is the one that the variables lead to, and of several the one that is named', async () => {
    expect(await meant({ REDIS_URL: both.REDIS_URL })).toMatchObject({ cacheName: 'shop' });
    const { variables } = await meant(both, 'jobs');
    expect(variables.map(({ name }) => name)).toEqual(['JOBS_HOST']);
  });

  test('is asked for where there are several: nobody there, the list is in the hint', async () => {
    await expect(meant(both)).rejects.toMatchObject({
      code: 'MissingInput',
      hint: expect.stringContaining('It is one of: shop, jobs.') as string,
    });
  });

  test('that others lead to is what is wrong where none leads to the named one', async () => {
    const { variables } = await meant({ REDIS_URL: both.REDIS_URL }, 'jobs');
    expect(variables.map(({ name, cache }) => [name, cache])).toEqual([['REDIS_URL', 'shop']]);
  });
});

describe('the name of an endpoint tells', () => {
  test.each([
    ['master.shop.abc123.use1.cache.amazonaws.com', 'shop primary use1'],
    ['replica.shop.abc123.euw1.cache.amazonaws.com', 'shop reader euw1'],
    ['clustercfg.shop.abc123.use1.cache.amazonaws.com', 'shop configuration use1'],
    ['shop.abc123.clustercfg.use1.cache.amazonaws.com', 'shop configuration use1'],
    ['shop.abc123.ng.0001.use1.cache.amazonaws.com', 'shop primary use1'],
    ['shop-ro.abc123.ng.0001.use1.cache.amazonaws.com', 'shop reader use1'],
    ['shop-001.shop.abc123.use1.cache.amazonaws.com', 'shop node use1'],
    ['shop-0001-002.shop.abc123.use1.cache.amazonaws.com', 'shop node use1'],
    ['shop-001.abc123.0001.use1.cache.amazonaws.com', 'shop node use1'],
    ['shop-a1b2c3.serverless.use1.cache.amazonaws.com', 'shop serverless use1'],
    ['master.shop.abc123.cnn1.cache.amazonaws.com.cn', 'shop primary cnn1'],
  ])('%s', (host, expected) => {
    const { cacheName, kind, regionCode } = cacheAddressOf(host)!;
    expect(`${cacheName} ${kind} ${regionCode}`).toBe(expected);
  });

  test.each(['localhost', 'redis.internal', 'shop.cluster-abc.us-east-1.rds.amazonaws.com'])(
    'and %s is none',
    (host) => expect(cacheAddressOf(host)).toBeUndefined(),
  );
});

describe('an address that no parser takes is taken apart all the same', () => {
  test.each([
    ['rediss://h:6379:6379', { host: 'h', ports: ['6379', '6379'], isBroken: false }],
    ['h:6379', { host: 'h', ports: ['6379'] }],
    ['rediss://:p%40ss@h:6379/2', { host: 'h', password: 'p@ss', database: '2', isBroken: false }],
    ['rediss://:p#ss@h:6379', { host: 'h', password: 'p#ss', isBroken: true }],
    ['rediss://:p@ss@h:6379', { host: 'h', isBroken: true }],
    ['rediss://:100%@h:6379', { host: 'h', password: '100%', isBroken: true }],
    ['rediss://app:pw@h', { host: 'h', user: 'app', password: 'pw', ports: [] }],
  ])('%s', (value, expected) => {
    expect(handedAddressOf(value)).toMatchObject(expected);
  });

  test.each(['', '   ', 'rediss:///'])('%j is none', (value) => {
    expect(handedAddressOf(value)).toBeUndefined();
  });
});
