/** The scenarios: what they hold, how it behaves, and that a set-up done wrong fails in them as it does on AWS. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { DescribeSubnetsResult, DescribeVpcsResult } from '@aws-sdk/client-ec2';
import type {
  DescribeServicesResponse,
  DescribeTaskDefinitionResponse,
  DescribeTasksResponse,
  ListTasksResponse,
  RegisterTaskDefinitionResponse,
  Service,
} from '@aws-sdk/client-ecs';
import type { DescribeReplicationGroupsCommandOutput } from '@aws-sdk/client-elasticache';
import type { FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { collabcanvas, type CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { Canvas } from './canvas.ts';
import { inMatrix, sample } from '../matrix.ts';

const programsFolder = resolve('dist/programs');
const CLUSTER = 'collabcanvas';
const SERVICE = 'collabcanvas-backend';
const CACHE = 'collabcanvas-redis';
const COUNTS = new Set([36, 57, 12]);

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario) {
  const clock = new VirtualClock();
  const opened = (sandbox = await startSandbox({ scenario, programsFolder, clock }));
  const { account } = opened;
  const call = async <Output>(service: string, action: string, input: object): Promise<Output> =>
    (await account.services[service]![action]!(input, {
      service,
      action,
      region: account.region,
      accessKeyId: account.accessKeyId,
      requestId: '1',
    })) as Output;
  return { clock, call, appUrl: opened.appUrl };
}

/** CollabCanvas, and what its team does to it. */
async function openCanvas(options: Partial<CollabcanvasOptions> = {}) {
  const { clock, call, appUrl } = await open(collabcanvas({ programsFolder, ...options }));
  const service = async (): Promise<Service> => {
    const input = { cluster: CLUSTER, services: [SERVICE] };
    return (await call<DescribeServicesResponse>('ecs', 'DescribeServices', input)).services![0]!;
  };
  const taskDefinition = async (name: string) => {
    const input = { taskDefinition: name };
    const output = await call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', input);
    return output.taskDefinition!;
  };
  const until = async (reached: () => Promise<boolean>): Promise<void> => {
    for (let look = 0; look < 240 && !(await reached()); look += 1) await clock.sleep(5000);
    expect(await reached()).toBe(true);
  };
  const createSubnetGroup = (SubnetIds: string[]): Promise<unknown> =>
    call('elasticache', 'CreateCacheSubnetGroup', {
      CacheSubnetGroupName: 'collabcanvas-subnet-group',
      CacheSubnetGroupDescription: 'CollabCanvas',
      SubnetIds,
    });
  const createReplicationGroup = (more: object): Promise<unknown> =>
    call('elasticache', 'CreateReplicationGroup', {
      ReplicationGroupId: CACHE,
      ReplicationGroupDescription: 'Redis cache for CollabCanvas multi-instance state',
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheNodeType: 'cache.t3.micro',
      NumCacheClusters: 1,
      TransitEncryptionEnabled: true,
      CacheSubnetGroupName: 'collabcanvas-subnet-group',
      ...more,
    });

  return {
    clock,
    call,
    appUrl,
    canvas: new Canvas(appUrl ?? ''),
    service,
    taskDefinition,
    until,
    createSubnetGroup,
    createReplicationGroup,

    logs: async (): Promise<string[]> => {
      const input = { logGroupName: `/ecs/${SERVICE}` };
      const { events } = await call<FilterLogEventsResponse>('logs', 'FilterLogEvents', input);
      return events!.map(({ message }) => message!);
    },
    stoppedTasks: async () => {
      const list = { cluster: CLUSTER, desiredStatus: 'STOPPED' };
      const { taskArns } = await call<ListTasksResponse>('ecs', 'ListTasks', list);
      if (!taskArns?.length) return [];
      const input = { cluster: CLUSTER, tasks: taskArns };
      return (await call<DescribeTasksResponse>('ecs', 'DescribeTasks', input)).tasks!;
    },
    /** A copy of the running revision with these variables more, and the service updated to it. */
    deploy: async (variables: Record<string, string>): Promise<string> => {
      const { taskDefinition: running } = await service();
      const copy = await taskDefinition(running!);
      const backend = copy.containerDefinitions!.find(({ name }) => name === 'backend')!;
      for (const [name, value] of Object.entries(variables)) backend.environment!.push({ name, value });
      const registered = await call<RegisterTaskDefinitionResponse>('ecs', 'RegisterTaskDefinition', copy);
      const { taskDefinitionArn } = registered.taskDefinition!;
      await call('ecs', 'UpdateService', {
        cluster: CLUSTER,
        service: SERVICE,
        taskDefinition: taskDefinitionArn,
        forceNewDeployment: true,
      });
      return taskDefinitionArn!;
    },
    untilStable: async (): Promise<void> => {
      await until(async () => {
        const { deployments } = await service();
        return deployments!.length === 1 && deployments![0]!.rolloutState === 'COMPLETED';
      });
    },
    /** Resolves with the primary endpoint. */
    createCache: async ({ ingress = true } = {}): Promise<string> => {
      const { networkConfiguration } = await service();
      const { subnets, securityGroups } = networkConfiguration!.awsvpcConfiguration!;
      const { SecurityGroups } = await call<{ SecurityGroups: { VpcId: string }[] }>(
        'ec2',
        'DescribeSecurityGroups',
        { GroupIds: securityGroups },
      );
      const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', {
        VpcId: SecurityGroups[0]!.VpcId,
        GroupName: `${CACHE}-sg`,
        Description: 'Redis for CollabCanvas',
      });
      await clock.sleep(5000);
      if (ingress) {
        await call('ec2', 'AuthorizeSecurityGroupIngress', {
          GroupId,
          IpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: 6379,
              ToPort: 6379,
              UserIdGroupPairs: [{ GroupId: securityGroups![0] }],
            },
          ],
        });
      }
      await createSubnetGroup(subnets!);
      await createReplicationGroup({ SecurityGroupIds: [GroupId] });
      const read = async () => {
        const input = { ReplicationGroupId: CACHE };
        return (
          await call<DescribeReplicationGroupsCommandOutput>(
            'elasticache',
            'DescribeReplicationGroups',
            input,
          )
        ).ReplicationGroups![0]!;
      };
      await until(async () => (await read()).Status === 'available');
      return (await read()).NodeGroups![0]!.PrimaryEndpoint!.Address!;
    },
  };
}

