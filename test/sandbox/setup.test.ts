/** The main job against the sandbox: what the account, the app and the exit code are afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, commandLine, interrupted, REFRESH, type Ended } from './command-line.ts';
import { inMatrix } from '../matrix.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let opened: SandboxAccount | undefined;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterEach(async () => {
  await opened?.account.close();
  opened = undefined;
  sandbox.faults.clear();
});

afterAll(() => sandbox.close());

/** An account with the canvas app, and what a person would look at in it. */
async function canvas(options: Omit<CollabcanvasOptions, 'programsFolder'> = {}) {
  const at = await sandbox.openAccount(quickCanvas(options));
  opened = at;
  const call = async <T = Record<string, never>>(
    service: string,
    action: string,
    input: object,
  ): Promise<T> => {
    const operation = at.account.services[service]?.[action];
    if (!operation) throw new Error(`no ${service}:${action}`);
    const { accessKeyId, region } = at.account;
    return (await operation(input, { service, action, accessKeyId, region, requestId: 'test' })) as T;
  };
  const key = at.env.AWS_ACCESS_KEY_ID;
  return {
    at,
    call,
    run: (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock),
    setup: (...argv: string[]): Promise<Ended> =>
      commandLine(['setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...argv], at, clock),
    writes: (): string[] =>
      sandbox
        .calls()
        .filter(({ accessKeyId, write }) => accessKeyId === key && write)
        .map(({ service, action }) => `${service}:${action}`),
    counts: async (times = 9): Promise<number[]> => {
      const counts: number[] = [];
      for (let turn = 0; turn < times; turn += 1) {
        const url = new URL('/api/projects/demo/objects/count', at.appUrl);
        const response = await fetch(url, { headers: { connection: 'close' } });
        counts.push(((await response.json()) as { count: number }).count);
      }
      return counts;
    },
    service: async () => {
      const { services } = await call<{ services: { taskDefinition: string; runningCount: number }[] }>(
        'ecs',
        'DescribeServices',
        { cluster: 'collabcanvas', services: ['collabcanvas-backend'] },
      );
      return services[0]!;
    },
    taskDefinition: async (taskDefinition: string) =>
      call<{ taskDefinition: TaskDefinition; tags: { key: string; value: string }[] }>(
        'ecs',
        'DescribeTaskDefinition',
        {
          taskDefinition,
          include: ['TAGS'],
        },
      ),
    securityGroup: async () => {
      const { SecurityGroups } = await call<{ SecurityGroups: SecurityGroup[] }>(
        'ec2',
        'DescribeSecurityGroups',
        {
          Filters: [{ Name: 'group-name', Values: ['collabcanvas-redis-sg'] }],
        },
      );
      return SecurityGroups[0];
    },
    replicationGroup: async () => {
      const { ReplicationGroups } = await call<{ ReplicationGroups: ReplicationGroup[] }>(
        'elasticache',
        'DescribeReplicationGroups',
        {},
      );
      return ReplicationGroups.find(({ ReplicationGroupId }) => ReplicationGroupId === 'collabcanvas-redis');
    },
    targetGroupAttributes: async () => {
      const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string }[] }>(
        'elasticloadbalancing',
        'DescribeTargetGroups',
        {},
      );
      return Promise.all(
        TargetGroups.map(async ({ TargetGroupArn }) => {
          const { Attributes } = await call<{ Attributes: { Key: string; Value: string }[] }>(
            'elasticloadbalancing',
            'DescribeTargetGroupAttributes',
            { TargetGroupArn },
          );
          return Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
        }),
      );
    },
  };
}

/** Where nothing depends on what the app's processes do: they cost more than all the rest. */
const inertCanvas: typeof canvas = (options) => canvas({ inert: INERT_CANVAS, ...options });

