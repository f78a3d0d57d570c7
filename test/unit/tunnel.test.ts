/** What is looked at before a tunnel is opened, and what a program is told of it. */
import { describe, expect, test } from 'vitest';
import type { AppHost, SecurityGroup } from '../../src/aws/ec2.ts';
import type { Ecs, Task } from '../../src/aws/ecs.ts';
import type { RunningService } from '../../src/domain/app.ts';
import type { Children } from '../../src/tunnel/children.ts';
import { findInstancePlace } from '../../src/tunnel/instance-place.ts';
import { openedPort, requirePlugin } from '../../src/tunnel/plugin.ts';
import { notLetIn, type SessionPlace } from '../../src/tunnel/session-place.ts';
import { findTaskPlace } from '../../src/tunnel/task-place.ts';
import { variablesOf, wordsInFront } from '../../src/tunnel/variables.ts';

const CACHE = {
  port: 16_379,
  address: 'master.web-redis.cache.amazonaws.com',
  tls: true,
  password: 's3cret/:@',
};

describe('a program behind the tunnel', () => {
  test('is told where it ends here, and under which name the cache proves who it is', () => {
    expect(variablesOf(CACHE)).toEqual({
      REDIS_URL: 'rediss://:s3cret%2F%3A%40@127.0.0.1:16379',
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: '16379',
      REDIS_TLS: 'true',
      REDIS_TLS_SERVERNAME: CACHE.address,
      REDIS_PASSWORD: 's3cret/:@',
      REDISCLI_AUTH: 's3cret/:@',
      ELASTICACHE_WIZARD_TUNNEL: '127.0.0.1:16379',
    });
    const open = variablesOf({ ...CACHE, tls: false, password: undefined });
    expect(open).toMatchObject({ REDIS_URL: 'redis://127.0.0.1:16379', REDIS_TLS: 'false' });
    expect(Object.keys(open)).not.toContain('REDIS_PASSWORD');
  });

  test.each([
    [
      ['redis-cli', 'get', 'k'],
      ['-h', '127.0.0.1', '-p', '16379', '--tls', '--sni', CACHE.address],
    ],
    [['/opt/valkey/bin/valkey-cli'], ['-h', '127.0.0.1', '-p', '16379', '--tls', '--sni', CACHE.address]],
    [['redis-cli', '-h', 'elsewhere'], []],
    [['redis-benchmark'], []],
    [['my-redis-cli'], []],
  ])('%j is given %j', (operands, words) => {
    expect(wordsInFront(operands, CACHE)).toEqual(words);
  });
});

describe('the plugin', () => {
  const saying = (version: string): Children => ({
    foreground: () => expect.unreachable(),
    background: (_program, told) => {
      told(version);
      return { ended: Promise.resolve(0), end: () => Promise.resolve() };
    },
  });

  test.each(['1.2.498.0', '1.2.707.0', '1.3', '2.0.0.0'])('of version %s is fit', async (version) => {
    await expect(requirePlugin(saying(version), {})).resolves.toBeUndefined();
  });

  test.each(['1.2.497.0', '1.2.497', '1.1.61.0', '1.2.339.0', '', 'dev'])(
    'of version %j is not',
    async (version) => {
      await expect(requirePlugin(saying(version), {})).rejects.toMatchObject({ code: 'Blocked' });
    },
  );

  test('says at which port it listens', () => {
    expect(openedPort('Port 54321 opened for sessionId ops-0a1b.')).toBe(54_321);
    expect(openedPort('Waiting for connections...')).toBeUndefined();
  });
});

const RUNNING = {
  ecsCluster: 'my_web',
  container: 'app',
  service: { serviceName: 'backend', taskDefinitionArn: 'web:2', awsvpc: { securityGroupIds: ['sg-app'] } },
  taskDefinition: { document: { taskRoleArn: 'arn:aws:iam::111122223333:role/web-task' } },
} as unknown as RunningService;

