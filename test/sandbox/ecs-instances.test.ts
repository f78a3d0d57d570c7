/** Tasks on container instances, in each network mode, behind a load balancer that really sends them requests. */
import type { Instance } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { PROGRAMS } from './command-line.ts';
import { HERE, isCompleted, openCanvas, type CanvasAccount } from './ecs-account.ts';

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

async function onInstances(options: Partial<CollabcanvasOptions> = {}): Promise<CanvasAccount> {
  account = await openCanvas(sandbox, { launchType: 'EC2', inert: INERT_CANVAS, ...options });
  return account;
}

async function instances({ call }: CanvasAccount): Promise<Instance[]> {
  const { Reservations } = await call<{ Reservations: { Instances: Instance[] }[] }>(
    'ec2',
    'DescribeInstances',
  );
  return Reservations.flatMap(({ Instances }) => Instances);
}

describe('in bridge mode', () => {
  test('tasks are behind their instances, at ports that Docker chose, and all of them answer', async () => {
    const app = await onInstances({ tasks: 6 });
    const tasks = await app.tasks();
    expect(tasks).toHaveLength(6);
    for (const task of tasks) {
      expect(task).toMatchObject({ launchType: 'EC2', attachments: [] });
      expect(task.platformVersion).toBeUndefined();
    }
    const bindings = tasks.map(({ containers }) =>
      containers!.flatMap(({ networkBindings }) => networkBindings!),
    );
    expect(bindings.flat()).toHaveLength(6);
    expect(bindings[0]).toMatchObject([{ containerPort: 3000, protocol: 'tcp' }]);
    expect(bindings[0]![0]!.hostPort).toBeGreaterThanOrEqual(32_768);

    const known = await app.containerInstances();
    const ids = known.map(({ ec2InstanceId }) => ec2InstanceId);
    expect((await instances(app)).map(({ InstanceId }) => InstanceId).sort()).toEqual([...ids].sort());
    const { loadBalancers } = await app.service();
    const targets = await app.targets(loadBalancers![0]!.targetGroupArn);
    // Two on each instance, told apart by their ports alone.
    expect(new Set(targets.map(({ Target }) => Target!.Id))).toEqual(new Set(ids));
    expect(new Set(targets.map(({ Target }) => Target!.Port)).size).toBeGreaterThanOrEqual(2);
    expect(targets.map(({ TargetHealth }) => TargetHealth!.State)).toEqual(Array(6).fill('healthy'));
    expect((await app.answering()).size).toBe(6);

    expect(known.map(({ runningTasksCount }) => runningTasksCount)).toEqual([2, 2, 2]);
    expect(known[0]!.remainingResources).toContainEqual({
      name: 'CPU',
      type: 'INTEGER',
      integerValue: 2048 - 2 * 512,
    });
  });

  test('a rollout needs room, and its old tasks give their instances back', async () => {
    const app = await onInstances();
    const ours = await app.deploy(await app.register({}));
    await app.until(() => isCompleted(app));
    const tasks = await app.tasks();
    expect(tasks.map(({ startedBy }) => startedBy)).toEqual([ours, ours, ours]);
    const known = await app.containerInstances();
    expect(known.map(({ runningTasksCount }) => runningTasksCount)).toEqual([1, 1, 1]);
    expect((await app.answering()).size).toBe(3);
  });

  test('the groups of the instance decide who gets in', async () => {
    const app = await onInstances();
    const [{ SecurityGroups: [group] = [] } = {}] = await instances(app);
    const { SecurityGroups } = await app.call<{ SecurityGroups: { IpPermissions: object[] }[] }>(
      'ec2',
      'DescribeSecurityGroups',
      { GroupIds: [group!.GroupId] },
    );
    await app.call('ec2', 'RevokeSecurityGroupIngress', {
      GroupId: group!.GroupId,
      IpPermissions: SecurityGroups[0]!.IpPermissions,
    });
    await app.until(async () => (await app.stoppedTasks()).length > 0);
    expect((await app.stoppedTasks())[0]!.stoppedReason).toMatch(/^Task failed ELB health checks/);
  });
});

describe('in host mode', () => {
  test('tasks have the ports of their instances, so an old one must drain before a new one is placed', async () => {
    const app = await onInstances({ networkMode: 'host' });
    const { loadBalancers } = await app.service();
    const targets = await app.targets(loadBalancers![0]!.targetGroupArn);
    expect(targets.map(({ Target }) => Target!.Port)).toEqual([3000, 3000, 3000]);

    await app.deploy(await app.register({}));
    await app.until(async () =>
      (await app.messages()).some((message) => message.includes('unable to place')),
    );
    expect((await app.messages()).find((message) => message.includes('unable to place'))).toMatch(
      /because no container instance met all of its requirements\. The closest matching \(container-instance \w{32}\) is already using a port required by your task\./,
    );
    await app.until(() => isCompleted(app));
    expect((await app.answering()).size).toBe(3);
  });
});

