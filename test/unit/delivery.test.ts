/** How an app is told of its cache: templates, what in them is a secret, and the profile that an app has already. */
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import {
  holdsPassword,
  literalOf,
  profileOf,
  PROFILES,
  render,
  speaksOfCache,
  templateProblem,
  templatesOf,
  type Connection,
} from '../../src/domain/delivery.ts';

const PASSWORD = 'p4ss/w@rd:%#?';
const CONNECTION: Connection = {
  endpoint: { address: 'master.shop.use1.cache.amazonaws.com', port: 6380, tls: true },
  readerEndpoint: { address: 'replica.shop.use1.cache.amazonaws.com', port: 6380 },
  password: PASSWORD,
};

describe('a template', () => {
  test.each([
    ['{url}/{db}', `rediss://:${encodeURIComponent(PASSWORD)}@master.shop.use1.cache.amazonaws.com:6380/0`],
    [
      '{scheme}://:{password}@{host}:{port}/3',
      `rediss://:${encodeURIComponent(PASSWORD)}@master.shop.use1.cache.amazonaws.com:6380/3`,
    ],
    ['{password}', PASSWORD],
    ['{readerHost}:{readerPort}', 'replica.shop.use1.cache.amazonaws.com:6380'],
    ['{{jobs}}:{port}', '{jobs}:6380'],
    ['{{{host}}}', '{master.shop.use1.cache.amazonaws.com}'],
    ['{"port":{port}}', '{"port":6380}'],
    ['', ''],
  ])('%s is rendered', (template, value) => {
    expect(render(template, CONNECTION)).toBe(value);
  });

  test('with an address in it is understood by ioredis, whatever the password', () => {
    const client = new Redis(render('{url}/2', CONNECTION), { lazyConnect: true });
    const { host, port, password, db, tls } = client.options;
    expect({ host, port, password, db, tls }).toEqual({
      host: CONNECTION.endpoint.address,
      port: 6380,
      password: PASSWORD,
      db: 2,
      tls: true,
    });
  });

  test.each([
    ['{url}', 'token', true],
    ['{url}', 'none', false],
    ['{{url}}', 'token', false],
    ['{host}:{port}', 'token', false],
    ['x{password}', 'rbac', true],
  ] as const)('%s of a cache with auth %s is a secret: %s', (template, auth, secret) => {
    expect(holdsPassword(template, auth)).toBe(secret);
  });

  test('without placeholders speaks of no cache, and braces written twice are meant', () => {
    expect(speaksOfCache('{{jobs}}')).toBe(false);
    expect(literalOf('{{jobs}}')).toBe('{jobs}');
    expect(speaksOfCache('{{jobs}}:{host}')).toBe(true);
  });

  test('that asks for what there is not is told what there is', () => {
    expect(templateProblem('{hots}', 'none')).toContain('has the placeholder {hots}, and there are {url}');
    expect(templateProblem('{toString}', 'none')).toContain('has the placeholder {toString}');
    expect(templateProblem('{password}', 'none')).toContain('the cache has none');
    expect(templateProblem('{{hots}}', 'none')).toBeUndefined();
  });
});

describe('the profile that an app has already', () => {
  test.each(PROFILES)('%s is known by its own variables', (profile) => {
    expect(profileOf([...Object.keys(templatesOf(profile, 'token')), 'PORT'])).toBe(profile);
  });

  test.each([
    [['REDIS_HOST', 'REDIS_PORT'], 'split'],
    [['REDIS_HOST'], undefined],
    [['REDIS_URL', 'REDIS_TLS', 'REDIS_PASSWORD'], 'url'],
    [['REDIS_URL', 'REDIS_HOST', 'REDIS_PORT'], 'url'],
    [['REDIS_URL', 'REDIS_QUEUE_URL'], 'bullmq'],
    [['PORT'], undefined],
  ])('of %j is %s', (names, profile) => {
    expect(profileOf(names)).toBe(profile);
  });
});
