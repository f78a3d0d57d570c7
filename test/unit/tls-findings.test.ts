/** An app that is told of a cache in parts has to be told of TLS too, or to know of it. */
import { describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { App } from '../../src/domain/app.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { tlsUnsaid } from '../../src/survey/tls-findings.ts';
import { cacheOf, from, serviceOf, variableFor } from './wanted.ts';

const PARTS = { REDIS_HOST: '{host}', REDIS_PORT: '{port}' };

async function found(
  templates: Readonly<Record<string, string>>,
  { living, own = {} }: { living?: boolean; own?: Readonly<Record<string, string>> } = {},
): Promise<string[]> {
  const variables = Object.entries(templates).map(([name, template]) =>
    variableFor('canvas', { name: from('config', name), template }),
  );
  const environment = Object.entries(own).map(([name, value]) => ({ name, value }));
  const app = { taskDefinition: { document: { containerDefinitions: [{ name: 'backend', environment }] } } };
  const cache = living === undefined ? undefined : { transitEncryption: living };
  const findings = await tlsUnsaid({
    settings: { caches: [cacheOf()] } as unknown as Settings,
    consumer: serviceOf({ variables }),
    app: app as unknown as App,
    aws: { caches: { read: () => Promise.resolve(cache) } } as unknown as Aws,
  });
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

describe('a cache that speaks TLS', () => {
  test('told of by host and port alone is warned of', async () => {
    expect(await found(PARTS)).toEqual(['warn tls-unsaid']);
    expect(await found(PARTS, { living: true })).toEqual(['warn tls-unsaid']);
  });

  test.each([
    [{ ...PARTS, REDIS_TLS: '{tls}' }],
    [{ REDIS_URL: '{url}', ...PARTS }],
    [{ REDIS_URL: 'rediss://{host}:{port}/0' }],
    [{}],
  ])('is not, where the app is told by %j', async (templates) => {
    expect(await found(templates)).toEqual([]);
  });

  test('is not, where the app has a switch of its own that is on', async () => {
    expect(await found(PARTS, { own: { REDIS_SSL: 'true' } })).toEqual([]);
    expect(await found(PARTS, { own: { REDIS_SSL: 'false' } })).toEqual(['warn tls-unsaid']);
  });
});

test('a living cache in plaintext is as it is, whatever a new one would be', async () => {
  expect(await found(PARTS, { living: false })).toEqual([]);
});
