/** The end of a setup: the library that the app is likely to use, its file where it was asked for, and what to do next. */
import { describe, expect, test } from 'vitest';
import type { PingEvidence } from '../../src/checks/context.ts';
import { handOver } from '../../src/cli/applying/handing-over.ts';
import type { Project } from '../../src/cli/opening/project.ts';
import { RunRecord } from '../../src/cli/run-record.ts';
import type { Session } from '../../src/cli/session.ts';
import type { ClientLibrary } from '../../src/domain/clients.ts';
import type { CacheSettings } from '../../src/domain/settings.ts';
import type { WizardEvent } from '../../src/engine/events.ts';
import { appOf, world } from './checked-world.ts';
import { cacheOf, from, serviceOf, variableFor } from './wanted.ts';

interface Run {
  readonly client?: ClientLibrary;
  readonly cache?: CacheSettings;
  readonly ping?: PingEvidence;
  readonly probeImage?: string;
  readonly changed?: boolean;
}

async function end({
  client,
  cache = cacheOf(),
  ping = { notWanted: 'no' },
  probeImage,
  changed = true,
}: Run) {
  const app = appOf(world());
  const consumer = { kind: 'ecs', app, settings: serviceOf({ variables: [variableFor(cache.name)] }) };
  const proof = probeImage === undefined ? {} : { probeImage };
  const project = { settings: { project: 'backend', caches: [cache], proof }, consumers: [consumer] };
  const record = new RunRecord();
  if (changed) {
    const change = { action: 'create', details: [] } as const;
    record.see({
      type: 'plan.ready',
      monthlyUsd: undefined,
      changes: [{ ref: { kind: 'cache', name: cache.name }, change }],
      usualMs: 0,
    });
  }
  const said: WizardEvent[] = [];
  const session = {
    command: 'setup',
    inputs: client ? { client: from('flag', client) } : {},
    record,
    programsFolder: 'dist/programs',
    emit: (event: WizardEvent) => said.push(event),
  };
  const next = await handOver(
    project as unknown as Project,
    { askPing: () => Promise.resolve(ping) },
    session as unknown as Session,
  );
  return { next, client: record.client, said };
}

const NODE = { variable: 'REDIS_URL', stages: [], runtime: 'node' } as const;

describe('the end of a setup', () => {
  test('names the library for the program in the app’s image, and what to watch', async () => {
    const { next, client } = await end({ ping: NODE });
    expect(next[0]).toMatch(/^elasticache-wizard status --project backend --client ioredis {3}\(/);
    expect(next.join('\n')).toContain('elasticache-wizard alarms --project backend');
    expect(client).toBeUndefined();
  });

  test('names none where another image was asked from, and nothing to watch where nothing changed', async () => {
    expect((await end({ ping: NODE, probeImage: 'node:20', changed: false })).next).toEqual([]);
  });

  test('has the file that was asked for', async () => {
    const { client } = await end({ client: 'redis-py' });
    expect(client).toMatchObject({ library: 'redis-py', template: 'templates/clients/redis_py.py' });
  });

  test('says that a library knows no such cache, and is no failure for that', async () => {
    const cache = cacheOf({ clusterMode: from('flag', 'enabled') });
    const { client, said } = await end({ client: 'bullmq', cache });
    expect(client).toBeUndefined();
    expect(said).toEqual([
      {
        type: 'warning',
        code: 'client.unfit',
        message: 'bullmq wants a cache of one shard, and canvas is serverless or in cluster mode',
      },
    ]);
  });
});
