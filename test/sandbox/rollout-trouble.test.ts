/** What may befall a rollout besides a revision that does not start: no room, a late crash, alarms, autoscaling, other people. */
import type { DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HERE, isCompleted } from './ecs-account.ts';
import {
  openRolloutStage,
  type RolloutScene,
  type RolloutStage,
  type SceneOptions,
} from './rollout-scene.ts';
import { inMatrix, sample } from '../matrix.ts';

let stage: RolloutStage;

beforeAll(async () => {
  stage = await openRolloutStage();
});
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

/** A breaker that one failure is enough for; it looks at what never was healthy alone. */
const breaker = (rollback: boolean): SceneOptions => ({
  withRedis: 'unhealthy',
  tasks: 1,
  circuitBreaker: { enable: true, rollback, thresholdConfiguration: { type: 'COUNT', value: 1 } },
});

const SOON_MS = 10 * 60_000;

async function deleteImage({ at }: RolloutScene): Promise<void> {
  const { images } = at.account;
  for (const reference of images.keys()) if (reference.includes('backend')) images.delete(reference);
  return Promise.resolve();
}

async function deleteSecrets({ call }: RolloutScene): Promise<void> {
  const { SecretList } = await call<{ SecretList: { ARN: string }[] }>('secretsmanager', 'ListSecrets');
  for (const { ARN: SecretId } of SecretList)
    await call('secretsmanager', 'DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true });
}

const asItIs = (): Promise<void> => Promise.resolve();

describe('a revision that does not become healthy is told soon, in AWS’s own words, and put back', () => {
  test.each<[string, RegExp, SceneOptions, string[], (app: RolloutScene) => Promise<void>]>([
    [
      'by the breaker itself',
      /: Task failed ELB health checks in \(target-group arn:/,
      breaker(true),
      [],
      asItIs,
    ],
    [
      'where the breaker only stops it',
      /: Task failed ELB health checks in \(target-group arn:/,
      breaker(false),
      [],
      asItIs,
    ],
    [
      'whose image somebody has deleted',
      /: CannotPullContainerError: .*collabcanvas-backend:42: not found/,
      {},
      [],
      deleteImage,
    ],
    [
      'whose secret somebody has deleted',
      /: ResourceInitializationError: .*can't find the specified secret/,
      {},
      ['--auth', 'token', '--fix-execution-role'],
      deleteSecrets,
    ],
  ])('%s', async (_, reason, options, flags, befall) => {
    const app = await stage.open(options);
    const before = await app.runs();
    let updated = 0;
    app.after('UpdateService', () => {
      updated = stage.clock.now();
      return befall(app);
    });
    const { exitCode, result } = await app.setup('--no-probe', ...flags);
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(result.error?.message).toMatch(reason);
    expect(stage.clock.now() - updated).toBeLessThan(SOON_MS);
    expect(await app.runs()).toEqual(before);
    // What AWS takes back by itself, we leave to it.
    expect(app.calls('UpdateService')).toBe(options.circuitBreaker?.rollback === true ? 1 : 2);
  });

  // Its checks are processes.
  inMatrix('whose container fails its own health check', async () => {
    const app = await stage.open();
    const { taskDefinition } = await app.ecs<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', {
      taskDefinition: (await app.runs()).taskDefinition,
    });
    const healthCheck = {
      command: ['CMD', 'node', '-e', 'process.exit(process.env.REDIS_URL ? 1 : 0)'],
      interval: 10,
      retries: 2,
    };
    const containerDefinitions = taskDefinition!.containerDefinitions!.map((container) =>
      container.name === 'backend' ? { ...container, healthCheck } : container,
    );
    await app.deploy(await app.register({ containerDefinitions }));
    await app.until(() => isCompleted(app));
    const before = await app.runs();
    const { exitCode, result } = await app.setup('--no-probe');
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(result.error?.message).toMatch(/: Task failed container health checks$/);
    expect(await app.runs()).toEqual(before);
  });
});

/** How long old tasks drain, and so how long a deployment takes at least. */
async function drainFor(seconds: number, app: RolloutScene): Promise<void> {
  await app.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: (await app.service()).loadBalancers![0]!.targetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }],
  });
}

describe('while the cache is being created, somebody', () => {
  test.each([
    ['who deploys another revision stops us, and changes nothing of theirs', true],
    ['who has the same one deployed anew does too', false],
  ])('%s', async (_, isOther) => {
    const app = await stage.open();
    await drainFor(3_600, app);
    let theirs: string | undefined;
    const look = async (): Promise<void> => {
      const { ReplicationGroups } = await app.call<{ ReplicationGroups: { Status: string }[] }>(
        'elasticache',
        'DescribeReplicationGroups',
      );
      if (ReplicationGroups[0]?.Status !== 'available') return void stage.clock.after(1_000, look);
      theirs = isOther ? await app.register({}) : (await app.service()).taskDefinition;
      await app.ecs('UpdateService', { ...HERE, taskDefinition: theirs, forceNewDeployment: true });
    };
    stage.clock.after(1_000, look);
    const { exitCode, result } = await app.setup();
    expect([exitCode, result.error?.code]).toEqual([1, 'SomebodyElseDeployed']);
    expect([app.calls('UpdateService'), await app.runs()]).toEqual([
      0,
      { taskDefinition: theirs, tasks: 3, redis: false },
    ]);
  });
});

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

test('a revision that crashes after AWS has called its deployment completed is put back', async () => {
  const app = await stage.open({ withRedis: 'crash later' });
  // Old tasks go at once, so that AWS calls the deployment completed as soon as the new ones are healthy.
  await drainFor(0, app);
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
  test.each(sample([5, 1], 2))('to %i is neither waited for in vain nor undone', async (desiredCount) => {
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
    // Begun by AWS, and seen to its end by us.
    expect((await app.service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
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
