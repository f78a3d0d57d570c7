/** Tags as accounts and partitions want them: demanded of all that is made, or refused while it is. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../src/domain/iam/document.ts';
import { inMatrix } from '../matrix.ts';
import { COLLABCANVAS } from './command-line.ts';
import { openPolicyStage, type Canvas } from './policy-canvas.ts';

const stage = await openPolicyStage();
const { sandbox, canvas } = stage;

afterEach(() => stage.closeCanvas());
afterAll(() => sandbox.close());

const TAG = ['--tag', 'team=web'];

/** All that can be made with tags, on what carries them: what else takes part in making it has tags of its own. */
const MAKING: readonly (readonly [action: string, resource?: string, more?: object])[] = [
  ['ec2:CreateSecurityGroup', 'arn:aws:ec2:*:*:security-group/*'],
  ['elasticache:CreateCacheSubnetGroup'],
  ['elasticache:CreateCacheParameterGroup'],
  ['elasticache:CreateReplicationGroup', 'arn:aws:elasticache:*:*:replicationgroup:*'],
  ['elasticache:CreateServerlessCache', 'arn:aws:elasticache:*:*:serverlesscache:*'],
  ['elasticache:CreateUser'],
  ['elasticache:CreateUserGroup', 'arn:aws:elasticache:*:*:usergroup:*'],
  ['elasticache:CreateSnapshot', 'arn:aws:elasticache:*:*:snapshot:*'],
  ['elasticache:CreateServerlessCacheSnapshot', 'arn:aws:elasticache:*:*:serverlesscachesnapshot:*'],
  ['secretsmanager:CreateSecret'],
  ['cloudwatch:PutMetricAlarm'],
  ['sns:CreateTopic'],
  ['ecs:RegisterTaskDefinition'],
  ['ecs:RunTask'],
  ['ecs:TagResource'],
  ['ssm:AddTagsToResource'],
  // What is there already cannot be written and tagged in one request.
  ['ssm:PutParameter', '*', { Bool: { 'ssm:Overwrite': 'false' } }],
];

const demanding = (document?: PolicyDocument): PolicyDocument =>
  ({
    Version: '2012-10-17',
    Statement: [
      ...(document?.Statement ?? [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }]),
      ...MAKING.map(([action, resource = '*', more]) => ({
        Effect: 'Deny',
        Action: [action],
        Resource: [resource],
        Condition: { Null: { 'aws:RequestTag/team': 'true' }, ...more },
      })),
    ],
  }) as PolicyDocument;

describe('an account that demands a tag', () => {
  test('gets it with --tag on all that is made, the probe included', async () => {
    const app = await canvas();
    app.enforce(demanding(await app.policy('--for', 'setup')));
    const { result, events } = await app.setup(...TAG);
    expect(result.error).toBeUndefined();
    expect(result.proven).toBe(true);
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
  });

  test('is told apart before anything is made when it is not given', async () => {
    const app = await canvas();
    app.enforce(demanding(await app.policy('--for', 'setup')));
    const { exitCode, result } = await app.setup();
    expect(exitCode).toBe(3);
    expect(result.error?.message).toContain('ec2:CreateSecurityGroup');
    expect(result.error?.hint).toContain('--tag');
    expect(app.writes()).toEqual([]);
  });

  const ALONE = ['--no-probe', '--no-verify', '--yes'];
  const PROJECT = ['--project', 'collabcanvas-backend'];
  const kinds = [
    ['secretsmanager', ['--auth', 'rbac', '--maxmemory-policy', 'noeviction']],
    ['ssm', ['--auth', 'token', '--secrets', 'ssm', '--cluster-mode', 'enabled', '--shards', '2']],
    ['serverless', ['--serverless', '--auth', 'rbac']],
  ] as const;

  inMatrix.each(kinds)('gets it on every kind of thing, from setup to destroy: %s', async (_, flags) => {
    const app = await canvas();
    app.enforce(demanding());
    const must = async (...argv: string[]): Promise<void> => {
      const { exitCode, result, events } = await app.run(...argv);
      expect([argv[0], exitCode, result.error?.message]).toEqual([argv[0], 0, undefined]);
      expect(JSON.stringify(events)).not.toContain('not allowed');
    };
    const watched = ['--monitoring', '--alarm-email', 'ops@example.com', '--fix-execution-role'];
    await must('setup', ...COLLABCANVAS, ...flags, ...watched, ...ALONE, ...TAG);
    await must('snapshot', 'create', ...PROJECT, '--snapshot-name', 'monday', '--yes');
    await must('rotate-token', ...COLLABCANVAS, ...ALONE, ...TAG);
    await must('drill', 'outage', ...PROJECT, '--seconds', '5', '--no-probe', '--yes');
    await must('alarms', ...PROJECT, '--yes');
    await must('rollback', ...PROJECT, '--yes');
    await must('destroy', ...PROJECT, '--confirm', 'collabcanvas-backend');
  });
});

describe('a partition that refuses tags at creation', () => {
  const refuse = ({ env }: Canvas, action: string, times?: number): void => {
    sandbox.faults.add({
      kind: 'error',
      service: 'elasticache',
      action,
      code: 'InvalidParameterCombination',
      status: 400,
      message: 'Tags are not supported for this operation.',
      accessKeyId: env.AWS_ACCESS_KEY_ID!,
      ...(times === undefined ? {} : { times }),
    });
  };

  test('gets them right after it, and the next run finds all of it ours', async () => {
    const app = await canvas();
    refuse(app, 'CreateCacheSubnetGroup', 1);
    refuse(app, 'CreateReplicationGroup', 1);
    const { result } = await app.setup('--tag', 'team=web');
    expect(result.error).toBeUndefined();
    expect(result.proven).toBe(true);
    expect(app.calls('elasticache:CreateReplicationGroup')).toHaveLength(2);
    expect(app.calls('elasticache:AddTagsToResource')).toHaveLength(2);
    expect((await app.run('plan', ...COLLABCANVAS, '--exit-code')).exitCode).toBe(0);
  });

  inMatrix('and never any: the run stops before the cache is used, and goes on once there are', async () => {
    const app = await canvas();
    refuse(app, 'CreateReplicationGroup', 1);
    refuse(app, 'AddTagsToResource');
    const { exitCode, result } = await app.setup();
    expect(exitCode).toBe(4);
    expect(result.error?.message).toContain('cannot be tagged');
    expect(app.calls('ecs:UpdateService')).toEqual([]);

    sandbox.faults.clear();
    const again = await app.setup();
    expect(again.result.error).toBeUndefined();
    expect(app.calls('elasticache:CreateReplicationGroup')).toHaveLength(2);
    expect((await app.run('plan', ...COLLABCANVAS, '--exit-code')).exitCode).toBe(0);
  });
});
