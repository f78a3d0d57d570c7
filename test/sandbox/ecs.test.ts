import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type {
  DescribeServiceDeploymentsResponse,
  DescribeServicesResponse,
  DescribeTaskDefinitionResponse,
  DescribeTasksResponse,
  RunTaskRequest,
  RunTaskResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { LEASH } from '../../src/sandbox/ecs/container-process.ts';
import {
  behindLoadBalancer,
  CALL,
  closeWorlds,
  CRASH,
  createService,
  createWorld,
  deploy,
  describeService,
  EXECUTION_ROLE,
  isCompleted,
  messagesOf,
  NETWORK,
  primaryOf,
  register,
  SERVER,
  serverContainer,
  TARGET_GROUP,
  tasks,
  until,
  type World,
} from './ecs-world.ts';

afterEach(closeWorlds);

describe('a rolling deployment', () => {
  test('ends with the new deployment alone, its tasks registered, and says so in its events', async () => {
    const world = createWorld();
    await register(world, serverContainer());
    await createService(world, behindLoadBalancer);
    const first = primaryOf(await until(world, isCompleted));
    const second = await register(world, serverContainer());

    const ours = await deploy(world, second);
    expect(ours).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: second });
    const both = await until(world, ({ runningCount }) => runningCount === 4);
    expect(both.deployments?.map(({ id, status }) => [id, status])).toEqual([
      [ours.id, 'PRIMARY'],
      [first.id, 'ACTIVE'],
    ]);

    const done = await until(world, isCompleted);
    expect(done.deployments).toHaveLength(1);
    expect(primaryOf(done)).toMatchObject({ id: ours.id, runningCount: 2, failedTasks: 0 });
    const running = await tasks(world);
    expect(running.map(({ startedBy }) => startedBy)).toEqual([ours.id, ours.id]);
    expect(new Set(running.map(({ attachments }) => attachments![0]!.details![0]!.value))).toEqual(
      new Set(['subnet-a', 'subnet-b']),
    );
    expect([...world.registered.keys()].sort()).toEqual(
      running.map(({ containers }) => containers![0]!.networkInterfaces![0]!.privateIpv4Address!).sort(),
    );
    expect(messagesOf(done).slice(0, 2)).toEqual([
      '(service web) has reached a steady state.',
      `(service web) (deployment ${ours.id}) deployment completed.`,
    ]);
    expect(messagesOf(done)).toContain(
      `(service web) registered 1 targets in (target-group ${TARGET_GROUP})`,
    );
    expect(messagesOf(done)).toContain('(service web) has begun draining connections on 1 tasks.');
    expect(
      messagesOf(done).some((message) =>
        /has started 2 tasks: \(task \w{32}\) \(task \w{32}\)\.$/.test(message),
      ),
    ).toBe(true);

    const { serviceDeployments } = await world.call<DescribeServiceDeploymentsResponse>(
      'DescribeServiceDeployments',
      { serviceDeploymentArns: [done.currentServiceDeployment] },
    );
    expect(serviceDeployments![0]).toMatchObject({
      status: 'SUCCESSFUL',
      targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2 },
    });
  });

  test('keeps to its percentages all the way', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, {
      desiredCount: 4,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
    await until(world, isCompleted);
    await deploy(world, await register(world));
    const counts: [running: number, live: number][] = [];
    await until(
      world,
      async (service) => {
        counts.push([service.runningCount!, (await tasks(world)).length]);
        return isCompleted(service);
      },
      1,
    );
    expect(Math.min(...counts.map(([running]) => running))).toBe(2);
    expect(Math.max(...counts.map(([, live]) => live))).toBe(4);
  });

  test('that its percentages leave no room for says why it does not move', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, {
      desiredCount: 1,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 },
    });
    await until(world, isCompleted);
    await deploy(world, await register(world));
    await world.clock.sleep(120_000);
    const service = await describeService(world);
    expect(service.deployments).toHaveLength(2);
    expect(messagesOf(service)[0]).toContain('because of the service deployment configuration');
  });

  test('of a program that exits at once goes on for ever, uncounted, while the old tasks serve', async () => {
    const world = createWorld();
    const good = await register(world);
    await createService(world, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await until(world, isCompleted);
    const bad = await register(world, { command: ['-e', CRASH] });
    const ours = await deploy(world, bad);
    await world.clock.sleep(300_000);

    const service = await describeService(world);
    expect(primaryOf(service)).toMatchObject({ id: ours.id, rolloutState: 'IN_PROGRESS', failedTasks: 0 });
    const running = (await tasks(world)).filter(({ lastStatus }) => lastStatus === 'RUNNING');
    expect(running.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([good, good]);
    const stopped = (await tasks(world, 'STOPPED')).filter(({ startedBy }) => startedBy === ours.id);
    expect(stopped.length).toBeGreaterThan(4);
    expect(stopped[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'web', exitCode: 3 }],
    });
    expect(stopped[0]!.startedAt).toBeInstanceOf(Date);
  });

  test('of a program that exits at once is not taken for steady, however fast the clock goes', async () => {
    const world = createWorld(systemClock(2_000));
    await register(world);
    await createService(world, { desiredCount: 1 });
    await until(world, isCompleted, 20, 20_000);
    const ours = await deploy(world, await register(world, { command: ['-e', CRASH] }));
    const crashes = async (): Promise<number> =>
      (await tasks(world, 'STOPPED')).filter(({ startedBy }) => startedBy === ours.id).length;
    const service = await until(world, async () => (await crashes()) > 2, 20, 20_000);
    expect(primaryOf(service)).toMatchObject({ id: ours.id, rolloutState: 'IN_PROGRESS' });
    expect(service.deployments).toHaveLength(2);
  });

  test('whose image is not there slows down, and without a breaker never fails', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, { desiredCount: 1 });
    await until(world, isCompleted);
    await deploy(world, await register(world, { image: 'nowhere' }));
    await world.clock.sleep(3_000_000);
    const service = await describeService(world);
    expect(primaryOf(service).rolloutState).toBe('IN_PROGRESS');
    expect(primaryOf(service).failedTasks).toBeGreaterThan(4);
    expect(primaryOf(service).failedTasks).toBeLessThan(12);
    expect(messagesOf(service).join('\n')).toContain(
      'was unable to place a task. Reason: CannotPullContainerError: pull image manifest',
    );
    expect(messagesOf(service).join('\n')).toContain('is unable to consistently start tasks successfully');
    expect(service.runningCount).toBe(1);
  });

  test('of desired count 0 completes with nothing started', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, { desiredCount: 0 });
    const service = await until(world, isCompleted);
    expect(service).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect(await tasks(world, 'STOPPED')).toEqual([]);
  });
});

