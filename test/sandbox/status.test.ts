/** `status`: what others have done to what was set up, who they are, and whether the command that it names mends it. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../src/domain/iam/document.ts';
import type { ResultDrift } from '../../src/output/result.ts';
import { COLLABCANVAS, type Ended } from './command-line.ts';
import { openUndoStage, PROJECT, ROLLBACK, type UndoScene, type UndoStage } from './undo-scene.ts';
import { inMatrix } from '../matrix.ts';

const CACHE = 'collabcanvas-redis';
const GROUP = `${CACHE}-sg`;
const OLD_URL = 'redis://old.example.com:6379/2';
const MINUTES = 60_000;
const hasAwsCli = spawnSync('aws', ['--version']).status === 0;

let stage: UndoStage;
let scene: UndoScene | undefined;

beforeAll(async () => {
  stage = await openUndoStage();
});

afterEach(async () => {
  await scene?.close();
  scene = undefined;
  stage.sandbox.faults.clear();
});

afterAll(() => stage.sandbox.close());

const open = async (...args: Parameters<UndoStage['open']>): Promise<UndoScene> => {
  scene = await stage.open(...args);
  return scene;
};

const openSetUp = async (...argv: string[]): Promise<UndoScene> => {
  const app = await open();
  expect((await app.setup(...argv)).result.error).toBeUndefined();
  return app;
};

const status = (app: UndoScene, ...argv: string[]): Promise<Ended> =>
  app.run('status', '--project', PROJECT, ...argv);

/** The only drift that there is. */
async function driftOf(app: UndoScene, ...argv: string[]): Promise<ResultDrift> {
  const ended = await status(app, ...argv);
  expect(ended.result.error).toBeUndefined();
  expect(ended.result.driftUnseen).toEqual([]);
  expect(ended.result.drift).toHaveLength(1);
  return ended.result.drift![0]!;
}

/** Types the command, as a person would, and looks again. */
async function mends(app: UndoScene, { command }: ResultDrift, ...looking: string[]): Promise<void> {
  if (command.startsWith('elasticache-wizard setup ')) {
    const ended = await app.setup(...command.split(' ').slice(2));
    expect(ended.result.error).toBeUndefined();
  } else if (hasAwsCli) {
    await promisify(execFile)('sh', ['-c', command], { env: { ...process.env, ...credentials(app) } });
  } else return;
  await stage.clock.sleep(15 * MINUTES);
  expect((await status(app, ...looking)).result.drift).toEqual([]);
}

const credentials = ({ account }: UndoScene): Record<string, string> => ({
  AWS_ENDPOINT_URL: stage.sandbox.endpointUrl,
  AWS_REGION: account.region,
  AWS_ACCESS_KEY_ID: account.accessKeyId,
  AWS_SECRET_ACCESS_KEY: 'secret',
});

interface Group {
  GroupId: string;
  GroupName: string;
  IpPermissions: { UserIdGroupPairs: { GroupId: string }[] }[];
}

async function groupOf(app: UndoScene): Promise<Group> {
  const { SecurityGroups } = await app.call<{ SecurityGroups: Group[] }>('ec2', 'DescribeSecurityGroups', {});
  return SecurityGroups.find(({ GroupName }) => GroupName === GROUP)!;
}

async function cacheArn(app: UndoScene): Promise<string> {
  const { ReplicationGroups } = await app.call<{ ReplicationGroups: { ARN: string }[] }>(
    'elasticache',
    'DescribeReplicationGroups',
    { ReplicationGroupId: CACHE },
  );
  return ReplicationGroups[0]!.ARN;
}

const SERVICE = { cluster: 'collabcanvas', service: PROJECT };

