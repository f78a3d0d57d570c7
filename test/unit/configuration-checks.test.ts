/** The rungs on what is configured: cache, variables, secrets, revision. What is broken fails, what nobody may look at is open. */
import { describe, expect, test } from 'vitest';
import type { ReplicationGroup } from '../../src/aws/elasticache.ts';
import { checks as allChecks } from '../../src/checks/checks.ts';
import { climb } from '../../src/checks/ladder.ts';
import type { CheckId, CheckReport } from '../../src/domain/check.ts';
import type { VariableSettings } from '../../src/domain/settings.ts';
import { contextOf, HOST, OLD_REVISION, task, URL_OF_CACHE, world, type World } from './checked-world.ts';
import { variableFor } from './wanted.ts';

const { signal } = new AbortController();

interface Change {
  readonly variables?: readonly VariableSettings[];
}

async function answer(
  id: CheckId,
  change: (now: World) => void = () => undefined,
  { variables }: Change = {},
): Promise<CheckReport> {
  const now = world();
  change(now);
  const context = contextOf(now);
  const consumer = { ...context.consumer, ...(variables ? { variables } : {}) };
  const check = allChecks({ ...context, consumer }).find((one) => one.id === id)!;
  const [report] = await climb([{ name: 'canvas-backend', checks: [check] }], () => undefined, signal);
  return report!;
}

const told = (report: CheckReport): string => JSON.stringify(report);
const fixOf = (report: CheckReport): string | undefined => ('fix' in report ? report.fix : undefined);
const as = (more: Partial<ReplicationGroup>) => (now: World) => (now.group = { ...now.group!, ...more });

const SETUP =
  'elasticache-wizard setup --ecs-cluster canvas --service canvas-backend --cache-name canvas-redis --project canvas --env-var REDIS_URL --no-stickiness --region us-east-1';
const ADOPT = SETUP.replace(' --region', ' --adopt --region');

describe('cache', () => {
  test('passes where it is available', async () => {
    expect(await answer('cache')).toMatchObject({ outcome: 'pass', detail: 'canvas-redis is available' });
  });

  test.each([
    ['modifying', 'warn'],
    ['snapshotting', 'warn'],
    ['creating', 'inconclusive'],
    ['deleting', 'fail'],
    ['create-failed', 'fail'],
  ])('that is %s is told with the last that happened: %s', async (status, outcome) => {
    const report = await answer('cache', (now) => {
      as({ status })(now);
      now.events = [{ at: 0, message: 'something happened' }];
    });
    expect(report.outcome).toBe(outcome);
    expect(report.detail).toContain(`canvas-redis is ${status} (1970-01-01T00:00Z something happened)`);
    expect(fixOf(report)).toBeUndefined();
  });

  test('that was deleted fails, and setup makes it anew for an app of ours', async () => {
    const report = await answer('cache', (now) => {
      now.group = undefined;
      now.events = [{ at: 0, message: 'Replication group canvas-redis deleted' }];
    });
    expect(report).toMatchObject({ outcome: 'fail', fix: SETUP });
    expect(report.detail).toContain('the cache was deleted');
    expect(report.detail).toContain('canvas-redis deleted');
  });

  test('is told without its events where nobody may read those', async () => {
    const report = await answer('cache', (now) => {
      now.group = undefined;
      now.denied = 'elasticache:DescribeEvents';
    });
    expect(report.outcome).toBe('fail');
  });

  test('is inconclusive without the right to look', async () => {
    const report = await answer('cache', (now) => (now.denied = 'elasticache:DescribeReplicationGroups'));
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain('elasticache:DescribeReplicationGroups');
  });
});