interface TaskDefinition {
  taskDefinitionArn: string;
  containerDefinitions: { name: string; environment: { name: string; value: string }[] }[];
  [member: string]: unknown;
}
interface SecurityGroup {
  GroupId: string;
  IpPermissions: { FromPort: number; ToPort: number; UserIdGroupPairs?: { GroupId: string }[] }[];
  Tags: { Key: string; Value: string }[];
}
interface ReplicationGroup {
  ReplicationGroupId: string;
  Status: string;
  MemberClusters: string[];
  MultiAZ: string;
  AutomaticFailover: string;
  TransitEncryptionEnabled: boolean;
  NodeGroups: { PrimaryEndpoint: { Address: string; Port: number } }[];
}

const outcomes = ({ result }: Ended): Record<string, string> =>
  Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));

describe('setup gives the canvas app a shared cache', () => {
  test('refreshes that disagreed agree, the account is as the guide says, and the proof is whole', async () => {
    const app = await canvas();
    expect(new Set(await app.counts())).toEqual(new Set([36, 57, 12]));
    const before = (await app.service()).taskDefinition;

    const ended = await app.setup();

    expect(ended.result.error).toBeUndefined();
    expect(ended.exitCode).toBe(0);
    expect(outcomes(ended)).toMatchObject({
      ingress: 'pass',
      variables: 'pass',
      ping: 'pass',
      revision: 'pass',
      logs: 'pass',
      stickiness: 'pass',
      refresh: 'pass',
    });
    expect(ended.result.proven).toBe(true);
    expect(new Set(await app.counts()).size).toBe(1);

    const group = await app.securityGroup();
    const cache = await app.replicationGroup();
    const { Address, Port } = cache!.NodeGroups[0]!.PrimaryEndpoint;
    expect(cache).toMatchObject({
      Status: 'available',
      TransitEncryptionEnabled: true,
      MemberClusters: ['collabcanvas-redis-001'],
    });
    expect(group?.IpPermissions).toMatchObject([{ FromPort: 6379, ToPort: 6379, UserIdGroupPairs: [{}] }]);
    const { taskDefinition: running } = await app.service();
    expect(running).not.toBe(before);
    const revision = await app.taskDefinition(running);
    const variables = revision.taskDefinition.containerDefinitions.map(({ name, environment }) => [
      name,
      environment.find((entry) => entry.name === 'REDIS_URL')?.value,
    ]);
    expect(variables).toEqual([
      ['log-router', undefined],
      ['backend', `rediss://${Address}:${Port}`],
    ]);
    expect(revision.tags).toContainEqual({ key: 'elasticache-wizard:replaces', value: before });
    expect(group?.Tags.map(({ Key }) => Key)).toEqual(
      expect.arrayContaining([
        'elasticache-wizard:project',
        'elasticache-wizard:service-1',
        'elasticache-wizard:target-group-1',
      ]),
    );
    expect(await app.targetGroupAttributes()).toMatchObject([
      {
        'stickiness.enabled': 'true',
        'stickiness.type': 'lb_cookie',
        'stickiness.lb_cookie.duration_seconds': '3600',
      },
    ]);
  });

  test('run again it makes no write call, and plan says that nothing is pending', async () => {
    const app = await inertCanvas();
    await app.setup();
    const writes = app.writes().length;
    const again = await app.setup();
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    expect(app.writes()).toHaveLength(writes);
    expect(outcomes(again)).toMatchObject({ ping: 'skip', refresh: 'pass' });
    expect((await app.run('plan', ...COLLABCANVAS, '--exit-code')).exitCode).toBe(0);
  });

  inMatrix('run again while the nightly snapshot is taken it neither waits nor redeploys', async () => {
    const app = await inertCanvas();
    await app.setup();
    await app.call('elasticache', 'CreateSnapshot', {
      ReplicationGroupId: 'collabcanvas-redis',
      SnapshotName: 'nightly',
    });
    await clock.sleep(10_000);
    expect((await app.replicationGroup())!.Status).toBe('snapshotting');
    expect((await app.run('plan', ...COLLABCANVAS, '--exit-code')).exitCode).toBe(0);
    expect((await app.setup()).result.awsCalls.writes).toBe(0);
  });

  test('a plan before it says that changes are pending, and makes none', async () => {
    const app = await inertCanvas();
    const before = app.writes().length;
    const ended = await app.run('plan', ...COLLABCANVAS, '--exit-code');
    expect(ended.exitCode).toBe(10);
    expect(ended.result.changes.filter(({ action }) => action !== 'none')).toHaveLength(6);
    expect(app.writes()).toHaveLength(before);
  });

  test('a living cache is changed, not replaced, and stays changed when the flags are gone', async () => {
    const app = await inertCanvas();
    await app.setup();
    const endpoint = (await app.replicationGroup())!.NodeGroups[0]!.PrimaryEndpoint;
    const changed = await app.setup('--replicas', '1', '--multi-az');
    expect(changed.exitCode).toBe(0);
    const wanted = {
      MultiAZ: 'enabled',
      AutomaticFailover: 'enabled',
      NodeGroups: [{ PrimaryEndpoint: endpoint }],
    };
    expect(await app.replicationGroup()).toMatchObject(wanted);
    const without = await app.setup();
    expect(without.result.awsCalls.writes).toBe(0);
    expect(await app.replicationGroup()).toMatchObject(wanted);
    expect((await app.replicationGroup())!.MemberClusters).toHaveLength(2);
  });

  test('a member of the task definition that no SDK knows is kept', async () => {
    const app = await inertCanvas({
      taskDefinitionMembers: { memberFromTheFuture: { depth: [1, { two: 2 }] } },
    });
    await app.setup();
    const { taskDefinition } = await app.taskDefinition((await app.service()).taskDefinition);
    expect(taskDefinition.memberFromTheFuture).toEqual({ depth: [1, { two: 2 }] });
  });

  inMatrix(
    'an account that answers slowly, with throttling and server errors, is set up all the same',
    async () => {
      const app = await inertCanvas();
      sandbox.faults.add({ kind: 'throttle', rate: 0.2 });
      sandbox.faults.add({ kind: 'error', rate: 0.05, action: 'Describe*' });
      const ended = await app.setup();
      expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
    },
  );
});