describe('the circuit breaker', () => {
  const breaker = (rollback: boolean) => ({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
  });

  test('fails a deployment after three tasks that did not start, and leaves the old tasks', async () => {
    const world = createWorld();
    const good = await register(world);
    await createService(world, { ...breaker(false), desiredCount: 1 });
    await until(world, isCompleted);
    const ours = await deploy(world, await register(world, { image: 'nowhere' }));
    const failed = await until(world, (service) => primaryOf(service).rolloutState === 'FAILED');
    expect(primaryOf(failed)).toMatchObject({
      id: ours.id,
      failedTasks: 3,
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    await world.clock.sleep(120_000);
    expect((await tasks(world)).map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([good]);
    expect(messagesOf(await describeService(world))).toContain(
      `(service web) (deployment ${ours.id}) deployment failed: tasks failed to start.`,
    );
  });

  test('with rollback makes a new deployment of the old revision, which is a success of nobody', async () => {
    const world = createWorld();
    const good = await register(world);
    await createService(world, breaker(true));
    const before = primaryOf(await until(world, isCompleted));
    const ours = await deploy(world, await register(world, { image: 'nowhere' }));
    const back = await until(world, (service) => isCompleted(service) && service.deployments!.length === 1);

    expect(primaryOf(back).taskDefinition).toBe(good);
    expect(back.taskDefinition).toBe(good);
    expect([before.id, ours.id]).not.toContain(primaryOf(back).id);
    expect(messagesOf(back)).toContain(`(service web) rolling back to deployment ${primaryOf(back).id}.`);
    const { serviceDeployments } = await world.call<{ serviceDeployments: { status: string }[] }>(
      'ListServiceDeployments',
      { cluster: 'main', service: 'web' },
    );
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
  });

  test('can be used by hand: a service deployment stopped goes back to what ran before', async () => {
    const world = createWorld();
    const good = await register(world);
    await createService(world, { desiredCount: 1 });
    await until(world, isCompleted);
    await deploy(world, await register(world, { command: ['-e', CRASH] }));
    await world.clock.sleep(60_000);
    const { currentServiceDeployment } = await describeService(world);
    await world.call('StopServiceDeployment', {
      serviceDeploymentArn: currentServiceDeployment,
      stopType: 'ROLLBACK',
    });
    expect((await until(world, isCompleted)).taskDefinition).toBe(good);
  });
});

describe('a task that fails its load balancer', () => {
  test('is stopped and replaced, and counts as a failed task', async () => {
    const world = createWorld();
    await register(world, serverContainer());
    await createService(world, { ...behindLoadBalancer, desiredCount: 1 });
    await until(world, isCompleted);
    const [old] = await tasks(world);
    const healthy = old!.containers![0]!.networkInterfaces![0]!.privateIpv4Address;
    world.health = (address) => (address === healthy ? 'healthy' : 'unhealthy');
    const ours = await deploy(world, await register(world, serverContainer()));
    const service = await until(world, (now) => primaryOf(now).failedTasks === 2);

    expect(primaryOf(service)).toMatchObject({ id: ours.id, rolloutState: 'IN_PROGRESS' });
    const stopped = (await tasks(world, 'STOPPED')).find(({ startedBy }) => startedBy === ours.id);
    expect(stopped).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${TARGET_GROUP})`,
    });
    expect(messagesOf(service).join('\n')).toMatch(
      /\(service web\) \(task \w{32}\) \(port 3000\) is unhealthy in \(target-group .*web.*\) due to \(reason Health checks failed with these codes: \[500\]\)/,
    );
    expect((await tasks(world)).map(({ taskArn }) => taskArn)).toContain(old!.taskArn);
  });

  test('is left alone during the grace period', async () => {
    const world = createWorld();
    world.health = () => 'unhealthy';
    await register(world, serverContainer());
    await createService(world, {
      ...behindLoadBalancer,
      desiredCount: 1,
      healthCheckGracePeriodSeconds: 300,
    });
    await world.clock.sleep(200_000);
    expect(await tasks(world, 'STOPPED')).toEqual([]);
    world.health = () => 'healthy';
    await until(world, isCompleted);
    expect(await tasks(world, 'STOPPED')).toEqual([]);
  });
});

describe('a task', () => {
  async function run(world: World, more: Partial<RunTaskRequest> = {}): Promise<RunTaskResponse> {
    await world.call('CreateCluster', { clusterName: 'main' });
    return world.call<RunTaskResponse>('RunTask', {
      cluster: 'main',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      ...more,
    });
  }

  async function ended(world: World, { tasks: [task] = [] }: RunTaskResponse): Promise<Task> {
    for (let n = 0; n < 100; n += 1) {
      const now = (await tasks(world, 'STOPPED')).find(({ taskArn }) => taskArn === task?.taskArn);
      if (now?.lastStatus === 'STOPPED') return now;
      await world.clock.sleep(6_000);
    }
    throw new Error('the task did not stop');
  }

  const awslogs = {
    logConfiguration: {
      logDriver: 'awslogs' as const,
      options: { 'awslogs-group': '/ecs/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' },
    },
  };
  const linesOf = async ({ logs }: World): Promise<[stream: string, message: string][]> => {
    const { events } = (await logs.operations['FilterLogEvents']!({ logGroupName: '/ecs/web' }, CALL)) as {
      events: { logStreamName: string; message: string }[];
    };
    return events.map(({ logStreamName, message }) => [logStreamName, message]);
  };

  test('goes through all its states, in Fargate time', async () => {
    const world = createWorld();
    await register(world, serverContainer());
    const { tasks: [task] = [] } = await run(world);
    const seen: string[] = [];
    for (let second = 0; second < 60; second += 1) {
      const [now] = await tasks(world);
      if (now && seen.at(-1) !== now.lastStatus) seen.push(now.lastStatus!);
      await world.clock.sleep(1_000);
    }
    expect(seen).toEqual(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);
    const [running] = await tasks(world);
    const startedAfter = running!.startedAt!.getTime() - running!.createdAt!.getTime();
    expect(startedAfter).toBeGreaterThanOrEqual(20_000);
    expect(startedAfter).toBeLessThanOrEqual(40_000);
    expect(running!.attachments![0]).toMatchObject({
      type: 'ElasticNetworkInterface',
      status: 'ATTACHED',
      details: [
        { name: 'subnetId', value: 'subnet-a' },
        { name: 'networkInterfaceId', value: 'eni-1' },
        { name: 'privateIPv4Address', value: '10.0.0.1' },
      ],
    });

    await world.call('StopTask', { cluster: 'main', task: task!.taskArn, reason: 'enough' });
    const stopped = await ended(world, { tasks: [task!] });
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
    expect(stopped.containers![0]).toMatchObject({ lastStatus: 'STOPPED', exitCode: 0 });
    expect(world.interfaces.size).toBe(0);
    await world.clock.sleep(3_700_000);
    const { failures } = await world.call<DescribeTasksResponse>('DescribeTasks', {
      cluster: 'main',
      tasks: [task!.taskArn],
    });
    expect(failures).toEqual([{ arn: task!.taskArn, reason: 'MISSING' }]);
  });

  test('ends with the exit code of its program and its lines in CloudWatch Logs', async () => {
    const world = createWorld();
    world.secrets = { '/app/token': 's3cret' };
    world.addImage('app', {
      environment: { COLOUR: 'grey', SIZE: 'small' },
      files: { '/app/print': '--eval' },
    });
    await world.logs.operations['CreateLogGroup']!({ logGroupName: '/ecs/web' }, CALL);
    await register(
      world,
      {
        ...awslogs,
        command: ['-e', 'never'],
        environment: [{ name: 'COLOUR', value: 'red' }],
        secrets: [{ name: 'TOKEN', valueFrom: '/app/token' }],
      },
      { executionRoleArn: EXECUTION_ROLE },
    );
    const print = `
      console.log(process.env.COLOUR, process.env.SIZE, process.env.SHAPE, process.env.TOKEN);
      console.log(Object.keys(process.env).filter((name) => /VITEST|npm_|USER/.test(name)).join());
      process.exitCode = 11;`;
    const response = await run(world, {
      startedBy: 'probe',
      overrides: {
        containerOverrides: [
          // The override replaces the command only: `node` is still what runs, and files of the image have their place.
          { name: 'web', command: ['/app/print', print], environment: [{ name: 'SHAPE', value: 'round' }] },
        ],
      },
    });
    const task = await ended(world, response);
    expect(task.containers![0]).toMatchObject({ name: 'web', exitCode: 11 });
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      startedBy: 'probe',
      group: 'family:web',
    });
    const stream = `web/web/${task.taskArn!.slice(-32)}`;
    expect(await linesOf(world)).toEqual([
      [stream, 'red small round s3cret'],
      [stream, ''],
    ]);
  });

  test('stops its other containers when an essential one ends, and not when another does', async () => {
    const world = createWorld();
    const exitWhenAsked = SERVER.replace("response.end('ok')", "response.end('ok', () => process.exit(0))");
    await register(
      world,
      {},
      {
        containerDefinitions: [
          { name: 'router', image: 'app', essential: false, command: ['-e', ''] },
          { name: 'web', image: 'app', ...serverContainer(), command: ['-e', exitWhenAsked] },
          { name: 'sidecar', image: 'app' },
        ],
      },
    );
    const response = await run(world);
    await world.clock.sleep(40_000);
    const statuses = async () =>
      (await tasks(world))[0]?.containers?.map(({ name, lastStatus, exitCode }) => [
        name,
        lastStatus,
        exitCode,
      ]);
    await expect.poll(statuses, { interval: 10, timeout: 10_000 }).toEqual([
      ['router', 'STOPPED', 0],
      ['web', 'RUNNING', undefined],
      ['sidecar', 'RUNNING', undefined],
    ]);

    await fetch(`http://${world.network}.1:3000/`);
    await expect.poll(() => tasks(world), { interval: 10, timeout: 10_000 }).toEqual([]);
    const task = await ended(world, response);
    expect(task.containers!.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ['router', 0],
      ['web', 0],
      ['sidecar', 143],
    ]);
    expect(task.stopCode).toBe('EssentialContainerExited');
  });

  test('whose program ignores SIGTERM is killed after its stop timeout', async () => {
    const world = createWorld();
    const stubborn = SERVER.replace('process.exit(0)', '{}');
    await register(world, { ...serverContainer(), command: ['-e', stubborn], stopTimeout: 60 });
    const response = await run(world);
    await world.clock.sleep(40_000);
    const asked = world.clock.now();
    await world.call('StopTask', { cluster: 'main', task: response.tasks![0]!.taskArn });
    const task = await ended(world, response);
    expect(task.containers![0]!.exitCode).toBe(137);
    expect(task.executionStoppedAt!.getTime() - asked).toBeGreaterThanOrEqual(60_000);
  });

  test.each([
    ['without a route to the registry', { online: false }, {}, /^CannotPullContainerError: .*i\/o timeout$/],
    ['without its image', {}, { image: 'nowhere' }, /^CannotPullContainerError: .*nowhere: not found$/],
    [
      'built for another processor',
      {},
      { image: 'arm' },
      /does not contain descriptor matching platform 'linux\/amd64'/,
    ],
    [
      'whose program is not in the image',
      {},
      { entryPoint: ['python3'] },
      /^CannotStartContainerError: .*exec: "python3": executable file not found in \$PATH: unknownTask failed to start$/,
    ],
    [
      'whose secret does not exist',
      {},
      { secrets: [{ name: 'A', valueFrom: '/none' }] },
      /^ResourceInitializationError: unable to pull secrets.*\/none/,
    ],
    [
      'whose log group does not exist',
      {},
      awslogs,
      /^ResourceInitializationError: failed to validate logger args/,
    ],
  ])('%s fails to start and says so', async (_, change, container, reason) => {
    const world = Object.assign(createWorld(), change);
    world.addImage('arm', { architecture: 'ARM64' });
    await register(world, container, { executionRoleArn: EXECUTION_ROLE });
    const task = await ended(world, await run(world));
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(`${task.containers![0]!.reason ?? ''}${task.stoppedReason}`).toMatch(reason);
    expect(task.startedAt).toBeUndefined();
    expect(task.containers![0]!.exitCode).toBeUndefined();
    expect(world.interfaces.size).toBe(0);
  });

  test('makes its log group where it may', async () => {
    const world = createWorld();
    const options = { ...awslogs.logConfiguration.options, 'awslogs-create-group': 'true' };
    await register(
      world,
      { command: ['-e', 'console.log(1)'], logConfiguration: { logDriver: 'awslogs', options } },
      { executionRoleArn: EXECUTION_ROLE },
    );
    await ended(world, await run(world));
    expect((await linesOf(world)).map(([, message]) => message)).toEqual(['1']);
  });

  test('that finds no free address is a failure of RunTask, with HTTP 200', async () => {
    const world = createWorld();
    world.freeAddresses = 0;
    await register(world);
    const { tasks: none, failures } = await run(world);
    expect(none).toEqual([]);
    expect(failures![0]!.reason).toBe('RESOURCE:ENI');
  });

  test('is started once for one client token', async () => {
    const world = createWorld();
    await register(world);
    const first = await run(world, { clientToken: 'once' });
    const again = await run(world, { clientToken: 'once' });
    expect(again.tasks![0]!.taskArn).toBe(first.tasks![0]!.taskArn);
    expect(await tasks(world)).toHaveLength(1);
    await expect(run(world, { clientToken: 'once', count: 2 })).rejects.toThrow(
      expect.objectContaining({ shape: 'ConflictException' }),
    );
  });

  test('leaves no process behind when the sandbox closes, nor its own children', async () => {
    const world = createWorld();
    const grandchild = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(process.pid, child.pid); setInterval(() => {}, 1000);`;
    await register(
      world,
      {
        command: ['-e', grandchild],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/web',
            'awslogs-stream-prefix': 'web',
            'awslogs-create-group': 'true',
          },
        },
      },
      { executionRoleArn: EXECUTION_ROLE },
    );
    await createService(world, { desiredCount: 1 });
    await until(world, ({ runningCount }) => runningCount === 1);
    const [[, pids] = ['', '']] = await linesOf(world);
    const [parent, child] = pids.split(' ').map(Number);
    expect(isAlive(parent!)).toBe(true);
    await world.ecs.close();
    await gone(parent!);
    await gone(child!);
  });

  test('ends even when the sandbox is killed', async () => {
    const sandbox = spawn(process.execPath, [
      '-e',
      `const child = require('node:child_process').spawn('/bin/sh', ['-c', process.argv[1], 'sh', process.execPath, '-e', 'setInterval(() => {}, 1000)'], { detached: true });
       console.log(child.pid);`,
      LEASH,
    ]);
    const [line] = (await once(sandbox.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    sandbox.kill('SIGKILL');
    await gone(pid);
  });
});

function isAlive(pid: number): boolean {
  // A zombie answers to signals; it is not alive.
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function gone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { interval: 10, timeout: 10_000 }).toBe(false);
}

describe('a task definition', () => {
  test('keeps what no SDK knows, at every depth, and is described with what ECS fills in', async () => {
    const world = createWorld();
    const given = {
      family: 'web',
      novelty: { a: [1, { b: true }] },
      memory: '512',
      containerDefinitions: [
        {
          name: 'web',
          image: 'app',
          futureOption: { depth: 2 },
          portMappings: [{ containerPort: 80, lane: 'fast' }],
        },
      ],
      tags: [{ key: 'team', value: 'canvas' }],
    };
    await world.call('RegisterTaskDefinition', given);
    const { taskDefinition, tags } = await world.call<DescribeTaskDefinitionResponse>(
      'DescribeTaskDefinition',
      {
        taskDefinition: 'web',
        include: ['TAGS'],
      },
    );
    expect(taskDefinition).toMatchObject({
      novelty: given.novelty,
      family: 'web',
      revision: 1,
      status: 'ACTIVE',
      volumes: [],
      containerDefinitions: [
        {
          name: 'web',
          futureOption: { depth: 2 },
          cpu: 0,
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp', lane: 'fast' }],
        },
      ],
    });
    expect(taskDefinition).not.toHaveProperty('tags');
    expect(tags).toEqual(given.tags);

    // Sent back whole, as a careless copy does: ECS writes its own members again.
    await world.call('RegisterTaskDefinition', { ...taskDefinition, deregisteredAt: 1 });
    const copy = await world.call<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', {
      taskDefinition: 'web',
    });
    expect(copy.taskDefinition).toMatchObject({ revision: 2, novelty: given.novelty });
    expect(copy.taskDefinition).not.toHaveProperty('deregisteredAt');
    expect(copy).not.toHaveProperty('tags');
  });

  test.each<[string, object, object, string]>([
    ['tags that are empty', { tags: [] }, {}, 'Tags can not be empty.'],
    ['a tag of AWS', { tags: [{ key: 'aws:x', value: '' }] }, {}, 'reserved for system use'],
    ['no essential container', {}, { essential: false }, 'at least one container must be essential'],
    ['bridge mode on Fargate', { networkMode: 'bridge' }, {}, 'Fargate only supports network mode ‘awsvpc’.'],
    [
      'memory that Fargate does not have',
      { memory: '4096' },
      {},
      'No Fargate configuration exists for given values',
    ],
    ['a family with a blank', { family: 'my app' }, {}, 'Family contains invalid characters.'],
    [
      'more than 64 KiB',
      {},
      { environment: [{ name: 'A', value: 'x'.repeat(65_536) }] },
      "Max allowed length is '65536' bytes.",
    ],
    [
      'a value that is a number',
      {},
      { environment: [{ name: 'A', value: 1 }] },
      'NUMBER_VALUE cannot be converted to String',
    ],
    [
      'secrets without an execution role',
      {},
      { secrets: [{ name: 'A', valueFrom: 'a' }] },
      "you must also specify a value for 'executionRoleArn'",
    ],
    [
      'a name that is a variable and a secret',
      { executionRoleArn: EXECUTION_ROLE },
      { environment: [{ name: 'REDIS_URL', value: 'a' }], secrets: [{ name: 'REDIS_URL', valueFrom: 'a' }] },
      "such as 'REDIS_URL'.",
    ],
  ])('with %s is refused', async (_, more, container, message) => {
    await expect(register(createWorld(), container, more)).rejects.toThrow(message);
  });

  test('that is inactive is described but not run, and its family means the latest active one', async () => {
    const world = createWorld();
    const first = await register(world);
    const second = await register(world);
    await world.call('DeregisterTaskDefinition', { taskDefinition: second });
    const latest = await world.call<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', {
      taskDefinition: 'web',
    });
    expect(latest.taskDefinition!.taskDefinitionArn).toBe(first);
    const old = await world.call<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', {
      taskDefinition: 'web:2',
    });
    expect(old.taskDefinition!.status).toBe('INACTIVE');
    await expect(createService(world, { taskDefinition: second })).rejects.toThrow(
      'TaskDefinition is inactive',
    );
    await expect(world.call('DescribeTaskDefinition', { taskDefinition: 'web:9' })).rejects.toThrow(
      'Unable to describe task definition.',
    );
  });
});

describe('a service', () => {
  test('is listed ten at a time, described ten at most, and missing with HTTP 200', async () => {
    const world = createWorld();
    await register(world);
    for (let n = 0; n < 23; n += 1) await createService(world, { serviceName: `web-${n}`, desiredCount: 0 });
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const list = await world.call<{ serviceArns: string[]; nextToken?: string }>('ListServices', {
        cluster: 'main',
        ...(nextToken ? { nextToken } : {}),
      });
      sizes.push(list.serviceArns.length);
      nextToken = list.nextToken;
    } while (nextToken);
    expect(sizes).toEqual([10, 10, 3]);
    const described = await world.call<DescribeServicesResponse>('DescribeServices', {
      cluster: 'main',
      services: ['web-1', 'none'],
    });
    expect(described.services!.map(({ serviceName }) => serviceName)).toEqual(['web-1']);
    expect(described.failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:111122223333:service/main/none', reason: 'MISSING' },
    ]);
    await expect(
      world.call('DescribeServices', { cluster: 'main', services: Array(11).fill('web-1') }),
    ).rejects.toThrow('at most 10');
    await expect(world.call('ListServices', { cluster: 'other' })).rejects.toThrow(
      expect.objectContaining({ shape: 'ClusterNotFoundException' }),
    );
  });

  test('of CodeDeploy shows task sets, and its task definition cannot be updated', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, { deploymentController: { type: 'CODE_DEPLOY' } });
    const service = await until(world, ({ taskSets }) => taskSets?.[0]?.runningCount === 2);
    expect(service.deployments).toEqual([]);
    expect(service.taskSets![0]).toMatchObject({ status: 'PRIMARY', stabilityStatus: 'STEADY_STATE' });
    await expect(deploy(world, 'web')).rejects.toThrow(
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    );
  });

  test('that only gets another count or the same revision has no new deployment, unless forced', async () => {
    const world = createWorld();
    const revision = await register(world);
    await createService(world);
    const { id } = primaryOf(await until(world, isCompleted));
    expect((await deploy(world, revision, { desiredCount: 1 })).id).toBe(id);
    await until(world, ({ runningCount }) => runningCount === 1);
    expect((await deploy(world, revision, { networkConfiguration: NETWORK })).id).toBe(id);
    expect((await deploy(world, revision, { forceNewDeployment: true })).id).not.toBe(id);
  });

  test('drains when it is deleted, and can be made again', async () => {
    const world = createWorld();
    await register(world, serverContainer());
    await createService(world, behindLoadBalancer);
    await until(world, isCompleted);
    await expect(world.call('DeleteService', { cluster: 'main', service: 'web' })).rejects.toThrow(
      'The service cannot be stopped while it is scaled above 0.',
    );
    await world.call('DeleteService', { cluster: 'main', service: 'web', force: true });
    await expect(deploy(world, 'web')).rejects.toThrow(
      expect.objectContaining({ shape: 'ServiceNotActiveException' }),
    );
    const gone = await until(world, ({ status }) => status === 'INACTIVE');
    expect(gone).toMatchObject({ runningCount: 0, deployments: [] });
    expect(world.registered.size).toBe(0);
    await createService(world);
    expect((await describeService(world)).status).toBe('ACTIVE');
  });

  test('gives its tags to its tasks when told to', async () => {
    const world = createWorld();
    await register(world);
    await createService(world, {
      desiredCount: 1,
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      tags: [{ key: 'team', value: 'canvas' }],
    });
    await until(world, ({ runningCount }) => runningCount === 1);
    const [task] = await tasks(world);
    const { tags } = await world.call<{ tags: object[] }>('ListTagsForResource', {
      resourceArn: task!.taskArn,
    });
    expect(tags).toEqual([
      { key: 'aws:ecs:clusterName', value: 'main' },
      { key: 'aws:ecs:serviceName', value: 'web' },
      { key: 'team', value: 'canvas' },
    ]);
  });
});
