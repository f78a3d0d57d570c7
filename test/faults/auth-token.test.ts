/** A token for a cache, cut off at any of its calls to AWS: the next run goes on, and nobody is let in or out by it too early. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Ended } from '../sandbox/command-line.ts';
import { openUndoStage, type UndoScene } from '../sandbox/undo-scene.ts';
import { COLLABCANVAS } from '../sandbox/command-line.ts';
import { befall, cells } from './befalling.ts';
import { PASSING } from './kinds.ts';
import { deathsIn } from './mortal-world.ts';
import { sample } from './scene.ts';

const WITH_TOKEN = ['--auth', 'token', '--fix-execution-role'];
const SETUP = ['setup', ...COLLABCANVAS, '--no-probe', '--no-verify', '--yes', ...WITH_TOKEN];
const PASSWORD = 'elasticache-wizard/collabcanvas-backend/collabcanvas-redis/password';
const SECRET = 'elasticache-wizard/collabcanvas-backend/collabcanvas/collabcanvas-backend/backend';

const stage = await openUndoStage();
afterAll(() => stage.sandbox.close());

/** From nothing, or on a cache that serves without a token. */
async function withScene<T>(isServing: boolean, play: (scene: UndoScene) => Promise<T>): Promise<T> {
  const scene = await stage.open();
  try {
    if (isServing) await scene.setup();
    stage.sandbox.clearCalls();
    return await play(scene);
  } finally {
    await scene.close();
    stage.sandbox.clearCalls();
  }
}

async function callsOf(isServing: boolean): Promise<string[]> {
  return withScene(isServing, async (scene) => {
    await mustBeDone(scene, await scene.run(...SETUP));
    return stage.sandbox.calls().map(({ service, action }) => `${service}:${action}`);
  });
}

async function mustBeDone(scene: UndoScene, ended: Ended): Promise<void> {
  expect(ended.result.error?.message).toBeUndefined();
  const { ReplicationGroups } = await scene.call<{
    ReplicationGroups: {
      AuthTokenEnabled: boolean;
      NodeGroups: { PrimaryEndpoint: { Address: string } }[];
    }[];
  }>('elasticache', 'DescribeReplicationGroups', {});
  const [group] = ReplicationGroups;
  expect(group?.AuthTokenEnabled).toBe(true);
  const read = async (SecretId: string): Promise<string> =>
    (await scene.call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
      .SecretString;
  const token = await read(PASSWORD);
  const host = group!.NodeGroups[0]!.PrimaryEndpoint.Address;
  expect(JSON.parse(await read(SECRET))).toEqual({ REDIS_URL: `rediss://:${token}@${host}:6379` });
  const { containerDefinitions } = (await scene.running()).taskDefinition;
  const backend = containerDefinitions.find(({ name }) => name === 'backend')!;
  expect(backend.secrets).toMatchObject([{ name: 'REDIS_URL' }]);
  const { SecurityGroups } = await scene.call<{
    SecurityGroups: { GroupName: string; Tags: { Key: string; Value: string }[] }[];
  }>('ec2', 'DescribeSecurityGroups', {});
  const anchor = SecurityGroups.find(({ GroupName }) => GroupName === 'collabcanvas-redis-sg');
  const stageOfToken = anchor?.Tags.find(({ Key }) => Key === 'elasticache-wizard:auth-token')?.Value;
  expect(stageOfToken).not.toBe('rotated');
  const again = await scene.run(...SETUP);
  expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
}

const fresh = await callsOf(false);
const serving = await callsOf(true);

for (const [calls, isServing, title] of [
  [fresh, false, 'a cache that is made with a token'],
  [serving, true, 'a cache that serves and is given one'],
] as const) {
  describe(`${title}, cut off`, () => {
    test.each(sample(deathsIn(calls), isServing ? 127 : 131))(
      '$moment of call $call, $action',
      async ({ call, moment }) => {
        await withScene(isServing, async (scene) => {
          await scene.runKilled(SETUP, { call, moment });
          await mustBeDone(scene, await scene.run(...SETUP));
          const changes = stage.sandbox.calls().filter(({ action }) => action === 'ModifyReplicationGroup');
          // A rotation, and its end, which may be asked for twice; never a second rotation.
          expect(changes.filter(({ outcome }) => outcome === 'ok').length).toBeLessThanOrEqual(
            isServing ? 3 : 0,
          );
        });
      },
    );
  });
}

/** What only a token takes. */
const OWN = /^(secretsmanager:|iam:\w+RolePolicy$|elasticache:ModifyReplicationGroup$)/;

describe('a cache that serves and is given a token', () => {
  const own = [...new Set(serving.filter((call) => OWN.test(call)))];
  const met = cells(own, PASSING);

  test.each(sample(met, 43))('gets it where $action $does', async ({ action, kind }) => {
    await withScene(true, async (scene) => {
      befall(stage.sandbox.faults, action, { ...kind.fault, accessKeyId: scene.account.accessKeyId });
      await mustBeDone(scene, await scene.run(...SETUP));
      stage.sandbox.faults.clear();
    });
  });
});
