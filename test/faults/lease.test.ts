/** Two runs at once: one goes on, the other is told; nobody is kept out by a run that is gone. */
import { afterAll, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { COLLABCANVAS, commandLine, interrupted, REFRESH, type Ended } from '../sandbox/command-line.ts';
import { callsOf, parameters } from './photograph.ts';
import { LEASE, openStage, ROLLBACK, SETUP, type Scene } from './scene.ts';
import { inMatrix } from '../matrix.ts';

const MINUTE = 60_000;

const stage = await openStage();
const { clock } = stage;
afterAll(() => stage.sandbox.close());

const leases = ({ account }: Scene): Promise<string[]> => parameters(callsOf(account));

/** A setup that has begun to change things. */
async function underWay(scene: Scene): Promise<{ ended: Promise<Ended> }> {
  const ended = scene.setup();
  while ((await leases(scene)).length === 0) await clock.sleep(1_000);
  return { ended };
}

async function putLease({ account }: Scene, lease: { since: number; until: number } | string): Promise<void> {
  const value =
    typeof lease === 'string'
      ? lease
      : JSON.stringify({
          run: 'another',
          who: 'arn:aws:iam::111122223333:user/ada',
          since: new Date(lease.since).toISOString(),
          until: new Date(lease.until).toISOString(),
        });
  const parameter = { Name: LEASE, Value: value, Type: 'String', Overwrite: true };
  await callsOf(account)('ssm', 'PutParameter', parameter);
}

const warnings = ({ events }: Ended): unknown[] =>
  events.filter(({ type }) => type === 'warning').map(({ code }) => code);

describe('while one run changes a project, another', () => {
  test('is told who does since when, exits with 4, and changes nothing; the first one completes', async () => {
    await stage.withScene(async (scene) => {
      const first = await underWay(scene);
      const begun = clock.now();
      const second = await scene.setup();
      expect(second.exitCode).toBe(4);
      expect(second.result.error?.message).toMatch(
        /^Another run has been changing collabcanvas-backend since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: that of arn:aws:/,
      );
      const since = /since (.+) UTC/.exec(second.result.error?.message ?? '')?.[1] ?? '';
      expect(Date.parse(`${since.replace(' ', 'T')}Z`) - begun).toBeLessThan(MINUTE);
      expect(second.result.changes.filter((change) => 'outcome' in change)).toEqual([]);
      expect((await first.ended).exitCode).toBe(0);
      expect(await leases(scene)).toEqual([]);
    });
  });

  test('may look: plan, status and verify need no lease', async () => {
    await stage.withScene(async (scene) => {
      const first = await underWay(scene);
      expect((await scene.run(['plan', ...COLLABCANVAS, '--exit-code'])).exitCode).toBe(10);
      expect((await scene.run(['status', ...COLLABCANVAS])).exitCode).toBe(0);
      expect((await first.ended).exitCode).toBe(0);
      expect((await scene.run(['verify', ...COLLABCANVAS, ...REFRESH])).exitCode).toBe(0);
    });
  });

  inMatrix('may change another project', async () => {
    await stage.withScene(async (scene) => {
      await putLease(scene, { since: clock.now(), until: clock.now() + LEASE_MS });
      expect((await scene.setup('--project', 'other')).exitCode).toBe(0);
      expect(await leases(scene)).toEqual([LEASE]);
    });
  });
});

describe('a lease', () => {
  inMatrix('carries the tags that all of a project carries', async () => {
    await stage.withScene(async (scene) => {
      const tags = async (): Promise<unknown> => {
        const of = { ResourceType: 'Parameter', ResourceId: LEASE };
        return (await callsOf(scene.account)('ssm', 'ListTagsForResource', of)).TagList;
      };
      const expected = [
        { Key: 'team', Value: 'web' },
        { Key: 'elasticache-wizard:project', Value: 'collabcanvas-backend' },
        { Key: 'elasticache-wizard:of', Value: LEASE },
      ];
      const ended = scene.setup('--tag', 'team=web');
      while ((await leases(scene)).length === 0) await clock.sleep(1_000);
      expect(await tags()).toEqual(expected);
      expect((await ended).exitCode).toBe(0);
      const back = scene.run(ROLLBACK);
      while ((await leases(scene)).length === 0) await clock.sleep(1_000);
      expect(await tags()).toEqual(expect.arrayContaining(expected));
      expect((await back).exitCode).toBe(0);
    });
  });

  test('of a run that was killed keeps others out until it ends, and no longer', async () => {
    await stage.withScene(async (scene) => {
      expect(await scene.runKilled(SETUP, { call: 100, moment: 'before the answer' })).toBe('killed');
      expect((await scene.setup()).exitCode).toBe(4);
      await clock.sleep(LEASE_MS);
      expect((await scene.setup()).exitCode).toBe(0);
      expect(await leases(scene)).toEqual([]);
    });
  });

  test('is given back after Ctrl-C', async () => {
    await stage.withScene(async (scene) => {
      const abort = new AbortController();
      clock.after(2 * MINUTE, () => abort.abort(interrupted()));
      expect((await commandLine(SETUP, scene, clock, abort.signal)).exitCode).toBe(130);
      expect(await leases(scene)).toEqual([]);
    });
  });

  inMatrix('is given back after a failure', async () => {
    await stage.withScene(async (scene) => {
      const allow = stage.sandbox.faults.add({ kind: 'access-denied', action: 'CreateReplicationGroup' });
      expect((await scene.setup()).exitCode).toBe(3);
      expect(await leases(scene)).toEqual([]);
      allow();
      expect((await scene.setup()).exitCode).toBe(0);
    });
  });

  test('that ended is taken over by one of two who come at the same moment', async () => {
    await stage.withScene(async (scene) => {
      await putLease(scene, { since: clock.now() - LEASE_MS - 1, until: clock.now() - 1 });
      const ended = await Promise.all([scene.setup(), scene.setup()]);
      expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4]);
      expect(await leases(scene)).toEqual([]);
    });
  });

  test('that was taken over from a run ends that run, and stays with its new holder', async () => {
    await stage.withScene(async (scene) => {
      const running = await underWay(scene);
      await putLease(scene, { since: clock.now(), until: clock.now() + LEASE_MS });
      const ended = await running.ended;
      expect([ended.exitCode, ended.result.error?.message]).toEqual([
        4,
        expect.stringContaining('user/ada has taken over collabcanvas-backend') as string,
      ]);
      expect(await leases(scene)).toEqual([LEASE]);
    });
  });

  inMatrix('that nobody can read is somebody else’s: nothing is changed', async () => {
    await stage.withScene(async (scene) => {
      await putLease(scene, 'mine');
      const ended = await scene.setup();
      expect([ended.exitCode, ended.result.error?.hint]).toEqual([
        4,
        expect.stringContaining(`aws ssm delete-parameter --name ${LEASE}`) as string,
      ]);
      expect(ended.result.changes.filter((change) => 'outcome' in change)).toEqual([]);
    });
  });

  test('is gone without where there is no right to one, with a warning', async () => {
    await stage.withScene(async (scene) => {
      scene.denyLease();
      const ended = await scene.setup();
      expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
      expect(warnings(ended)).toContain('lease.none');
    });
  });

  test('is not taken for nothing: a setup with nothing to do writes nothing', async () => {
    await stage.withScene(async (scene) => {
      await scene.setup();
      await putLease(scene, { since: clock.now(), until: clock.now() + LEASE_MS });
      const again = await scene.setup();
      expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    });
  });
});
