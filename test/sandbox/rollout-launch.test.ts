/** Wherever ECS places the tasks: a good revision goes through, a bad one is put back. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openRolloutStage, type RolloutStage, type SceneOptions } from './rollout-scene.ts';
import { FULL } from '../matrix.ts';

let stage: RolloutStage;

beforeAll(async () => {
  stage = await openRolloutStage();
});
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

const LAUNCHES: [string, SceneOptions][] = [
  ['on Fargate', {}],
  [
    'on Fargate, by a strategy',
    {
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ],
    },
  ],
  ['on instances, in bridge mode', { launchType: 'EC2', networkMode: 'bridge' }],
  ['on instances, in host mode', { launchType: 'EC2', networkMode: 'host' }],
  ['on instances, with interfaces of their own', { launchType: 'EC2', networkMode: 'awsvpc' }],
  [
    'on instances, by a capacity provider',
    {
      launchType: 'EC2',
      capacityProviderStrategy: [{ capacityProvider: 'collabcanvas-instances', weight: 1 }],
    },
  ],
];

/** What a breaker does is the same wherever tasks are placed. */
const BREAKERS = FULL ? [true, false] : [false];

describe.each(FULL ? LAUNCHES : LAUNCHES.slice(1, 4))('%s', (_, options) => {
  test('a good revision takes over on all tasks, and is proven', async () => {
    const app = await stage.open(options);
    const before = await app.service();
    const { result, exitCode } = await app.setup();
    expect([result.error, exitCode, result.proven]).toEqual([undefined, 0, true]);
    expect(await app.runs()).toMatchObject({ tasks: 3, redis: true });
    const { launchType, capacityProviderStrategy, desiredCount } = await app.service();
    expect({ launchType, capacityProviderStrategy, desiredCount }).toEqual({
      launchType: before.launchType,
      capacityProviderStrategy: before.capacityProviderStrategy,
      desiredCount: before.desiredCount,
    });
  });

  test.each(BREAKERS)('a bad one is put back, with a circuit breaker: %s', async (enable) => {
    const app = await stage.open({
      ...options,
      withRedis: 'crash',
      circuitBreaker: { enable, rollback: enable },
    });
    const before = await app.runs();
    const { result, exitCode } = await app.setup();
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(result.error?.message).toMatch(
      /did not become healthy: (Essential container.*backend exited with 1|was unable to place a task .* using a port)/,
    );
    expect(await app.runs()).toEqual(before);
  });
});
