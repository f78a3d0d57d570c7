/** IAM documents as the sandbox enforces them: who may do what to which thing, under which conditions. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DescribeClustersCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { contextOf } from '../../src/sandbox/iam/policy/context.ts';
import { parsePolicyDocument } from '../../src/sandbox/iam/policy/document.ts';
import { decide } from '../../src/sandbox/iam/policy/evaluation.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

const Version = '2012-10-17';

describe('a document', () => {
  const ARN = 'arn:aws:ecs:us-east-1:111122223333:service/canvas/backend';
  const decision = (
    statement: object,
    {
      action = 'ecs:UpdateService',
      resource = ARN,
      ...context
    }: Record<string, string | readonly string[]> = {},
  ) =>
    decide(
      [
        parsePolicyDocument({
          Version,
          Statement: { Effect: 'Allow', Action: '*', Resource: '*', ...statement },
        }),
      ],
      {
        action: String(action),
        resource: String(resource),
        context: contextOf(context),
      },
    );

  it.each([
    ['the very ARN', ARN, true],
    ['a wildcard in the resource', 'arn:aws:ecs:*:*:service/canvas/*', true],
    ['single characters', 'arn:aws:ecs:us-east-?:111122223333:service/canvas/backen?', true],
    ['an ARN that leaves the end out', 'arn:aws:ecs:us-east-1', true],
    ['another region', 'arn:aws:ecs:eu-*:*:service/canvas/backend', false],
    ['upper case', 'arn:aws:ecs:*:*:service/CANVAS/*', false],
    ['a wildcard that would have to reach over colons', 'arn:*:service/canvas/backend', false],
  ])('that names %s', (_, Resource, allowed) => {
    expect(decision({ Resource })).toBe(allowed ? 'allowed' : 'implicitDeny');
  });

  it('can name what it does not mean', () => {
    expect(decision({ Action: undefined, NotAction: 'ecs:Update*' })).toBe('implicitDeny');
    expect(decision({ Action: undefined, NotAction: 'ec2:*' })).toBe('allowed');
    expect(decision({ Resource: undefined, NotResource: 'arn:aws:ecs:*:*:service/other/*' })).toBe('allowed');
    expect(decision({ Resource: undefined, NotResource: ARN })).toBe('implicitDeny');
  });

  it('that denies wins over any that allows', () => {
    const allow = parsePolicyDocument({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    const deny = parsePolicyDocument({ Statement: { Effect: 'Deny', Action: 'ECS:update*', Resource: '*' } });
    const request = { action: 'ecs:UpdateService', resource: ARN, context: contextOf() };
    expect(decide([allow, deny], request)).toBe('explicitDeny');
    expect(decide([], request)).toBe('implicitDeny');
  });

  it('fills variables in, and allows nothing where one has no value', () => {
    const Resource = 'arn:aws:ecs:*:*:service/${aws:username}/*';
    expect(decision({ Resource }, { 'aws:username': 'canvas' })).toBe('allowed');
    expect(decision({ Resource }, { 'aws:username': '*' })).toBe('implicitDeny');
    expect(decision({ Resource })).toBe('implicitDeny');
    expect(decision({ Resource: "arn:aws:ecs:*:*:service/${aws:PrincipalTag/team, 'canvas'}/*" })).toBe(
      'allowed',
    );
    expect(
      decision({ Resource: 'arn:aws:ecs:*:*:service/${*}/*' }, { resource: 'arn:aws:ecs:a:b:service/*/c' }),
    ).toBe('allowed');
  });

  const tags = { 'aws:TagKeys': ['project', 'owner'] };
  it.each([
    ['StringEquals of one of its values', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['StringEquals, in which wildcards are plain', { StringEquals: { k: '*' } }, { k: 'b' }, false],
    ['StringEquals of a key that is absent', { StringEquals: { k: 'a' } }, {}, false],
    ['StringEqualsIfExists of a key that is absent', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    [
      'StringEqualsIfExists of a key with another value',
      { StringEqualsIfExists: { k: 'a' } },
      { k: 'b' },
      false,
    ],
    ['StringNotEquals of none of its values', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
    ['StringNotEquals of one of its values', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['StringNotEquals of a key that is absent', { StringNotEquals: { k: 'a' } }, {}, true],
    ['StringLike', { StringLike: { k: 'collab*' } }, { k: 'collabcanvas' }, true],
    [
      'a key in other letters',
      { StringEquals: { 'AWS:requestedregion': 'us-east-1' } },
      { 'aws:RequestedRegion': 'us-east-1' },
      true,
    ],
    ['Null true of a key that is absent', { Null: { k: 'true' } }, {}, true],
    ['Null true of a key that is there', { Null: { k: 'true' } }, { k: 'a' }, false],
    ['Null false of a key that is there', { Null: { k: false } }, { k: 'a' }, true],
    ['Bool', { Bool: { k: true } }, { k: 'true' }, true],
    ['Bool of the opposite', { Bool: { k: true } }, { k: 'false' }, false],
    [
      'ArnLike',
      { ArnLike: { k: 'arn:aws:ecs:*:*:cluster/canvas' } },
      { k: 'arn:aws:ecs:us-east-1:1:cluster/canvas' },
      true,
    ],
    [
      'ArnEquals, which has wildcards too',
      { ArnEquals: { k: 'arn:aws:ecs:*:*:cluster/*' } },
      { k: 'arn:aws:ecs:us-east-1:1:cluster/canvas' },
      true,
    ],
    ['NumericLessThanEquals', { NumericLessThanEquals: { k: 7 } }, { k: '7' }, true],
    ['NumericGreaterThan', { NumericGreaterThan: { k: 7 } }, { k: '7' }, false],
    ['DateLessThan', { DateLessThan: { k: '2027-01-01T00:00:00Z' } }, { k: '2026-11-21T00:00:00Z' }, true],
    ['IpAddress', { IpAddress: { k: '10.0.0.0/8' } }, { k: '10.9.8.7' }, true],
    ['NotIpAddress', { NotIpAddress: { k: '10.0.0.0/8' } }, { k: '10.9.8.7' }, false],
    [
      'ForAllValues, all of them known',
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['project', 'owner', 'x'] } },
      tags,
      true,
    ],
    [
      'ForAllValues, one of them unknown',
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['project'] } },
      tags,
      false,
    ],
    ['ForAllValues without any', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['project'] } }, {}, true],
    ['ForAnyValue, one of them known', { 'ForAnyValue:StringLike': { 'aws:TagKeys': 'proj*' } }, tags, true],
    ['ForAnyValue without any', { 'ForAnyValue:StringLike': { 'aws:TagKeys': '*' } }, {}, false],
    ['two keys, of which one fails', { StringEquals: { k: 'a', j: 'b' } }, { k: 'a', j: 'c' }, false],
  ])('with the condition %s', (_, Condition, context, allowed) => {
    expect(decision({ Condition }, context)).toBe(allowed ? 'allowed' : 'implicitDeny');
  });
});