describe('where nobody has changed anything', () => {
  test('status says so, by the service, the name of the project or the cache alone, and writes nothing', async () => {
    const app = await openSetUp();
    const writes = app.writes().length;
    for (const argv of [['--project', PROJECT], COLLABCANVAS.slice(0, 4), ['--cache-name', CACHE]]) {
      const { exitCode, result } = await app.run('status', ...argv, '--strict');
      expect([exitCode, result.drift, result.driftUnseen, result.driftNotes]).toEqual([0, [], [], []]);
      expect(result.caches).toMatchObject([{ name: CACHE, status: 'available' }]);
      expect(result.consumers).toMatchObject([{ service: PROJECT, variables: [{ name: 'REDIS_URL' }] }]);
    }
    expect(app.writes()).toHaveLength(writes);
  });

  test('verify too finds the app and its cache by the name of the project, and says where there is none', async () => {
    const app = await openSetUp('--no-probe');
    const verified = await app.run('verify', '--project', PROJECT, '--no-probe');
    expect(verified.result.error).toBeUndefined();
    expect(verified.result.consumers).toMatchObject([{ service: PROJECT }]);
    const unknown = await app.run('verify', '--project', 'nobodys');
    expect(unknown.result.error?.message).toContain('There is no project nobodys');
  });

  test('an app that was never set up has no drift, and is said not to be', async () => {
    const app = await open();
    const { exitCode, result } = await app.run('status', ...COLLABCANVAS.slice(0, 4), '--strict');
    expect([exitCode, result.drift]).toEqual([0, []]);
    expect(result.driftNotes).toMatchObject([
      { what: expect.stringContaining('nothing was set up') as string },
    ]);
  });

  inMatrix('what setup was told to leave out is none', async () => {
    const app = await openSetUp('--no-stickiness', '--allow-cidr', '10.1.0.0/16', '--env-var', 'CACHE_URL');
    expect((await status(app, '--strict')).result.drift).toEqual([]);
  });

  test('a project that there is none of is a wrong input', async () => {
    const app = await open();
    expect((await status(app)).exitCode).toBe(2);
  });
});

describe('the security group', () => {
  test('without the rule for the app: setup makes it again', async () => {
    const app = await openSetUp();
    const { GroupId, IpPermissions } = await groupOf(app);
    await app.call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
    const drift = await driftOf(app);
    const from = IpPermissions[0]!.UserIdGroupPairs[0]!.GroupId;
    expect(drift).toMatchObject({ kind: 'securityGroup', name: GROUP, was: `TCP 6379 from ${from}` });
    await mends(app, drift);
  });

  inMatrix('with a rule that is not ours, whatever its protocol', async () => {
    const app = await openSetUp();
    const { GroupId } = await groupOf(app);
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'to test' }] }];
    await app.call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'securityGroup', now: 'everything from 0.0.0.0/0' });
    await mends(app, drift);
  });

  inMatrix('with a rule that was narrowed to another port: one is missing, and one too many', async () => {
    const app = await openSetUp();
    const { GroupId, IpPermissions } = await groupOf(app);
    await app.call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
    const moved = IpPermissions.map((rule) => ({ ...rule, FromPort: 6380, ToPort: 6380 }));
    await app.call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: moved });
    const { result } = await status(app);
    expect(result.drift?.map(({ was, now }) => [was, now])).toMatchObject([
      [expect.stringMatching(/^TCP 6379 from sg-/), 'no such rule'],
      ['no such rule', expect.stringMatching(/^TCP 6380 from sg-/)],
    ]);
  });

  test('that no longer is the cache’s', async () => {
    const app = await openSetUp();
    const { GroupId } = await groupOf(app);
    const { SecurityGroups } = await app.call<{ SecurityGroups: Group[] }>(
      'ec2',
      'DescribeSecurityGroups',
      {},
    );
    const other = SecurityGroups.find((group) => group.GroupId !== GroupId)!.GroupId;
    const change = { ReplicationGroupId: CACHE, SecurityGroupIds: [other], ApplyImmediately: true };
    await app.call('elasticache', 'ModifyReplicationGroup', change);
    await stage.clock.sleep(15 * MINUTES);
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'cache', was: GroupId, now: other });
    expect(drift.command).toContain(`--security-group-ids ${GroupId} --apply-immediately`);
  });

  inMatrix('without its tags is found by the cache that the app uses', async () => {
    const app = await openSetUp();
    const { GroupId } = await groupOf(app);
    await app.call('ec2', 'DeleteTags', { Resources: [GroupId], Tags: [] });
    const named = COLLABCANVAS.slice(0, 4);
    const { result } = await app.run('status', ...named);
    expect(result.drift).toMatchObject([{ kind: 'securityGroup', was: PROJECT, now: 'none' }]);
    if (!hasAwsCli) return;
    await mends(app, result.drift![0]!);
    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
    expect(await app.environment()).not.toHaveProperty('REDIS_URL');
  });

  inMatrix('without the tag of one thing is given it again', async () => {
    const app = await openSetUp();
    const { GroupId } = await groupOf(app);
    const Tags = [{ Key: 'elasticache-wizard:target-group-1' }, { Key: 'elasticache-wizard:subnet-group' }];
    await app.call('ec2', 'DeleteTags', { Resources: [GroupId], Tags });
    const drift = await driftOf(app);
    expect(drift.what).toMatch(/subnet-group, elasticache-wizard:target-group-1/);
    expect(drift.command).toMatch(/^aws ec2 create-tags --resources sg-\S+ --tags /);
  });
});