describe('variables', () => {
  const set =
    (value: string, more: (now: World) => void = () => undefined) =>
    (now: World) => {
      now.environment = [{ name: 'REDIS_URL', value }];
      more(now);
    };
  const node = (role: string) =>
    as({
      nodeEndpoints: [
        {
          cacheClusterId: 'canvas-redis-001',
          address: HOST.replace('master', 'canvas-redis-001'),
          port: 6379,
          role,
        },
      ],
    });
  const NODE = URL_OF_CACHE.replace('master', 'canvas-redis-001');
  const withToken = as({ authTokenEnabled: true });
  const clustered = as({
    clusterMode: 'enabled',
    engine: 'redis',
    endpoint: { address: HOST, port: 6379, kind: 'configuration' },
  });
  const OTHER = HOST.replaceAll('canvas-redis', 'jobs-redis');
  const withOther = (now: World) =>
    (now.otherGroups = [
      {
        replicationGroupId: 'jobs-redis',
        userGroupIds: [],
        memberClusters: [],
        endpoint: { address: OTHER, port: 6379, kind: 'primary' },
      } as unknown as ReplicationGroup,
    ]);

  test.each<[string, string, string, string, ((now: World) => void)?]>([
    ['a node of the primary', NODE, 'warn', 'the node canvas-redis-001', node('primary')],
    ['a node that is a replica', NODE, 'fail', 'takes no writes', node('replica')],
    ['another cache', `rediss://${OTHER}:6379`, 'fail', 'another cache, jobs-redis', withOther],
    ['another region', URL_OF_CACHE.replace('use1', 'euw1'), 'fail', 'another region (euw1, not use1)'],
    ['a name with a slip', URL_OF_CACHE.replace('master', 'mastre'), 'fail', 'misspelt'],
    ['a cache that is not there', `rediss://${OTHER}:6379`, 'fail', 'jobs-redis is not in this account'],
    ['the port twice', `${URL_OF_CACHE}:6379`, 'fail', 'the port twice'],
    ['no scheme', `${HOST}:6379`, 'fail', 'plaintext, and the cache takes TLS only'],
    [
      'TLS for plaintext',
      URL_OF_CACHE,
      'fail',
      'the cache speaks plaintext',
      as({ transitEncryption: false }),
    ],
    [
      'plaintext while both are taken',
      URL_OF_CACHE.replace('rediss', 'redis'),
      'warn',
      'in clear text',
      as({ transitEncryptionMode: 'preferred' }),
    ],
    ['nothing', '', 'fail', 'is empty: the app runs in memory'],
    ['an address of something else', 'https://example.com', 'fail', 'no address of a Redis'],
    ['a password that is not encoded', `rediss://:hunter2#x@${HOST}:6379`, 'fail', 'percent-encoded'],
    ['no password where one is asked for', URL_OF_CACHE, 'fail', 'without the AUTH token', withToken],
    [
      'a password in plain text',
      `rediss://:hunter2@${HOST}:6379`,
      'warn',
      'with a password in plain text',
      withToken,
    ],
    [
      'a user name beside a token',
      `rediss://app:hunter2@${HOST}:6379`,
      'fail',
      'with the user name app',
      withToken,
    ],
    ['a password that nobody asks for', `rediss://:hunter2@${HOST}:6379`, 'pass', 'asks for no password'],
    [
      'a database in cluster mode',
      `${URL_OF_CACHE}/1`,
      'fail',
      'a cache in cluster mode has 0 alone',
      clustered,
    ],
    ['a URL in cluster mode', URL_OF_CACHE, 'pass', 'takes a cluster client', clustered],
  ])('of %s', async (_, value, outcome, words, more) => {
    const report = await answer('variables', set(value, more));
    expect(report).toMatchObject({ outcome });
    expect(report.detail).toContain(words);
    expect(told(report)).not.toContain('hunter2');
  });

  test('a database that the cache does not have is no part of what the URL should be', async () => {
    const report = await answer('variables', set(`${URL_OF_CACHE}/1`, clustered));
    expect(report).toHaveProperty('hint', `Give REDIS_URL the value ${URL_OF_CACHE}.`);
  });

  test('a URL for Celery says what is asked of the certificate', async () => {
    const variables = [
      variableFor('canvas-redis', { name: { value: 'CELERY_RESULT_BACKEND', origin: 'found' } }),
    ];
    const handed = (value: string) =>
      answer('variables', (now) => (now.environment = [{ name: 'CELERY_RESULT_BACKEND', value }]), {
        variables,
      });
    expect(await handed(`${URL_OF_CACHE}/0`)).toMatchObject({ outcome: 'warn' });
    expect(await handed(`${URL_OF_CACHE}/0?ssl_cert_reqs=required`)).toMatchObject({ outcome: 'pass' });
  });

  test('another password than the one that was made for the cache fails, and is not shown', async () => {
    const ask = (kept: string) =>
      answer(
        'variables',
        set(`rediss://:hunter2@${HOST}:6379`, (now) => {
          withToken(now);
          now.keptValues = { 'elasticache-wizard/canvas/canvas-redis/password': kept };
        }),
      );
    const report = await ask('another');
    expect(report.outcome).toBe('fail');
    expect(told(report)).toMatch(
      /with another password than elasticache-wizard\/canvas\/canvas-redis\/password/,
    );
    expect(told(report)).not.toMatch(/hunter2|"another"/);
    expect((await ask('hunter2')).outcome).toBe('warn');
  });

  test.each([
    ['nobody', 'fail'],
    ['app', 'warn'],
  ])('the user name %s is looked for among the users of the cache: %s', async (name, outcome) => {
    const users = ['default', 'app'].map((userName) => ({
      ...{ userId: userName, userName, arn: '', status: 'active', engine: 'redis' },
      authentication: 'password',
      passwordCount: 1,
    }));
    const change = (now: World): void => {
      as({ userGroupIds: ['shop'] })(now);
      now.users = users;
    };
    const report = await answer('variables', set(`rediss://${name}:hunter2@${HOST}:6379`, change));
    expect(report.outcome).toBe(outcome);
  });

  test('no password is missed where a user without one lets in', async () => {
    const report = await answer(
      'variables',
      set(URL_OF_CACHE, (now) => {
        as({ userGroupIds: ['shop'] })(now);
        now.users = [
          {
            userId: 'default',
            userName: 'default',
            arn: '',
            status: 'active',
            engine: 'redis',
            authentication: 'no-password',
            passwordCount: 0,
          },
        ];
      }),
    );
    expect(report.outcome).toBe('pass');
  });

  describe('in parts', () => {
    const parts = [
      variableFor('canvas-redis', { name: { value: 'REDIS_HOST', origin: 'found' }, template: '{host}' }),
      variableFor('canvas-redis', { name: { value: 'REDIS_PORT', origin: 'found' }, template: '{port}' }),
      variableFor('canvas-redis', { name: { value: 'REDIS_TLS', origin: 'found' }, template: '{tls}' }),
    ];
    const handed = (values: Record<string, string>) => (now: World) =>
      (now.environment = Object.entries({
        REDIS_HOST: HOST,
        REDIS_PORT: '6379',
        REDIS_TLS: 'true',
        ...values,
      }).map(([name, value]) => ({ name, value })));

    test.each<[Record<string, string>, string, string]>([
      [{}, 'pass', 'REDIS_HOST is'],
      [{ REDIS_TLS: '1' }, 'pass', 'REDIS_HOST is'],
      [{ REDIS_TLS: 'false' }, 'fail', 'REDIS_TLS is false, and the cache takes TLS only'],
      [{ REDIS_PORT: '6380' }, 'fail', 'REDIS_PORT is 6380'],
      [{ REDIS_HOST: `${HOST}:6379` }, 'fail', 'the port twice'],
      [{ REDIS_HOST: HOST.replace('master', 'replica') }, 'fail', 'the reader endpoint'],
    ])('%j', async (values, outcome, words) => {
      const report = await answer('variables', handed(values), { variables: parts });
      expect(report).toMatchObject({ outcome });
      expect(report.detail).toContain(words);
    });
  });

  test('setup mends it for an app of ours, and for one that it never touched takes its cache on', async () => {
    const wrong = set(URL_OF_CACHE.replace('6379', '6380'));
    expect(fixOf(await answer('variables', wrong))).toBe(SETUP);
    const untouched = (now: World) => (wrong(now), (now.anchorTags = undefined));
    expect(fixOf(await answer('variables', untouched))).toBe(ADOPT);
  });
});

