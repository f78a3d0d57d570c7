/** What works and is risky, one risk at a time: each test changes one thing in a world where there is none. */
import { expect, test, describe } from 'vitest';
import { lintChecks } from '../../src/checks/lint/lint-checks.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import { HOST, URL_OF_CACHE } from './checked-world.ts';
import { lintAnswer as answer, lintOf, NAME, NODES, rule, sound, type Risky } from './linted-world.ts';
import { from } from './wanted.ts';

const { signal } = new AbortController();

const said = (report: CheckReport): string => JSON.stringify(report);

test('nothing is risky where nothing is', async () => {
  const context = lintOf(sound());
  const answers = await Promise.all(lintChecks(context).map((check) => check.run(signal)));
  expect(answers.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
});

test('a cache that is gone is the ladder’s to tell', async () => {
  const report = await answer('backups', (now) => (now.group = undefined));
  expect(report).toMatchObject({ outcome: 'skip', detail: `there is no cache ${NAME}` });
});

describe('exposure', () => {
  test.each(['0.0.0.0/0', '::/0', '0.0.0.0/1', '10.0.0.0/8'])(
    'fails for %s, and the app keeps its way in',
    async (cidr) => {
      const report = await answer('exposure', (now) => now.ingress.push(rule({ cidr })));
      expect(report).toMatchObject({
        outcome: 'fail',
        fix: expect.stringMatching(/^aws ec2 revoke-security-group-ingress --group-id sg-cache /) as string,
      });
      expect(said(report)).toContain(cidr);
    },
  );

  test('lets the app in by its group before the rule goes that it came in by', async () => {
    const report = await answer('exposure', (now) => (now.ingress = [rule({ cidr: '0.0.0.0/0' })]));
    expect('fix' in report && report.fix).toMatch(
      /^aws ec2 authorize-security-group-ingress .*--source-group sg-app .* && aws ec2 revoke-security-group-ingress /,
    );
  });

  test('takes away no rule that is about more than the cache', async () => {
    const wide = rule({ cidr: '0.0.0.0/0' }, { protocol: '-1', fromPort: -1, toPort: -1 });
    const report = await answer('exposure', (now) => now.ingress.push(wide));
    expect(report).toMatchObject({ outcome: 'fail' });
    expect(report).not.toHaveProperty('fix');
  });

  test.each(['10.0.0.0/16', '10.0.3.0/24', '10.0.0.0/12', '203.0.113.7/32'])(
    'passes for %s',
    async (cidr) => {
      expect(await answer('exposure', (now) => now.ingress.push(rule({ cidr })))).toMatchObject({
        outcome: 'pass',
      });
    },
  );

  test('is open where it may not look', async () => {
    const report = await answer('exposure', (now) => (now.denied = 'ec2:DescribeSecurityGroups'));
    expect(report).toMatchObject({ outcome: 'inconclusive', hint: 'Allow ec2:DescribeSecurityGroups.' });
  });
});

describe('credentials', () => {
  const withVariable = (name: string, value: string) =>
    answer('credentials', (now) => now.environment.push({ name, value }));

  test.each([
    ['CACHE_URL', `rediss://:s3cr3t-pass@${HOST}:6379`],
    ['REDIS_PASSWORD', 's3cr3t-pass'],
    ['REDIS_AUTH_TOKEN', 's3cr3t-pass'],
    ['REDISCLI_AUTH', 's3cr3t-pass'],
    ['BROKER', 'redis://app:s3cr3t-pass@10.0.1.5:6379/0'],
  ])('fails where %s holds the cache’s, and shows none of it', async (name, value) => {
    const report = await withVariable(name, value);
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(`${name} of the container backend`);
    expect(said(report)).not.toContain('s3cr3t');
  });

  test.each([
    ['DATABASE_URL', 'postgres://app:s3cr3t-pass@db.internal:5432/app'],
    ['JWT_SECRET', 's3cr3t-pass'],
  ])('warns where %s holds another one', async (name, value) => {
    const report = await withVariable(name, value);
    expect(report.outcome).toBe('warn');
    expect(said(report)).not.toContain('s3cr3t');
  });

  test.each([
    ['TOKEN_TTL', '3600'],
    ['PASSWORD_RESET_URL', 'https://app.example/reset'],
    ['REDIS_PASSWORD', ''],
    ['API_TOKEN', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token'],
    ['JWT_SECRET_FILE', '/run/secrets/jwt'],
    ['CONTACT', 'admin@shop.example'],
    ['REDIS_TLS', 'true'],
    ['CALLBACK', 'https://user@host.example/path'],
  ])('%s=%s is no password', async (name, value) => {
    expect(await withVariable(name, value)).toMatchObject({ outcome: 'pass' });
  });
});

describe('encryption', () => {
  test.each([
    [{ transitEncryption: false }, 'plaintext alone'],
    [{ transitEncryptionMode: 'preferred' as const }, 'beside TLS'],
    [{ atRestEncryption: false }, 'snapshots is not encrypted'],
  ])('warns for %j', async (group, what) => {
    const report = await answer('encryption', (now) => (now.group = { ...now.group, ...group }));
    expect(report).toMatchObject({ outcome: 'warn' });
    expect(report.detail).toContain(what);
  });
});

describe('availability', () => {
  const single = (now: Risky): void => {
    now.group = {
      ...now.group,
      memberClusters: NODES.slice(0, 1),
      automaticFailover: 'disabled',
      multiAz: 'disabled',
    };
  };

  test('warns for a single node, with a replica as the first step', async () => {
    const report = await answer('availability', single);
    expect(report).toMatchObject({
      outcome: 'warn',
      detail: `${NAME} has a single node`,
      fix: `aws elasticache increase-replica-count --replication-group-id ${NAME} --new-replica-count 1 --apply-immediately --region us-east-1`,
    });
  });

  test('says more of what its tags call production, and no less where they cannot be read', async () => {
    const tagged = await answer('availability', (now) => {
      single(now);
      now.tags = { stage: 'production' };
    });
    expect(tagged.detail).toContain('of a production system by the tag stage=production');
    const denied = await answer('availability', (now) => {
      single(now);
      now.denied = 'elasticache:ListTagsForResource';
    });
    expect(denied).toMatchObject({ outcome: 'warn', detail: `${NAME} has a single node` });
  });

  test.each([
    [{ automaticFailover: 'disabled' }, 'no automatic failover'],
    [{ multiAz: 'disabled' }, 'not Multi-AZ'],
  ])('warns for %j', async (group, what) => {
    const report = await answer('availability', (now) => (now.group = { ...now.group, ...group }));
    expect(report).toMatchObject({
      outcome: 'warn',
      fix: expect.stringContaining('--multi-az-enabled') as string,
    });
    expect(report.detail).toContain(what);
  });
});

describe('backups', () => {
  const none = (now: Risky): void => {
    now.group = { ...now.group, snapshotRetentionLimit: 0 };
  };

  test('warns for none, more of a queue, and not of what can be made again', async () => {
    const [unknown, queue, cache] = await Promise.all([
      answer('backups', none),
      answer('backups', (now) => {
        none(now);
        now.settings = { workload: from('flag', 'queue') };
      }),
      answer('backups', (now) => {
        none(now);
        now.settings = { workload: from('flag', 'cache') };
      }),
    ]);
    expect([unknown.outcome, queue.outcome, cache.outcome]).toEqual(['warn', 'warn', 'pass']);
    expect(said(queue)).toContain('Jobs that wait in it');
    expect('fix' in unknown && unknown.fix).toContain('--snapshot-retention-limit 7');
  });
});

describe('endpoint', () => {
  const NODE = 'canvas-redis-002.canvas-redis.abc123.use1.cache.amazonaws.com';

  test('warns of a node’s address in a variable that is not asked for', async () => {
    const report = await answer('endpoint', (now) =>
      now.environment.push({ name: 'SOCKET_REDIS', value: `rediss://${NODE}:6379` }),
    );
    expect(report).toMatchObject({ outcome: 'warn' });
    expect(report.detail).toContain('SOCKET_REDIS of backend');
  });

  test('leaves to the check variables what that looks at, and readers their endpoint', async () => {
    const report = await answer('endpoint', (now) => {
      now.environment = [
        { name: 'REDIS_URL', value: `rediss://${NODE}:6379` },
        { name: 'REDIS_READ_URL', value: `rediss://${HOST.replace('master', 'replica')}:6379` },
      ];
    });
    expect(report).toMatchObject({ outcome: 'pass' });
  });
});

describe('eviction', () => {
  const queue = (now: Risky): void => {
    now.settings = { workload: from('flag', 'queue') };
  };

  test('fails for a queue under AWS’s default group, with a group of its own as the way out', async () => {
    const report = await answer('eviction', queue);
    expect(report).toMatchObject({ outcome: 'fail' });
    const fix = 'fix' in report ? (report.fix ?? '') : '';
    expect(fix.split(' && ').map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'aws elasticache create-cache-parameter-group',
      'aws elasticache modify-cache-parameter-group',
      'aws elasticache modify-replication-group',
    ]);
  });

  test('fails for a queue under a group of theirs, which can be changed', async () => {
    const report = await answer('eviction', (now) => {
      queue(now);
      now.parameterGroup = 'theirs';
      now.policy = 'allkeys-lru';
    });
    expect(report).toMatchObject({
      outcome: 'fail',
      fix: "aws elasticache modify-cache-parameter-group --cache-parameter-group-name theirs --parameter-name-values 'ParameterName=maxmemory-policy,ParameterValue=noeviction' --region us-east-1",
    });
  });

  test('warns where only a variable’s name tells of a queue, and passes where nothing is thrown away', async () => {
    const guessed = await answer('eviction', (now) =>
      now.environment.push({ name: 'CELERY_BROKER_URL', value: URL_OF_CACHE }),
    );
    expect(guessed).toMatchObject({ outcome: 'warn' });
    expect(said(guessed)).toContain('CELERY_BROKER_URL');
    const kept = await answer('eviction', (now) => {
      queue(now);
      now.policy = 'noeviction';
    });
    expect(kept).toMatchObject({ outcome: 'pass' });
  });

  test('warns of a cache that refuses writes when it is full', async () => {
    const report = await answer('eviction', (now) => {
      now.settings = { workload: from('flag', 'cache') };
      now.policy = 'noeviction';
    });
    expect(report).toMatchObject({ outcome: 'warn' });
  });
});

describe('alarms', () => {
  test('warns of what nobody watches, node by node', async () => {
    const none = await answer('alarms', (now) => (now.alarms = []));
    expect(none).toMatchObject({
      outcome: 'warn',
      detail: `no CloudWatch alarm watches CPU, memory, evictions or connections of ${NAME}`,
      fix: expect.stringMatching(`^elasticache-wizard alarms --cache-name ${NAME}( |$)`) as string,
    });
    const one = await answer('alarms', (now) => (now.alarms = now.alarms.slice(0, 5)));
    expect(one.detail).toBe(`no CloudWatch alarm watches evictions or connections (${NAME}-002) of ${NAME}`);
  });

  test('an alarm on another cache, or on the same name elsewhere, watches nothing here', async () => {
    const report = await answer('alarms', (now) => {
      now.alarms = now.alarms.map(({ metrics: [metric], ...rest }) => ({
        ...rest,
        metrics: [{ ...metric!, namespace: 'AWS/EC2' }],
      }));
    });
    expect(report).toMatchObject({ outcome: 'warn' });
  });

  test('warns of alarms that tell nobody', async () => {
    const report = await answer(
      'alarms',
      (now) => (now.alarms = now.alarms.map((each) => ({ ...each, acts: false }))),
    );
    expect(report).toMatchObject({ outcome: 'warn' });
    expect(report.detail).toContain('tell nobody');
    expect(report).not.toHaveProperty('fix');
  });

  test('are mended by a command of ours where they are ours', async () => {
    const report = await answer('alarms', (now) => {
      now.alarms = now.alarms.map((each, n) => ({
        ...each,
        alarmName: `elasticache-wizard/web/${NAME}/00${n}/cpu`,
        acts: false,
      }));
    });
    expect(report).toHaveProperty('fix', expect.stringContaining(`alarms --cache-name ${NAME}`));
  });

  test('is open where it may not look', async () => {
    expect(await answer('alarms', (now) => (now.denied = 'cloudwatch:DescribeAlarms'))).toMatchObject({
      outcome: 'inconclusive',
      hint: 'Allow cloudwatch:DescribeAlarms.',
    });
  });
});

describe('engine', () => {
  test('warns of an update that waits, with the call that applies it', async () => {
    const applyBy = Date.UTC(2026, 11, 1);
    const report = await answer(
      'engine',
      (now) => (now.updates = [{ name: 'elasticache-20261101', severity: 'critical', applyBy }]),
    );
    expect(report).toMatchObject({
      outcome: 'warn',
      fix: expect.stringContaining('batch-apply-update-action') as string,
    });
    expect(report.detail).toContain('elasticache-20261101 (critical, to be applied by 2026-12-01)');
  });

  test('warns of a version that AWS offers no more', async () => {
    const report = await answer('engine', (now) => (now.versions = ['8.0']));
    expect(report).toMatchObject({ outcome: 'warn' });
    expect(report.detail).toContain('redis 7.1.0');
  });
});

test('a serverless cache has no nodes to lose, no group of parameters and always TLS', async () => {
  const outcomes = await Promise.all(
    (['encryption', 'availability', 'eviction', 'engine', 'alarms', 'backups'] as const).map(async (id) => {
      const report = await answer(id, (now) => {
        now.group = undefined;
        now.serverless = { arn: 'arn:serverless', snapshotRetentionLimit: 0, securityGroupIds: ['sg-cache'] };
      });
      return report.outcome;
    }),
  );
  expect(outcomes).toEqual(['pass', 'pass', 'pass', 'pass', 'warn', 'warn']);
});

test('a node that stands alone can be lost, is read by everybody, and its own address is no mistake', async () => {
  const address = 'canvas-redis.abc123.0001.use1.cache.amazonaws.com';
  const alone = (now: Risky): void => {
    now.group = undefined;
    now.cluster = { arn: 'arn:cluster', port: 6379, endpoint: { address, port: 6379 } };
    now.environment.push({ name: 'SOCKET_REDIS', value: `redis://${address}:6379` });
  };
  const outcomes = await Promise.all(
    (['encryption', 'availability', 'endpoint', 'exposure'] as const).map(
      async (id) => (await answer(id, alone)).outcome,
    ),
  );
  expect(outcomes).toEqual(['warn', 'warn', 'pass', 'pass']);
});
