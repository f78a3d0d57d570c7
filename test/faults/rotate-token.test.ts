/** A rotation cut off at any of its calls to AWS: the app is let in at every moment, and the next run brings it to its end. */
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import type { Ended } from '../sandbox/command-line.ts';
import { DESTROY, openUndoStage, PROJECT, type UndoScene } from '../sandbox/undo-scene.ts';
import { befall, cells } from './befalling.ts';
import { PASSING } from './kinds.ts';
import { deathsIn } from './mortal-world.ts';
import { FULL, inMatrix, sample } from '../matrix.ts';

const APP = ['--ecs-cluster', 'collabcanvas', '--service', PROJECT, '--cache-name', 'collabcanvas-redis'];
const ROTATE = ['rotate-token', ...APP, '--no-probe', '--no-verify', '--yes'];
const PASSWORD = `elasticache-wizard/${PROJECT}/collabcanvas-redis/password`;
const SECRET = `elasticache-wizard/${PROJECT}/collabcanvas/${PROJECT}/backend`;

type Auth = 'token' | 'rbac';

const stage = await openUndoStage();
afterAll(() => stage.sandbox.close());

interface Rotated extends UndoScene {
  readonly old: string;
  readonly before: string;
}

async function withScene<T>(auth: Auth, play: (scene: Rotated) => Promise<T>): Promise<T> {
  const scene = await stage.open();
  try {
    const made = await scene.setup('--auth', auth, '--fix-execution-role');
    expect(made.result.error).toBeUndefined();
    stage.sandbox.clearCalls();
    const before = (await scene.running()).taskDefinition.taskDefinitionArn;
    return await play({ ...scene, old: await read(scene, PASSWORD), before });
  } finally {
    await scene.close();
    stage.sandbox.faults.clear();
    stage.sandbox.clearCalls();
  }
}