describe('a sandbox with a policy', () => {
  const clock = new VirtualClock();
  let sandbox: Sandbox;
  let ec2: EC2Client;
  let ecs: ECSClient;
  let elasticache: ElastiCacheClient;
  let iam: IAMClient;
  let ssm: SSMClient;
  let vpcId: string;
  let account: string;

  beforeAll(async () => {
    sandbox = await startSandbox({
      scenario: { name: 'empty', prepare: () => Promise.resolve({}) },
      programsFolder: 'dist/programs',
      clock,
    });
    const { env } = sandbox;
    const options = {
      endpoint: sandbox.endpointUrl,
      region: sandbox.region,
      maxAttempts: 1,
      credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! },
    };
    ec2 = new EC2Client(options);
    ecs = new ECSClient(options);
    elasticache = new ElastiCacheClient(options);
    iam = new IAMClient(options);
    ssm = new SSMClient(options);
    account = sandbox.account.accountId;
    vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
    const SubnetIds = await Promise.all(
      ['a', 'b'].map(async (zone, index) => {
        const { Subnet } = await ec2.send(
          new CreateSubnetCommand({
            VpcId: vpcId,
            CidrBlock: `10.0.${index}.0/24`,
            AvailabilityZone: `us-east-1${zone}`,
          }),
        );
        return Subnet!.SubnetId!;
      }),
    );
    await elasticache.send(
      new CreateCacheSubnetGroupCommand({
        CacheSubnetGroupName: 'canvas-subnets',
        CacheSubnetGroupDescription: 'for a test',
        SubnetIds,
      }),
    );
    await ecs.send(new CreateClusterCommand({ clusterName: 'canvas' }));
  });

  afterEach(() => sandbox.setPolicy(undefined));

  afterAll(async () => {
    for (const client of [ec2, ecs, elasticache, iam, ssm]) client.destroy();
    await sandbox.close();
  });

  const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: object) => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition ? { Condition } : {}),
  });
  const enforce = (...Statement: object[]): void => sandbox.setPolicy({ Version, Statement });
  const denialOf = async (work: Promise<unknown>): Promise<{ name: string; message: string }> => {
    const failure: unknown = await work.then(
      () => ({ name: 'nothing failed', message: '' }),
      (thrown: unknown) => thrown,
    );
    return failure as Error;
  };
  const missing = async (work: Promise<unknown>): Promise<string> => {
    const { name, message } = await denialOf(work);
    const [, what = `${name}: ${message}`] = /perform: (\S+ on resource: \S+)/.exec(message) ?? [];
    return what;
  };

  let groups = 0;
  const createGroup = async (project?: string): Promise<string> => {
    groups += 1;
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: `group-${groups}`,
        Description: 'for a test',
        VpcId: vpcId,
        ...(project !== undefined && {
          TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'project', Value: project }] }],
        }),
      }),
    );
    // A new group is not found everywhere at once.
    await clock.sleep(60_000);
    return GroupId!;
  };

  it('lets a security group be made in the one VPC, tagged while it is made, and no other way', async () => {
    const groupArn = 'arn:aws:ec2:*:*:security-group/*';
    const vpcArn = `arn:aws:ec2:*:*:vpc/${vpcId}`;
    const tagging = allow('ec2:CreateTags', groupArn, {
      StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', 'aws:RequestTag/project': 'canvas' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['project'] },
    });
    enforce(allow('ec2:CreateSecurityGroup', groupArn));
    expect(await missing(createGroup())).toBe(
      `ec2:CreateSecurityGroup on resource: arn:aws:ec2:us-east-1:${account}:vpc/${vpcId}`,
    );
    enforce(allow('ec2:CreateSecurityGroup', [groupArn, vpcArn]));
    expect(await missing(createGroup('canvas'))).toBe(
      `ec2:CreateTags on resource: arn:aws:ec2:us-east-1:${account}:security-group/*`,
    );
    enforce(allow('ec2:CreateSecurityGroup', [groupArn, vpcArn]), tagging);
    expect(await missing(createGroup('other'))).toContain('ec2:CreateTags');
    const groupId = await createGroup('canvas');

    const Tags = [{ Key: 'project', Value: 'canvas' }];
    expect(await missing(ec2.send(new CreateTagsCommand({ Resources: [groupId], Tags })))).toBe(
      `ec2:CreateTags on resource: arn:aws:ec2:us-east-1:${account}:security-group/${groupId}`,
    );
    sandbox.setPolicy(undefined);
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:project', Values: ['canvas'] }] }),
    );
    expect(SecurityGroups.map(({ GroupId }) => GroupId)).toEqual([groupId]);
  });

  it('lets only what carries the tag be changed, in the words of EC2', async () => {
    const ours = await createGroup('ours');
    const theirs = await createGroup('theirs');
    enforce(
      allow(['ec2:AuthorizeSecurityGroupIngress', 'ec2:DeleteSecurityGroup'], '*', {
        StringEquals: { 'aws:ResourceTag/project': 'ours' },
      }),
    );
    const open = (GroupId: string) =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
          ],
        }),
      );
    await open(ours);
    const { name, message } = await denialOf(open(theirs));
    expect(name).toBe('UnauthorizedOperation');
    expect(message).toMatch(
      new RegExp(
        `^You are not authorized to perform this operation. User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: ec2:AuthorizeSecurityGroupIngress on resource: arn:aws:ec2:us-east-1:${account}:security-group/${theirs} because no identity-based policy allows the ec2:AuthorizeSecurityGroupIngress action. Encoded authorization failure message: \\S+$`,
      ),
    );
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: ours }));
    expect(await missing(ec2.send(new DeleteSecurityGroupCommand({ GroupId: theirs })))).toContain(theirs);
  });

  it('lets a cache be made only where all that it stands on is allowed, and of the size allowed', async () => {
    const create = (CacheNodeType = 'cache.t3.micro', project = 'canvas') =>
      elasticache.send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId: 'canvas-redis',
          ReplicationGroupDescription: 'for a test',
          CacheNodeType,
          CacheSubnetGroupName: 'canvas-subnets',
          Tags: [{ Key: 'project', Value: project }],
        }),
      );
    const arn = (name: string): string => `arn:aws:elasticache:us-east-1:${account}:${name}`;
    const make = (names: string[], Condition?: object) =>
      allow('elasticache:CreateReplicationGroup', names.map(arn), Condition);
    const small = { StringEquals: { 'elasticache:CacheNodeType': 'cache.t3.micro' } };
    const cache = make(['replicationgroup:canvas-*', 'cluster:canvas-*'], small);
    const tagging = allow('elasticache:AddTagsToResource', arn('replicationgroup:canvas-redis'), {
      StringEquals: { 'aws:RequestTag/project': 'canvas' },
    });

    enforce(make(['replicationgroup:canvas-*']));
    expect(await missing(create())).toBe(
      `elasticache:CreateReplicationGroup on resource: ${arn('cluster:canvas-redis-001')}`,
    );
    enforce(cache, make(['subnetgroup:*']));
    expect(await missing(create())).toContain(arn('parametergroup:default.redis7'));
    enforce(cache, make(['parametergroup:default.*']));
    expect(await missing(create())).toContain(arn('subnetgroup:canvas-subnets'));
    enforce(cache, make(['parametergroup:default.*', 'subnetgroup:canvas-*']));
    expect(await missing(create())).toBe(
      `elasticache:AddTagsToResource on resource: ${arn('replicationgroup:canvas-redis')}`,
    );
    enforce(cache, make(['parametergroup:default.*', 'subnetgroup:canvas-*']), tagging);
    expect(await missing(create('cache.r7g.large'))).toContain(arn('replicationgroup:canvas-redis'));
    expect(await missing(create('cache.t3.micro', 'other'))).toContain('elasticache:AddTagsToResource');
    const list = new DescribeReplicationGroupsCommand();
    expect(await missing(elasticache.send(list))).toContain(arn('replicationgroup:*'));
    await create();
    sandbox.setPolicy(undefined);
    const { ReplicationGroups = [] } = await elasticache.send(list);
    expect(ReplicationGroups.map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual(['canvas-redis']);
  });

  it('lets only roles be passed to tasks that it names, for the service that it names', async () => {
    const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
    const register = (family: string, executionRole: string) =>
      ecs.send(
        new RegisterTaskDefinitionCommand({
          family,
          requiresCompatibilities: ['FARGATE'],
          networkMode: 'awsvpc',
          cpu: '256',
          memory: '512',
          executionRoleArn: role(executionRole),
          containerDefinitions: [{ name: 'app', image: 'app:1' }],
        }),
      );
    const passing = (service: string) =>
      allow('iam:PassRole', role('canvas-*'), { StringEquals: { 'iam:PassedToService': service } });

    enforce(allow('ecs:RegisterTaskDefinition'));
    expect(await denialOf(register('canvas', 'canvas-execution'))).toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: iam:PassRole on resource: ${role('canvas-execution')} because no identity-based policy allows the iam:PassRole action`,
    });
    enforce(allow('ecs:RegisterTaskDefinition'), passing('lambda.amazonaws.com'));
    expect(await missing(register('canvas', 'canvas-execution'))).toContain('iam:PassRole');
    enforce(allow('ecs:RegisterTaskDefinition'), passing('ecs-tasks.amazonaws.com'));
    expect(await missing(register('canvas', 'admin'))).toBe(`iam:PassRole on resource: ${role('admin')}`);
    const { taskDefinition } = await register('canvas', 'canvas-execution');

    enforce(allow('ecs:RunTask', `arn:aws:ecs:*:${account}:task-definition/canvas:*`));
    const run = new RunTaskCommand({ cluster: 'canvas', taskDefinition: taskDefinition!.taskDefinitionArn });
    expect(await missing(ecs.send(run))).toBe(`iam:PassRole on resource: ${role('canvas-execution')}`);
  });

  it('keeps to one ECS cluster', async () => {
    enforce(
      allow('ecs:ListTasks', '*', { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:*:*:cluster/canvas` } }),
      allow('ecs:DescribeClusters', 'arn:aws:ecs:*:*:cluster/canvas'),
    );
    await ecs.send(new ListTasksCommand({ cluster: 'canvas' }));
    await ecs.send(new DescribeClustersCommand({ clusters: ['canvas'] }));
    expect(await missing(ecs.send(new ListTasksCommand({ cluster: 'other' })))).toBe(
      'ecs:ListTasks on resource: *',
    );
    expect(await missing(ecs.send(new DescribeClustersCommand()))).toContain('cluster/default');
  });

  it('keeps to one region, and the user by name', async () => {
    enforce(
      allow(['elasticache:DescribeCacheSubnetGroups'], '*', {
        StringEquals: { 'aws:RequestedRegion': 'eu-west-1' },
      }),
      allow('ssm:PutParameter', 'arn:aws:ssm:*:*:parameter/locks/${aws:username}'),
    );
    expect(await missing(elasticache.send(new DescribeCacheSubnetGroupsCommand()))).toContain(
      'subnetgroup:*',
    );
    const put = (Name: string) => ssm.send(new PutParameterCommand({ Name, Value: 'run', Type: 'String' }));
    await put('/locks/sandbox');
    expect(await missing(put('/locks/root'))).toBe(
      `ssm:PutParameter on resource: arn:aws:ssm:us-east-1:${account}:parameter/locks/root`,
    );
  });

  it('is what the policy simulator decides by, from whichever region it is asked', async () => {
    enforce(
      allow('iam:SimulatePrincipalPolicy'),
      allow('elasticache:Describe*', 'arn:aws:elasticache:us-east-1:*:*'),
    );
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::${account}:user/sandbox`,
        ActionNames: ['elasticache:DescribeReplicationGroups', 'elasticache:CreateReplicationGroup'],
        ResourceArns: [`arn:aws:elasticache:us-east-1:${account}:replicationgroup:canvas-redis`],
      }),
    );
    expect(EvaluationResults.map(({ EvalDecision }) => EvalDecision)).toEqual(['allowed', 'implicitDeny']);
    expect(sandbox.calls().at(-1)).toMatchObject({ action: 'SimulatePrincipalPolicy', write: false });
  });
});
