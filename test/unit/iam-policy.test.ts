import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ours } from '../../src/domain/iam/conditions.ts';
import { LARGEST_MANAGED_POLICY, policyDocument, type Statement } from '../../src/domain/iam/document.ts';
import { POLICY_COMMANDS, type PolicyCommand } from '../../src/domain/iam/right.ts';
import { RIGHTS, rightsOf } from '../../src/domain/iam/rights.ts';
import { ANYWHERE, PARTITIONS, partitionOf, type Scope } from '../../src/domain/iam/scope.ts';

/** IAM quotas: characters of all inline policies of a role. */
const LARGEST_INLINE_POLICY = 10_240;

const NAMED: Scope = {
  ...ANYWHERE,
  region: 'eu-west-1',
  account: '111122223333',
  project: 'backend',
  ecsCluster: 'web',
  service: 'backend',
  cacheName: 'web-redis',
};

const SERVICE_PREFIXES: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  'cloudwatch-logs': 'logs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'secrets-manager': 'secretsmanager',
};

/** STS API reference, GetCallerIdentity: "No permissions are required". */
const FREE = ['sts:GetCallerIdentity'];

/** The IAM actions of all that the gateways can call. */
function calls(): string[] {
  const gateways = readdirSync('src/aws').filter((name) => name !== 'clients.ts');
  return gateways.flatMap((name) => {
    const text = readFileSync(`src/aws/${name}`, 'utf8');
    const [, names = '', client = ''] =
      /^import \{([^}]*Command[^}]*)\} from '@aws-sdk\/client-([\w-]+)'/m.exec(text) ?? [];
    const operations = names.match(/\w+(?=Command\b)/g) ?? [];
    return operations.map((operation) => `${SERVICE_PREFIXES[client] ?? client}:${operation}`);
  });
}

function documentOf(commands: readonly PolicyCommand[], scope: Scope = NAMED): readonly Statement[] {
  return policyDocument(rightsOf(commands), scope).Statement;
}

function isRead(action: string): boolean {
  return /:(Describe|List|Get|Filter|Simulate)/.test(action);
}

function statementsFor(action: string, commands: readonly PolicyCommand[], scope?: Scope): Statement[] {
  return documentOf(commands, scope).filter(({ Action }) => Action.includes(action));
}

describe('the table of rights', () => {
  test('has every call that the program can make', () => {
    const known = new Set([...RIGHTS.map(({ action }) => action), ...FREE]);
    expect(calls().filter((call) => !known.has(call))).toEqual([]);
  });

  test('has nothing that the program neither calls nor needs for a call', () => {
    const made = new Set(calls());
    const superfluous = RIGHTS.filter(({ action, partOf }) => !made.has(partOf ?? action));
    expect(superfluous.map(({ action }) => action)).toEqual([]);
  });

  test('says of each right what it is for', () => {
    expect(RIGHTS.filter(({ why, commands }) => why === '' || commands.length === 0)).toEqual([]);
  });
});