describe('the app’s network', () => {
  inMatrix(
    'with another group: the cache is opened to it, and its rule is told of when the app has left it again',
    async () => {
      const app = await openSetUp();
      const { services } = await app.call<{
        services: {
          networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
        }[];
      }>('ecs', 'DescribeServices', { cluster: SERVICE.cluster, services: [PROJECT] });
      const { subnets, securityGroups } = services[0]!.networkConfiguration.awsvpcConfiguration;
      const { SecurityGroups } = await app.call<{ SecurityGroups: Group[] }>(
        'ec2',
        'DescribeSecurityGroups',
        {},
      );
      const taken = [...securityGroups, (await groupOf(app)).GroupId];
      const other = SecurityGroups.find(({ GroupId }) => !taken.includes(GroupId))!.GroupId;
      const move = async (...groups: string[]): Promise<void> => {
        const networkConfiguration = { awsvpcConfiguration: { subnets, securityGroups: groups } };
        await app.call('ecs', 'UpdateService', { ...SERVICE, networkConfiguration });
        await stage.clock.sleep(15 * MINUTES);
      };
      await move(...securityGroups, other);
      const drift = await driftOf(app);
      expect(drift).toMatchObject({ kind: 'securityGroup', was: `TCP 6379 from ${other}` });
      await mends(app, drift);
      await move(...securityGroups);
      const { result } = await status(app);
      expect(result.drift).toEqual([]);
      expect(result.driftNotes).toMatchObject([{ what: expect.stringContaining(other) as string }]);
    },
  );
});