describe('what the app runs behind decides what can be proven', () => {
  test('with one task only, the refresh check is inconclusive', async () => {
    const app = await inertCanvas({ tasks: 1 });
    const ended = await app.setup();
    expect(ended.exitCode).toBe(0);
    expect(outcomes(ended)).toMatchObject({ ping: 'pass', refresh: 'inconclusive' });
    expect(ended.result.proven).toBe(false);
    expect((await app.setup('--strict')).exitCode).toBe(6);
  });

  inMatrix('without a load balancer it goes on, and says what it could not look at', async () => {
    const app = await inertCanvas({ loadBalancer: 'none' });
    const unnamed = await app.setup();
    expect([unnamed.exitCode, unnamed.result.error?.message]).toEqual([
      2,
      expect.stringContaining('--container') as string,
    ]);
    const ended = await app.setup('--container', 'backend');
    expect(ended.exitCode).toBe(0);
    expect(outcomes(ended)).toMatchObject({ ping: 'pass', stickiness: 'skip' });
    expect(ended.result.proven).toBe(false);
  });

  test('a network load balancer has no sticky cookie, and its attributes are left alone', async () => {
    const app = await inertCanvas({ loadBalancer: 'network' });
    const before = await app.targetGroupAttributes();
    const ended = await app.setup();
    expect(ended.exitCode).toBe(0);
    expect(outcomes(ended).stickiness).toBe('skip');
    expect(await app.targetGroupAttributes()).toEqual(before);
  });

  inMatrix('all of several target groups become sticky', async () => {
    const app = await inertCanvas({ targetGroups: 2 });
    const ended = await app.setup();
    expect(ended.result.error).toBeUndefined();
    expect((await app.targetGroupAttributes()).map((attributes) => attributes['stickiness.enabled'])).toEqual(
      ['true', 'true'],
    );
  });

  test('a service that wants no task is blocked, unless nothing is to be verified', async () => {
    const app = await inertCanvas({ tasks: 0 });
    expect((await app.setup()).exitCode).toBe(4);
    expect((await app.setup('--no-verify')).exitCode).toBe(0);
  });
});

