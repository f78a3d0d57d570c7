/** An outage that is killed, interrupted or refused on its way: what it took away from the app comes back all the same. */
import { afterAll, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { commandLine, interrupted } from '../sandbox/command-line.ts';
import { deathsIn } from './mortal-world.ts';
import { photograph } from './photograph.ts';
import { openStage, ROLLBACK, sample, type Scene } from './scene.ts';
import { SETUP_ALONE } from './undoing.ts';

const LONG_OUTAGE = ['drill', 'outage', '--project', 'collabcanvas-backend', '--yes', '--no-probe'];
const OUTAGE = [...LONG_OUTAGE, '--seconds', '5'];

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const unbroken = await stage.withScene(async (scene) => {
  await scene.run(SETUP_ALONE);
  const earlier = scene.calls().length;
  const ended = await scene.run(OUTAGE);
  return { ended, calls: scene.calls().slice(earlier) };
});

async function withSetUp(play: (scene: Scene) => Promise<void>): Promise<void> {
  await stage.withScene(async (scene) => {
    expect((await scene.run(SETUP_ALONE)).result.error).toBeUndefined();
    await play(scene);
  });
}

/** Of the lease nothing is asked here. */
async function picture({ account }: Scene): Promise<object> {
  return { ...(await photograph(account)), parameters: [] };
}

/** The number of the first call that takes a rule away. */
const revoked = unbroken.calls.indexOf('ec2:RevokeSecurityGroupIngress') + 1;

/** Killed with the rules away, and its lease over. */
async function cutOff(scene: Scene): Promise<void> {
  await scene.runKilled(OUTAGE, { call: revoked, moment: 'right after the answer' });
  await stage.clock.sleep(LEASE_MS);
}

test('an outage that nothing happens to ends well', () => {
  expect(unbroken.ended.result.error).toBeUndefined();
  expect(revoked).toBeGreaterThan(0);
});

describe('an outage that is killed is put back by the next one', () => {
  test.each(sample(deathsIn(unbroken.calls), 23))('$moment of call $call, $action', async (death) => {
    await withSetUp(async (scene) => {
      const before = await picture(scene);
      await scene.runKilled(OUTAGE, death);
      await stage.clock.sleep(LEASE_MS);
      expect((await scene.run(OUTAGE)).result.error).toBeUndefined();
      expect(await picture(scene)).toEqual(before);
    });
  });
});

test('status tells what a drill that was killed has left, and names the command that puts it back', async () => {
  await withSetUp(async (scene) => {
    const before = await picture(scene);
    await cutOff(scene);
    const status = ['status', '--project', 'collabcanvas-backend'];
    const [drift] = (await scene.run(status)).result.drift!;
    expect(drift).toMatchObject({ kind: 'securityGroup', now: 'no such rule' });
    expect(drift!.what).toMatch('an outage drill has taken it away');
    const { exitCode } = await scene.run([...drift!.command.split(' ').slice(1), '--yes']);
    expect(exitCode).toBe(0);
    expect(await picture(scene)).toEqual(before);
    expect((await scene.run(status)).result.drift).toEqual([]);
  });
});

test.each([
  ['setup', SETUP_ALONE],
  ['rollback', ROLLBACK],
] as const)('%s puts back what a drill that was killed has left', async (_, argv) => {
  await withSetUp(async (scene) => {
    const before = await photograph(scene.account);
    await cutOff(scene);
    expect((await scene.run(argv)).result.error).toBeUndefined();
    expect((await photograph(scene.account)).securityGroups).toEqual(before.securityGroups);
  });
});

test('an outage that is interrupted puts back what it took, and ends as interrupted', async () => {
  await withSetUp(async (scene) => {
    const before = await picture(scene);
    const ctrlC = new AbortController();
    stage.clock.after(20_000, () => ctrlC.abort(interrupted()));
    const { exitCode } = await commandLine(LONG_OUTAGE, scene, stage.clock, ctrlC.signal);
    expect(exitCode).toBe(130);
    expect(await picture(scene)).toEqual(before);
  });
});

test('what AWS refuses to put back is tried again and again, then left with the command for it', async () => {
  await withSetUp(async (scene) => {
    const before = await picture(scene);
    stage.clock.after(20_000, () => {
      stage.sandbox.faults.add({
        kind: 'access-denied',
        service: 'ec2',
        action: 'AuthorizeSecurityGroupIngress',
      });
    });
    const { exitCode, result } = await scene.run(LONG_OUTAGE);
    expect(exitCode).toBe(1);
    expect(result.error?.message).toMatch('could not be put back');
    expect(result.error?.hint).toMatch('aws ec2 authorize-security-group-ingress --group-id sg-');
    stage.sandbox.faults.clear();
    expect((await scene.run(OUTAGE)).exitCode).toBe(0);
    expect(await picture(scene)).toEqual(before);
  });
});

test('whoever may not put back may not take away', async () => {
  await withSetUp(async (scene) => {
    const before = await picture(scene);
    stage.sandbox.faults.add({
      kind: 'access-denied',
      service: 'ec2',
      action: 'AuthorizeSecurityGroupIngress',
    });
    expect((await scene.run(OUTAGE)).exitCode).toBe(3);
    expect(await picture(scene)).toEqual(before);
  });
});
