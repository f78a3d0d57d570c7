/** Deployments that shift traffic: both revisions beside each other, the rule's weights, the bake time, and the ways back. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { PROGRAMS } from './command-line.ts';
import { isCompleted, openCanvas, type CanvasAccount } from './ecs-account.ts';

let sandbox: Sandbox;
let account: CanvasAccount | undefined;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock: new VirtualClock() });
});
afterEach(async () => {
  await account?.at.account.close();
  account = undefined;
});
afterAll(() => sandbox.close());

async function shifting(options: Partial<CollabcanvasOptions> = {}): Promise<CanvasAccount> {
  account = await openCanvas(sandbox, {
    inert: INERT_CANVAS,
    strategy: 'BLUE_GREEN',
    deploymentConfiguration: { bakeTimeInMinutes: 5 },
    ...options,
  });
  return account;
}

const inStage = (app: CanvasAccount, stage: string) => async (): Promise<boolean> =>
  (await app.serviceDeployment()).lifecycleStage === stage;

test('the new revision comes up in the other group, gets the traffic, and after the bake time the old one goes', async () => {
  const app = await shifting();
  const blue = (await app.service()).deployments![0]!.id;
  expect(await app.weights()).toEqual([100, 0]);
  const green = await app.deploy(await app.register({}));
  const stages = new Set<string | undefined>();
  const failed = new Set<string | null>();
  const counts: (number | undefined)[] = [];
  await app.until(async () => {
    stages.add((await app.serviceDeployment()).lifecycleStage);
    counts.push((await app.service()).deployments!.find(({ id }) => id === blue)?.runningCount);
    for (const name of await app.answering(1)) if (name?.startsWith('failed')) failed.add(name);
    return isCompleted(app);
  });
  expect([...stages]).toEqual([undefined, 'SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME', 'CLEAN_UP']);
  expect(failed).toEqual(new Set());
  expect(await app.weights()).toEqual([0, 100]);
  const service = await app.service();
  expect(service.deployments!.map(({ id, status }) => [id, status])).toEqual([[green, 'PRIMARY']]);
  const { targetGroupArn, advancedConfiguration } = service.loadBalancers![0]!;
  expect(await app.targets(targetGroupArn)).toEqual([]);
  expect(await app.targets(advancedConfiguration!.alternateTargetGroupArn)).toHaveLength(3);
  expect(await app.serviceDeployment()).toMatchObject({
    status: 'SUCCESSFUL',
    targetServiceRevision: { requestedProductionTrafficWeight: 100, runningTaskCount: 3 },
  });
  // All three old tasks stayed until the end: the way back was open for all of the bake time.
  expect(counts.slice(0, 60)).toEqual(Array(60).fill(3));

  // And the next one goes back to the first group.
  await app.deploy(await app.register({}));
  await app.until(() => isCompleted(app));
  expect(await app.weights()).toEqual([100, 0]);
});

test('stopped in its bake time it goes back to the tasks that still run, at once', async () => {
  const app = await shifting();
  const before = new Set((await app.tasks()).map(({ taskArn }) => taskArn));
  const { taskDefinition, deployments } = await app.service();
  await app.deploy(await app.register({}));
  await app.until(inStage(app, 'BAKE_TIME'));
  expect(await app.weights()).toEqual([0, 100]);
  const { serviceDeploymentArn } = await app.serviceDeployment();
  await app.ecs('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
  expect(await app.weights()).toEqual([100, 0]);
  await app.until(() => isCompleted(app));
  expect(await app.service()).toMatchObject({ taskDefinition, deployments: [{ id: deployments![0]!.id }] });
  expect(new Set((await app.tasks()).map(({ taskArn }) => taskArn))).toEqual(before);
  expect(await app.serviceDeployment(serviceDeploymentArn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
});

test('has no circuit breaker: a revision that never starts is tried for ever, and takes no traffic', async () => {
  const app = await shifting({ circuitBreaker: { enable: true, rollback: true } });
  const names = await app.answering();
  const ours = await app.deploy(
    await app.register({
      containerDefinitions: [{ name: 'backend', image: 'nowhere', portMappings: [{ containerPort: 3000 }] }],
    }),
  );
  await app.until(async () => (await app.service()).deployments![0]!.failedTasks! > 5);
  const service = await app.service();
  expect(service.deployments!.map(({ id, rolloutState }) => [id, rolloutState])[0]).toEqual([
    ours,
    'IN_PROGRESS',
  ]);
  expect(await app.weights()).toEqual([100, 0]);
  expect(await app.answering()).toEqual(names);
  expect(await app.serviceDeployment()).toMatchObject({
    status: 'IN_PROGRESS',
    lifecycleStage: 'SCALE_UP',
    deploymentCircuitBreaker: { status: 'DISABLED' },
  });
});

test('somebody else who deploys meanwhile ends it, and the traffic is the old revision’s until theirs is up', async () => {
  const app = await shifting();
  await app.deploy(await app.register({}));
  await app.until(inStage(app, 'BAKE_TIME'));
  const ours = await app.serviceDeployment();
  const theirRevision = await app.register({});
  await app.deploy(theirRevision);
  await app.until(inStage(app, 'SCALE_UP'), 1);
  expect(await app.serviceDeployment(ours.serviceDeploymentArn)).toMatchObject({ status: 'STOPPED' });
  expect(await app.weights()).toEqual([100, 0]);
  await app.until(() => isCompleted(app));
  expect(await app.service()).toMatchObject({ taskDefinition: theirRevision, runningCount: 3 });
  expect(await app.weights()).toEqual([0, 100]);
});

test.each<[Partial<CollabcanvasOptions>, number[]]>([
  [
    { strategy: 'CANARY', deploymentConfiguration: { canaryConfiguration: { canaryPercent: 20 } } },
    [0, 20, 100],
  ],
  [
    { strategy: 'LINEAR', deploymentConfiguration: { linearConfiguration: { stepPercent: 40 } } },
    [0, 40, 80, 100],
  ],
])('%j shifts in steps', async (options, wanted) => {
  const app = await shifting(options);
  await app.deploy(await app.register({}));
  const seen = new Set<number | undefined>();
  await app.until(async () => {
    seen.add((await app.weights())[1]);
    return isCompleted(app);
  });
  expect([...seen]).toEqual(wanted);
});
