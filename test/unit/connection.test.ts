/** What an app is handed, and what of it may be seen. */
import { describe, expect, test } from 'vitest';
import { maskPassword, maskPasswords, redisUrl } from '../../src/domain/connection.ts';

test('the scheme of an address says whether the cache speaks TLS', () => {
  expect(redisUrl({ address: 'cache.example', port: 6379, tls: true })).toBe('rediss://cache.example:6379');
  expect(redisUrl({ address: 'cache.example', port: 6380, tls: false })).toBe('redis://cache.example:6380');
});

describe('a value on the screen', () => {
  test.each([
    ['redis://host:6379', 'redis://host:6379'],
    ['rediss://:secret@host:6379/0', 'rediss://****@host:6379/0'],
    ['redis://user:p@ss@host', 'redis://****@host'],
    ['redis://token@[fd00::1]:6379', 'redis://****@[fd00::1]:6379'],
    ['redis://host:6379?password=x', 'redis://host:6379?****'],
    ['https://host/a/path', 'https://host/****'],
    ['master.canvas.abc.use1.cache.amazonaws.com:6379', 'master.canvas.abc.use1.cache.amazonaws.com:6379'],
    ['10.0.0.7:6379', '10.0.0.7:6379'],
    ['localhost', 'localhost'],
    ['', ''],
  ])('%s is shown as %s', (value, shown) => {
    expect(maskPassword(value)).toBe(shown);
  });

  test.each([
    'redis://:tok#en@host',
    'redis://tok?en@host',
    'rediss://default:a/b@host',
    'redis://default:12/3@host',
    'redis://default:12?3@host',
    'redis://host?password=x@y',
    'redis://host/x@y',
    'redis://:to\\ken@host',
    'redis://:to ken@host',
    'user:pw@host',
    'user.name:12345',
    'user:12345',
    'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl',
    's3cret',
    's3cret://host',
    'redis://',
    'redis:s3cret',
    '{"password":"x"}',
  ])('nothing of %s is shown: where the password is cannot be told', (value) => {
    expect(maskPassword(value)).toBe('****');
  });

  test('no password survives, whatever it is made of and wherever it stands', () => {
    const pieces = [
      'hunter2',
      ...'@:/?#[]%&= \\"\'{}$!;,.+~'.split(''),
      '//',
      '://',
      '%40',
      '127.0.0.1',
      ':6379',
    ];
    const places: ((secret: string) => string)[] = [
      (secret) => `redis://:${secret}@h:6379/0`,
      (secret) => `rediss://default:${secret}@h`,
      (secret) => `redis://${secret}@h:6379`,
      (secret) => `redis://h:6379?password=${secret}`,
      (secret) => `redis://h:6379/0?auth=${secret}#${secret}`,
      (secret) => `user:${secret}@h:6379`,
      (secret) => `${secret}@h`,
      (secret) => `password=${secret}`,
    ];
    const shown = pieces.flatMap((one) =>
      pieces.flatMap((other) =>
        places
          .map((place) => place(`hunter2${one}hunter2${other}hunter2`))
          .map((value) => [value, maskPassword(value)]),
      ),
    );
    expect(shown.filter(([, masked]) => masked!.includes('hunter2'))).toEqual([]);
  });
});

describe('a line of a log', () => {
  test('keeps its words and loses its passwords', () => {
    expect(maskPasswords('connecting to rediss://:hunter2@host:6379 (from redis://me:x@old)')).toBe(
      'connecting to rediss://****@host:6379 (from redis://****@old)',
    );
    expect(maskPasswords('Error: connect ECONNREFUSED 127.0.0.1:6379')).toBe(
      'Error: connect ECONNREFUSED 127.0.0.1:6379',
    );
    expect(maskPasswords('WRONGPASS invalid username-password pair or user is disabled.')).toBe(
      'WRONGPASS invalid username-password pair or user is disabled.',
    );
    expect(maskPasswords('GET http://localhost:3000/health, mail ops@example.com')).toBe(
      'GET http://localhost:3000/****, mail ops@example.com',
    );
  });

  test.each([
    'using redis://:hunter2#x@host:6379',
    'using redis://:hun ter2 hunter2@host, retrying',
    'using redis://default:a/hunter2@host',
    'options { host: "h", password: "hunter2" }',
    "options { password: 'hunter2', tls: {} }",
    '{"host":"h","password":"hunter2"}',
    'REDIS_PASSWORD=hunter2',
    'connecting as default:hunter2@cache.example:6379',
    'redis://h?password=hunter2',
  ])('does not show the one of: %s', (line) => {
    expect(maskPasswords(line)).not.toContain('hunter2');
    expect(maskPasswords(line)).toMatch(/^(using|options|\{"host"|REDIS_PASSWORD|connecting|redis:)/);
  });
});