describe('a rollout that fails ends on the previous revision', () => {
  const CRASHES = { environment: { CRASH_WITH_REDIS: '1' } };

  // A breaker does not count tasks that ran and exited.
  inMatrix('though a circuit breaker that rolls back has not noticed', async () => {
    const app = await canvas({ ...CRASHES, circuitBreaker: { enable: true, rollback: true } });
    const before = (await app.service()).taskDefinition;
    const ended = await app.setup();
    expect(ended.exitCode).toBe(7);
    expect(ended.result.consumers).toMatchObject([{ rolledBack: true }]);
    expect(ended.result.error?.message).toContain('exited with 1');
    const after = await app.service();
    expect(after.taskDefinition).toBe(before);
    expect(after.runningCount).toBe(3);
    expect(new Set(await app.counts()).size).toBe(3);
  });
});

describe('what is not ours is not touched', () => {
  async function refused(
    app: Awaited<ReturnType<typeof canvas>>,
    exitCode: number,
    words: RegExp,
  ): Promise<void> {
    const before = app.writes().length;
    const ended = await app.setup();
    expect([ended.exitCode, ended.result.error?.message]).toEqual([
      exitCode,
      expect.stringMatching(words) as string,
    ]);
    expect(app.writes().slice(before)).toEqual([]);
  }

  test('a security group of the same name', async () => {
    const app = await inertCanvas();
    const { Vpcs } = await app.call<{ Vpcs: { VpcId: string }[] }>('ec2', 'DescribeVpcs', {});
    await app.call('ec2', 'CreateSecurityGroup', {
      GroupName: 'collabcanvas-redis-sg',
      Description: 'theirs',
      VpcId: Vpcs[0]!.VpcId,
    });
    await refused(app, 4, /security group collabcanvas-redis-sg .* was not made by this tool/);
  });

  test('a cache subnet group of the same name', async () => {
    const app = await inertCanvas();
    const { Subnets } = await app.call<{ Subnets: { SubnetId: string; AvailabilityZone: string }[] }>(
      'ec2',
      'DescribeSubnets',
      {},
    );
    const SubnetIds = Subnets.filter(({ AvailabilityZone }) => /^us-east-1[ab]$/.test(AvailabilityZone)).map(
      ({ SubnetId }) => SubnetId,
    );
    await app.call('elasticache', 'CreateCacheSubnetGroup', {
      CacheSubnetGroupName: 'collabcanvas-redis-subnet-group',
      CacheSubnetGroupDescription: 'theirs',
      SubnetIds,
    });
    await refused(app, 4, /cache subnet group collabcanvas-redis-subnet-group .* was not made by this tool/);
  });

  test('a service that another controller deploys', async () => {
    await refused(await inertCanvas({ controller: 'CODE_DEPLOY' }), 4, /CODE_DEPLOY|CodeDeploy/);
  });

  test('a variable that has another value, unless it is named', async () => {
    const app = await inertCanvas({ environment: { REDIS_URL: 'redis://:hunter2@old.example:6379' } });
    await refused(app, 4, /REDIS_URL/);
    const named = await app.setup('--env-var', 'REDIS_URL');
    expect(JSON.stringify(named.events)).not.toContain('hunter2');
    expect(named.exitCode).toBe(0);
  });
});

