/** Variables in secrets: how they reach the tasks that run, and what is said before any is made. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openUndoStage, PROJECT, type UndoScene, type UndoStage } from './undo-scene.ts';
import { COLLABCANVAS, type Ended } from './command-line.ts';
import { inMatrix, sample } from '../matrix.ts';

const PASSWORD = `elasticache-wizard/${PROJECT}/collabcanvas-redis/password`;
const SECRET = `elasticache-wizard/${PROJECT}/collabcanvas/${PROJECT}/backend`;
const ROLE = 'collabcanvas-execution';
const TOKEN = ['--auth', 'token'];
const FIXED = [...TOKEN, '--fix-execution-role'];

let stage: UndoStage;
let scene: UndoScene;

beforeAll(async () => {
  stage = await openUndoStage();
});
afterEach(async () => {
  await scene.close();
  stage.sandbox.faults.clear();
});
afterAll(() => stage.sandbox.close());

const warnings = ({ events }: Ended): unknown[] =>
  events.flatMap(({ type, code }) => (type === 'warning' ? [code] : []));

async function read(SecretId: string): Promise<string> {
  return (await scene.call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
    .SecretString;
}

let puts = 0;
async function put(SecretId: string, SecretString: string): Promise<void> {
  puts += 1;
  const ClientRequestToken = `put-${puts}`;
  await scene.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString, ClientRequestToken });
}

const backendSecrets = async () =>
  (await scene.running()).taskDefinition.containerDefinitions.find(({ name }) => name === 'backend')?.secrets;

describe('a secret with another value than it should have', () => {
  test('is put right, and reaches the tasks by a deployment of its own', async () => {
    scene = await stage.open();
    await scene.setup(...FIXED);
    const [kept, before] = [await read(SECRET), (await scene.running()).taskDefinition];
    await stage.clock.sleep(60_000);
    await put(SECRET, JSON.stringify({ REDIS_URL: 'rediss://elsewhere:6379', THEIRS: 'stays' }));

    const ended = await scene.setup(...FIXED);
    expect(ended.result.error).toBeUndefined();
    expect(JSON.parse(await read(SECRET))).toEqual({ ...(JSON.parse(kept) as object), THEIRS: 'stays' });
    const after = (await scene.running()).taskDefinition;
    expect(after.taskDefinitionArn).not.toBe(before.taskDefinitionArn);
    expect(after.containerDefinitions).toEqual(before.containerDefinitions);
    expect((await scene.setup(...FIXED)).result.awsCalls.writes).toBe(0);

    const back = await scene.run('rollback', '--project', PROJECT, '--yes');
    expect(back.result.error).toBeUndefined();
    expect((await backendSecrets()) ?? []).toEqual([]);
  });

  inMatrix(
    'reaches them too where a run was cut off, or somebody deployed, after it was written',
    async () => {
      scene = await stage.open();
      await scene.setup(...FIXED);
      const right = await read(SECRET);
      await stage.clock.sleep(60_000);
      await put(SECRET, '{}');
      await put(SECRET, right);
      const before = (await scene.running()).taskDefinition.taskDefinitionArn;
      const ended = await scene.setup(...FIXED);
      expect(ended.result.error).toBeUndefined();
      expect((await scene.running()).taskDefinition.taskDefinitionArn).not.toBe(before);

      await put(SECRET, right);
      await scene.deployNewImage();
      expect((await scene.setup(...FIXED)).result.awsCalls.writes).toBe(0);
    },
  );

  test('fails verify, which does not show it', async () => {
    scene = await stage.open();
    await scene.setup(...FIXED);
    await put(SECRET, JSON.stringify({ REDIS_URL: 'rediss://:swordfish@elsewhere:6379' }));
    const verified = await scene.run('verify', ...COLLABCANVAS, '--no-probe');
    const check = verified.result.checks.find(({ id }) => id === 'variables');
    expect(check).toMatchObject({
      outcome: 'fail',
      detail: expect.stringContaining('elsewhere:6379') as string,
    });
    expect(JSON.stringify(verified.events) + verified.stderr).not.toContain('swordfish');
  });
});

describe('before a secret is made', () => {
  test('a role that may read it needs no policy of ours', async () => {
    scene = await stage.open();
    const PolicyDocument = JSON.stringify({
      Statement: { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
    });
    await scene.call('iam', 'PutRolePolicy', { RoleName: ROLE, PolicyName: 'theirs', PolicyDocument });
    const ended = await scene.setup(...FIXED);
    expect(ended.result.error).toBeUndefined();
    const { PolicyNames } = await scene.call<{ PolicyNames: string[] }>('iam', 'ListRolePolicies', {
      RoleName: ROLE,
    });
    expect(PolicyNames).toEqual(['theirs']);
  });

  test('a role that may never read it is in the way, whatever we could add', async () => {
    scene = await stage.open();
    const PolicyDocument = JSON.stringify({
      Statement: { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
    });
    await scene.call('iam', 'PutRolePolicy', { RoleName: ROLE, PolicyName: 'never', PolicyDocument });
    const ended = await scene.setup(...FIXED);
    expect([ended.exitCode, ended.result.awsCalls.writes]).toEqual([4, 0]);
    expect(ended.result.error?.hint).toContain('denies it explicitly');
  });

  test('an IAM that tells nothing is no reason to stop, but to say so', async () => {
    scene = await stage.open();
    const { accessKeyId } = scene.account;
    stage.sandbox.faults.add({
      kind: 'access-denied',
      service: 'iam',
      action: 'SimulatePrincipalPolicy',
      accessKeyId,
    });
    const ended = await scene.run('plan', ...COLLABCANVAS, ...TOKEN);
    expect(warnings(ended)).toContain('secret-access-not-checked');
  });

  test('an app without an execution role gets none', async () => {
    scene = await stage.open({ executionRole: false });
    const ended = await scene.setup(...TOKEN);
    expect([ended.exitCode, ended.result.awsCalls.writes]).toEqual([4, 0]);
    expect(ended.result.error?.message).toContain('no execution role');
  });

  inMatrix('a Fargate platform that takes no single key of a secret is in the way', async () => {
    scene = await stage.open();
    await scene.call('ecs', 'UpdateService', {
      cluster: 'collabcanvas',
      service: PROJECT,
      platformVersion: '1.3.0',
    });
    await stage.clock.sleep(20 * 60_000);
    const ended = await scene.setup(...FIXED);
    expect(ended.result.error?.message).toContain('Fargate platform 1.3.0');
    expect((await scene.setup(...FIXED, '--secrets', 'ssm')).result.error).toBeUndefined();
  });

  test('subnets that lead nowhere are told of, unless the VPC has an endpoint', async () => {
    scene = await stage.open();
    const { RouteTables } = await scene.call<{
      RouteTables: { RouteTableId: string; VpcId: string; Routes: { NatGatewayId?: string }[] }[];
    }>('ec2', 'DescribeRouteTables', {});
    const closed = RouteTables.find(({ Routes }) => Routes.some(({ NatGatewayId }) => NatGatewayId))!;
    const route = { RouteTableId: closed.RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    await scene.call('ec2', 'DeleteRoute', route);
    const plan = () => scene.run('plan', ...COLLABCANVAS, ...FIXED);
    expect(warnings(await plan())).toContain('no-way-to-secrets');
    await scene.call('ec2', 'CreateVpcEndpoint', {
      VpcId: closed.VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-east-1.secretsmanager',
    });
    expect(warnings(await plan())).not.toContain('no-way-to-secrets');
  });

  inMatrix('those of before a destroy are found again', async () => {
    scene = await stage.open();
    await scene.setup(...FIXED);
    const password = await read(PASSWORD);
    const destroyed = await scene.run('destroy', '--project', PROJECT, '--confirm', PROJECT);
    expect(destroyed.result.error).toBeUndefined();
    await expect(read(PASSWORD)).rejects.toThrow();
    const again = await scene.setup(...FIXED);
    expect([again.result.error, await read(PASSWORD)]).toEqual([undefined, password]);
  });

  test('a password that a run which was cut off has made is taken', async () => {
    scene = await stage.open();
    await scene.call('secretsmanager', 'CreateSecret', {
      Name: PASSWORD,
      SecretString: 'k'.repeat(64),
      ClientRequestToken: 'cut-off',
      Tags: [
        { Key: 'elasticache-wizard:project', Value: PROJECT },
        { Key: 'elasticache-wizard:of', Value: PASSWORD },
      ],
    });
    expect((await scene.setup(...FIXED)).result.error).toBeUndefined();
    expect(await read(PASSWORD)).toBe('k'.repeat(64));
    // What is not said stays: the password too.
    const asItIs = await scene.setup();
    expect([asItIs.result.error, asItIs.result.awsCalls.writes]).toEqual([undefined, 0]);
  });
});

const STORES: [string, string[]][] = [
  ['Parameter Store', ['--secrets', 'ssm']],
  ['Secrets Manager', []],
];

describe.each(sample(STORES, STORES.length))(
  'with the permissions that `policy` prints and no others, in %s',
  (_store, where) => {
    test('a token is made, handed over, looked at and taken away', async () => {
      scene = await stage.open();
      const { accessKeyId } = scene.account;
      const permit = async (command: string): Promise<void> => {
        const printed = await scene.run('policy', '--for', command, ...COLLABCANVAS, ...TOKEN, ...where);
        stage.sandbox.setPolicy(printed.events[0]!.document, accessKeyId);
      };
      try {
        await permit('setup');
        const ended = await scene.setup(...FIXED, ...where);
        expect(ended.result.error).toBeUndefined();
        await permit('verify');
        const verified = await scene.run('verify', ...COLLABCANVAS, ...where, '--no-probe');
        expect(verified.result.checks.find(({ id }) => id === 'variables')?.outcome).toBe('pass');
        await permit('destroy');
        const destroyed = await scene.run('destroy', '--project', PROJECT, '--confirm', PROJECT);
        expect(destroyed.result.error).toBeUndefined();
      } finally {
        stage.sandbox.setPolicy(undefined, accessKeyId);
      }
    });
  },
);
