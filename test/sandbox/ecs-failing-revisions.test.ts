/** What each kind of bad revision looks like in the API, by its task definition alone: what an operator would find. */
import type { ContainerDefinition, HealthCheck, Service, Task } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  behindLoadBalancer,
  closeWorlds,
  CRASH,
  createService,
  createWorld,
  deploy,
  describeService,
  EXECUTION_ROLE,
  IDLE,
  isCompleted,
  messagesOf,
  primaryOf,
  register,
  SERVER,
  serverContainer,
  tasks,
  until,
  type World,
} from './ecs-world.ts';

afterEach(closeWorlds);

/** A service that runs well, and the first stopped task of a deployment of `bad`, with the service at that moment. */
async function failed(
  bad: ContainerDefinition,
  world: World = createWorld(),
): Promise<{ task: Task; service: Service; world: World }> {
  await register(world, serverContainer());
  await createService(world, { ...behindLoadBalancer, desiredCount: 1 });
  await until(world, isCompleted);
  const portMappings = [{ containerPort: 3000 }];
  const revision = await register(world, { portMappings, ...bad }, { executionRoleArn: EXECUTION_ROLE });
  const ours = await deploy(world, revision);
  let task: Task | undefined;
  const service = await until(world, async () => {
    const stopped = await tasks(world, 'STOPPED');
    task = stopped.find(({ startedBy, lastStatus }) => startedBy === ours.id && lastStatus === 'STOPPED');
    return task !== undefined;
  });
  return { task: task!, service, world };
}

const check = (program: string, more: Partial<HealthCheck> = {}): HealthCheck => ({
  command: ['CMD', 'node', '-e', program],
  interval: 10,
  retries: 2,
  ...more,
});

const ASK = `fetch('http://' + process.env.HOST + ':3000').then(({ status }) => process.exit(status === 200 ? 0 : 1))`;

describe('a revision fails', () => {
  test.each<[string, ContainerDefinition, Partial<Task>, number]>([
    [
      'because its program exits at start: not counted by the breaker',
      { command: ['-e', CRASH] },
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [expect.objectContaining({ exitCode: 3 })],
      },
      0,
    ],
    [
      'because its program exits as soon as somebody asks it: not counted either',
      {
        command: ['-e', SERVER.replace("response.end('ok')", 'process.exit(4)')],
        healthCheck: check(ASK),
      },
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [expect.objectContaining({ exitCode: 4 })],
      },
      0,
    ],
    [
      'because its image is not there',
      { image: 'nowhere' },
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: expect.stringMatching(/^CannotPullContainerError: /) as string,
      },
      1,
    ],
    [
      'because its secret cannot be read',
      { secrets: [{ name: 'A', valueFrom: '/none' }] },
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: expect.stringMatching(/^ResourceInitializationError: .*\/none$/) as string,
      },
      1,
    ],
    [
      'because its program is not in the image',
      { entryPoint: ['python3'] },
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'Task failed to start',
        containers: [
          expect.objectContaining({
            reason: expect.stringMatching(/^CannotStartContainerError: .*python3/) as string,
          }),
        ],
      },
      1,
    ],
    [
      'because it takes more memory than it may',
      { command: ['-e', `globalThis.held = Buffer.alloc(200 << 20, 1); ${SERVER}`], memory: 150 },
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [
          expect.objectContaining({
            exitCode: 137,
            reason: 'OutOfMemoryError: Container killed due to memory usage',
          }),
        ],
      },
      0,
    ],
    [
      'because its own health check does not pass',
      { command: ['-e', SERVER], healthCheck: check('process.exit(1)') },
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
        healthStatus: 'UNHEALTHY',
      },
      1,
    ],
  ])('%s', async (_why, bad, wanted, counted) => {
    const { task, service } = await failed(bad);
    expect(task).toMatchObject(wanted);
    expect(primaryOf(service)).toMatchObject({ rolloutState: 'IN_PROGRESS', failedTasks: counted });
    // What served before still does.
    expect(service.runningCount).toBeGreaterThanOrEqual(1);
  });

  test('because its targets are unhealthy', async () => {
    const world = createWorld();
    world.health = (address) => (address === '10.0.0.1' ? 'healthy' : 'unhealthy');
    const { task, service } = await failed({ command: ['-e', SERVER] }, world);
    expect(task).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(/^Task failed ELB health checks in \(target-group arn:/) as string,
    });
    expect(primaryOf(service).failedTasks).toBe(1);
  });

  test('because the account may not run so many vCPUs, and no task says so', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, { desiredCount: 3 });
    await until(world, isCompleted);
    const ours = await deploy(world, await register(world, {}, { cpu: '16384', memory: '32768' }));
    await world.clock.sleep(900_000);
    const service = await describeService(world);
    const limit =
      "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.";
    // Said once, however often it was tried.
    expect(messagesOf(service).filter((message) => message === limit)).toHaveLength(1);
    expect(primaryOf(service)).toMatchObject({ id: ours.id, rolloutState: 'IN_PROGRESS', runningCount: 1 });
    expect(service.runningCount).toBe(3);
    const stopped = (await tasks(world, 'STOPPED')).filter(({ startedBy }) => startedBy === ours.id);
    expect(stopped).toEqual([]);
  });
});

