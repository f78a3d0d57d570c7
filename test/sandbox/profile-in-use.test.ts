/** An app that is configured in parts already is told of its cache in the same parts, once somebody says that it is meant. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, commandLine, type Ended } from './command-line.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;

beforeAll(async () => {
  const scenario = quickCanvas({
    inert: INERT_CANVAS,
    environment: { REDIS_HOST: 'localhost', REDIS_PORT: '6379' },
  });
  sandbox = await quickSandbox({ scenario, clock });
});

afterAll(() => sandbox.close());

const plan = (...flags: string[]): Promise<Ended> =>
  commandLine(['plan', ...COLLABCANVAS, ...flags], sandbox, clock);

const fieldsOf = ({ events }: Ended): string[] => {
  const ready = events.find(({ type }) => type === 'plan.ready') as
    | { changes: { ref: { kind: string }; change: { details?: { field: string; origin?: string }[] } }[] }
    | undefined;
  const definition = ready?.changes.find(({ ref }) => ref.kind === 'taskDefinition');
  return definition?.change.details?.map(({ field, origin }) => `${field}, ${origin ?? ''}`) ?? [];
};

test('it is not changed before somebody says that these variables are meant', async () => {
  const { exitCode, result } = await plan();
  expect(exitCode).toBe(4);
  expect(result.error?.message).toContain('REDIS_HOST of the container backend is localhost');
  expect(result.error?.hint).toContain('--env-profile split');
});

test('named, they are what is changed', async () => {
  const ended = await plan('--env-profile', 'split');
  expect(ended.exitCode).toBe(0);
  expect(fieldsOf(ended)).toEqual([
    'REDIS_HOST of backend, flag',
    'REDIS_PORT of backend, flag',
    'REDIS_DB of backend, flag',
    'REDIS_TLS of backend, flag',
  ]);
});

test('another variable that somebody names is taken instead', async () => {
  const ended = await plan('--env-var', 'CACHE_URL');
  expect(ended.exitCode).toBe(0);
  expect(fieldsOf(ended)).toEqual(['CACHE_URL of backend, flag']);
});