describe('the cache', () => {
  inMatrix('whose encryption in transit somebody has turned on is reached by another address', async () => {
    const app = await openSetUp('--no-transit-encryption');
    await app.call('elasticache', 'ModifyReplicationGroup', {
      ReplicationGroupId: CACHE,
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: 'preferred',
      ApplyImmediately: true,
    });
    await stage.clock.sleep(30 * MINUTES);
    const drift = await driftOf(app);
    expect([drift.kind, drift.was?.slice(0, 8), drift.now?.slice(0, 9)]).toEqual([
      'service',
      'redis://',
      'rediss://',
    ]);
    await mends(app, drift);
    expect((await app.environment()).REDIS_URL).toMatch(/^rediss:/);
  });

  inMatrix('deleted: setup makes it anew, and gives the app its new address', async () => {
    const app = await openSetUp();
    await app.call('elasticache', 'DeleteReplicationGroup', { ReplicationGroupId: CACHE });
    expect(await driftOf(app)).toMatchObject({
      kind: 'cache',
      what: expect.stringMatching(/being deleted/) as string,
    });
    await stage.clock.sleep(20 * MINUTES);
    const drift = await driftOf(app);
    expect(drift).toMatchObject({
      kind: 'cache',
      name: CACHE,
      what: expect.stringMatching(/was deleted/) as string,
    });
    await mends(app, drift);
  });

  inMatrix('that failed to create holds its name: AWS’s reason, and how to free it', async () => {
    const app = await open();
    app.failNextCreate();
    expect((await app.setup()).exitCode).toBe(1);
    const { result } = await app.run('status', ...COLLABCANVAS.slice(0, 4));
    const drift = result.drift?.find(({ kind }) => kind === 'cache');
    expect(drift).toMatchObject({
      now: 'create-failed',
      what: expect.stringMatching(/insufficient capacity/) as string,
    });
    expect(drift?.command).toBe(
      `aws elasticache delete-replication-group --replication-group-id ${CACHE} --region us-east-1`,
    );
    expect(result.drift).toContainEqual(
      expect.objectContaining({
        kind: 'service',
        what: expect.stringMatching(/has not been given the cache/) as string,
      }),
    );
  });

  inMatrix('with a change that waits for its maintenance window', async () => {
    const app = await openSetUp();
    const change = { ReplicationGroupId: CACHE, CacheNodeType: 'cache.t3.small', ApplyImmediately: false };
    await app.call('elasticache', 'ModifyReplicationGroup', change);
    await stage.clock.sleep(MINUTES);
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'cache', was: 'cache.t3.micro', now: 'cache.t3.small' });
    await mends(app, drift);
  });

  inMatrix(
    'that is not what status is told it should be, and one that somebody else is changing',
    async () => {
      const app = await openSetUp('--auth', 'token', '--fix-execution-role');
      const drift = await driftOf(app, '--replicas', '1');
      expect(drift).toMatchObject({ kind: 'cache', was: '1', now: '0' });
      expect(drift.command).toContain(' --replicas 1 ');
      const change = { ReplicationGroupId: CACHE, CacheNodeType: 'cache.t3.small', ApplyImmediately: true };
      await app.call('elasticache', 'ModifyReplicationGroup', change);
      await stage.clock.sleep(MINUTES);
      const { result } = await status(app);
      expect(result.drift).toEqual([]);
      expect(result.driftNotes).toMatchObject([
        { kind: 'cache', what: expect.stringMatching(/^is modifying/) as string },
      ]);
      await stage.clock.sleep(30 * MINUTES);
      await mends(app, drift, '--replicas', '1');
    },
  );

  inMatrix('without our tags, and its subnet group too', async () => {
    const app = await openSetUp();
    const TagKeys = ['elasticache-wizard:project', 'elasticache-wizard:of'];
    const cache = await cacheArn(app);
    await app.call('elasticache', 'RemoveTagsFromResource', { ResourceName: cache, TagKeys });
    await stage.clock.sleep(MINUTES);
    await mends(app, await driftOf(app));
    if (!hasAwsCli) return;
    const subnets = cache.replace(`replicationgroup:${CACHE}`, `subnetgroup:${CACHE}-subnet-group`);
    await app.call('elasticache', 'RemoveTagsFromResource', { ResourceName: subnets, TagKeys });
    await stage.clock.sleep(MINUTES);
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'cacheSubnetGroup', name: `${CACHE}-subnet-group` });
    await mends(app, drift);
  });
});

