/** `setup --detach`: what the account is when the run has ended, and what the next one makes of it. */
import { afterAll, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { inMatrix } from '../matrix.ts';
import { mustLookLike } from '../faults/likeness.ts';
import { callsOf, parameters, photograph } from '../faults/photograph.ts';
import { openStage, SETUP, type Scene } from '../faults/scene.ts';
import type { MOMENTS } from '../faults/mortal-world.ts';
import type { Ended } from './command-line.ts';

const stage = await openStage({ cacheSpeed: 1 });
afterAll(() => stage.sandbox.close());

const DETACHED = [...SETUP, '--detach'];
const CACHE = 'collabcanvas-redis';

const outcomes = ({ result }: Ended): Record<string, string | undefined> =>
  Object.fromEntries(result.changes.map(({ kind, outcome }) => [kind, outcome]));

/** All that is the app's: while a cache is being created, AWS does not tell what else a photograph shows. */
async function appIn({ account }: Scene): Promise<object> {
  const call = callsOf(account);
  const { services } = await call<{ services: object[] }>('ecs', 'DescribeServices', {
    cluster: 'collabcanvas',
    services: ['collabcanvas-backend'],
    include: ['TAGS'],
  });
  const { taskDefinitionArns } = await call<{ taskDefinitionArns: string[] }>(
    'ecs',
    'ListTaskDefinitions',
    {},
  );
  const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string }[] }>(
    'elasticloadbalancing',
    'DescribeTargetGroups',
    {},
  );
  const attributes = await Promise.all(
    TargetGroups.map(({ TargetGroupArn }) =>
      call('elasticloadbalancing', 'DescribeTargetGroupAttributes', { TargetGroupArn }),
    ),
  );
  return { services, taskDefinitionArns, attributes };
}

const writesOf = ({ result }: Ended): number => result.awsCalls.writes;

describe('a detached setup', () => {
  test('leaves the cache to AWS and the app as it was, and the next one leaves what an undetached one does', async () => {
    const undetached = await stage.withScene(async (scene) => {
      await scene.setup();
      return photograph(scene.account);
    });
    await stage.withScene(async (scene) => {
      const before = await appIn(scene);
      const ended = await scene.run(DETACHED);

      expect(ended.result.error).toBeUndefined();
      expect([ended.exitCode, ended.result.ok, ended.result.proven]).toEqual([0, true, false]);
      expect(outcomes(ended)).toMatchObject({
        securityGroup: 'created',
        cacheSubnetGroup: 'created',
        cache: 'started',
        taskDefinition: undefined,
        service: undefined,
      });
      expect(ended.result.caches).toMatchObject([{ name: CACHE, status: 'creating' }]);
      expect(ended.result.undoCommand).toBeUndefined();
      expect(await appIn(scene)).toEqual(before);
      expect(await parameters(callsOf(scene.account))).toEqual([]);

      const again = await scene.run(DETACHED);
      expect([again.exitCode, writesOf(again)]).toEqual([0, 0]);
      expect(again.result.caches).toMatchObject([{ status: 'creating' }]);
      const status = await scene.run(['status', '--project', 'collabcanvas-backend']);
      expect(status.result.caches).toMatchObject([{ name: CACHE, status: 'creating' }]);
      expect(status.result.driftNotes).toContainEqual({
        kind: 'cache',
        name: CACHE,
        what: 'is being created; setup goes on from there',
      });

      const last = await scene.setup();
      expect([last.exitCode, last.result.proven]).toEqual([0, true]);
      await mustLookLike(undetached, scene);

      const nothing = await scene.run(DETACHED);
      expect([nothing.exitCode, writesOf(nothing)]).toEqual([0, 0]);
      expect(nothing.result.checks).not.toEqual([]);
    });
  });

  test('starts the users and secrets that the cache needs', async () => {
    await stage.withScene(async (scene) => {
      const users = ['--engine', 'valkey', '--auth', 'rbac', '--fix-execution-role'];
      const ended = await scene.run([...DETACHED, ...users]);
      expect(ended.result.error).toBeUndefined();
      expect(outcomes(ended)).toMatchObject({
        password: 'created',
        user: 'created',
        userGroup: 'created',
        cache: 'started',
        secrets: undefined,
      });
      const last = await scene.setup(...users);
      expect([last.exitCode, last.result.proven]).toEqual([0, true]);
    });
  });

  inMatrix('goes on where a serverless cache is being created', async () => {
    await stage.withScene(async (scene) => {
      const ended = await scene.run([...DETACHED, '--serverless']);
      expect([ended.exitCode, ended.result.caches[0]?.status]).toEqual([0, 'creating']);
      expect((await scene.setup('--serverless')).result.error).toBeUndefined();
    });
  });

  inMatrix(
    'changes a living cache as a run without the flag does, for only what is created is left to AWS',
    async () => {
      await stage.withScene(async (scene) => {
        await scene.setup();
        const ended = await scene.run([...DETACHED, '--replicas', '1', '--multi-az']);
        expect([ended.exitCode, ended.result.caches[0]?.nodes]).toEqual([0, 2]);
        expect(ended.result.caches[0]?.status).toBe('available');
      });
    },
  );

  test('fails as any run does where AWS refuses the cache, and touches nothing of the app', async () => {
    await stage.withScene(async (scene) => {
      const before = await appIn(scene);
      stage.sandbox.faults.add({ kind: 'access-denied', action: 'CreateReplicationGroup' });
      const ended = await scene.run(DETACHED);
      expect(ended.exitCode).toBe(3);
      expect(outcomes(ended).cache).toBe('failed');
      expect(await appIn(scene)).toEqual(before);
    });
  });
});

describe('a detached setup that is killed is completed by another', () => {
  const killedAt = async (scene: Scene, action: string, moment: (typeof MOMENTS)[number]): Promise<void> => {
    const calls = await stage.withScene(async (other) => {
      await other.run(DETACHED);
      return other.calls();
    });
    await scene.runKilled(DETACHED, { call: calls.lastIndexOf(action) + 1, moment });
    await stage.clock.sleep(LEASE_MS);
  };

  const each = (action: string, moment: (typeof MOMENTS)[number]) => async () =>
    stage.withScene(async (scene) => {
      await killedAt(scene, action, moment);
      expect((await scene.run(DETACHED)).exitCode).toBe(0);
      const last = await scene.setup();
      expect([last.exitCode, last.result.proven]).toEqual([0, true]);
    });

  inMatrix(
    'before the answer to the create call',
    each('elasticache:CreateReplicationGroup', 'before the answer'),
  );
  inMatrix('before its sending', each('elasticache:CreateReplicationGroup', 'before the sending'));
  inMatrix('right after its answer', each('elasticache:CreateReplicationGroup', 'right after the answer'));
  inMatrix('while the lease is given back', each('ssm:DeleteParameter', 'before the answer'));
});