describe("a container's own health check", () => {
  test('that passes is waited for, and then the deployment completes', async () => {
    const world = createWorld();
    await register(world, {
      ...serverContainer(),
      healthCheck: check(ASK, { interval: 60 }),
    });
    await createService(world, { desiredCount: 1 });
    await until(world, ({ runningCount }) => runningCount === 1);
    expect((await tasks(world))[0]).toMatchObject({ healthStatus: 'UNKNOWN' });
    await world.clock.sleep(40_000);
    expect(primaryOf(await describeService(world)).rolloutState).toBe('IN_PROGRESS');
    await until(world, isCompleted);
    expect((await tasks(world))[0]).toMatchObject({
      healthStatus: 'HEALTHY',
      containers: [{ healthStatus: 'HEALTHY' }],
    });
  });

  test('that fails is not counted in its start period', async () => {
    const world = createWorld();
    await register(world, { healthCheck: check('process.exit(1)', { startPeriod: 120 }) });
    await createService(world, { desiredCount: 1 });
    await world.clock.sleep(120_000);
    expect(await tasks(world, 'STOPPED')).toEqual([]);
    await until(world, async () => (await tasks(world, 'STOPPED')).length > 0);
    expect(messagesOf(await describeService(world)).join()).toMatch(
      /\(task \w{32}\) failed container health checks\./,
    );
  });

  test('needs its program in the image, and may go through the shell of the image', async () => {
    const world = createWorld();
    const healthCheck = { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 1 };
    await register(world, { healthCheck });
    await createService(world, { desiredCount: 1 });
    await until(world, async () => (await tasks(world, 'STOPPED')).length > 0);
    world.addImage('with a shell', { programs: { node: process.execPath, '/bin/sh': '/bin/sh' } });
    await deploy(world, await register(world, { healthCheck, image: 'with a shell' }));
    await until(world, isCompleted);
  });

  test('leaves no process behind when it hangs', async () => {
    const world = createWorld();
    await register(world, { healthCheck: check(IDLE, { timeout: 2, retries: 1 }) });
    await createService(world, { desiredCount: 1 });
    await until(world, async () => (await tasks(world, 'STOPPED')).length > 0);
    expect((await tasks(world, 'STOPPED'))[0]).toMatchObject({
      stoppedReason: 'Task failed container health checks',
    });
  });
});

describe('a container that depends on another', () => {
  const START = `console.log('up'); setInterval(() => {}, 1000)`;
  const together = (
    world: World,
    first: ContainerDefinition,
    condition: 'COMPLETE' | 'SUCCESS' | 'HEALTHY',
  ) =>
    register(
      world,
      {},
      {
        containerDefinitions: [
          {
            name: 'app',
            image: 'app',
            command: ['-e', START],
            dependsOn: [{ containerName: 'first', condition }],
          },
          { name: 'first', image: 'app', essential: false, ...first },
        ],
      },
    );

  test('starts when the other has succeeded', async () => {
    const world = createWorld();
    await together(world, { command: ['-e', 'process.exit(0)'] }, 'SUCCESS');
    await createService(world, { desiredCount: 1 });
    await until(world, isCompleted);
    expect((await tasks(world))[0]!.containers).toMatchObject([
      { name: 'app', lastStatus: 'RUNNING' },
      { name: 'first', lastStatus: 'STOPPED', exitCode: 0 },
    ]);
  });

  test('never starts when the other has not succeeded', async () => {
    const world = createWorld();
    await together(world, { command: ['-e', 'process.exit(9)'] }, 'SUCCESS');
    await createService(world, { desiredCount: 1 });
    await until(world, async () => (await tasks(world, 'STOPPED')).length > 0);
    expect((await tasks(world, 'STOPPED'))[0]).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('dependencies cannot be resolved') as string,
    });
  });

  test('waits until the other is healthy, and its task is not RUNNING before', async () => {
    const world = createWorld();
    await together(world, { healthCheck: check('process.exit(0)', { interval: 60 }) }, 'HEALTHY');
    await createService(world, { desiredCount: 1 });
    await world.clock.sleep(60_000);
    expect((await tasks(world))[0]).toMatchObject({ lastStatus: 'ACTIVATING' });
    await until(world, isCompleted);
  });
});

