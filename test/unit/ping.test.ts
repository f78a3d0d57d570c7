/** The step that asks the cache before the service is touched: it ends as what it really came to. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { App } from '../../src/domain/app.ts';
import type { ProbeReport, ProbeStage, Rehearsal } from '../../src/domain/probe-report.ts';
import type { CacheSettings, Settings } from '../../src/domain/settings.ts';
import { runStep } from '../../src/engine/apply.ts';
import type { WizardEvent } from '../../src/engine/events.ts';
import { KnownOutputs } from '../../src/engine/graph.ts';
import { ping } from '../../src/resources/services/ping.ts';
import { formatEvent } from '../../src/output/format-event.ts';
import { paintWith } from '../../src/output/paint.ts';
import { cacheOf, from, serviceOf, variableFor } from './wanted.ts';

const consumer = serviceOf({ variables: [variableFor('redis')] });
const RUNS = { possible: true, runtime: 'sh', image: 'app:1' } as const;

/** What is told of the step where the probe says this. */
async function told(
  rehearsal: Rehearsal,
  stages: readonly ProbeStage[],
  failed?: ProbeStage,
  detail = 'NOPERM',
  caches: readonly CacheSettings[] = [],
): Promise<string> {
  const report: ProbeReport = {
    variable: 'REDIS_URL',
    runtime: 'sh',
    stages: [
      ...stages.map((stage) => ({ stage, ok: true, detail: 'ok', ms: 1 })),
      ...(failed ? [{ stage: failed, ok: false, detail, ms: 1 }] : []),
    ],
    ...(failed ? { failed } : {}),
  };
  const probe = { rehearse: () => Promise.resolve(rehearsal), ask: () => Promise.resolve(report) };
  const service = { desiredCount: 3, maximumPercent: 200, strategy: 'ROLLING' };
  const app = { service, taskDefinition: { family: 'backend' } } as unknown as App;
  const resource = ping(consumer, { project: 'web', caches } as unknown as Settings, app, probe);
  const known = new KnownOutputs();
  known.set({ kind: 'rehearsal', name: 'backend' }, rehearsal);
  known.set(
    { kind: 'cache', name: 'redis' },
    { arn: 'arn:redis', endpoint: { address: 'redis.internal', port: 6379, tls: true } },
  );
  const events: WizardEvent[] = [];
  const { signal } = new AbortController();
  const options = {
    clock: new VirtualClock(),
    signal,
    emit: (event: WizardEvent) => void events.push(event),
  };
  await runStep(resource, 'created', options, async (step) => {
    await resource.reconcile(known, step);
  });
  return events.flatMap((event) => formatEvent(event, paintWith(false), false)).join('\n');
}

test('a cache that answered is an answer', async () => {
  expect(await told(RUNS, ['parse', 'dns', 'tcp', 'tls', 'ping', 'keys', 'info'])).toContain('✔ PING');
});

test('a user who may not read INFO has a cache that answered all the same', async () => {
  expect(await told(RUNS, ['parse', 'dns', 'tcp', 'tls', 'ping', 'keys'], 'info')).toContain('✔ PING');
});

test('where nobody could ask, nothing is ticked off', async () => {
  const text = await told({ possible: false, reason: 'ecs:RunTask is not allowed' }, []);
  expect(text).toBe('– PING from the network of backend skipped');
});

test('a shell that could only look up the name has not asked, and what it left out is named', async () => {
  const text = await told(RUNS, ['parse', 'dns']);
  expect(text).toContain('no means to look at tcp, tls, ping, keys, info');
  expect(text).toContain('– PING from the network of backend skipped');
  expect(text).not.toContain('✔');
});

test('a node that names another shard has answered where cluster mode is wanted, and there alone', async () => {
  const moved = (clusterMode: 'enabled' | 'disabled') =>
    told(RUNS, ['parse', 'dns', 'tcp', 'tls', 'ping'], 'keys', 'MOVED 7 10.0.1.5:6379', [
      cacheOf({ name: 'redis', clusterMode: from('flag', clusterMode) }),
    ]);
  expect(await moved('enabled')).toContain('✔ PING');
  await expect(moved('disabled')).rejects.toMatchObject({
    hint: expect.stringContaining('--cluster-mode enabled') as string,
  });
});