describe('verify names the one thing that is wrong', () => {
  test('and nothing, with the whole proof, where all is well: what setup saw before is remembered', async () => {
    const app = await canvas();
    await app.setup();
    const ended = await app.run('verify', ...COLLABCANVAS, ...REFRESH, '--strict');
    expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
    const other = await app.run(
      'verify',
      ...COLLABCANVAS,
      '--refresh-path',
      '/health',
      '--refresh-value',
      '$.status',
    );
    expect([outcomes(other).refresh, other.result.proven]).toEqual(['inconclusive', false]);
  });

  inMatrix('an ingress rule that is gone: exit 6, and the security group by name', async () => {
    const app = await canvas();
    await app.setup();
    const group = await app.securityGroup();
    await app.call('ec2', 'RevokeSecurityGroupIngress', {
      GroupId: group!.GroupId,
      IpPermissions: group!.IpPermissions,
    });
    const ended = await app.run('verify', ...COLLABCANVAS, ...REFRESH);
    expect(ended.exitCode).toBe(6);
    expect(ended.result.error?.message).toContain(group!.GroupId);
    expect(outcomes(ended)).toMatchObject({ ingress: 'fail', ping: 'skip', refresh: 'skip' });
  });

  inMatrix('a service put back on its old revision: the app runs in memory', async () => {
    const app = await inertCanvas();
    const before = (await app.service()).taskDefinition;
    await app.setup();
    await app.call('ecs', 'UpdateService', {
      cluster: 'collabcanvas',
      service: 'collabcanvas-backend',
      taskDefinition: before,
    });
    await clock.sleep(15 * 60_000);
    const ended = await app.run('verify', ...COLLABCANVAS, ...REFRESH);
    expect(ended.exitCode).toBe(6);
    expect(`${ended.result.error?.message} ${ended.result.error?.hint}`).toContain('memory');
    expect(outcomes(ended)).toMatchObject({
      variables: 'fail',
      refresh: expect.not.stringMatching('pass') as string,
    });
  });

  inMatrix('leaves no task and no task definition of its own behind', async () => {
    const app = await inertCanvas();
    await app.setup();
    const family = 'elasticache-wizard-probe-collabcanvas-collabcanvas-backend';
    const { taskDefinitionArns } = await app.call<{ taskDefinitionArns: string[] }>(
      'ecs',
      'ListTaskDefinitions',
      { familyPrefix: family },
    );
    const { taskArns } = await app.call<{ taskArns: string[] }>('ecs', 'ListTasks', {
      cluster: 'collabcanvas',
      family,
    });
    expect([taskDefinitionArns, taskArns]).toEqual([[], []]);
  });
});

describe('a run that is stopped', () => {
  test('by Ctrl-C while the cache is being created is finished by the next, with nothing made twice', async () => {
    const app = await inertCanvas();
    const abort = new AbortController();
    clock.after(60_000, () => abort.abort(interrupted()));
    const stopped = await commandLine(
      ['setup', ...COLLABCANVAS, ...REFRESH, '--yes'],
      app.at,
      clock,
      abort.signal,
    );
    expect(stopped.exitCode).toBe(130);
    const ended = await app.setup();
    expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
    expect(app.writes().filter((call) => call === 'elasticache:CreateReplicationGroup')).toHaveLength(1);
  });
});

describe('bad input', () => {
  test.each([
    ['an unknown service', ['--service', 'collabcanvas-backendd'], 2, /collabcanvas-backend\b/],
    ['an unknown cluster', ['--ecs-cluster', 'nowhere'], 2, /collabcanvas/],
    ['another region', ['--region', 'eu-west-1'], 2, /collabcanvas/],
    ['a name that AWS would refuse', ['--cache-name', 'My_Cache'], 2, /My_Cache|my_cache/i],
    ['one subnet', ['--subnets', 'subnet-1'], 2, /subnet/],
    ['another account', ['--account', '999999999999'], 4, /999999999999/],
    ['Multi-AZ without a replica', ['--multi-az', '--replicas', '0'], 2, /replica/],
  ])('%s ends in one sentence and changes nothing', async (_what, flags, exitCode, words) => {
    const app = await inertCanvas();
    const before = app.writes().length;
    const ended = await app.setup(...flags);
    expect(ended.exitCode).toBe(exitCode);
    expect(`${ended.result.error?.message} ${ended.result.error?.hint}`).toMatch(words);
    expect(app.writes()).toHaveLength(before);
  });
});