async function read({ call }: UndoScene, SecretId: string): Promise<string> {
  return (await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
    .SecretString;
}

/** What the tasks are handed that start now. */
async function handedUrl(scene: UndoScene): Promise<URL> {
  return new URL((JSON.parse(await read(scene, SECRET)) as { REDIS_URL: string }).REDIS_URL);
}

interface Placed {
  services: {
    networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
  }[];
}

async function letsIn(scene: UndoScene, password: string): Promise<unknown> {
  const { account, call } = scene;
  const url = await handedUrl(scene);
  const { services } = await call<Placed>('ecs', 'DescribeServices', {
    cluster: 'collabcanvas',
    services: [PROJECT],
  });
  const { subnets, securityGroups: groupIds } = services[0]!.networkConfiguration.awsvpcConfiguration;
  const from = account.vpc.attach({
    subnetId: subnets[0]!,
    groupIds,
    description: 'an app',
    requester: 'ecs',
  });
  const [address = ''] = account.fabric.lookup(url.hostname);
  const endpoint = account.fabric.route(from, address, Number(url.port))!;
  const client = new Redis({
    ...endpoint,
    password,
    tls: { ca: account.fabric.certificateAuthority, servername: url.hostname },
    lazyConnect: true,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.ping();
  } catch (error) {
    return (error as Error).message;
  } finally {
    client.disconnect();
  }
}

/** The app is let in with whatever its tasks were started with, or would be. */
async function mustServe(scene: Rotated): Promise<void> {
  const { taskArns } = await scene.call<{ taskArns: string[] }>('ecs', 'ListTasks', {
    cluster: 'collabcanvas',
    serviceName: PROJECT,
  });
  const { tasks } = await scene.call<{ tasks: { taskDefinitionArn: string }[] }>('ecs', 'DescribeTasks', {
    cluster: 'collabcanvas',
    tasks: taskArns,
  });
  const hasOlder = tasks.some(({ taskDefinitionArn }) => taskDefinitionArn === scene.before);
  const passwords = [(await handedUrl(scene)).password, ...(hasOlder ? [scene.old] : [])];
  for (const password of passwords) expect(await letsIn(scene, password)).toBe('PONG');
}

async function mustBeDone(scene: Rotated, ended: Ended): Promise<void> {
  expect(ended.result.error?.message).toBeUndefined();
  const password = await read(scene, PASSWORD);
  expect([password, password === scene.old]).toEqual([expect.stringMatching(/^[A-Za-z0-9]{64}$/), false]);
  expect((await handedUrl(scene)).password).toBe(password);
  expect(await letsIn(scene, password)).toBe('PONG');
  expect(await letsIn(scene, scene.old)).not.toBe('PONG');
  const { SecurityGroups } = await scene.call<{
    SecurityGroups: { GroupName: string; Tags: { Key: string; Value: string }[] }[];
  }>('ec2', 'DescribeSecurityGroups', {});
  const anchor = SecurityGroups.find(({ GroupName }) => GroupName === 'collabcanvas-redis-sg');
  expect(anchor?.Tags).toContainEqual({ Key: 'elasticache-wizard:rotation', Value: 'done' });
  const setup = await scene.setup('--fix-execution-role');
  expect([setup.result.error, setup.result.awsCalls.writes]).toEqual([undefined, 0]);
}

async function callsOf(auth: Auth): Promise<string[]> {
  return withScene(auth, async (scene) => {
    const ended = await scene.run(...ROTATE);
    const calls = stage.sandbox.calls().map(({ service, action }) => `${service}:${action}`);
    await mustBeDone(scene, ended);
    return calls;
  });
}

const CHANGE = { token: 'ModifyReplicationGroup', rbac: 'ModifyUser' } as const;

for (const auth of FULL ? (['token', 'rbac'] as const) : (['token'] as const)) {
  const calls = await callsOf(auth);
  // The lease is taken and renewed beside all this: lease.test.ts is about that.
  const deaths = deathsIn(calls).filter(({ action }) => action !== 'ssm:PutParameter');
  const firstSecret = calls.indexOf('secretsmanager:PutSecretValue') + 1;
  const lastSecret = calls.lastIndexOf('secretsmanager:PutSecretValue') + 1;

  describe(`a rotation with --auth ${auth}, cut off`, () => {
    test.each(sample(deaths, 37))('$moment of call $call, $action', async ({ call, moment }) => {
      await withScene(auth, async (scene) => {
        await scene.runKilled(ROTATE, { call, moment });
        await mustServe(scene);
        await mustBeDone(scene, await scene.run(...ROTATE));
        const changes = stage.sandbox
          .calls()
          .filter(({ action, outcome }) => action === CHANGE[auth] && outcome === 'ok');
        // Both let in, and then one: the one may be asked for twice, and so may both of a user. A token is never
        // rotated in twice; what ended before the last answer came is begun anew.
        if (call < lastSecret) expect(changes.length).toBeLessThanOrEqual(3);
      });
    });
  });

  describe(`a setup after a rotation with --auth ${auth} that was cut off`, () => {
    const writes = deathsIn(calls).filter(
      ({ action, moment }) =>
        moment === 'right after the answer' && /:(Modify|PutSecretValue|UpdateService)/.test(action),
    );
    test.each(sample(writes, 23))(
      'right after call $call, $action, goes on with what is handed out, and shuts nobody out',
      async ({ call, moment }) => {
        await withScene(auth, async (scene) => {
          await scene.runKilled(ROTATE, { call, moment });
          const isOver = /^[A-Za-z0-9]{64}$/.test(await read(scene, PASSWORD));
          const setup = await scene.setup('--fix-execution-role');
          expect(setup.result.error).toBeUndefined();
          // Said from before AWS is told of it.
          const isSaid = JSON.stringify(setup.events).includes('is being rotated');
          if (call > firstSecret) expect(isSaid).toBe(!isOver);
          await mustServe(scene);
          if (!isOver) await mustBeDone(scene, await scene.run(...ROTATE));
        });
      },
    );
  });

  describe(`a rotation with --auth ${auth}`, () => {
    const own = [...new Set(calls.filter((each) => /^(secretsmanager:|elasticache:Modify)/.test(each)))];
    const met = cells(own, PASSING);

    test.each(sample(met, 67))('ends where $action $does', async ({ action, kind }) => {
      await withScene(auth, async (scene) => {
        befall(stage.sandbox.faults, action, { ...kind.fault, accessKeyId: scene.account.accessKeyId });
        const ended = await scene.run(...ROTATE);
        stage.sandbox.faults.clear();
        await mustBeDone(scene, ended);
      });
    });
  });
}

inMatrix(
  'a rotation that was cut off, then destroyed: what is set up anew is whole, and can be rotated',
  async () => {
    await withScene('token', async (scene) => {
      const calls = await callsOf('token');
      const call = calls.indexOf('elasticache:ModifyReplicationGroup') + 1;
      await scene.runKilled(ROTATE, { call, moment: 'right after the answer' });
      expect((await scene.run(...DESTROY)).result.error).toBeUndefined();
      const made = await scene.setup('--auth', 'token', '--fix-execution-role');
      expect(made.result.error).toBeUndefined();
      // The secret is restored, with the one password that the new cache was made with.
      expect(await read(scene, PASSWORD)).toBe(scene.old);
      await mustServe(scene);
      await mustBeDone(scene, await scene.run(...ROTATE));
    });
  },
);
