/** The connection files as they are shown: each reads the app's own variables, and is a program as it stands. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLIENTS, likelyClient, templateOf, type ClientLibrary } from '../../src/domain/clients.ts';
import { PROFILES, templatesOf, type Profile } from '../../src/domain/delivery.ts';
import { clientSnippet, type HandedVariable } from '../../src/output/client-snippet.ts';

const FOLDER = 'templates/clients';
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const hasPython = !spawnSync('python3', ['--version']).error;

const variablesOf = (profile: Profile, auth: 'none' | 'token' = 'token'): HandedVariable[] =>
  Object.entries(templatesOf(profile, auth)).map(([name, template]) => ({ name, template }));

function shown(
  client: ClientLibrary,
  variables: readonly HandedVariable[],
  { clustered = false, tls = true } = {},
): string {
  return clientSnippet(client, read(templateOf(client, clustered) ?? ''), {
    variables,
    endpoint: { port: 6379, tls },
  });
}

/** From where the variables are read to the URL. */
function reading(text: string): string[] {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /process\.env|os\.environ/.test(line));
  return lines.slice(first, lines.findLastIndex((line) => /^(const )?(url|results) = /.test(line)) + 1);
}

describe('the connection file of a library', () => {
  test('reads the URL from the variable that the app has', () => {
    expect(reading(shown('ioredis', [{ name: 'CACHE_URL', template: '{url}' }]))).toEqual([
      'const url = process.env.CACHE_URL;',
    ]);
    expect(reading(shown('redis-py', [{ name: 'CACHE_URL', template: '{url}' }]))).toEqual([
      'url = os.environ["CACHE_URL"]',
    ]);
  });

  test('puts the URL together where the app is handed its parts', () => {
    expect(reading(shown('node-redis', variablesOf('split')))).toEqual([
      'const host = process.env.REDIS_HOST;',
      'const port = process.env.REDIS_PORT;',
      "const scheme = process.env.REDIS_TLS === 'true' ? 'rediss' : 'redis';",
      'const secret = encodeURIComponent(process.env.REDIS_PASSWORD);',
      'const url = `${scheme}://:${secret}@${host}:${port}`;',
    ]);
    expect(shown('redis-py', variablesOf('elasticache'))).toContain(
      'import os\nfrom urllib.parse import quote\n\nimport redis',
    );
  });

  test('says itself what no variable says, and sends no password where there is none', () => {
    const host = [{ name: 'redis.host', template: '{host}' }];
    expect(reading(shown('ioredis', host, { tls: false }))).toEqual([
      "const host = process.env['redis.host'];",
      'const url = `redis://${host}:6379`;',
    ]);
    expect(reading(shown('redis-py', [{ name: 'NODES', template: '{endpoints}' }]))).toEqual([
      'host = os.environ["NODES"]',
      'url = f"rediss://{host}"',
    ]);
  });

  test('adds the password that stands apart from the URL', () => {
    const apart = [
      { name: 'REDIS_URL', template: '{scheme}://{host}:{port}' },
      { name: 'REDIS_PASSWORD', template: '{password}' },
    ];
    expect(reading(shown('ioredis', apart))).toEqual([
      'const secret = encodeURIComponent(process.env.REDIS_PASSWORD);',
      "const url = process.env.REDIS_URL.replace('://', `://:${secret}@`);",
    ]);
  });

  test('takes of several URLs the one that is meant for it', () => {
    expect(reading(shown('bullmq', variablesOf('bullmq')))).toEqual([
      'const url = process.env.REDIS_QUEUE_URL;',
    ]);
    expect(reading(shown('ioredis', variablesOf('bullmq')))).toEqual(['const url = process.env.REDIS_URL;']);
    expect(reading(shown('celery', variablesOf('celery')))).toEqual([
      'url = os.environ["CELERY_BROKER_URL"]',
      'results = os.environ["CELERY_RESULT_BACKEND"]',
    ]);
    expect(reading(shown('celery', variablesOf('url')))).toEqual([
      'url = os.environ["REDIS_URL"]',
      'results = url',
    ]);
  });

  test('is left as it is published where no variable says where the cache is', () => {
    expect(shown('ioredis', [])).toBe(read('ioredis.js'));
  });

  test('is another one for cluster mode and serverless, and none of what knows no such cache', () => {
    const files = CLIENTS.flatMap((client) => [templateOf(client, false), templateOf(client, true)] as const);
    expect(files.filter((file) => file !== undefined).sort()).toEqual(readdirSync(FOLDER).sort());
    expect([templateOf('bullmq', true), templateOf('celery', true)]).toEqual([undefined, undefined]);
  });

  test('fits a screen of 80 columns', () => {
    const wide = readdirSync(FOLDER).flatMap((file) =>
      read(file)
        .split('\n')
        .filter(({ length }) => length > 80),
    );
    expect(wide).toEqual([]);
  });

  test.skipIf(!hasPython)('is Python that compiles, whatever the app is handed', () => {
    const programs = (['redis-py', 'celery'] as const).flatMap((client) =>
      [false, true].flatMap((clustered) =>
        templateOf(client, clustered) === undefined
          ? []
          : PROFILES.map((profile) => shown(client, variablesOf(profile), { clustered })),
      ),
    );
    const compile = 'import json, sys\nfor text in json.load(sys.stdin): compile(text, "shown", "exec")';
    const { stderr } = spawnSync('python3', ['-c', compile], {
      input: JSON.stringify(programs),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });
});

describe('the library that an app is likely to use', () => {
  test('follows from its variables, else from the program in its image', () => {
    expect(likelyClient(Object.keys(templatesOf('bullmq', 'token')), 'node')).toBe('bullmq');
    expect(likelyClient(['CELERY_BROKER_URL', 'CELERY_RESULT_BACKEND'], undefined)).toBe('celery');
    expect(likelyClient(['REDIS_URL'], 'node')).toBe('ioredis');
    expect(likelyClient(['REDIS_HOST', 'REDIS_PORT'], 'python3')).toBe('redis-py');
  });

  test('is not guessed of an image with a shell alone', () => {
    expect(likelyClient(['REDIS_URL'], 'sh')).toBeUndefined();
    expect(likelyClient(['REDIS_URL'], undefined)).toBeUndefined();
  });
});