describe('secrets', () => {
  const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-AbCdEf';
  const kept =
    (more: (now: World) => void = () => undefined) =>
    (now: World) => {
      now.secrets = [{ name: 'REDIS_PASSWORD', valueFrom: `${ARN}:password::` }];
      now.kept = { [ARN]: { arn: ARN, deleted: false } };
      more(now);
    };

  test('is skipped where there are none, and passes where the role may read them', async () => {
    expect(await answer('secrets')).toMatchObject({ outcome: 'skip' });
    expect(await answer('secrets', kept())).toMatchObject({
      outcome: 'pass',
      detail: '1 of 1 are there; the execution role canvas-execution may read them',
    });
  });

  test('fails with the statement where the role may not, and the command adds just that', async () => {
    const report = await answer(
      'secrets',
      kept((now) => (now.decision = 'denied')),
    );
    expect(report).toMatchObject({ outcome: 'fail' });
    const statement = { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [ARN] };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    expect(fixOf(report)).toBe(
      `aws iam put-role-policy --role-name canvas-execution --policy-name read-secrets-of-canvas-backend --policy-document '${policy}' --region us-east-1`,
    );
  });

  test('a key of the customer’s is asked for too', async () => {
    const kmsKeyId = 'arn:aws:kms:us-east-1:111122223333:key/1';
    const report = await answer(
      'secrets',
      kept((now) => {
        now.kept[ARN] = { arn: ARN, deleted: false, kmsKeyId };
        now.decision = 'denied';
      }),
    );
    expect(report.detail).toContain('kms:Decrypt');
  });

  test.each<[string, (now: World) => void, string]>([
    ['is not there', (now) => (now.kept = {}), 'which is not there'],
    ['was deleted', (now) => (now.kept[ARN] = { arn: ARN, deleted: true }), 'can still be restored'],
    ['is forbidden', (now) => (now.decision = 'forbidden'), 'denies the execution role'],
    ['has no role to read it', (now) => (now.executionRoleArn = undefined), 'no execution role'],
    ['is out of reach', (now) => (now.routeTables = []), 'no interface endpoint for secretsmanager'],
  ])('fails where one %s', async (_, more, words) => {
    const report = await answer('secrets', kept(more));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(words);
  });

  test('an interface endpoint is way enough', async () => {
    const report = await answer(
      'secrets',
      kept((now) => {
        now.routeTables = [];
        now.endpoints = ['com.amazonaws.us-east-1.secretsmanager'];
      }),
    );
    expect(report.outcome).toBe('pass');
  });

  test.each(['iam:SimulatePrincipalPolicy', 'secretsmanager:DescribeSecret', 'ec2:DescribeRouteTables'])(
    'is inconclusive without %s, which it names',
    async (action) => {
      const report = await answer(
        'secrets',
        kept((now) => (now.denied = action)),
      );
      expect(report.outcome).toBe('inconclusive');
      expect(told(report)).toContain(action);
    },
  );
});