describe('the service', () => {
  test('running somebody’s later version that carries our variable on is no drift, and is said', async () => {
    const app = await openSetUp();
    await app.deployNewImage();
    const { exitCode, result } = await status(app, '--strict');
    expect([exitCode, result.drift]).toEqual([0, []]);
    expect(result.driftNotes).toMatchObject([
      {
        kind: 'service',
        what: expect.stringMatching(/carries REDIS_URL on/) as string,
        by: expect.stringMatching(/^arn:aws:iam::/) as string,
      },
    ]);
  });

  test('running a version without our variable: who deployed it, exit code 6 with --strict, and setup mends it', async () => {
    const app = await open();
    const before = await app.running();
    await app.setup();
    await app
      .deployNewImage([{ key: 'aws:cloudformation:stack-name', value: 'web' }], before.taskDefinition)
      .catch(() => app.deployNewImage([{ key: 'pulumi:stack', value: 'web' }], before.taskDefinition));
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'service', name: PROJECT, now: 'not set' });
    expect(drift.was).toMatch(/^rediss:\/\/master\.collabcanvas-redis\./);
    expect(drift.by).toMatch(/^arn:aws:iam::.*; (Pulumi|CloudFormation) \(tag /);
    const strict = await status(app, '--strict');
    expect([strict.exitCode, strict.result.error?.code]).toEqual([6, 'CheckFailed']);
    expect(strict.result.error?.hint).toBe(drift.command);
    expect((await status(app)).exitCode).toBe(0);
    await mends(app, drift);
    expect(await app.image()).toMatch(/-2$/);
  });

  inMatrix('running a version in which our variable leads elsewhere: no password is shown', async () => {
    const app = await open({ environment: { REDIS_URL: 'redis://user:hunter2@old.example.com:6379/2' } });
    const before = await app.running();
    await app.setup('--env-var', 'REDIS_URL');
    await app.deployNewImage([], before.taskDefinition);
    const ended = await status(app);
    expect(ended.result.drift).toMatchObject([
      { kind: 'service', now: 'redis://****@old.example.com:6379/2' },
    ]);
    expect(JSON.stringify(ended.events)).not.toContain('hunter2');
  });

  test('on its way to another version is said to be, with both', async () => {
    const app = await openSetUp();
    await app.deployNewImage([], undefined, 1_000);
    const { result } = await status(app);
    expect(result.drift).toEqual([]);
    expect(result.driftNotes?.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(
        /a deployment is in progress, with tasks of \S+:\d+ on \d of 2, \S+:\d+ on \d of 2/,
      ),
    );
  });

  test('rolled back is no drift: what stays is said', async () => {
    const app = await open({ environment: { REDIS_URL: OLD_URL } });
    await app.setup('--env-var', 'REDIS_URL');
    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
    const { exitCode, result } = await status(app, '--strict');
    expect([exitCode, result.drift]).toEqual([0, []]);
    expect(result.driftNotes).toMatchObject([
      {
        kind: 'service',
        what: expect.stringMatching(/^rolled back; the cache stays and is paid for/) as string,
      },
    ]);
  });

  inMatrix(
    'put back by hand on what it ran before setup, with sticky sessions left as setup made them',
    async () => {
      const app = await open({ environment: { REDIS_URL: OLD_URL } });
      const { taskDefinition } = await app.running();
      await app.setup('--env-var', 'REDIS_URL');
      const back = { ...SERVICE, taskDefinition: taskDefinition.taskDefinitionArn };
      await app.call('ecs', 'UpdateService', back);
      await stage.clock.sleep(15 * MINUTES);
      const drift = await driftOf(app);
      expect(drift).toMatchObject({
        kind: 'service',
        now: OLD_URL,
        what: expect.stringMatching(/put back on .*before setup, by ECS or by hand/) as string,
      });
      expect(drift).not.toHaveProperty('by');
    },
  );

  inMatrix('deleted is found by what the project has kept of it', async () => {
    const app = await openSetUp();
    await app.call('ecs', 'DeleteService', { ...SERVICE, force: true });
    await stage.clock.sleep(15 * MINUTES);
    for (const argv of [['--project', PROJECT], COLLABCANVAS.slice(0, 4), ['--cache-name', CACHE]]) {
      const { exitCode, result } = await app.run('status', ...argv);
      expect([exitCode, result.consumers]).toEqual([0, []]);
      expect(result.drift).toMatchObject([{ kind: 'service', name: PROJECT }]);
      expect(result.drift?.[0]?.command).toContain(COLLABCANVAS.join(' '));
    }
  });
});

describe('sticky sessions', () => {
  const modify = async (app: UndoScene, stickiness: Record<string, string>): Promise<void> => {
    const Attributes = Object.entries(stickiness).map(([key, Value]) => ({
      Key: `stickiness.${key}`,
      Value,
    }));
    const TargetGroupArn = await app.targetGroupArn();
    await app.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
  };

  test('turned off: setup turns them on again, as long as they were', async () => {
    const app = await openSetUp('--stickiness-seconds', '600');
    await modify(app, { enabled: 'false' });
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'stickiness', was: 'on lb_cookie 600', now: 'off lb_cookie 600' });
    expect(drift.command).toContain(' --stickiness-seconds 600 ');
    await mends(app, drift);
  });

  inMatrix('made another length since', async () => {
    const app = await openSetUp();
    await modify(app, { 'lb_cookie.duration_seconds': '60' });
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'stickiness', was: 'on lb_cookie 3600', now: 'on lb_cookie 60' });
    expect(drift.command).toContain('Key=stickiness.lb_cookie.duration_seconds,Value=3600');
  });

  inMatrix('without our tags would not be put back: the tags are', async () => {
    const app = await openSetUp();
    const TagKeys = ['elasticache-wizard:stickiness', 'elasticache-wizard:stickiness-set'];
    const ResourceArns = [await app.targetGroupArn()];
    await app.call('elasticloadbalancing', 'RemoveTags', { ResourceArns, TagKeys });
    const drift = await driftOf(app);
    expect(drift.what).toMatch(/has lost our tags/);
    expect(drift.command).toContain("'Key=elasticache-wizard:stickiness,Value=off lb_cookie 86400'");
    await mends(app, drift);
  });

  inMatrix('of a target group that no load balancer sends anything to any more', async () => {
    const app = await openSetUp();
    const { LoadBalancers } = await app.call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
      'elasticloadbalancing',
      'DescribeLoadBalancers',
      {},
    );
    const { Listeners } = await app.call<{ Listeners: { ListenerArn: string }[] }>(
      'elasticloadbalancing',
      'DescribeListeners',
      { LoadBalancerArn: LoadBalancers[0]!.LoadBalancerArn },
    );
    for (const { ListenerArn } of Listeners)
      await app.call('elasticloadbalancing', 'DeleteListener', { ListenerArn });
    const drift = await driftOf(app);
    expect(drift).toMatchObject({
      kind: 'stickiness',
      what: expect.stringMatching(/no longer behind/) as string,
    });
    expect(drift.command).toContain(`TargetGroupArn=${await app.targetGroupArn()}`);
  });

  inMatrix('of a target group that the service has left', async () => {
    const app = await openSetUp();
    await app.call('ecs', 'UpdateService', { ...SERVICE, loadBalancers: [] });
    await stage.clock.sleep(15 * MINUTES);
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'stickiness', what: `${PROJECT} is no longer attached to it` });
    await mends(app, drift);
  });
});

