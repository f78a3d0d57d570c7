/** What IAM's answers mean before the first write. */
import { describe, expect, test } from 'vitest';
import type { Iam, Simulated, SimulatedRequest } from '../../src/aws/iam.ts';
import type { App, Identity } from '../../src/domain/app.ts';
import { rightsOf } from '../../src/domain/iam/rights.ts';
import { ANYWHERE, type Scope } from '../../src/domain/iam/scope.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { WizardError } from '../../src/errors.ts';
import { scopeOfPlan } from '../../src/survey/permission-scope.ts';
import { readPermissions, type PermissionReport } from '../../src/survey/permissions.ts';
import { cacheOf, from } from './wanted.ts';

const ACCOUNT = '111122223333';
const SCOPE: Scope = {
  ...ANYWHERE,
  region: 'eu-west-1',
  account: ACCOUNT,
  project: 'backend',
  ecsCluster: 'web',
  service: 'backend',
  cacheName: 'web-redis',
  cacheParameterGroupName: 'default.redis7',
  id: '001',
};
const APP = {
  ecsCluster: 'web',
  container: 'backend',
  service: { serviceName: 'backend', serviceArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:service/web/backend` },
  taskDefinition: {
    family: 'backend',
    document: {
      taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/app`,
      executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/exec`,
      containerDefinitions: [],
    },
  },
  network: { vpcId: 'vpc-0a1b' },
  targetGroups: [],
} as unknown as App;
const SETTINGS = { project: 'backend', tags: {} } as unknown as Settings;
const CACHE = cacheOf({
  name: 'web-redis',
  engine: from('flag', 'valkey'),
  engineVersion: from('default', '8.0'),
});

const RIGHTS = rightsOf(['setup']).filter(({ changes }) => changes !== undefined);
const USER = `arn:aws:iam::${ACCOUNT}:user/ops`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci-42`;

interface Asked {
  readonly principal: string;
  readonly request: SimulatedRequest;
}

/** An IAM that allows all but what it is told to answer otherwise. */
function iamThat(answers: Readonly<Record<string, Simulated['decision']>> = {}, more: Partial<Iam> = {}) {
  const asked: Asked[] = [];
  const iam: Iam = {
    readProfileRoleArns: () => Promise.resolve([]),
    readRoleArn: (roleName) => Promise.resolve(`arn:aws:iam::${ACCOUNT}:role/teams/${roleName}`),
    readRolePolicy: () => Promise.resolve(undefined),
    putRolePolicy: () => Promise.resolve(),
    deleteRolePolicy: () => Promise.resolve(),
    simulate: (principal, request) => {
      asked.push({ principal, request });
      return Promise.resolve(
        request.actions.flatMap((action) =>
          request.resources.map((resource) => ({ action, resource, decision: answers[action] ?? 'allowed' })),
        ),
      );
    },
    ...more,
  };
  return { iam, asked };
}

function read({ iam }: { iam: Iam }, arn = USER): Promise<PermissionReport> {
  const identity: Identity = { account: ACCOUNT, arn, region: 'eu-west-1', partition: 'aws' };
  return readPermissions({ iam }, identity, RIGHTS, SCOPE);
}

const codes = ({ findings }: PermissionReport): string[] =>
  findings.map(({ severity, code }) => `${severity} ${code}`);

const denied = (): never => {
  throw new WizardError('AccessDenied', 'Reading the role deploy: iam:GetRole is not allowed');
};

describe('before the first write', () => {
  test('nothing is said where everything is allowed', async () => {
    expect(await read(iamThat())).toEqual({ findings: [] });
  });

  test('one missing action is named with its resource and the statement that allows it', async () => {
    const report = await read(iamThat({ 'elasticache:CreateReplicationGroup': 'denied' }));
    expect(codes(report)).toEqual(['block permission-missing']);
    const [finding] = report.findings;
    expect(finding?.errorCode).toBe('AccessDenied');
    expect(finding?.message).toContain(
      `elasticache:CreateReplicationGroup on arn:aws:elasticache:eu-west-1:${ACCOUNT}:replicationgroup:web-redis`,
    );
    expect(finding?.message).toContain(USER);
    const [, statement = ''] = /policy: (\{.*?\})\. All/.exec(finding?.hint ?? '') ?? [];
    expect(JSON.parse(statement)).toMatchObject({
      Effect: 'Allow',
      Action: ['elasticache:CreateReplicationGroup'],
      Condition: { StringEquals: { 'aws:RequestTag/elasticache-wizard:project': 'backend' } },
    });
  });

  test('of several missing actions the one that is needed first is named, and the others after it', async () => {
    const report = await read(
      iamThat({ 'ecs:UpdateService': 'denied', 'ec2:CreateSecurityGroup': 'denied' }),
    );
    const [finding, ...others] = report.findings;
    expect(others).toEqual([]);
    expect(finding?.message).toContain('ec2:CreateSecurityGroup');
    expect(finding?.hint).toContain('Missing too: ecs:UpdateService');
  });

  test('what is denied explicitly is not mended by a statement', async () => {
    const { findings } = await read(iamThat({ 'ecs:UpdateService': 'forbidden' }));
    expect(findings[0]?.hint).toContain('denies it explicitly');
    expect(findings[0]?.hint).not.toContain('"Effect"');
  });

  test('the probe alone is no reason to stop', async () => {
    const report = await read(iamThat({ 'ecs:RunTask': 'denied' }));
    expect(report.findings).toEqual([]);
    expect(report.probe).toContain('ecs:RunTask');
  });

  test('what IAM cannot know is a note', async () => {
    expect(codes(await read(iamThat({ 'ecs:UpdateService': 'perhaps' })))).toEqual([
      'note permission-uncertain',
    ]);
  });

  test('a session is asked about as its role, whose path the session does not tell', async () => {
    const iam = iamThat();
    await read(iam, SESSION);
    expect(new Set(iam.asked.map(({ principal }) => principal))).toEqual(
      new Set([`arn:aws:iam::${ACCOUNT}:role/teams/deploy`]),
    );
  });

  test.each([
    ['the role may not be read', SESSION, iamThat({}, { readRoleArn: denied })],
    ['the role is not there', SESSION, iamThat({}, { readRoleArn: () => Promise.resolve(undefined) })],
    ['IAM may not be asked', USER, iamThat({}, { simulate: denied })],
    ['who asks is a federated user', `arn:aws:sts::${ACCOUNT}:federated-user/ops`, iamThat()],
  ])('where %s, that is a note and no more', async (_, arn, iam) => {
    expect(codes(await read(iam, arn))).toEqual(['note permissions-not-checked']);
  });

  test('nobody is asked about the account’s root', async () => {
    const iam = iamThat({ 'ecs:UpdateService': 'denied' });
    expect(await read(iam, `arn:aws:iam::${ACCOUNT}:root`)).toEqual({ findings: [] });
    expect(iam.asked).toEqual([]);
  });

  test('everything is asked about by its name, never by a pattern that a policy would not match', () => {
    const scope = scopeOfPlan(
      APP,
      { account: ACCOUNT, arn: USER, region: 'eu-west-1', partition: 'aws' },
      SETTINGS,
      CACHE,
      {
        probeFamily: 'elasticache-wizard-probe-web-backend',
        securityGroupId: undefined,
      },
    );
    const resources = RIGHTS.flatMap((right) => right.on(scope));
    expect(resources.filter((resource) => resource !== '*' && resource.includes('*'))).toEqual([]);
    expect(resources).toContain(`arn:aws:iam::${ACCOUNT}:role/app`);
    expect(resources).toContain(`arn:aws:elasticache:eu-west-1:${ACCOUNT}:parametergroup:default.valkey8`);
  });
});