describe('somebody else', () => {
  test('who deploys meanwhile makes our deployment ACTIVE and drains it; our service deployment is STOPPED', async () => {
    const world = createWorld();
    await register(world, serverContainer());
    await createService(world, behindLoadBalancer);
    await until(world, isCompleted);
    const ours = await deploy(world, await register(world, serverContainer()));
    const { currentServiceDeployment } = await until(world, ({ runningCount }) => runningCount! > 2);
    const theirRevision = await register(world, serverContainer());
    const theirs = await deploy(world, theirRevision);

    const service = await describeService(world);
    expect(service.deployments!.map(({ id, status }) => [id, status]).slice(0, 2)).toEqual([
      [theirs.id, 'PRIMARY'],
      [ours.id, 'ACTIVE'],
    ]);
    const { serviceDeployments } = await world.call<{ serviceDeployments: { status: string }[] }>(
      'DescribeServiceDeployments',
      { serviceDeploymentArns: [currentServiceDeployment] },
    );
    expect(serviceDeployments).toMatchObject([{ status: 'STOPPED' }]);
    const done = await until(world, isCompleted);
    expect(done.deployments!.map(({ id }) => id)).toEqual([theirs.id]);
    expect(new Set((await tasks(world)).map(({ taskDefinitionArn }) => taskDefinitionArn))).toEqual(
      new Set([theirRevision]),
    );
  });

  test('who changes the desired count meanwhile (auto scaling) starts no deployment of their own', async () => {
    const world = createWorld();
    await register(world, serverContainer());
    await createService(world, behindLoadBalancer);
    await until(world, isCompleted);
    const ours = await deploy(world, await register(world, serverContainer()));
    await until(world, ({ runningCount }) => runningCount! > 2);
    await world.call('UpdateService', { cluster: 'main', service: 'web', desiredCount: 5 });
    expect(primaryOf(await describeService(world)).id).toBe(ours.id);
    const done = await until(world, isCompleted);
    expect(primaryOf(done)).toMatchObject({ id: ours.id, desiredCount: 5, runningCount: 5 });
    expect(done.deployments).toHaveLength(1);
  });
});

describe('a capacity provider strategy', () => {
  test('fills its base first, then follows its weights', async () => {
    const world = createWorld();
    await world.call('CreateCluster', {
      clusterName: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
    await register(world);
    await createService(world, {
      desiredCount: 5,
      launchType: undefined,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 2, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 2 },
      ],
    });
    const service = await until(world, isCompleted);
    expect(service.launchType).toBeUndefined();
    const names = (await tasks(world)).map(({ capacityProviderName }) => capacityProviderName).sort();
    expect(names).toEqual(['FARGATE', 'FARGATE', 'FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
    expect((await tasks(world)).every(({ launchType }) => launchType === 'FARGATE')).toBe(true);
  });

  test("is the cluster's own where a task names none, and may only name the cluster's providers", async () => {
    const world = createWorld();
    await world.call('CreateCluster', { clusterName: 'main' });
    await register(world);
    const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await expect(
      createService(world, { launchType: undefined, capacityProviderStrategy: strategy }),
    ).rejects.toThrow('not associated with the cluster');
    await world.call('PutClusterCapacityProviders', {
      cluster: 'main',
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: strategy,
    });
    await createService(world, { launchType: undefined });
    await until(world, isCompleted);
    expect((await tasks(world)).map(({ capacityProviderName }) => capacityProviderName)).toEqual([
      'FARGATE_SPOT',
      'FARGATE_SPOT',
    ]);
  });
});
