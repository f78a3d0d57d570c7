/** Deployments that shift the traffic from one target group to another: blue/green, linear and canary. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COLLABCANVAS, commandLine, interrupted, REFRESH } from './command-line.ts';
import { openRolloutStage, type RolloutScene, type RolloutStage } from './rollout-scene.ts';
import { FULL, inMatrix } from '../matrix.ts';

let stage: RolloutStage;

beforeAll(async () => {
  stage = await openRolloutStage();
});
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

const STRATEGIES = FULL ? (['BLUE_GREEN', 'LINEAR', 'CANARY'] as const) : (['BLUE_GREEN'] as const);

async function stickiness(app: RolloutScene): Promise<string[]> {
  const [balancer] = (await app.service()).loadBalancers!;
  const groups = [balancer!.targetGroupArn, balancer!.advancedConfiguration?.alternateTargetGroupArn];
  expect(groups).not.toContain(undefined);
  return Promise.all(
    groups.map(async (TargetGroupArn) => {
      const { Attributes } = await app.call<{ Attributes: { Key: string; Value: string }[] }>(
        'elasticloadbalancing',
        'DescribeTargetGroupAttributes',
        { TargetGroupArn },
      );
      return Attributes.find(({ Key }) => Key === 'stickiness.enabled')!.Value;
    }),
  );
}

describe.each(STRATEGIES)('%s', (strategy) => {
  test('a good revision gets the traffic, is proven, and both target groups are sticky', async () => {
    const app = await stage.open({ strategy });
    const { exitCode, result } = await app.setup();
    expect([result.error, exitCode, result.proven]).toEqual([undefined, 0, true]);
    expect(await app.runs()).toMatchObject({ tasks: 3, redis: true });
    expect(await stickiness(app)).toEqual(['true', 'true']);
    expect((await app.setup()).result.awsCalls.writes).toBe(0);
  });

  test('a bad one is taken back by AWS’s own way, so that the old tasks never stop serving', async () => {
    const app = await stage.open({ strategy, withRedis: 'crash' });
    const before = await app.runs();
    const answering = await app.answering();
    const load = app.load();
    const { exitCode, result } = await app.setup();
    expect((await load.stop()).failed).toBe(0);
    expect([exitCode, result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(await app.runs()).toEqual(before);
    expect(await app.answering()).toEqual(answering);
    expect([app.calls('StopServiceDeployment'), await stickiness(app)]).toEqual([1, ['false', 'false']]);
  });

  test('a setup that is cut off while the traffic shifts is taken back by AWS’s own way too', async () => {
    const app = await stage.open({ strategy, deploymentConfiguration: { bakeTimeInMinutes: 30 } });
    const before = await app.runs();
    const answering = await app.answering();
    const abort = new AbortController();
    app.after('UpdateService', () =>
      app
        .until(async () => (await app.serviceDeployment()).lifecycleStage === 'BAKE_TIME')
        .then(() => abort.abort(interrupted())),
    );
    const argv = ['setup', ...COLLABCANVAS, ...REFRESH, '--yes'];
    expect((await commandLine(argv, app.at, stage.clock, abort.signal)).exitCode).toBe(130);
    expect(await app.runs()).toMatchObject({ redis: true });
    const load = app.load();
    const { exitCode } = await app.run('rollback', '--project', 'collabcanvas-backend', '--yes');
    expect([exitCode, (await load.stop()).failed, await app.runs()]).toEqual([0, 0, before]);
    // The tasks that were there before us, never stopped.
    expect(await app.answering()).toEqual(answering);
    expect([app.calls('StopServiceDeployment'), app.calls('UpdateService')]).toEqual([1, 1]);
  });

  inMatrix('one that is kept is told with the command that takes it back', async () => {
    const app = await stage.open({ strategy, withRedis: 'crash' });
    const { result } = await app.setup('--on-failure', 'keep');
    const { serviceDeploymentArn } = await app.serviceDeployment();
    expect(result.error?.hint).toContain(
      `aws ecs stop-service-deployment --service-deployment-arn ${serviceDeploymentArn} --stop-type ROLLBACK`,
    );
  });

  inMatrix('rollback goes the same way as any deployment', async () => {
    const app = await stage.open({ strategy });
    const before = await app.runs();
    await app.setup();
    const { exitCode } = await app.run('rollback', '--project', 'collabcanvas-backend', '--yes');
    expect([exitCode, await app.runs()]).toEqual([0, before]);
    expect(await stickiness(app)).toEqual(['false', 'false']);
  });
});
