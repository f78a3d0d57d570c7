/** What is said about an app before anything is written. */
import {
  AuthorizeSecurityGroupEgressCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { cachesOver } from '../../src/aws/caches.ts';
import type { App, EcsService, TaskDefinition } from '../../src/domain/app.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { ownershipTags } from '../../src/domain/ownership.ts';
import type { Origin, ReplicationGroupSettings, Settings } from '../../src/domain/settings.ts';
import { readApp } from '../../src/survey/app.ts';
import type { Finding } from '../../src/survey/finding.ts';
import { preflight } from '../../src/survey/preflight.ts';
import { cacheOf, from, serviceOf, variableFor } from '../unit/wanted.ts';
import { neverAsked, openSurveyedAccount, TARGET } from './surveyed-account.ts';
import type { SurveyedAccount } from './surveyed-account.ts';

let account: SurveyedAccount;
let aws: Aws;
let vpcId: string;
let groupId: string;
let subnets: SurveyedAccount['subnets'];
let app: App;

beforeAll(async () => {
  account = await openSurveyedAccount();
  ({ aws, vpcId, groupId, subnets } = account);
  app = await readApp(aws, TARGET, neverAsked);
});

afterAll(() => account.sandbox.close());

describe('before the first write', () => {
  test('nothing is said of an app with nothing wrong, but that it runs an older revision than the latest', async () => {
    expect(await found(runs(3))).toEqual(['note not-latest-revision']);
    const [note] = await inspect(settings(), runs(3), aws);
    expect(note?.message).toContain('runs collabcanvas-backend:1, not the latest collabcanvas-backend:2');
  });

  test.each(['CODE_DEPLOY', 'EXTERNAL'] as const)(
    'a service deployed by %s is blocked',
    async (deploymentController) => {
      expect(await found(runs(3, { deploymentController }))).toContain('block deployment-controller');
    },
  );

  test('a service that is being deleted is blocked', async () => {
    expect(await found(runs(3, { status: 'DRAINING' }))).toContain('block service-not-active');
  });

  test("somebody's deployment in progress is blocked, one of ours is gone on with", async () => {
    const deployments: EcsService['deployments'] = [
      {
        id: 'ecs-svc/1',
        status: 'PRIMARY',
        taskDefinitionArn: app.service.taskDefinitionArn,
        desiredCount: 3,
        runningCount: 1,
        pendingCount: 2,
        failedTasks: 0,
        rolloutState: 'IN_PROGRESS',
        createdAt: 0,
      },
    ];
    const theirs = runs(3, { deployments });
    const [block] = await inspect(settings(), theirs, aws);
    expect(block).toMatchObject({ severity: 'block', code: 'deployment-in-progress' });
    expect(block?.message).toContain('1 of 3 tasks run collabcanvas-backend:1');
    const tags = ownershipTags('collabcanvas', 'collabcanvas-backend');
    expect(await found({ ...theirs, taskDefinition: { ...app.taskDefinition, tags } })).not.toContain(
      'block deployment-in-progress',
    );
  });

  test('a deployment that fails for ever is no reason to wait: what is set up takes its place', async () => {
    const moving = {
      ...{ id: 'ecs-svc/1', status: 'PRIMARY', taskDefinitionArn: app.service.taskDefinitionArn },
      ...{ desiredCount: 3, runningCount: 0, pendingCount: 1, failedTasks: 0, createdAt: 0 },
      rolloutState: 'IN_PROGRESS',
    };
    const exited = { stopCode: 'EssentialContainerExited', containers: [{ exitCode: 1 }] };
    const ask = async (stopped: readonly object[]) => {
      const ecs = {
        ...aws.ecs,
        listTasks: () => Promise.resolve(['t1']),
        describeTasks: () => Promise.resolve(stopped),
      } as unknown as Aws['ecs'];
      const findings = await inspect(settings(), runs(3, { deployments: [moving] }), { ...aws, ecs });
      return findings.map(({ severity, code }) => `${severity} ${code}`);
    };
    const crashed = { ...exited, startedBy: 'ecs-svc/1' };
    expect(await ask([crashed, crashed, crashed])).toContain('warn deployment-fails');
    expect(await ask([crashed, { ...exited, startedBy: 'ecs-svc/0' }])).toContain(
      'block deployment-in-progress',
    );
  });

  test('no tasks at all are blocked, unless no proof is wanted; one task is noted', async () => {
    expect(await found(runs(0))).toContain('block no-tasks');
    expect(await found(runs(0), { proof: { ...settings().proof, verify: false } })).toContain(
      'warn no-tasks',
    );
    expect(await found(runs(1))).toContain('note one-task');
  });

  test('a VPC without DNS is blocked, with the command that switches it on', async () => {
    const off = { ...runs(3), network: { ...app.network, dnsSupport: false } };
    const [block] = await inspect(settings(), off, aws);
    expect(block).toMatchObject({
      code: 'vpc-dns-off',
      hint: expect.stringContaining(`--vpc-id ${vpcId}`) as string,
    });
    await account.ec2.send(
      new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsSupport: { Value: false } }),
    );
    expect((await readApp(aws, TARGET, neverAsked)).network.dnsSupport).toBe(false);
    await account.ec2.send(
      new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsSupport: { Value: true } }),
    );
  });

  test('subnets in one zone alone are blocked, with what was left out and why', async () => {
    const usableSubnets = app.network.usableSubnets.filter(
      ({ availabilityZone }) => availabilityZone === 'us-east-1a',
    );
    const cramped = { ...runs(3), network: { ...app.network, usableSubnets } };
    const [block] = await inspect(settings(), cramped, aws);
    expect(block).toMatchObject({ severity: 'block', code: 'too-few-subnets' });
    expect(block?.message).toBe(
      `${vpcId} has usable subnets in us-east-1a alone, and a cache takes two zones (left out: ${subnets['local']!} in the local zone us-east-1-bos-1a)`,
    );

    const subnetIds = [subnets['private-a']!, subnets['private-b']!];
    const group = { name: 'is-there', description: 'x', subnetIds, tags: { for: 'a test' } };
    await aws.elasticache.createCacheSubnetGroup(group);
    const withGroup = { caches: [cache({ subnetGroupName: 'is-there' })] };
    expect(await found(cramped, withGroup)).not.toContain('block too-few-subnets');
  });

  test('one named subnet, or one that is not there, is wrong input', async () => {
    const named = (...ids: string[]) => ({ caches: [cache({ subnetIds: from('flag', ids) })] });
    const [alone] = await inspect(settings(named(subnets['private-a']!)), runs(3), aws);
    expect(alone).toMatchObject({ severity: 'block', errorCode: 'InvalidInput' });
    expect(alone?.message).toContain('they are all in one zone');
    const [gone] = await inspect(settings(named(subnets['private-a']!, 'subnet-0123')), runs(3), aws);
    expect(gone?.message).toContain('subnet-0123 is not there');
    const [local] = await inspect(settings(named(subnets['private-a']!, subnets['local']!)), runs(3), aws);
    expect(local?.message).toContain('in the local zone us-east-1-bos-1a');
    expect(await found(runs(3), named(subnets['private-a']!, subnets['private-b']!))).not.toContain(
      'block subnets-not-usable',
    );
  });

  test('a group that lets nothing out to the cache is warned of, with the rule to add', async () => {
    const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    const ofCache = await aws.ec2.createSecurityGroup({
      groupName: 'collabcanvas-redis-sg',
      description: 'x',
      vpcId,
      tags: { for: 'a test' },
    });
    const cacheGroup = ofCache.created ? ofCache.groupId : '';
    await account.clock.advance(5 * 60_000);
    await account.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [all] }));
    const restricted = { ...(await readApp(aws, TARGET, neverAsked)), service: runs(3).service };
    const warning = (await inspect(settings(), restricted, aws)).find(
      ({ code }) => code === 'restricted-egress',
    );
    expect(warning?.severity).toBe('warn');
    expect(warning?.hint).toContain(`aws ec2 authorize-security-group-egress --group-id ${groupId}`);
    expect(warning?.hint).toContain(`FromPort=6379,ToPort=6379,UserIdGroupPairs=[{GroupId=${cacheGroup}}]`);

    const allow = async (to: object) => {
      const rule = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, ...to };
      await account.ec2.send(
        new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [rule] }),
      );
      const codes = await found(restricted);
      await account.ec2.send(
        new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [rule] }),
      );
      return codes;
    };
    expect(await allow({ UserIdGroupPairs: [{ GroupId: cacheGroup }] })).not.toContain(
      'warn restricted-egress',
    );
    expect(await allow({ IpRanges: [{ CidrIp: '10.0.0.0/16' }] })).not.toContain('warn restricted-egress');
    expect(await allow({ IpRanges: [{ CidrIp: '10.0.99.0/24' }] })).toContain('warn restricted-egress');
    expect(await allow({ UserIdGroupPairs: [{ GroupId: groupId }] })).toContain('warn restricted-egress');
    await account.ec2.send(
      new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [all] }),
    );
  });

  test('a variable that says something else is blocked without its password, and noted where it was named', async () => {
    const busy = withBackend({
      environment: [{ name: 'REDIS_URL', value: 'redis://app:hunter2@10.0.0.7:6379?x=y' }],
    });
    const [block] = await inspect(settings(), busy, aws);
    expect(block).toMatchObject({ severity: 'block', code: 'variable-in-use' });
    expect(block?.message).toContain('redis://****@10.0.0.7:6379');
    expect(block?.message).not.toMatch(/hunter2|x=y/);
    expect(await found(busy, variableFrom('flag'))).toContain('note variable-changes');

    const token = withBackend({ environment: [{ name: 'REDIS_URL', value: '8d1f0c' }] });
    expect((await inspect(settings(), token, aws))[0]?.message).not.toContain('8d1f0c');
    const secret = withBackend({
      secrets: [{ name: 'REDIS_URL', valueFrom: 'arn:aws:ssm:::parameter/redis' }],
    });
    expect((await inspect(settings(), secret, aws))[0]?.message).toContain(
      'the secret arn:aws:ssm:::parameter/redis',
    );
    expect(await found(withBackend({ environment: [{ name: 'OTHER', value: 'x' }] }))).not.toContain(
      'block variable-in-use',
    );
  });

  test('a variable that leads to this very cache already is right', async () => {
    const address = 'master.collabcanvas-redis.abc.use1.cache.amazonaws.com';
    const busy = withBackend({ environment: [{ name: 'REDIS_URL', value: `rediss://${address}:6379` }] });
    const there = changed(aws, {
      caches: cachesOver(
        {
          ...aws.elasticache,
          readReplicationGroup: (id) =>
            Promise.resolve({
              ...GROUP,
              replicationGroupId: id,
              endpoint: { address, port: 6379, kind: 'primary' },
            }),
        },
        aws.serverless,
      ),
    });
    expect(codes(await inspect(settings(), busy, there))).not.toContain('block variable-in-use');
  });

  test('a variable that may come from a file in S3 is blocked, and warned of where it was named', async () => {
    const file = 'arn:aws:s3:::config/backend.env';
    const environmentFiles = [{ value: file, type: 's3' }];
    const hiding = withBackend({ environmentFiles });
    const [block] = await inspect(settings(), hiding, aws);
    expect(block).toMatchObject({
      severity: 'block',
      code: 'variable-may-be-in-use',
      message: expect.stringContaining(file) as string,
      hint: expect.stringContaining('--env-var REDIS_URL') as string,
    });
    expect(await found(hiding, variableFrom('flag'))).toContain('warn variable-may-change');
    // A plain variable wins over the file's, so it is not hidden.
    const plain = withBackend({ environmentFiles, environment: [{ name: 'REDIS_URL', value: '' }] });
    expect(await found(plain)).not.toContain('block variable-may-be-in-use');
  });

  test.each([
    [1, 100, 100, 'block deployment-stuck'],
    [1, 1, 100, 'block deployment-stuck'],
    [3, 100, 100, 'block deployment-stuck'],
    [2, 51, 149, 'block deployment-stuck'],
    [1, 0, 100, 'warn deployment-gap'],
    [3, 0, 200, 'warn deployment-gap'],
    [2, 50, 100, undefined],
    [1, 100, 200, undefined],
    [2, 100, 150, undefined],
  ])(
    '%s tasks between %s %% and %s %%: %s',
    async (desiredCount, minimumHealthyPercent, maximumPercent, finding) => {
      const codesFound = await found(runs(desiredCount, { minimumHealthyPercent, maximumPercent }));
      expect(codesFound.filter((code) => code.includes(' deployment-'))).toEqual(finding ? [finding] : []);
    },
  );

  test('the percentages are those of the service', () => {
    expect(app.service).toMatchObject({ minimumHealthyPercent: 100, maximumPercent: 200 });
  });

  test('a strategy that moves the traffic in steps is noted, and its percentages are not judged', async () => {
    const service = { strategy: 'BLUE_GREEN', minimumHealthyPercent: 100, maximumPercent: 100 };
    const [note] = (await inspect(settings(), runs(3, service), aws)).filter(({ code }) =>
      code.startsWith('deployment-'),
    );
    expect(note).toMatchObject({ severity: 'note', code: 'deployment-strategy' });
    expect(note?.message).toContain('BLUE_GREEN');
  });

  test.each(['ecs:ListTasks', 'ecs:DescribeTasks', 'elasticloadbalancing:DescribeTargetHealth'])(
    'a role that may not %s, without which no rollout can be watched, is turned away',
    async (action) => {
      account.sandbox.setPolicy({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: action, Resource: '*' },
        ],
      });
      const denied: unknown = await inspect(settings(), runs(3), aws).catch((error: unknown) => error);
      account.sandbox.setPolicy(undefined);
      expect(denied).toMatchObject({ code: 'AccessDenied', exitCode: 3 });
      expect((denied as Error).message).toContain(action);
    },
  );

  test('headers do not go by plain HTTP to a name that nobody gave', async () => {
    const asked = (more: object) => ({
      proof: {
        ...settings().proof,
        refreshPath: '/',
        refreshValue: 'body',
        headers: { Authorization: 'Bearer s3cret' },
        ...more,
      },
    });
    const at = (url: string): App => ({ ...runs(3), url });
    const lb = at('http://canvas-1.us-east-1.elb.amazonaws.com');
    const [block] = await inspect(settings(asked({})), lb, aws);
    expect(block).toMatchObject({ code: 'headers-in-clear', errorCode: 'InvalidInput' });
    expect(block?.hint).toContain('--app-url https://');
    expect(JSON.stringify(block)).not.toContain('s3cret');
    for (const [safe, wanted] of [
      [at('https://canvas-1.us-east-1.elb.amazonaws.com'), asked({})],
      [at('http://127.0.0.3:8080'), asked({})],
      [lb, asked({ appUrl: 'http://app.example.com' })],
      [lb, asked({ headers: {} })],
      [lb, asked({ verify: false })],
    ] as const) {
      expect(await found(safe, wanted)).not.toContain('block headers-in-clear');
    }
  });

  test('what does not fit into tags is blocked before there is a half of it', async () => {
    const many = (count: number, prefix: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, 'x']));
    const tagged = (tags: Record<string, string>): App => ({
      ...runs(3),
      taskDefinition: { ...app.taskDefinition, tags },
    });
    expect(await found(tagged(many(42, 'theirs')), { tags: many(3, 'ours') })).not.toContain(
      'block too-many-tags',
    );
    expect(await found(tagged(many(43, 'theirs')), { tags: many(3, 'ours') })).toContain(
      'block too-many-tags',
    );
    // Those of AWS count for nothing, and one that is given replaces its namesake.
    expect(
      await found(tagged({ ...many(45, 'same'), ...many(9, 'aws:') }), { tags: many(3, 'same') }),
    ).not.toContain('block too-many-tags');
    expect(await found(runs(3), { tags: many(44, 'ours') })).toContain('block too-many-tags');

    const serviceArn = `${app.service.serviceArn}${'x'.repeat(256)}`;
    const [block] = await inspect(settings(), runs(3, { serviceArn }), aws);
    expect(block).toMatchObject({ code: 'tag-too-long', hint: expect.stringContaining('shorter') as string });
  });

  test('a definition that AWS would not register again is blocked', async () => {
    const noRole = (backend: JsonObject): App => {
      const changedApp = withBackend(backend);
      const { taskDefinition } = changedApp;
      const document = { ...taskDefinition.document, executionRoleArn: undefined };
      return { ...changedApp, taskDefinition: { ...taskDefinition, document } };
    };
    expect(await found(noRole({}))).not.toContain('block no-execution-role');
    for (const needs of [
      { logConfiguration: { logDriver: 'awslogs', options: {} } },
      { secrets: [{ name: 'A', valueFrom: 'b' }] },
      { image: '111122223333.dkr.ecr.us-east-1.amazonaws.com/backend:1' },
    ]) {
      expect(await found(noRole(needs))).toContain('block no-execution-role');
    }
    const value = 'x'.repeat(65_000);
    expect(await found(withBackend({ environment: [{ name: 'LARGE', value }] }))).toContain(
      'block definition-too-large',
    );
  });

  test('another tool that deploys the service is warned of', async () => {
    const managed = { ...runs(3), managers: [{ name: 'Terraform', evidence: 'tag ManagedBy=terraform' }] };
    const warning = (await inspect(settings(), managed, aws)).find(
      ({ code }) => code === 'managed-elsewhere',
    );
    expect(warning).toMatchObject({ severity: 'warn' });
    expect(warning?.message).toBe(
      'Terraform manages collabcanvas-backend (tag ManagedBy=terraform); its next deploy would undo this',
    );
  });

  test('a cache open to everybody is warned of', async () => {
    expect(await found(runs(3), { caches: [cache({ allowCidrs: ['0.0.0.0/0'] })] })).toContain(
      'warn open-to-all',
    );
    expect(await found(runs(3), { caches: [cache({ allowCidrs: ['10.0.0.0/8'] })] })).not.toContain(
      'warn open-to-all',
    );
  });

  test('without an application load balancer stickiness is said not to apply', async () => {
    const behindNothing = { ...runs(3), targetGroups: [] };
    expect(await found(behindNothing)).toContain('note no-stickiness');
    const [group] = app.targetGroups;
    const loadBalancer = { ...group!.loadBalancer!, type: 'network' };
    const behindNlb = { ...runs(3), targetGroups: [{ ...group!, loadBalancer }] };
    const note = (await inspect(settings(), behindNlb, aws)).find(({ code }) => code === 'no-stickiness');
    expect(note?.message).toContain('backend: a network load balancer gives no cookies');
    const unwanted = { stickiness: { enabled: from('flag', false), seconds: from('default', 3600) } };
    expect(await found(behindNothing, unwanted)).not.toContain('note no-stickiness');
  });

  test('nothing is written', async () => {
    const before = aws.calls.writes;
    await readApp(aws, TARGET, neverAsked);
    await inspect(settings(), runs(3), aws);
    expect(aws.calls.writes).toBe(before);
  });
});