describe('revision', () => {
  const theirs = (now: World) => {
    now.anchorTags = undefined;
    now.taskDefinitionTags = {};
  };
  const terraform = [{ name: 'Terraform', evidence: 'tag terraform=1' }];

  test('of a service that this tool never touched passes, and says who deploys it', async () => {
    const report = await answer('revision', (now) => {
      theirs(now);
      now.managers = terraform;
    });
    expect(report).toMatchObject({ outcome: 'pass' });
    expect(report.detail).toContain('Terraform deploys it');
  });

  test('of ours that another tool deploys too is a warning', async () => {
    const report = await answer('revision', (now) => (now.managers = terraform));
    expect(report).toMatchObject({ outcome: 'warn' });
    expect(report.detail).toContain('Terraform manages canvas-backend too');
  });

  test('tells why the tasks of a new revision do not come up', async () => {
    const report = await answer('revision', (now) => {
      now.tasks = now.tasks.map((_, index) => task(`t${index}`, OLD_REVISION));
      now.stopped = [
        {
          ...task('t9'),
          startedBy: 'ecs-svc/1',
          stopCode: 'TaskFailedToStart',
          stoppedReason: 'CannotPullContainerError: no such image',
        },
      ];
      now.service = { deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY' } as never] };
    });
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('3 of 3 running tasks are on canvas:6, not on canvas:7');
    expect(report.detail).toContain('CannotPullContainerError');
    expect(fixOf(report)).toBeUndefined();
  });

  test('puts the service back on the revision that serves meanwhile, where that has the variables', async () => {
    const ask = (environment: object[]) =>
      answer('revision', (now) => {
        now.tasks = now.tasks.map((_, index) => task(`t${index}`, OLD_REVISION));
        now.stopped = [
          { ...task('t9'), startedBy: 'ecs-svc/1', stopCode: 'TaskFailedToStart', stoppedReason: 'no image' },
        ];
        now.service = { deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY' } as never] };
        now.older = {
          status: 'ACTIVE',
          document: { containerDefinitions: [{ name: 'backend', environment }] } as never,
        };
      });
    expect(fixOf(await ask([{ name: 'REDIS_URL', value: URL_OF_CACHE }]))).toBe(
      'aws ecs update-service --cluster canvas --service canvas-backend --task-definition canvas:6 --region us-east-1',
    );
    expect(fixOf(await ask([]))).toBeUndefined();
  });

  test('says what to do where nobody wants any task', async () => {
    const report = await answer('revision', (now) => {
      now.tasks = [];
      now.service = { desiredCount: 0 };
    });
    expect(fixOf(report)).toBe(
      'aws ecs update-service --cluster canvas --service canvas-backend --desired-count 2 --region us-east-1',
    );
  });
});