const task = (id: string, more: Partial<Task> = {}, execAgent?: string): Task => ({
  taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/my_web/${id}`,
  taskDefinitionArn: 'web:2',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  containers: ['sidecar', 'app'].map((name) => ({
    name,
    runtimeId: `${id}-${name}`,
    ...(execAgent === undefined ? {} : { execAgent }),
  })),
  ...more,
});

const find = (...tasks: readonly Task[]) =>
  findTaskPlace(
    RUNNING,
    {
      ecs: {
        listTasks: () => Promise.resolve(tasks.map(({ taskArn }) => taskArn)),
        describeTasks: () => Promise.resolve([...tasks]),
      } as unknown as Ecs,
      ec2: { listInstances: () => Promise.resolve([]) },
    },
    ['--region', 'eu-west-1'],
  );

describe('of the tasks of the app', () => {
  test('a healthy one of the revision that runs is chosen, by the container of the app', async () => {
    const found = await find(
      task('old', { taskDefinitionArn: 'web:1' }, 'RUNNING'),
      task('ill', { healthStatus: 'UNHEALTHY' }, 'RUNNING'),
      task('young', { lastStatus: 'PENDING' }, 'RUNNING'),
      task('good', { healthStatus: 'HEALTHY' }, 'RUNNING'),
    );
    expect(found).toMatchObject({ target: 'ecs:my_web_good_good-app', securityGroupIds: ['sg-app'] });
  });

  test.each([
    ['none runs', [task('young', { lastStatus: 'PENDING' })], 'no task of backend is running'],
    ['none has an agent', [task('plain')], 'ECS Exec is not enabled on the service backend'],
    [
      'all agents have stopped',
      [task('mute', {}, 'STOPPED')],
      'the agent of ECS Exec (ExecuteCommandAgent) is STOPPED in the tasks of backend',
    ],
  ])('where %s, that is told', async (_, tasks, missing) => {
    expect(await find(...tasks)).toMatchObject({ missing });
  });
});

describe('an instance', () => {
  const host = (instanceId: string, state = 'running'): AppHost =>
    ({
      instanceId,
      state,
      securityGroupIds: ['sg-app'],
      privateIpAddress: '10.0.0.9',
      name: 'worker',
    }) as unknown as AppHost;
  const findAmong = (hosts: readonly AppHost[], statuses: Readonly<Record<string, string>> = {}) =>
    findInstancePlace(
      hosts.map(({ instanceId }) => instanceId),
      {
        ec2: { listInstances: () => Promise.resolve([...hosts]) },
        commands: { readPingStatuses: () => Promise.resolve(new Map(Object.entries(statuses))) },
      },
    );

  test('whose agent is online is chosen', async () => {
    const statuses = { 'i-1': 'ConnectionLost', 'i-2': 'Online' };
    expect(await findAmong([host('i-1'), host('i-2')], statuses)).toMatchObject({ target: 'i-2' });
  });

  test.each([
    [[host('i-1', 'stopped')], {}, 'i-1 does not run in this account and region'],
    [[host('i-1')], {}, 'the SSM agent of i-1 is not known to Systems Manager'],
    [[host('i-1')], { 'i-1': 'ConnectionLost' }, 'the SSM agent of i-1 is called ConnectionLost'],
    [[], {}, 'the app runs on no instance of its own'],
  ])('that is not fit is told (%#)', async (hosts, statuses, missing) => {
    expect(await findAmong(hosts, statuses)).toMatchObject({ missing });
  });
});

describe('the groups of the cache', () => {
  const place = {
    target: 'i-1',
    through: 'the instance i-1',
    securityGroupIds: ['sg-app'],
    privateIpAddress: '10.0.0.9',
  } as unknown as SessionPlace;
  const judge = (source: SecurityGroup['ingress'][number]['source'], port = 6379) => {
    const ingress = [{ protocol: 'tcp', fromPort: 6379, toPort: 6379, source }];
    const group = { groupId: 'sg-cache', groupName: 'web-redis-sg', ingress } as unknown as SecurityGroup;
    const door = { cacheName: 'web-redis', securityGroupIds: ['sg-cache'], port };
    return notLetIn(place, door, { ec2: { describeSecurityGroups: () => Promise.resolve([group]) } });
  };

  test.each([{ groupId: 'sg-app' }, { cidr: '10.0.0.0/16' }, { prefixListId: 'pl-1' }])(
    'let it in by %j',
    async (source) => {
      expect(await judge(source)).toBeUndefined();
    },
  );

  test('do not by another group, another block or another port, and the rule that would is told', async () => {
    expect(await judge({ groupId: 'sg-other' })).toMatchObject({
      missing: 'web-redis-sg of web-redis does not let the instance i-1 in at 6379',
      cure: 'Where it may: aws ec2 authorize-security-group-ingress --group-id sg-cache --protocol tcp --port 6379 --source-group sg-app.',
    });
    expect(await judge({ cidr: '10.1.0.0/16' })).toBeDefined();
    expect(await judge({ groupId: 'sg-app' }, 6380)).toBeDefined();
  });
});