describe('the bare scenario', () => {
  it('is a new account: a default VPC with a public subnet in each zone, nothing else', async () => {
    const { call } = await open(bare);
    const { Vpcs } = await call<DescribeVpcsResult>('ec2', 'DescribeVpcs', {});
    expect(Vpcs).toMatchObject([{ IsDefault: true }]);
    const { Subnets } = await call<DescribeSubnetsResult>('ec2', 'DescribeSubnets', {});
    const zones = new Set(Subnets!.map(({ AvailabilityZone }) => AvailabilityZone));
    expect(zones.size).toBeGreaterThanOrEqual(3);
    expect(Subnets!.every(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toBe(true);
    expect(await call('elasticloadbalancing', 'DescribeLoadBalancers', {})).toMatchObject({
      LoadBalancers: [],
    });
  });
});

describe('the collabcanvas scenario', () => {
  it('shows 36, 57 or 12 objects, as the task has it that answers', async () => {
    const { canvas } = await openCanvas();
    const counts = await canvas.counts(9);
    expect(new Set(counts)).toEqual(COUNTS);
    for (const count of COUNTS) expect(counts.filter((other) => other === count)).toHaveLength(3);
    expect((await canvas.tasks(6)).size).toBe(3);
  });

  it('runs a revision that is not the latest, whose first container is not the app', async () => {
    const { service, taskDefinition } = await openCanvas({ tasks: 1 });
    const { taskDefinition: running } = await service();
    const latest = await taskDefinition(SERVICE);
    expect(latest.taskDefinitionArn).not.toBe(running);
    const { containerDefinitions } = await taskDefinition(running!);
    expect(containerDefinitions!.map(({ name }) => name)).toEqual(['log-router', 'backend']);
  });

  it('keeps in its task definition what no SDK knows', async () => {
    const { service, taskDefinition } = await openCanvas({
      tasks: 1,
      taskDefinitionMembers: { warmStart: { enabled: true } },
    });
    const { taskDefinition: running } = await service();
    expect(await taskDefinition(running!)).toMatchObject({ warmStart: { enabled: true } });
  });

  it('comes without a load balancer, or behind one that passes TCP', async () => {
    const without = await openCanvas({ loadBalancer: 'none' });
    expect(without.appUrl).toBeUndefined();
    expect(await without.service()).toMatchObject({ runningCount: 3, loadBalancers: [] });
    await sandbox?.close();
    const { canvas } = await openCanvas({ loadBalancer: 'network' });
    expect(new Set(await canvas.counts(6))).toEqual(COUNTS);
  });

  it('comes with several target groups, with other counts of tasks, and without an execution role', async () => {
    const { service, taskDefinition } = await openCanvas({ tasks: 1, targetGroups: 2, executionRole: false });
    expect(await service()).toMatchObject({ runningCount: 1 });
    expect((await service()).loadBalancers).toHaveLength(2);
    const { taskDefinition: running } = await service();
    expect(await taskDefinition(running!)).not.toHaveProperty('executionRoleArn');
    await sandbox?.close();
    const stopped = await openCanvas({ tasks: 0 });
    expect(await stopped.service()).toMatchObject({ desiredCount: 0, runningCount: 0 });
  });

  it.each(sample(['CODE_DEPLOY', 'EXTERNAL'] as const, 2))(
    'comes with a service that a %s controller deploys, which UpdateService cannot change',
    async (controller) => {
      const { call, service } = await openCanvas({ controller, tasks: 1 });
      expect(await service()).toMatchObject({ deploymentController: { type: controller } });
      await expect(
        call('ecs', 'UpdateService', { cluster: CLUSTER, service: SERVICE, taskDefinition: SERVICE }),
      ).rejects.toMatchObject({ shape: 'InvalidParameterException' });
    },
  );
});

describe('a deployment of CollabCanvas', () => {
  it('whose app crashes at its start never completes, and its tasks say with which exit code', async () => {
    const { deploy, until, service, stoppedTasks, canvas } = await openCanvas();
    await deploy({ CRASH_AT_START: '1' });
    await until(async () => (await stoppedTasks()).length >= 3);
    const [stopped] = await stoppedTasks();
    expect(stopped).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
    expect(stopped!.containers!.find(({ name }) => name === 'backend')).toMatchObject({ exitCode: 1 });
    const { deployments } = await service();
    expect(deployments![0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' });
    expect(new Set(await canvas.counts(6))).toEqual(COUNTS);
  });

  it('that is never healthy is put back by the circuit breaker', async () => {
    const { deploy, until, service, canvas } = await openCanvas({
      circuitBreaker: { enable: true, rollback: true },
    });
    const { taskDefinition: before } = await service();
    const bad = await deploy({ UNHEALTHY: '1' });
    await until(async () => {
      const { deployments } = await service();
      return deployments![0]!.taskDefinition === before && deployments![0]!.rolloutState === 'COMPLETED';
    });
    expect((await service()).taskDefinition).not.toBe(bad);
    expect(new Set(await canvas.counts(6))).toEqual(COUNTS);
  });

  it('whose tasks the load balancer may not reach sees them time out', async () => {
    const { call, service, until, deploy } = await openCanvas({ tasks: 1 });
    const { networkConfiguration } = await service();
    const GroupId = networkConfiguration!.awsvpcConfiguration!.securityGroups![0];
    const { SecurityGroups } = await call<{ SecurityGroups: { IpPermissions: object[] }[] }>(
      'ec2',
      'DescribeSecurityGroups',
      { GroupIds: [GroupId] },
    );
    const { IpPermissions } = SecurityGroups[0]!;
    await call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
    await deploy({});
    const timedOut =
      /^\(service collabcanvas-backend\) \(task .*\) \(port 3000\) is unhealthy in .*Request timed out/;
    await until(async () => (await service()).events!.some(({ message }) => timedOut.test(message!)));
  });
});

const withRedis = describe.skipIf(spawnSync('redis-server', ['--version']).status !== 0);

withRedis('a cache for CollabCanvas', () => {
  it('makes all tasks show the same, and a new object is seen by all', async () => {
    const { createCache, deploy, untilStable, canvas, logs } = await openCanvas();
    await deploy({ REDIS_URL: `rediss://${await createCache()}:6379` });
    await untilStable();
    for (const line of ['Redis connected successfully', 'Redis ready']) {
      const said = async () => (await logs()).filter((other) => other === line);
      await expect.poll(said, { timeout: 10_000 }).toHaveLength(3);
    }
    const [count] = await canvas.counts(1);
    expect(COUNTS).toContain(count);
    await canvas.draw();
    expect(new Set(await canvas.counts(9))).toEqual(new Set([count! + 1]));
    expect((await canvas.tasks(6)).size).toBe(3);
  });

  it('that does not let the tasks in is a timeout in their logs, while the app stays up on its memory', async () => {
    const { createCache, deploy, untilStable, canvas, logs } = await openCanvas();
    await deploy({ REDIS_URL: `rediss://${await createCache({ ingress: false })}:6379` });
    await untilStable();
    await expect.poll(logs, { timeout: 10_000 }).toContain('Redis connection error: connect ETIMEDOUT');
    expect(await logs()).not.toContain('Redis ready');
    expect(new Set(await canvas.counts(6))).toEqual(COUNTS);
  });

  inMatrix('that is addressed without TLS, or by a name with a typo, is not used either', async () => {
    const { createCache, deploy, untilStable, canvas, logs } = await openCanvas();
    const endpoint = await createCache();
    await deploy({ REDIS_URL: `redis://${endpoint}:6379` });
    await untilStable();
    await expect
      .poll(logs, { timeout: 10_000 })
      .toContainEqual(expect.stringMatching(/^Redis connection error: /));
    expect(await logs()).not.toContain('Redis ready');
    expect(new Set(await canvas.counts(6))).toEqual(COUNTS);
    await sandbox?.close();

    const typo = await openCanvas();
    await typo.deploy({
      REDIS_URL: 'rediss://master.collabcanvas-redsi.abc123.use1.cache.amazonaws.com:6379',
    });
    await typo.untilStable();
    await expect
      .poll(typo.logs, { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('Redis connection error: getaddrinfo ENOTFOUND master'));
    expect(new Set(await typo.canvas.counts(6))).toEqual(COUNTS);
  });

  inMatrix('that the app ignores changes nothing, though the app says that it is connected', async () => {
    const { createCache, deploy, untilStable, canvas, logs } = await openCanvas();
    await deploy({ REDIS_URL: `rediss://${await createCache()}:6379`, IGNORE_REDIS: '1' });
    await untilStable();
    await expect.poll(logs, { timeout: 10_000 }).toContain('Redis ready');
    expect(new Set(await canvas.counts(6))).toEqual(COUNTS);
  });

  it('in one zone only cannot be Multi-AZ', async () => {
    const { service, createSubnetGroup, createReplicationGroup } = await openCanvas({ tasks: 1 });
    const { networkConfiguration } = await service();
    await createSubnetGroup(networkConfiguration!.awsvpcConfiguration!.subnets!.slice(0, 1));
    await expect(
      createReplicationGroup({ NumCacheClusters: 2, MultiAZEnabled: true, AutomaticFailoverEnabled: true }),
    ).rejects.toMatchObject({ name: 'ServiceError' });
  });
});
