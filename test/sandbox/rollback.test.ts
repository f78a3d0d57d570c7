/** `rollback`: what the app runs afterwards, whoever has deployed in between. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { MOMENTS } from '../faults/mortal-world.ts';
import { backendOf, openUndoStage, PROJECT, ROLLBACK } from './undo-scene.ts';
import { inMatrix, sample } from '../matrix.ts';

const stage = await openUndoStage();
const open: typeof stage.open = (options) => stage.open(options);
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

const OLD_URL = 'redis://old.example.com:6379/2';

const sticky = (stickiness: Record<string, string>): { Key: string; Value: string }[] =>
  Object.entries(stickiness).map(([key, Value]) => ({ Key: `stickiness.${key}`, Value }));

describe('rollback after setup', () => {
  test('knowing nothing but the name of the project, puts the app back and leaves the cache', async () => {
    const app = await open();
    const before = await app.look();
    const { taskDefinition } = await app.running();
    const set = await app.setup();
    expect(set.result.undoCommand).toBe(
      `elasticache-wizard rollback --project ${PROJECT} --region us-east-1`,
    );

    const ended = await app.run(...ROLLBACK);

    expect(ended.result.error).toBeUndefined();
    expect(ended.exitCode).toBe(0);
    expect((await app.running()).taskDefinition.taskDefinitionArn).toBe(taskDefinition.taskDefinitionArn);
    const after = await app.look();
    expect(after.runs).toEqual(before.runs);
    expect(after.targetGroups).toEqual(before.targetGroups);
    expect(after.caches).toMatchObject([{ ReplicationGroupId: 'collabcanvas-redis', Status: 'available' }]);
    expect(ended.result.undoCommand).toBeUndefined();
    expect(ended.result.changes).toMatchObject([
      { kind: 'service', action: 'update', outcome: 'undone' },
      { kind: 'stickiness', action: 'update', outcome: 'undone' },
      { kind: 'cache', action: 'none' },
    ]);
  });

  test('a second time changes nothing, and setup afterwards is possible again', async () => {
    const app = await open();
    await app.setup();
    await app.run(...ROLLBACK);
    const writes = app.writes().length;
    const again = await app.run(...ROLLBACK);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    expect(app.writes()).toHaveLength(writes);
    expect((await app.setup()).exitCode).toBe(0);
    expect(await app.environment()).toHaveProperty('REDIS_URL');
  });

  inMatrix(
    'goes back behind several revisions of ours, and puts back the variables that they have replaced',
    async () => {
      const app = await open({ environment: { REDIS_URL: OLD_URL, CACHE_URL: 'redis://older.example.com' } });
      const before = await app.environment();
      await app.setup('--env-var', 'REDIS_URL');
      await app.setup('--env-var', 'CACHE_URL');
      expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
      expect(await app.environment()).toEqual(before);
    },
  );

  inMatrix('registers a revision again that was deregistered meanwhile', async () => {
    const app = await open();
    const before = await app.running();
    await app.setup();
    const { taskDefinitionArn } = before.taskDefinition;
    await app.call('ecs', 'DeregisterTaskDefinition', { taskDefinition: taskDefinitionArn });
    const environment = { ...(await app.environment()) };
    delete environment.REDIS_URL;
    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
    expect(await app.environment()).toEqual(environment);
  });

  test('needs --yes where nobody can approve it, and lists what is missing at once', async () => {
    const app = await open();
    const ended = await app.run('rollback');
    expect([ended.exitCode, ended.result.error?.message]).toEqual([
      2,
      expect.stringMatching(/--project.*--yes/) as string,
    ]);
  });

  test('whose rollout fails leaves the app on the revision that works, with exit code 7', async () => {
    const app = await open({ environment: { REDIS_URL: OLD_URL } });
    await app.setup('--env-var', 'REDIS_URL');
    const { taskDefinition } = await app.running();
    const image = await app.image();
    const { account } = app;
    const kept = account.images.get(image)!;
    const moves = (): number => app.writes().filter((action) => action === 'ecs:UpdateService').length;
    const before = moves();
    // What runs stays up; what is started cannot be pulled, until the way back has been given up.
    account.images.delete(image);
    const restore = (): void => {
      if (moves() >= before + 2) account.images.set(image, kept);
      else stage.clock.after(1_000, restore);
    };
    stage.clock.after(1_000, restore);
    const ended = app.run(...ROLLBACK);
    const { exitCode, result } = await ended;
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect((await app.running()).taskDefinition.taskDefinitionArn).toBe(taskDefinition.taskDefinitionArn);
  });
});

describe('code that was deployed since is never undone', () => {
  test('a pipeline that copied our tags keeps its new version, and loses our variable alone', async () => {
    const app = await open();
    await app.setup();
    const { tags } = await app.running();
    await app.deployNewImage([...tags, { key: 'team', value: 'canvas' }]);
    const theirs = await app.running();

    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);

    const after = await app.running();
    expect(await app.image()).toMatch(/-2$/);
    expect(backendOf(after.taskDefinition).environment).toEqual(
      backendOf(theirs.taskDefinition).environment.filter(({ name }) => name !== 'REDIS_URL'),
    );
    expect(after.tags.map(({ key }) => key).sort()).toEqual(['elasticache-wizard:undoes', 'team']);
    const again = await app.run(...ROLLBACK);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
  });

  inMatrix('a pipeline that copies no tags gets back the value that stood there before us', async () => {
    const app = await open({ environment: { REDIS_URL: OLD_URL } });
    await app.setup('--env-var', 'REDIS_URL');
    await app.deployNewImage();
    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
    expect(await app.image()).toMatch(/-2$/);
    expect(await app.environment()).toMatchObject({ REDIS_URL: OLD_URL });
  });

  inMatrix('a version without our variables is left to run', async () => {
    const app = await open();
    const before = await app.running();
    await app.setup();
    const theirs = await app.deployNewImage([], before.taskDefinition);
    const ended = await app.run(...ROLLBACK);
    expect(ended.exitCode).toBe(0);
    expect((await app.running()).taskDefinition.taskDefinitionArn).toBe(theirs);
    expect(ended.result.changes).toContainEqual(expect.objectContaining({ kind: 'service', action: 'none' }));
  });
});

describe('what stands in the way', () => {
  test('a deployment of somebody else that is on its way is let end first', async () => {
    const app = await open();
    await app.setup();
    const theirs = await app.deployNewImage([], undefined, 1_000);
    const writes = app.writes().length;
    const ended = await app.run(...ROLLBACK);
    expect([ended.exitCode, ended.result.error?.code]).toEqual([4, 'Blocked']);
    expect(app.writes()).toHaveLength(writes);
    expect((await app.running()).taskDefinition.taskDefinitionArn).toBe(theirs);
  });

  inMatrix(
    'a cache that somebody has deleted does not: its name in the address tells that the value is ours',
    async () => {
      const app = await open({ environment: { REDIS_URL: OLD_URL } });
      await app.setup('--env-var', 'REDIS_URL');
      await app.call('elasticache', 'DeleteReplicationGroup', { ReplicationGroupId: 'collabcanvas-redis' });
      await stage.clock.sleep(20 * 60_000);
      expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
      expect(await app.environment()).toMatchObject({ REDIS_URL: OLD_URL });
    },
  );

  inMatrix('a name that two clusters share is told apart by the cluster', async () => {
    const app = await open();
    await app.setup();
    const elsewhere = await app.run(...ROLLBACK, '--ecs-cluster', 'another');
    expect([elsewhere.exitCode, elsewhere.result.error?.code]).toEqual([2, 'NotFound']);
    const named = ['--ecs-cluster', 'collabcanvas', '--service', PROJECT];
    const here = await app.run('rollback', ...named, '--yes', '--poll-interval', '30');
    expect(here.exitCode).toBe(0);
    expect(await app.environment()).not.toHaveProperty('REDIS_URL');
  });
});

describe('stickiness', () => {
  test('that somebody has made another since is left to them, and said so', async () => {
    const app = await open();
    await app.setup();
    const TargetGroupArn = await app.targetGroupArn();
    const Attributes = sticky({
      enabled: 'true',
      type: 'app_cookie',
      'app_cookie.cookie_name': 'session',
      'app_cookie.duration_seconds': '600',
    });
    await app.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
    const ended = await app.run(...ROLLBACK);
    expect(ended.exitCode).toBe(0);
    expect(ended.events).toContainEqual(expect.objectContaining({ code: 'stickiness.changed' }));
    expect((await app.look()).targetGroups).toMatchObject([
      { attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie' }, tags: {} },
    ]);
  });

  inMatrix('of another length than ours is somebody else’s too', async () => {
    const app = await open();
    await app.setup();
    const TargetGroupArn = await app.targetGroupArn();
    const Attributes = sticky({ 'lb_cookie.duration_seconds': '7200' });
    await app.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
    await app.run(...ROLLBACK);
    expect((await app.look()).targetGroups).toMatchObject([
      {
        attributes: { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': '7200' },
        tags: {},
      },
    ]);
  });
});

describe('a rollback that is killed is completed by the next', () => {
  test.each(sample(MOMENTS, 3))('%s of every few calls, over somebody’s later version', async (moment) => {
    const app = await open({ environment: { REDIS_URL: OLD_URL } });
    await app.setup('--env-var', 'REDIS_URL');
    const { tags } = await app.running();
    await app.deployNewImage(tags);
    const revisions = (await app.look()).revisions.length;
    let killed = 0;
    for (let call = 6; call < 2_000; call += 5) {
      if ((await app.runKilled(ROLLBACK, { call, moment })) !== 'killed') break;
      killed += 1;
    }
    expect(killed).toBeGreaterThan(3);
    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
    expect(await app.environment()).toMatchObject({ REDIS_URL: OLD_URL });
    const after = await app.look();
    expect(await app.image()).toMatch(/-2$/);
    expect(after.targetGroups).toMatchObject([{ attributes: { 'stickiness.enabled': 'false' }, tags: {} }]);
    // One copy, however often it was begun.
    expect(after.revisions).toHaveLength(revisions + 1);
  });
});