describe('what is no drift, and what nobody could see', () => {
  inMatrix('a probe that was cut off has left its revision', async () => {
    const app = await openSetUp();
    const family = `elasticache-wizard-probe-collabcanvas-${PROJECT}`;
    const tags = Object.entries({ project: PROJECT, of: family, 'ecs-cluster': 'collabcanvas' }).map(
      ([key, value]) => ({ key: `elasticache-wizard:${key}`, value }),
    );
    const containerDefinitions = [{ name: 'probe', image: 'probe', memory: 128 }];
    await app.call('ecs', 'RegisterTaskDefinition', { family, containerDefinitions, tags });
    const drift = await driftOf(app);
    expect(drift).toMatchObject({ kind: 'taskDefinition', name: `${family}:1` });
    expect(drift.command).toBe(
      `aws ecs deregister-task-definition --task-definition ${family}:1 --region us-east-1`,
    );
  });

  test('a run that is at work: who, and since when', async () => {
    const app = await openSetUp();
    const at = (ms: number): string => new Date(stage.clock.now() + ms).toISOString();
    const Value = JSON.stringify({
      run: 'r',
      who: 'arn:aws:iam::1:user/ada',
      since: at(-MINUTES),
      until: at(MINUTES),
    });
    const Name = `/elasticache-wizard/${PROJECT}/lease`;
    await app.call('ssm', 'PutParameter', { Name, Value, Type: 'String' });
    const { exitCode, result } = await status(app, '--strict');
    expect([exitCode, result.drift]).toEqual([0, []]);
    expect(result.driftNotes).toMatchObject([{ kind: 'lease', by: 'arn:aws:iam::1:user/ada' }]);
    await stage.clock.sleep(2 * MINUTES);
    expect((await status(app)).result.driftNotes).toEqual([]);
  });

  test('what it may not see is not called the same: with exactly its policy all is seen, with one action less it says which', async () => {
    const app = await openSetUp();
    const printed = await app.run('policy', '--for', 'status', '--region', 'us-east-1', ...COLLABCANVAS);
    const document = printed.events.find(({ type }) => type === 'policy')?.document as PolicyDocument;
    const enforce = (denied?: string): void => {
      const Statement = document.Statement.map((statement) => ({
        ...statement,
        Action: statement.Action.filter((action) => action !== denied),
      })).filter(({ Action }) => Action.length > 0);
      stage.sandbox.setPolicy({ ...document, Statement }, app.account.accessKeyId);
    };
    enforce();
    const seen = await status(app, '--strict');
    expect([seen.exitCode, seen.result.driftUnseen]).toEqual([0, []]);
    enforce('elasticache:DescribeCacheSubnetGroups');
    const blind = await status(app);
    expect([blind.exitCode, blind.result.drift]).toEqual([0, []]);
    expect(blind.result.driftUnseen).toMatchObject([
      {
        kind: 'cacheSubnetGroup',
        what: expect.stringContaining('elasticache:DescribeCacheSubnetGroups') as string,
      },
    ]);
    expect((await status(app, '--strict')).exitCode).toBe(6);
  });
});