describe('a policy', () => {
  test.each(POLICY_COMMANDS)('for %s fits into one managed policy', (command) => {
    const document = policyDocument(rightsOf([command]), { ...NAMED, kmsKeyId: 'alias/mine' });
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(LARGEST_MANAGED_POLICY);
  });

  test('for all commands, with the longest names, fits into the inline policies of a role', () => {
    const name = 'n'.repeat(40);
    const scope = { ...NAMED, cacheName: name, ecsCluster: name, service: name, project: name, family: name };
    const document = policyDocument(rightsOf(POLICY_COMMANDS), scope);
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(LARGEST_INLINE_POLICY);
  });

  test.each(['plan', 'status'] as const)('for %s allows nothing but reading', (command) => {
    const writes = documentOf([command]).flatMap(({ Action }) => Action.filter((action) => !isRead(action)));
    expect(writes).toEqual([]);
  });

  test('names an action once in a statement, and no statement twice', () => {
    const statements = documentOf(POLICY_COMMANDS);
    const places = statements.map(({ Resource, Condition }) => JSON.stringify([Resource, Condition]));
    expect(new Set(places).size).toBe(places.length);
    for (const { Action } of statements) expect(new Set(Action).size).toBe(Action.length);
  });

  test('has no wildcard among its actions', () => {
    expect(
      documentOf(POLICY_COMMANDS)
        .flatMap(({ Action }) => Action)
        .join(),
    ).not.toMatch(/[*?]/);
  });

  test('asks of what is written on any resource that it carries our tag, or is in the region', () => {
    const open = documentOf(POLICY_COMMANDS).filter(
      ({ Action, Resource, Condition }) =>
        Resource.includes('*') && Condition === undefined && Action.some((action) => !isRead(action)),
    );
    expect(open).toEqual([]);
  });

  test('passes roles to ECS tasks alone', () => {
    for (const { Condition } of statementsFor('iam:PassRole', POLICY_COMMANDS)) {
      expect(Condition).toMatchObject({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
    }
  });

  test('creates and tags only what carries the project’s tag from its first moment', () => {
    const tagged = { 'aws:RequestTag/elasticache-wizard:project': 'backend' };
    const onGroup = statementsFor('ec2:CreateSecurityGroup', ['setup']).filter(({ Resource }) =>
      Resource.some((resource) => resource.includes(':security-group/')),
    );
    expect(onGroup.map(({ Condition }) => Condition)).toMatchObject([{ StringEquals: tagged }]);
    expect(statementsFor('elasticache:CreateReplicationGroup', ['setup'])[0]).toMatchObject({
      Resource: expect.arrayContaining([
        'arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:web-redis',
      ]) as string[],
      Condition: { StringEquals: tagged },
    });
  });

  test('tags existing security groups only where they are ours, and only with our own keys', () => {
    const later = statementsFor('ec2:CreateTags', ['setup']).filter(
      ({ Condition }) => !JSON.stringify(Condition).includes('CreateAction'),
    );
    expect(later.map(({ Condition }) => Condition)).toEqual([
      {
        StringEquals: { 'aws:ResourceTag/elasticache-wizard:project': 'backend' },
        'ForAllValues:StringLike': { 'aws:TagKeys': 'elasticache-wizard:*' },
      },
    ]);
  });

  test('deletes only what carries our tag, or has a name that only we give', () => {
    const deletes = RIGHTS.filter(({ action }) => action.includes(':Delete'));
    const open = deletes.filter(
      ({ on, if: conditions = [] }) =>
        !conditions.includes(ours) && !on(NAMED).every((resource) => resource.includes('elasticache-wizard')),
    );
    expect(deletes.length).toBeGreaterThan(0);
    expect(open.map(({ action }) => action)).toEqual([]);
  });

  test('without names speaks of anything that carries our tag', () => {
    const [created] = statementsFor('elasticache:CreateReplicationGroup', ['setup'], ANYWHERE);
    expect(created).toMatchObject({
      Resource: expect.arrayContaining(['arn:aws:elasticache:*:*:replicationgroup:*']) as string[],
      Condition: { Null: { 'aws:RequestTag/elasticache-wizard:project': 'false' } },
    });
  });

  test('has the roles and target groups of the service where they are known', () => {
    const scope: Scope = {
      ...NAMED,
      roleArns: ['arn:aws:iam::111122223333:role/app', 'arn:aws:iam::111122223333:role/exec'],
      executionRoleArns: ['arn:aws:iam::111122223333:role/exec'],
    };
    const passed = (commands: readonly PolicyCommand[]): readonly string[] =>
      statementsFor('iam:PassRole', commands, scope).flatMap(({ Resource }) => Resource);
    expect(passed(['verify'])).toEqual(['arn:aws:iam::111122223333:role/exec']);
    expect(new Set(passed(['setup']))).toEqual(new Set(scope.roleArns));
  });

  test('speaks of a key of the user’s only where one is named, and of its ARN', () => {
    expect(statementsFor('kms:CreateGrant', ['setup'])).toEqual([]);
    const named = statementsFor('kms:CreateGrant', ['setup'], { ...NAMED, kmsKeyId: '1234abcd' });
    expect(named[0]?.Resource).toEqual(['arn:aws:kms:eu-west-1:111122223333:key/1234abcd']);
  });
});

describe('a partition', () => {
  test.each([
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['', 'aws'],
  ])('of the region %j is %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });

  test.each(PARTITIONS)('%s stands in every ARN of its policy', (partition) => {
    const resources = documentOf(POLICY_COMMANDS, { ...NAMED, partition }).flatMap(
      ({ Resource }) => Resource,
    );
    const arns = resources.filter((resource) => resource !== '*');
    expect(arns.filter((resource) => !resource.startsWith(`arn:${partition}:`))).toEqual([]);
  });
});
