/** Visitors through the load balancer, one a second of the clock, from before the first write until after the last. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openRolloutStage, type RolloutStage } from './rollout-scene.ts';
import { inMatrix } from '../matrix.ts';

let stage: RolloutStage;

beforeAll(async () => {
  stage = await openRolloutStage();
});
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

const SEVERAL_MINUTES = 300;
/** AWS's default: for so long both old and new tasks serve. */
const drainSeconds = 300;

test('no request fails during a good setup, nor during the rollback of it', async () => {
  const app = await stage.open({ drainSeconds });
  const during = app.load();
  expect((await app.setup()).exitCode).toBe(0);
  const setup = await during.stop();
  const after = app.load();
  expect((await app.run('rollback', '--project', 'collabcanvas-backend', '--yes')).exitCode).toBe(0);
  const rollback = await after.stop();
  expect([setup.failed, rollback.failed]).toEqual([0, 0]);
  expect(Math.min(setup.sent, rollback.sent)).toBeGreaterThan(SEVERAL_MINUTES);
});

inMatrix.each(['crash', 'unhealthy'] as const)(
  'no request fails while a revision that is %s comes and is put back',
  async (withRedis) => {
    const app = await stage.open({ withRedis, drainSeconds });
    const during = app.load();
    expect((await app.setup()).exitCode).toBe(7);
    const { sent, failed } = await during.stop();
    expect(failed).toBe(0);
    expect(sent).toBeGreaterThan(SEVERAL_MINUTES);
  },
);
