/** Whatever goes wrong between a run and AWS, it goes through or ends in one sentence, and the next run completes it. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { COLLABCANVAS, REFRESH } from '../sandbox/command-line.ts';
import { befall, cells, mustBeUnderstood, patience } from './befalling.ts';
import { exitCodeOf, LASTING, NOT_FOUND_YET, PASSING, REFUSALS } from './kinds.ts';
import { mustLookLike } from './likeness.ts';
import { callsOf, photograph } from './photograph.ts';
import { openStage, sample, SETUP, type Scene } from './scene.ts';

const stage = await openStage();
const { faults } = stage.sandbox;
afterEach(() => faults.clear());
afterAll(() => stage.sandbox.close());

const COMMANDS = {
  setup: SETUP,
  plan: ['plan', ...COLLABCANVAS],
  status: ['status', ...COLLABCANVAS],
  verify: ['verify', ...COLLABCANVAS, ...REFRESH],
};

/** An account in which all is done: looking changes nothing in it, so that one does for all who look. */
const wellSetUp = await stage.openScene();
await wellSetUp.setup();
const setupCalls = wellSetUp.calls().length;
const actions: Record<string, string[]> = { setup: [...new Set(wellSetUp.calls())].sort() };
for (const [command, argv] of Object.entries(COMMANDS)) {
  const before = wellSetUp.calls().length;
  await wellSetUp.run(argv);
  actions[command] ??= [...new Set(wellSetUp.calls().slice(before))].sort();
}
const picture = await photograph(wellSetUp.account);

describe('a setup goes on when', () => {
  test.each(sample(cells(actions.setup ?? [], PASSING), 641))('$action $does', async ({ action, kind }) => {
    await stage.withScene(async (scene) => {
      befall(faults, action, kind.fault);
      const ended = await scene.run(SETUP, patience(kind));
      expect(ended.result.error?.message).toBeUndefined();
      expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
      await mustLookLike(picture, scene);
    });
  });
});

// What never answers is waited for in real time, poll after poll.
describe(
  'a setup goes on, or ends in one sentence and is completed by the next, when',
  { timeout: 120_000 },
  () => {
    test.each(sample(cells(actions.setup ?? [], LASTING), 247))('$action $does', async ({ action, kind }) => {
      await stage.withScene(async (scene) => {
        befall(faults, action, kind.fault);
        const ended = await scene.run(SETUP, patience(kind));
        mustBeUnderstood(ended, exitCodeOf('setup', action, kind));
        await mustComplete(scene);
      });
    });
  },
);

describe.each(['plan', 'status', 'verify'] as const)(
  'a %s goes on, or ends in one sentence, when',
  (command) => {
    test.each(sample(cells(actions[command] ?? [], LASTING), 454))(
      '$action $does',
      async ({ action, kind }) => {
        befall(faults, action, kind.fault);
        const ended = await wellSetUp.run(COMMANDS[command], patience(kind));
        mustBeUnderstood(ended, exitCodeOf(command, action, kind));
      },
    );
  },
);

describe('a setup ends in one sentence and is completed by the next when', () => {
  test.each(sample(REFUSALS, 3))(
    '$action is refused with $code',
    async ({ action, code, message, exitCode }) => {
      await stage.withScene(async (scene) => {
        befall(faults, action, { kind: 'error', code, message, status: 400 });
        const ended = await scene.setup();
        mustBeUnderstood(ended, exitCode);
        await mustComplete(scene);
      });
    },
  );
});

test('a cache that fails to be created ends the setup with AWS’s own reason, and how to go on', async () => {
  await stage.withScene(async (scene) => {
    const reason = 'insufficient capacity in us-east-1a';
    scene.account.elasticache.failNextCreate(reason);
    const ended = await scene.setup();
    mustBeUnderstood(ended, 1);
    expect(ended.result.error?.message).toContain(reason);
    expect(ended.result.error?.hint).toContain('aws elasticache delete-replication-group');
    mustBeUnderstood(await scene.setup(), 4);
    const ReplicationGroupId = 'collabcanvas-redis';
    await callsOf(scene.account)('elasticache', 'DeleteReplicationGroup', { ReplicationGroupId });
    await stage.clock.sleep(30 * 60_000);
    await mustComplete(scene);
  });
});

describe('credentials that expire in the middle end a setup, and the next one completes it', () => {
  const calls = Array.from({ length: setupCalls - 1 }, (_, at) => ({ call: at + 2 }));
  test.each(sample(calls, 151))('from call $call on', async ({ call }) => {
    await stage.withScene(async (scene) => {
      faults.add({ kind: 'expired-token', nth: call, times: 10_000 });
      const ended = await scene.setup();
      // The lease is given back last: by then there is nothing that could fail any more.
      if (ended.exitCode !== 0) mustBeUnderstood(ended, 3);
      await stage.clock.sleep(LEASE_MS);
      await mustComplete(scene);
    });
  });
});

describe('a setup waits when', () => {
  test.each(sample(NOT_FOUND_YET, 2))(
    '$action answers $code for a while',
    async ({ action, code, times }) => {
      await stage.withScene(async (scene) => {
        befall(faults, action, {
          kind: 'error',
          code,
          message: `${code} for a while`,
          status: 400,
          nth: 1,
          times,
        });
        const ended = await scene.setup();
        expect(ended.result.error?.message).toBeUndefined();
        expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
      });
    },
  );
});

/** A run that nothing happens to leaves what an unbroken one would have left from the beginning. */
async function mustComplete(scene: Scene): Promise<void> {
  faults.clear();
  const ended = await scene.setup();
  expect(ended.result.error?.message).toBeUndefined();
  expect(ended.exitCode).toBe(0);
  await mustLookLike(picture, scene);
}
