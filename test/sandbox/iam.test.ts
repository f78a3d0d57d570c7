/** IAM through the SDK's own client: roles, their policies, the simulator, and the secrets that a role opens to a task. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { SimulatePrincipalPolicyRequest } from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createIam } from '../../src/sandbox/iam/iam.ts';
import { parsePolicyDocument } from '../../src/sandbox/iam/policy/document.ts';
import type { PolicyDocument } from '../../src/sandbox/iam/policy/document.ts';
import { createSecretsManager } from '../../src/sandbox/secretsmanager/secrets-manager.ts';
import { createSsm } from '../../src/sandbox/ssm/ssm.ts';
import { createTaskSecrets } from '../../src/sandbox/task-secrets.ts';
import { clientOptions, startFakeEndpoint } from './fake-endpoint.ts';
import type { FakeEndpoint } from './fake-endpoint.ts';

const ROLE = 'collabcanvas-execution';
const ROLE_ARN = `arn:aws:iam::111122223333:role/${ROLE}`;
const USER_ARN = 'arn:aws:iam::111122223333:user/sandbox';
const MANAGED = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

let endpoint: FakeEndpoint;
let iam: IAMClient;
let ssm: SSMClient;
let secretsManager: SecretsManagerClient;
let userPolicy: PolicyDocument | undefined;
let taskSecrets: ReturnType<typeof createTaskSecrets>;

beforeEach(async () => {
  const clock = new VirtualClock({ auto: false, start: Date.UTC(2026, 10, 21) });
  userPolicy = undefined;
  endpoint = await startFakeEndpoint((identity, region) => {
    const place = { ...identity, region, clock };
    const services = {
      iam: createIam({ ...place, userPolicy: () => userPolicy }),
      ssm: createSsm(place),
      secretsManager: createSecretsManager(place),
    };
    taskSecrets = createTaskSecrets({ ...place, ...services });
    return {
      iam: services.iam.operations,
      ssm: services.ssm.operations,
      secretsmanager: services.secretsManager.operations,
    };
  }, clock);
  const options = clientOptions(endpoint, endpoint.identity);
  iam = new IAMClient(options);
  ssm = new SSMClient(options);
  secretsManager = new SecretsManagerClient(options);
});

afterEach(async () => {
  for (const client of [iam, ssm, secretsManager]) client.destroy();
  await endpoint.close();
});

const createRole = () => iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: TRUST }));
const attach = () => iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn: MANAGED }));
const allow = (Action: string, Resource: string, Condition?: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) }],
  });
const putPolicy = (PolicyDocument: string, PolicyName = 'inline') =>
  iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName, PolicyDocument }));

describe('a role', () => {
  it('is shown with its trust policy, URL-encoded as IAM writes documents', async () => {
    await createRole();
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: ROLE }));
    expect(Role).toMatchObject({ Arn: ROLE_ARN, Path: '/', MaxSessionDuration: 3600 });
    expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST);
    await expect(createRole()).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('has inline policies, as they were put', async () => {
    await createRole();
    const text = allow('ssm:GetParameters', '*');
    await putPolicy(text, 'b');
    await putPolicy(text, 'a');
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: ROLE }));
    expect(PolicyNames).toEqual(['a', 'b']);
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: ROLE, PolicyName: 'a' }));
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(text);
  });

  it.each([
    ['no JSON', '{', 'Syntax errors in policy'],
    [
      'a principal',
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
      'Principal',
    ],
    [
      'an action without a service',
      '{"Statement":{"Effect":"Allow","Action":"Get","Resource":"*"}}',
      'vendor',
    ],
    ['no resource', '{"Statement":{"Effect":"Allow","Action":"*"}}', 'Resource'],
  ])('refuses a policy that has %s', async (_, text, message) => {
    await createRole();
    const failure: unknown = await putPolicy(text).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ name: 'MalformedPolicyDocumentException' });
    expect((failure as Error).message).toContain(message);
  });

  it('has the managed policy of ECS tasks when that is attached, which opens no secrets', async () => {
    await createRole();
    await attach();
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: ROLE }));
    expect(AttachedPolicies).toEqual([
      { PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: MANAGED },
    ]);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: MANAGED }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: MANAGED, VersionId: Policy?.DefaultVersionId }),
    );
    const document = decodeURIComponent(PolicyVersion?.Document ?? '');
    expect(document).toContain('ecr:BatchGetImage');
    expect(document).not.toContain('secretsmanager');
  });

  it('goes when nothing hangs on it any more', async () => {
    await createRole();
    await attach();
    await putPolicy(allow('*', '*'));
    const remove = () => iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
    await expect(remove()).rejects.toThrow('must detach all policies first');
    await iam.send(new DetachRolePolicyCommand({ RoleName: ROLE, PolicyArn: MANAGED }));
    await expect(remove()).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'inline' }));
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

describe('the simulator', () => {
  const simulate = async (input: Partial<SimulatePrincipalPolicyRequest>) =>
    (
      await iam.send(
        new SimulatePrincipalPolicyCommand({ PolicySourceArn: ROLE_ARN, ActionNames: [], ...input }),
      )
    ).EvaluationResults ?? [];

  it("decides by the role's policies, resource by resource", async () => {
    await createRole();
    await putPolicy(allow('ecs:Describe*', 'arn:aws:ecs:*:*:service/collabcanvas/*'));
    const ResourceArns = ['collabcanvas/backend', 'other/backend'].map(
      (name) => `arn:aws:ecs:us-east-1:111122223333:service/${name}`,
    );
    const results = await simulate({
      ActionNames: ['ecs:DescribeServices', 'ecs:UpdateService'],
      ResourceArns,
    });
    expect(results).toMatchObject([
      {
        EvalActionName: 'ecs:DescribeServices',
        EvalDecision: 'implicitDeny',
        ResourceSpecificResults: [
          { EvalResourceName: ResourceArns[0], EvalResourceDecision: 'allowed' },
          { EvalResourceName: ResourceArns[1], EvalResourceDecision: 'implicitDeny' },
        ],
      },
      { EvalActionName: 'ecs:UpdateService', EvalDecision: 'implicitDeny' },
    ]);
  });

  it('says which context the decision hangs on, and takes it', async () => {
    await createRole();
    await putPolicy(
      allow('ecs:ListTasks', '*', { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/a' } }),
    );
    const ActionNames = ['ecs:ListTasks'];
    expect(await simulate({ ActionNames })).toMatchObject([
      { EvalDecision: 'implicitDeny', EvalResourceName: '*', MissingContextValues: ['ecs:cluster'] },
    ]);
    const ContextEntries = [
      {
        ContextKeyName: 'ecs:cluster',
        ContextKeyValues: ['arn:aws:ecs:us-east-1:111122223333:cluster/a'],
        ContextKeyType: 'string' as const,
      },
    ];
    expect(await simulate({ ActionNames, ContextEntries })).toMatchObject([
      { EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'inline' }] },
    ]);
  });

  it('knows the user by the policy that is enforced, and everything is allowed without one', async () => {
    const ask = { PolicySourceArn: USER_ARN, ActionNames: ['elasticache:CreateReplicationGroup'] };
    expect(await simulate(ask)).toMatchObject([{ EvalDecision: 'allowed' }]);
    userPolicy = parsePolicyDocument({
      Statement: { Effect: 'Deny', Action: 'elasticache:Create*', Resource: '*' },
    });
    expect(await simulate(ask)).toMatchObject([{ EvalDecision: 'explicitDeny' }]);
  });

  it('comes in pages, and knows no strangers', async () => {
    const input = { PolicySourceArn: USER_ARN, ActionNames: ['ecs:RunTask', 'ecs:StopTask'], MaxItems: 1 };
    const first = await iam.send(new SimulatePrincipalPolicyCommand(input));
    expect(first).toMatchObject({ IsTruncated: true });
    const second = await simulate({ ...input, Marker: first.Marker });
    expect(second.map(({ EvalActionName }) => EvalActionName)).toEqual(['ecs:StopTask']);
    await expect(simulate({ ActionNames: ['ecs:RunTask'] })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    await expect(
      simulate({
        PolicySourceArn: 'arn:aws:sts::111122223333:assumed-role/a/b',
        ActionNames: ['ecs:RunTask'],
      }),
    ).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});

describe('the secrets of a task', () => {
  let secretArn: string;

  beforeEach(async () => {
    await ssm.send(
      new PutParameterCommand({ Name: '/app/redis-url', Value: 'rediss://cache', Type: 'SecureString' }),
    );
    const { ARN = '' } = await secretsManager.send(
      new CreateSecretCommand({
        Name: 'collabcanvas',
        SecretString: JSON.stringify({ REDIS_URL: 'rediss://cache', REDIS_PORT: 6379 }),
      }),
    );
    secretArn = ARN;
  });

  it('are parameters by name or ARN, and secrets whole or by key', () => {
    const parameter = 'arn:aws:ssm:us-east-1:111122223333:parameter/app/redis-url';
    expect(taskSecrets('/app/redis-url', ROLE_ARN)).toBe('rediss://cache');
    expect(taskSecrets(parameter, ROLE_ARN)).toBe('rediss://cache');
    expect(taskSecrets('/app/none', ROLE_ARN)).toBeUndefined();
    expect(taskSecrets(secretArn, ROLE_ARN)).toContain('"REDIS_PORT":6379');
    expect(taskSecrets(`${secretArn}:REDIS_URL::`, ROLE_ARN)).toBe('rediss://cache');
    expect(taskSecrets(`${secretArn}:REDIS_PORT:AWSCURRENT:`, ROLE_ARN)).toBe('6379');
    expect(taskSecrets(`${secretArn}:NONE::`, ROLE_ARN)).toMatchObject({
      failure: expect.stringContaining('did not contain json key NONE') as string,
    });
    expect(taskSecrets(`${secretArn}::AWSPREVIOUS:`, ROLE_ARN)).toMatchObject({
      failure: expect.stringContaining('ResourceNotFoundException') as string,
    });
  });

  it('stay closed to an execution role that may not read them, until it may', async () => {
    await createRole();
    await attach();
    expect(taskSecrets('/app/redis-url', ROLE_ARN)).toEqual({
      failure:
        'unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/collabcanvas-execution/ecs-task is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:111122223333:parameter/app/redis-url because no identity-based policy allows the ssm:GetParameters action',
    });
    expect(taskSecrets(`${secretArn}:REDIS_URL::`, ROLE_ARN)).toMatchObject({
      failure: expect.stringContaining('secretsmanager:GetSecretValue') as string,
    });
    await putPolicy(allow('ssm:GetParameters', 'arn:aws:ssm:*:*:parameter/app/*'), 'parameters');
    await putPolicy(
      allow('secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:*:*:secret:collabcanvas-??????'),
      'secrets',
    );
    expect(taskSecrets('/app/redis-url', ROLE_ARN)).toBe('rediss://cache');
    expect(taskSecrets(`${secretArn}:REDIS_URL::`, ROLE_ARN)).toBe('rediss://cache');
  });
});
