/** What may befall a rollout besides a revision that does not start: no room, a late crash, alarms, autoscaling, other people. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HERE } from './ecs-account.ts';
import { openRolloutStage, type RolloutScene, type RolloutStage } from './rollout-scene.ts';

let stage: RolloutStage;

beforeAll(async () => {
  stage = await openRolloutStage();
});
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

const NO_ROOM = /was unable to place a task.* is already using a port required by your task/;

describe('room for the new tasks', () => {
  test('that is given back while old tasks drain is waited for', async () => {
    const app = await stage.open({ launchType: 'EC2', networkMode: 'host' });
    const { exitCode } = await app.setup();
    expect((await app.messages()).join('\n')).toMatch(NO_ROOM);
    expect([exitCode, await app.runs()]).toEqual([0, expect.objectContaining({ tasks: 3, redis: true })]);
  });

  test('that will never be there ends the rollout with AWS’s reason, on the tasks that never stopped', async () => {
    const app = await stage.open({
      launchType: 'EC2',
      networkMode: 'host',
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    });
    const before = await app.runs();
    const answered = await app.answering();
    const { exitCode, result } = await app.setup();
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(result.error?.message).toMatch(NO_ROOM);
    expect(result.error?.hint).toContain(
      'on its 3 tasks that were never stopped; ECS cannot start them anew',
    );
    expect(await app.runs()).toEqual(before);
    expect(await app.answering()).toEqual(answered);
  });
});

/** Old tasks go at once, so that AWS calls the deployment completed as soon as the new ones are healthy. */
async function withoutDraining(app: RolloutScene): Promise<void> {
  await app.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: (await app.service()).loadBalancers![0]!.targetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }],
  });
}

test('a revision that crashes after AWS has called its deployment completed is put back', async () => {
  const app = await stage.open({ withRedis: 'crash later' });
  await withoutDraining(app);
  const before = await app.runs();
  const { exitCode, result } = await app.setup();
  expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
  expect(result.error?.message).toMatch(/Essential container in task exited.*backend exited with 1/);
  // The one before us, ours all the same, and the way back.
  const completed = (await app.messages()).filter((message) => message.endsWith(' deployment completed.'));
  expect(completed).toHaveLength(3);
  expect(await app.runs()).toEqual(before);
});

describe('autoscaling that changes the number of tasks meanwhile', () => {
  test.each([5, 1])('to %i is neither waited for in vain nor undone', async (desiredCount) => {
    const app = await stage.open();
    app.after('UpdateService', () => app.ecs('UpdateService', { ...HERE, desiredCount }));
    const { exitCode } = await app.setup();
    expect([exitCode, await app.runs()]).toEqual([
      0,
      expect.objectContaining({ tasks: desiredCount, redis: true }),
    ]);
    expect((await app.service()).desiredCount).toBe(desiredCount);
  });

  test('is not undone by the way back', async () => {
    const app = await stage.open({ withRedis: 'unhealthy' });
    const before = await app.runs();
    app.after('UpdateService', () => app.ecs('UpdateService', { ...HERE, desiredCount: 4 }));
    const { exitCode } = await app.setup();
    expect([exitCode, await app.runs()]).toEqual([7, { ...before, tasks: 4 }]);
  });
});

describe('a deployment that is taken back by others', () => {
  test('by AWS, for an alarm of the service’s, is told as that', async () => {
    const app = await stage.open({
      deploymentConfiguration: { alarms: { enable: true, rollback: true, alarmNames: ['canvas-5xx'] } },
    });
    const before = await app.runs();
    app.after('UpdateService', () => app.at.account.ecs.alarm('canvas-5xx'));
    const { exitCode, result } = await app.setup();
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(result.error?.message).toMatch(/alarm detected/);
    expect(app.calls('UpdateService')).toBe(1);
    expect(await app.runs()).toEqual(before);
  });

  test.each(['ROLLING', 'BLUE_GREEN'] as const)(
    'by a person, %s, is told as that, with exit code 1',
    async (strategy) => {
      const app = await stage.open({ strategy });
      const before = await app.runs();
      app.after('UpdateService', async () => {
        const { currentServiceDeployment } = await app.service();
        await app.ecs('StopServiceDeployment', {
          serviceDeploymentArn: currentServiceDeployment,
          stopType: 'ROLLBACK',
        });
      });
      const { exitCode, result } = await app.setup();
      expect([exitCode, result.error?.code]).toEqual([1, 'SomebodyElseDeployed']);
      expect(result.error?.message).toMatch(
        /^Somebody else had the deployment of collabcanvas-backend:4 rolled back/,
      );
      expect(await app.runs()).toEqual(before);
    },
  );
});