/** What is said of this app, where the settings are these. */
function inspect(wanted: Settings, of: App, withAws: Aws): Promise<Finding[]> {
  const consumer = wanted.consumers.find((one) => one.kind === 'ecs') ?? CONSUMER;
  return preflight(wanted, { kind: 'ecs', settings: consumer, app: of }, withAws);
}

async function found(of: App, more: Partial<Settings> = {}): Promise<string[]> {
  return codes(await inspect(settings(more), of, aws));
}

function codes(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

function runs(desiredCount: number, more: Partial<EcsService> = {}): App {
  return { ...app, service: { ...app.service, deployments: [], desiredCount, ...more } };
}

function withBackend(more: JsonObject): App {
  const containers = app.taskDefinition.document['containerDefinitions'] as readonly JsonObject[];
  const containerDefinitions = containers.map((one) =>
    one['name'] === 'backend' ? { ...one, ...more } : one,
  );
  return { ...runs(3), taskDefinition: revision({ containerDefinitions }) };
}

function revision(more: JsonObject): TaskDefinition {
  return { ...app.taskDefinition, document: { ...app.taskDefinition.document, ...more } };
}

function changed(all: Aws, more: Partial<Aws>): Aws {
  return { ...all, ...more };
}

function variableFrom(origin: Origin): Partial<Settings> {
  const variable = variableFor('collabcanvas-redis', { name: from(origin, 'REDIS_URL') });
  return { consumers: [{ ...CONSUMER, variables: [variable] }] };
}

function cache(more: Partial<ReplicationGroupSettings> = {}): ReplicationGroupSettings {
  return cacheOf({ name: 'collabcanvas-redis', ...more });
}

const CONSUMER = serviceOf({
  service: 'collabcanvas-backend',
  ecsCluster: 'collabcanvas',
  variables: [variableFor('collabcanvas-redis')],
});

function settings(more: Partial<Settings> = {}): Settings {
  return {
    project: 'collabcanvas',
    tags: {},
    caches: [cache()],
    consumers: [CONSUMER],
    stickiness: { enabled: from('default', true), seconds: from('default', 3600) },
    proof: { refreshes: 10, headers: {}, logPattern: 'ready', probe: true, verify: true },
    onFailure: 'rollback',
    wait: {},
    ...more,
  };
}

const GROUP = {
  arn: 'arn',
  status: 'available',
  description: 'x',
  engine: 'redis',
  cacheNodeType: 'cache.t3.micro',
  memberClusters: [],
  automaticFailover: 'disabled',
  multiAz: 'disabled',
  nodeGroupIds: ['0001'],
  clusterMode: 'disabled',
  transitEncryption: true,
  atRestEncryption: true,
  authTokenEnabled: false,
  userGroupIds: [],
  snapshotRetentionLimit: 0,
} as const;