describe('in awsvpc mode', () => {
  test('a task has an interface of its own, in the zone of its instance, and an instance has room for few', async () => {
    const app = await onInstances({ networkMode: 'awsvpc' });
    const hosts = new Map((await instances(app)).map((instance) => [instance.InstanceId, instance]));
    const known = await app.containerInstances();
    for (const task of await app.tasks()) {
      const instance = known.find(
        ({ containerInstanceArn }) => containerInstanceArn === task.containerInstanceArn,
      );
      const host = hosts.get(instance!.ec2InstanceId)!;
      expect(task.availabilityZone).toBe(host.Placement!.AvailabilityZone);
      expect(task.attachments).toHaveLength(1);
      expect(task.containers![0]!.networkInterfaces![0]!.privateIpv4Address).not.toBe(host.PrivateIpAddress);
    }
    const { loadBalancers, taskDefinition, networkConfiguration } = await app.service();
    expect((await app.targets(loadBalancers![0]!.targetGroupArn)).map(({ Target }) => Target!.Port)).toEqual([
      3000, 3000, 3000,
    ]);
    // A t3.medium has three network interfaces, its own included.
    const { tasks, failures } = await app.runTask(taskDefinition!, {
      launchType: 'EC2',
      networkConfiguration,
      count: 4,
    });
    expect(tasks).toHaveLength(3);
    expect(failures!.map(({ reason }) => reason)).toEqual(Array(3).fill('RESOURCE:ENI'));
    const awsvpcConfiguration = { ...networkConfiguration!.awsvpcConfiguration, assignPublicIp: 'ENABLED' };
    await expect(
      app.runTask(taskDefinition!, { launchType: 'EC2', networkConfiguration: { awsvpcConfiguration } }),
    ).rejects.toThrow('Assign public IP is not supported for this launch type.');
  });
});

describe('without room', () => {
  test('RunTask answers with a failure for each instance, and a service says what is missing', async () => {
    const app = await onInstances();
    const big = await app.register({ cpu: '256', memory: '8192' });
    const { tasks, failures } = await app.runTask(big, { launchType: 'EC2' });
    expect(tasks).toEqual([]);
    const arns = (await app.containerInstances()).map(({ containerInstanceArn }) => containerInstanceArn);
    expect(failures).toEqual(arns.map((arn) => ({ arn, reason: 'RESOURCE:MEMORY' })));

    const ours = await app.deploy(big);
    await app.until(async () => (await app.service()).deployments![0]!.failedTasks! > 1);
    expect((await app.messages())[0]).toMatch(
      /The closest matching \(container-instance \w+\) has insufficient memory available\./,
    );
    const service = await app.service();
    expect(service.deployments![0]).toMatchObject({ id: ours, rolloutState: 'IN_PROGRESS', runningCount: 0 });
    expect(service.runningCount).toBe(3);
  });

  test('a cluster without instances refuses RunTask, and its services wait', async () => {
    const app = await onInstances();
    const { taskDefinition } = await app.service();
    await app.ecs('CreateCluster', { clusterName: 'empty' });
    await expect(app.ecs('RunTask', { cluster: 'empty', taskDefinition, launchType: 'EC2' })).rejects.toThrow(
      'No Container Instances were found in your cluster.',
    );
    await expect(app.ecs('DeleteCluster', { cluster: HERE.cluster })).rejects.toThrow(/Services are active/);
  });
});

test('an Auto Scaling group as capacity provider gives its name to the tasks on its instances', async () => {
  const app = await onInstances({
    capacityProviderStrategy: [{ capacityProvider: 'collabcanvas-instances', weight: 1 }],
  });
  expect((await app.service()).launchType).toBeUndefined();
  for (const task of await app.tasks()) {
    expect(task).toMatchObject({ capacityProviderName: 'collabcanvas-instances', launchType: 'EC2' });
  }
  const { clusters } = await app.ecs<{ clusters: object[] }>('DescribeClusters', {
    clusters: [HERE.cluster],
  });
  expect(clusters).toMatchObject([
    {
      registeredContainerInstancesCount: 3,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'collabcanvas-instances'],
    },
  ]);
});
