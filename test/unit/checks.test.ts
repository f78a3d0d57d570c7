/** Each check: fails where the thing is broken, does not pass where it cannot look or where all would agree without us. */
import { afterEach, describe, expect, test } from 'vitest';
import { checks as allChecks } from '../../src/checks/checks.ts';
import { climb } from '../../src/checks/ladder.ts';
import { takeBaseline } from '../../src/checks/refresh/refresh.ts';
import { SYMPTOM_PHRASES } from '../../src/checks/app/symptoms.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { TargetGroup } from '../../src/domain/app.ts';
import { CHECKS, type CheckId, type CheckReport } from '../../src/domain/check.ts';
import { PROBE_STAGES, type ProbeReport, type ProbeStage } from '../../src/domain/probe-report.ts';
import {
  appOf,
  balanced,
  closeServers,
  contextOf,
  HOST,
  OLD_REVISION,
  proofOf,
  serve,
  targetGroup,
  task,
  URL_OF_CACHE,
  world,
  type World,
} from './checked-world.ts';

const { signal } = new AbortController();

/** The answer of one check, in a world with something changed. */
async function answer(id: CheckId, change: (now: World) => void = () => undefined): Promise<CheckReport> {
  const now = world();
  change(now);
  const check = allChecks(contextOf(now)).find((one) => one.id === id)!;
  const [report] = await climb([{ name: 'canvas-backend', checks: [check] }], () => undefined, signal);
  return report!;
}

const told = (report: CheckReport): string => `${report.detail} ${'hint' in report ? report.hint : ''}`;

afterEach(closeServers);

describe('variables', () => {
  const set = (value: string) => (now: World) => (now.environment = [{ name: 'REDIS_URL', value }]);

  test('passes where the container has the cache’s endpoint in the cache’s scheme', async () => {
    expect(await answer('variables')).toMatchObject({
      outcome: 'pass',
      detail: `REDIS_URL is ${URL_OF_CACHE}`,
    });
  });

  test('a password and a database in the URL are no difference, and the password is masked', async () => {
    const report = await answer('variables', set(`rediss://:hunter2@${HOST}/3`));
    expect(report.outcome).toBe('pass');
    expect(told(report)).not.toContain('hunter2');
  });

  test.each([
    ['another host', 'redis://:hunter2@old-redis.internal:6379', 'another place'],
    ['another port', URL_OF_CACHE.replace('6379', '6380'), 'port 6380'],
    ['plaintext for a cache that takes TLS', URL_OF_CACHE.replace('rediss', 'redis'), 'TLS only'],
    ['the reader endpoint', URL_OF_CACHE.replace('master', 'replica'), 'takes no writes'],
    ['something that is no URL', 'rediss//oops', 'should be'],
  ])('fails for %s, telling from and to', async (_, value, words) => {
    const report = await answer('variables', set(value));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(words);
    expect(report.detail).toContain(URL_OF_CACHE);
    expect(told(report)).not.toContain('hunter2');
  });

  test('fails where the container does not have it, even if a sidecar did', async () => {
    expect(await answer('variables', (now) => (now.environment = []))).toMatchObject({ outcome: 'fail' });
  });

  test('is inconclusive for a secret, whose value it does not read', async () => {
    const report = await answer('variables', (now) => {
      now.environment = [];
      now.secrets = [{ name: 'REDIS_URL', valueFrom: '/app/redis-url' }];
    });
    expect(report.outcome).toBe('inconclusive');
    expect(report.detail).toContain('/app/redis-url');
  });

  test('is inconclusive while the cache has no endpoint to compare with', async () => {
    const report = await answer('variables', (now) => {
      now.group = { ...now.group!, status: 'creating' };
      Reflect.deleteProperty(now.group, 'endpoint');
    });
    expect(report.outcome).toBe('inconclusive');
  });
});

describe('ping', () => {
  function report(
    stages: readonly ProbeStage[],
    failed?: ProbeStage,
    more: Partial<ProbeReport> = {},
  ): ProbeReport {
    return {
      variable: 'REDIS_URL',
      runtime: 'node',
      stages: [
        ...stages.map((stage) => ({ stage, ok: true, detail: 'ok', ms: 1 })),
        ...(failed ? [{ stage: failed, ok: false, detail: 'connect ETIMEDOUT after 5 s', ms: 5000 }] : []),
      ],
      ...(failed ? { failed } : {}),
      ...more,
    };
  }
  const ask = (ping: World['ping']): Promise<CheckReport> => answer('ping', (now) => (now.ping = ping));

  test('passes where every stage did', async () => {
    expect(await ask(report(PROBE_STAGES, undefined, { role: 'master' }))).toMatchObject({ outcome: 'pass' });
  });

  test('fails with the network as the cause where packets do not arrive', async () => {
    const answered = await ask(report(['parse', 'dns'], 'tcp'));
    expect(answered.outcome).toBe('fail');
    expect(told(answered)).toContain('security group');
  });

  test('fails with the scheme as the cause where the other way answers', async () => {
    const wantsPlain = await ask(report(['parse', 'dns', 'tcp'], 'tls', { otherWayAnswers: true }));
    expect(told(wantsPlain)).toContain('redis://');
    const wantsTls = await ask(report(['parse', 'dns', 'tcp'], 'ping', { otherWayAnswers: true }));
    expect(told(wantsTls)).toContain('rediss://');
  });

  test('does not pass where nobody asked, and says why', async () => {
    const answered = await ask({ notAsked: 'ecs:RunTask is not allowed' });
    expect(answered.outcome).toBe('inconclusive');
    expect(answered.detail).toContain('ecs:RunTask is not allowed');
  });

  test('does not pass on the word of a shell that could only look at the name', async () => {
    expect(await ask(report(['parse', 'dns'], undefined, { runtime: 'sh' }))).toMatchObject({
      outcome: 'inconclusive',
    });
  });

  test('does not pass where the password was kept back, however far it got, and blames no password', async () => {
    const denied = await ask(
      report(['parse', 'dns', 'tcp', 'tls'], 'ping', { credentialsWithheld: true, address: '10.0.1.5' }),
    );
    expect(denied.outcome).toBe('inconclusive');
    expect(told(denied)).toContain('reached at 10.0.1.5');
    expect(await ask(report(PROBE_STAGES, undefined, { credentialsWithheld: true }))).toMatchObject({
      outcome: 'inconclusive',
    });
  });

  test('what needs no password fails without it too', async () => {
    const withheld = { credentialsWithheld: true } as const;
    expect(await ask(report(['parse', 'dns'], 'tcp', withheld))).toMatchObject({ outcome: 'fail' });
    const wantsTls = await ask(
      report(['parse', 'dns', 'tcp'], 'ping', { ...withheld, otherWayAnswers: true }),
    );
    expect([wantsTls.outcome, told(wantsTls)]).toEqual(['fail', expect.stringContaining('rediss://')]);
  });

  test('does not pass where a replica answers', async () => {
    expect(await ask(report(PROBE_STAGES, undefined, { role: 'slave' }))).toMatchObject({ outcome: 'fail' });
  });
});

describe('revision', () => {
  test('passes where every running task is on our revision', async () => {
    expect(await answer('revision')).toMatchObject({ outcome: 'pass', detail: 'on canvas:7: 3 of 3 tasks' });
  });

  test('fails where the service was put back on a revision without the variable: the app runs in memory', async () => {
    const report = await answer('revision', (now) => {
      now.taskDefinitionTags = {};
      now.environment = [];
    });
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('the app runs in memory');
  });

  test('fails where a task is still on the old revision', async () => {
    const report = await answer('revision', (now) => (now.tasks[2] = task('t3', OLD_REVISION)));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('1 of 3 running tasks are on canvas:6');
  });

  test('does not pass for somebody else’s revision that happens to carry the variable', async () => {
    expect(await answer('revision', (now) => (now.taskDefinitionTags = {}))).toMatchObject({
      outcome: 'warn',
    });
  });

  test('is inconclusive without tasks, and without the right to list them', async () => {
    expect(await answer('revision', (now) => (now.tasks = []))).toMatchObject({ outcome: 'inconclusive' });
    expect(await answer('revision', (now) => (now.denied = 'ecs:ListTasks'))).toMatchObject({
      outcome: 'inconclusive',
    });
  });
});

describe('logs', () => {
  const stream = 'ecs/backend/t2';
  const say =
    (...lines: string[]) =>
    (now: World) =>
      (now.lines[stream] = lines);

  test('passes where every task says that it reached Redis', async () => {
    expect(await answer('logs')).toMatchObject({ outcome: 'pass' });
  });

  test.each([
    ['Redis error: connect ETIMEDOUT', 'packets do not arrive'],
    ['[ioredis] Unhandled error event: Error: connect ECONNREFUSED 127.0.0.1:6379', 'nothing listens'],
    ['ReplyError: NOAUTH Authentication required.', 'password'],
    ['ReplyError: READONLY You can’t write against a read only replica.', 'replica'],
    ['ReplyError: MOVED 3999 10.0.1.5:6379', 'cluster'],
    ['OOM command not allowed when used memory > maxmemory', 'full'],
    ['Redis: SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
  ])('fails where a task says after it: %s', async (line, meaning) => {
    const report = await answer('logs', say('Redis connected successfully', line));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('1 of 3 tasks');
    expect(report.detail).toContain(meaning);
  });

  test.each([
    'User 17 REMOVED from room',
    'MOVED 3 objects to the trash',
    'board 4 is READONLY for guests',
    'redis: feature NOAUTHOR enabled',
    'BLOOM filter of 17 entries',
    'AuthenticationError: Authentication required to see this board',
    'user 4 has no permissions to access this board',
    'the form is loading the dataset',
    'LOADING level 3',
    'SELECT id FROM boards',
    'login failed: invalid username-password pair',
    'MASTERDOWN is a good name for a band',
    'too many clients: max number of guests reached',
    'the connection timed out, redirecting to /login',
    'NODE_EPIPELINE of redis-stats is on',
    'rediscovering peers: ECONNREFUSED 10.0.0.9:5432',
  ])('an app’s own words are not taken for replies of Redis: %s', async (line) => {
    expect(await answer('logs', say('Redis connected successfully', line))).toMatchObject({
      outcome: 'pass',
    });
  });

  test.each([
    "redis.exceptions.ReadOnlyError: You can't write against a read only replica.",
    'redis.exceptions.MovedError: 3999 10.0.1.5:6379',
    'redis.exceptions.AuthenticationError: Authentication required.',
    'ReplyError: WRONGPASS invalid username-password pair or user is disabled.',
    "ReplyError: NOPERM User app has no permissions to run the 'set' command",
    "ReplyError: CROSSSLOT Keys in request don't hash to the same slot",
    'ReplyError: NOAUTH HELLO must be called with the client already authenticated, otherwise use HELLO <proto> AUTH',
    'ERR AUTH <password> called without any password configured for the default user. Are you sure',
    'ReplyError: ERR SELECT is not allowed in cluster mode',
    'ReplyError: ERR This instance has cluster support disabled',
    'redis.exceptions.RedisClusterException: Cluster mode is not enabled on this node',
    'ClusterAllFailedError: Failed to refresh slots cache.',
    'io.lettuce.core.cluster.PartitionException: Cannot retrieve cluster partitions from [rediss://canvas]',
    'ReplyError: CLUSTERDOWN Hash slot not served',
    "ReplyError: MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'redis.exceptions.BusyLoadingError: Redis is loading the dataset in memory',
    'ReplyError: ERR max number of clients reached',
    "redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'.",
    'MaxRetriesPerRequestError: Reached the max retries per request limit (which is 20).',
    'Error: Unknown RESP type 72 "H"',
    'redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.',
    'redis.exceptions.ConnectionError: Error -2 connecting to canvs.use1.cache.amazonaws.com:6379. Name or service not known.',
    'redis.exceptions.TimeoutError: Timeout connecting to server',
    'redis: dial tcp 10.0.1.5:6379: i/o timeout',
    'redis: dial tcp: lookup canvas.use1.cache.amazonaws.com: no such host',
    'io.lettuce.core.RedisConnectionException: Unable to connect: Connection reset by peer',
    '[ERROR] consumer: Cannot connect to redis://canvas:6379/0: Error 104 while reading: Connection closed by server.',
    'redis: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)',
    'redis: tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ])('replies are known as clients put them: %s', async (line) => {
    // By these AWS sifts: what it leaves out is never seen.
    expect(SYMPTOM_PHRASES.some((phrase) => line.includes(phrase))).toBe(true);
    expect(await answer('logs', say('Redis connected successfully', line))).toMatchObject({
      outcome: 'fail',
    });
  });

  describe('of a task that has run for weeks', () => {
    const WEEKS = 21 * 24 * 60;
    const at = (minutesAgo: number, message: string) => ({ minutesAgo, message });
    const connected = at(WEEKS - 1, 'Redis connected successfully');
    const hear = async (...lines: World['lines'][string]): Promise<CheckReport> => {
      const clock = new VirtualClock();
      const now = world();
      now.tasks = [task('t2', undefined, clock.now() - WEEKS * 60_000)];
      now.lines = { [stream]: lines };
      return {
        id: 'logs',
        ...(await allChecks(contextOf(now, clock))
          .find(({ id }) => id === 'logs')!
          .run(signal)),
      };
    };

    test('what it said when it started still counts', async () => {
      expect(await hear(connected, at(5, 'GET /'))).toMatchObject({ outcome: 'pass' });
    });

    test('an error of hours ago that did not come back is a warning', async () => {
      const report = await hear(connected, at(300, 'Redis error: connect ETIMEDOUT'), at(2, 'GET /'));
      expect(report.outcome).toBe('warn');
      expect(report.detail).toContain('ETIMEDOUT');
    });

    test('an error of the last minutes fails', async () => {
      expect(await hear(connected, at(2, 'Redis error: connect ETIMEDOUT'))).toMatchObject({
        outcome: 'fail',
      });
    });

    test('one that gave up when it started, and never connected, fails however long ago', async () => {
      expect(await hear(at(WEEKS - 1, 'Redis error: connect ETIMEDOUT'))).toMatchObject({ outcome: 'fail' });
    });
  });

  test('lines of a task on another revision are not blamed on this one', async () => {
    const report = await answer('logs', (now) => {
      now.tasks = [task('t1'), task('t2', OLD_REVISION)];
      now.lines[stream] = ['Redis error: connect ETIMEDOUT'];
    });
    expect(report).toMatchObject({
      outcome: 'pass',
      detail: expect.stringContaining('1 of 1 tasks') as string,
    });
  });

  test('a log that goes elsewhere is not looked for, and the driver is named', async () => {
    const report = await answer('logs', (now) => (now.logConfiguration = { logDriver: 'awsfirelens' }));
    expect(report).toMatchObject({
      outcome: 'skip',
      detail: expect.stringContaining('awsfirelens') as string,
    });
  });

  test('what AWS is asked to sift by is no longer than it takes', async () => {
    const patterns: (string | undefined)[] = [];
    const context = contextOf(world());
    const { logs } = context.aws;
    const listening = {
      ...logs,
      filterLogEvents: (by: Parameters<typeof logs.filterLogEvents>[0]) => {
        patterns.push(by.filterPattern);
        return logs.filterLogEvents(by);
      },
    };
    const check = allChecks({ ...context, aws: { ...context.aws, logs: listening } }).find(
      ({ id }) => id === 'logs',
    )!;
    await check.run(signal);
    expect(patterns.length).toBeGreaterThan(0);
    // CloudWatch Logs API reference, FilterLogEvents.
    expect(patterns.map((pattern = '') => pattern.length > 0 && pattern.length <= 1024)).not.toContain(false);
  });

  test('an error before the task connected is over', async () => {
    expect(
      await answer('logs', say('Redis error: connect ETIMEDOUT', 'Redis connected successfully')),
    ).toMatchObject({
      outcome: 'pass',
    });
  });

  test('an error of the app’s database is not taken for one of Redis', async () => {
    expect(
      await answer(
        'logs',
        say('Redis connected successfully', 'postgres: connect ECONNREFUSED 10.0.0.9:5432'),
      ),
    ).toMatchObject({
      outcome: 'pass',
    });
  });

  test('does not pass where one task says nothing, though the others connected', async () => {
    const report = await answer('logs', say('listening'));
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain('--log-pattern');
  });

  test('a line that comes late is waited for', async () => {
    const now = world();
    now.lines[stream] = [];
    const clock = new VirtualClock();
    clock.after(8_000, () => void (now.lines[stream] = ['Redis connected successfully']));
    const check = allChecks(contextOf(now, clock)).find(({ id }) => id === 'logs')!;
    expect(await check.run(signal)).toMatchObject({ outcome: 'pass' });
  });

  test('does not pass where it cannot look: no awslogs, no prefix, no right, no task', async () => {
    const outcomes = await Promise.all([
      answer('logs', (now) => (now.logConfiguration = undefined)),
      answer(
        'logs',
        (now) => (now.logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } }),
      ),
      answer('logs', (now) => (now.denied = 'logs:FilterLogEvents')),
      answer('logs', (now) => (now.tasks = [])),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'skip',
      'inconclusive',
      'inconclusive',
      'inconclusive',
    ]);
  });
});

describe('stickiness', () => {
  test('passes where it is on for every target group', async () => {
    expect(await answer('stickiness')).toMatchObject({
      outcome: 'pass',
      detail: 'canvas: lb_cookie, 3600 s',
    });
  });

  const OFF = { 'stickiness.enabled': 'false' };
  const modify = 'aws elbv2 modify-target-group-attributes --target-group-arn';

  test('fails where one of two target groups has it off, with the call that turns it on', async () => {
    const off = targetGroup({
      targetGroupArn: 'arn:alternate',
      targetGroupName: 'alternate',
      attributes: OFF,
    });
    const report = await answer('stickiness', (now) => now.targetGroups.push(off));
    expect(report).toMatchObject({
      outcome: 'fail',
      detail: 'sticky sessions of alternate are off, and on for canvas alone',
      fix: `${modify} arn:alternate --attributes 'Key=stickiness.enabled,Value=true' 'Key=stickiness.type,Value=lb_cookie' 'Key=stickiness.lb_cookie.duration_seconds,Value=3600' --region us-east-1`,
    });
  });

  test('where it is off altogether fails for whom wanted it, and only warns of a service that nobody set up for it', async () => {
    const off = (more: Partial<TargetGroup> = {}) => [targetGroup({ attributes: OFF, ...more })];
    const [untouched, ours, asked] = await Promise.all([
      answer('stickiness', (now) => (now.targetGroups = off())),
      answer('stickiness', (now) => {
        now.targetGroups = off({ tags: { 'elasticache-wizard:stickiness-set': 'on lb_cookie 3600' } });
      }),
      answer('stickiness', (now) => {
        now.targetGroups = off();
        now.stickiness = { ...now.stickiness, enabled: { value: true, origin: 'flag' } };
      }),
    ]);
    expect([untouched.outcome, ours.outcome, asked.outcome]).toEqual(['warn', 'fail', 'fail']);
  });

  test('with cross-zone load balancing off says what that does, and turns on both', async () => {
    const apart = { ...OFF, 'load_balancing.cross_zone.enabled': 'false' };
    const report = await answer(
      'stickiness',
      (now) => (now.targetGroups = [targetGroup({ attributes: apart })]),
    );
    expect(report).toMatchObject({
      outcome: 'warn',
      means: expect.stringContaining('answers 503') as string,
    });
    expect('fix' in report && report.fix).toContain("'Key=load_balancing.cross_zone.enabled,Value=true'");
  });

  test('warns of a cookie that is over before the next click, and leaves the app’s own cookie what it is', async () => {
    const short = { ...targetGroup().attributes, 'stickiness.lb_cookie.duration_seconds': '5' };
    expect(
      await answer('stickiness', (now) => (now.targetGroups = [targetGroup({ attributes: short })])),
    ).toMatchObject({ outcome: 'warn', detail: expect.stringContaining('5 s') as string });
    const cookie = { 'stickiness.type': 'app_cookie', 'stickiness.app_cookie.cookie_name': 'SID' };
    const [on, off] = await Promise.all(
      ['true', 'false'].map((enabled) =>
        answer('stickiness', (now) => {
          now.targetGroups = [targetGroup({ attributes: { ...cookie, 'stickiness.enabled': enabled } })];
        }),
      ),
    );
    expect(on?.detail).toContain('where the app sets the cookie SID');
    expect(off && 'fix' in off && off.fix).not.toContain('lb_cookie');
  });

  test.each([
    ['fails where the rule lets nobody stay with one of its groups', false, 'fail'],
    ['passes where the rule is sticky too', true, 'pass'],
  ] as const)('of two weighted target groups %s', async (_, sticky, outcome) => {
    const other = targetGroup({ targetGroupArn: 'arn:other', targetGroupName: 'other' });
    const targetGroupArns = [targetGroup().targetGroupArn, 'arn:other'];
    const actions = [{ Type: 'forward', Order: 1, ForwardConfig: { TargetGroups: [] } }];
    const report = await answer('stickiness', (now) => {
      now.targetGroups.push(other);
      now.weighted = [{ arn: 'arn:rule', of: 'rule', targetGroupArns, sticky, actions }];
    });
    expect(report.outcome).toBe(outcome);
    if (outcome === 'pass') return;
    expect('fix' in report && report.fix).toBe(
      `aws elbv2 modify-rule --rule-arn arn:rule --actions '[{"Type":"forward","Order":1,"ForwardConfig":{"TargetGroups":[],"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":3600}}}]' --region us-east-1`,
    );
  });

  test('does not pass where attributes are missing', async () => {
    const report = await answer(
      'stickiness',
      (now) => (now.targetGroups = [targetGroup({ attributes: {} })]),
    );
    expect(report.outcome).toBe('inconclusive');
  });

  test('is skipped, with the reason, where it cannot be or was not asked for', async () => {
    const network = targetGroup({ loadBalancer: { ...targetGroup().loadBalancer!, type: 'network' } });
    const reports = await Promise.all([
      answer('stickiness', (now) => (now.targetGroups = [network])),
      answer('stickiness', (now) => (now.targetGroups = [])),
      answer(
        'stickiness',
        (now) => (now.stickiness = { ...now.stickiness, enabled: { value: false, origin: 'flag' } }),
      ),
    ]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['skip', 'skip', 'skip']);
    expect(reports[0].detail).toContain('network load balancer');
  });
});

describe('refresh', () => {
  const SPLIT = { verdict: 'split', shown: '36 × 2, 57 × 2, 12 × 2', wasOurs: false } as const;
  const at = (url: string, more: (now: World) => void = () => undefined) =>
    answer('refresh', (now) => {
      now.url = url;
      now.baseline = SPLIT;
      more(now);
    });

  test('passes where the tasks disagreed before and agree now, each visitor staying with one task', async () => {
    const report = await at(
      await serve(balanced(() => [57, 57, 57], { taskHeader: true })),
      (now) => (now.proof.taskHeader = 'X-Task-Id'),
    );
    expect(report).toMatchObject({
      id: 'refresh',
      outcome: 'pass',
      detail:
        'without cookies 57 × 6 over 3 tasks; before: 36 × 2, 57 × 2, 12 × 2; with cookies 6 of 6 from one task',
    });
  });

  test('fails where each task shows its own, with the distribution', async () => {
    const report = await at(await serve(balanced(() => [36, 57, 12])));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('36 × 2, 57 × 2, 12 × 2 over 3 tasks');
  });

  test('sticky sessions do not hide that the cache is not used', async () => {
    const report = await at(await serve(balanced(() => [36, 57, 12], { sticky: true })));
    expect(report.outcome).toBe('fail');
  });

  test('a cookie of the load balancer among the user’s own headers does not hide it either', async () => {
    const report = await at(
      await serve(balanced(() => [36, 57, 12])),
      (now) => (now.proof.headers = { Cookie: 'AWSALB=1; session=s' }),
    );
    expect(report.outcome).toBe('fail');
  });

  test('somebody who writes meanwhile is not taken for a split', async () => {
    let requests = 0;
    const report = await at(await serve(balanced(() => (requests++ < 3 ? [57, 57, 57] : [58, 58, 58]))));
    expect(report.outcome).toBe('pass');
  });

  test('a value that changes with every request proves nothing', async () => {
    let requests = 0;
    const report = await at(await serve(balanced(() => [requests++, requests, requests])));
    expect(report.outcome).toBe('inconclusive');
  });

  test('which task answered is found by the nonce in the tasks’ own logs', async () => {
    const lines: Record<string, string[]> = {};
    const onRequest = (which: number, url: string): void =>
      void (lines[`ecs/backend/t${which}`] ??= []).push(`GET ${url}`);
    const report = await at(await serve(balanced(() => [57, 57], { onRequest })), (now) => {
      now.lines = lines;
      now.healthyTargets = 0;
    });
    expect(report.outcome).toBe('pass');
    expect(report.detail).toContain('over 2 tasks;');
  });

  test('where nothing tells which task answered, that is assumed of the healthy targets and said to be', async () => {
    const report = await at(await serve(balanced(() => [57, 57])));
    expect(report.outcome).toBe('pass');
    expect(report.detail).toContain('assumed');
  });

  test('is inconclusive where only one task answers, or only one runs', async () => {
    const one = await at(
      await serve(balanced(() => [57], { taskHeader: true })),
      (now) => (now.proof.taskHeader = 'x-task-id'),
    );
    expect(one.outcome).toBe('inconclusive');
    const alone = await at(await serve(balanced(() => [57])), (now) => {
      now.tasks = [task('t1')];
      now.healthyTargets = 1;
    });
    expect(alone).toMatchObject({ outcome: 'inconclusive' });
    expect(alone.detail).toContain('only one task runs');
  });

  test('proves nothing where the tasks agreed before, or where nobody looked before', async () => {
    const url = await serve(balanced(() => [57, 57, 57]));
    const agreed = await at(url, (now) => (now.baseline = { ...SPLIT, verdict: 'agreed' }));
    const unseen = await at(url, (now) => (now.baseline = undefined));
    expect([agreed.outcome, unseen.outcome]).toEqual(['inconclusive', 'inconclusive']);
  });

  test('proves nothing where all show none, as tasks do that have just started', async () => {
    expect(await at(await serve(balanced(() => [0, 0, 0])))).toMatchObject({ outcome: 'inconclusive' });
  });

  test.each<[string, unknown, string]>([
    ['counts and lists nothing', { count: 0, objects: [] }, 'inconclusive'],
    ['names itself and lists nothing', { project: 'demo', locked: false, objects: [] }, 'inconclusive'],
    ['has nothing in any place', { title: '', owner: null, board: { marks: {} } }, 'inconclusive'],
    ['lists one thing', { unread: 0, objects: [{ id: 'a' }] }, 'pass'],
    ['names somebody', { user: 'ada', error: null }, 'pass'],
  ])('a body that %s', async (_, body, outcome) => {
    const url = await serve((_request, response) => {
      response.setHeader('set-cookie', 'AWSALB=1; Path=/');
      response.end(JSON.stringify(body));
    });
    expect(await at(url, (now) => (now.proof.refreshValue = 'body'))).toMatchObject({ outcome });
  });

  test('a whole page that all show proves nothing: it may be the one of an app without any data', async () => {
    const url = await serve((_request, response) => response.end(`<html>${'Canvas '.repeat(20)}</html>`));
    const report = await at(url, (now) => {
      now.proof.refreshValue = 'body';
      now.targetGroups = [targetGroup({ attributes: { 'stickiness.enabled': 'false' } })];
    });
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain('--refresh-value');
  });

  test('fails where sticky sessions are on and no cookie comes back', async () => {
    const report = await at(await serve(balanced(() => [57, 57, 57], { sticky: false })));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain('no AWSALB cookie');
  });

  test('does not send a header in the clear to an address that nobody has given', async () => {
    const report = await at('http://canvas-1.us-east-1.elb.amazonaws.com', (now) =>
      Reflect.set(now.proof, 'headers', { Authorization: 'Bearer s3cret' }),
    );
    expect(report.outcome).toBe('inconclusive');
    expect(report.detail).toContain('would send Authorization unencrypted');
    expect(told(report)).toContain('--app-url https://');
    expect(told(report)).not.toContain('s3cret');
  });

  test('is skipped where no value is named', async () => {
    const report = await at('http://127.0.0.1:9', (now) => Reflect.set(now.proof, 'refreshValue', undefined));
    expect(report.outcome).toBe('skip');
  });

  test.each<[string, number, Record<string, string>, string, string]>([
    ['a login', 302, { location: '/login?session=hidden' }, '', '--header'],
    ['a refusal', 401, {}, '', '--header'],
    ['a wrong path', 404, {}, '', '--refresh-path'],
    ['an HTML page', 200, { 'content-type': 'text/html' }, '<html>Sign in</html>', 'HTML'],
    ['JSON without the value', 200, {}, '{"total":3}', '--refresh-value'],
  ])('is inconclusive where %s answers', async (_, status, headers, body, words) => {
    const url = await serve((_request, response) => response.writeHead(status, headers).end(body));
    const report = await at(url);
    expect(report.outcome).toBe('inconclusive');
    expect(told(report)).toContain(words);
    expect(told(report)).not.toContain('hidden');
  });

  test('fails where the app itself fails', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end());
    expect(await at(url)).toMatchObject({ outcome: 'fail' });
  });

  test('a task that goes while the load balancer still asks it is asked again', async () => {
    let requests = 0;
    const answering = balanced(() => [57, 57, 57]);
    const url = await serve((request, response) => {
      if (requests++ === 2) response.writeHead(502).end();
      else answering(request, response);
    });
    expect(await at(url)).toMatchObject({ outcome: 'pass' });
  });

  test('is inconclusive where the address is not known or does not answer', async () => {
    const closed = await serve(() => undefined);
    closeServers();
    const unknown = await answer('refresh');
    const unreachable = await at(closed);
    expect([unknown.outcome, unreachable.outcome]).toEqual(['inconclusive', 'inconclusive']);
    expect(told(unknown)).toContain('--app-url');
  });

  test('headers of the user are sent, and never told', async () => {
    let seen: unknown;
    const answering = balanced(() => [36, 57]);
    const url = await serve((request, response) => {
      seen = request.headers.authorization;
      answering(request, response);
    });
    const report = await at(url, (now) => (now.proof.headers = { Authorization: 'Bearer hidden' }));
    expect(seen).toBe('Bearer hidden');
    expect(told(report)).not.toContain('hidden');
  });

  test.each([
    ['$.board.count', '36'],
    ['/"count":(\\d+)/', '36'],
    ['body', 'characters'],
  ])('compares what %s finds', async (expression, shown) => {
    let turn = 0;
    const url = await serve((_request, response) => {
      const count = [36, 57][turn++ % 2]!;
      response.end(JSON.stringify({ board: { count, name: 'a name that makes the body a long one' } }));
    });
    const report = await at(url, (now) => (now.proof.refreshValue = expression));
    expect(report.outcome).toBe('fail');
    expect(report.detail).toContain(shown);
  });

  describe('before the first write', () => {
    const before = (change: (now: World) => void) => {
      const now = world();
      change(now);
      return takeBaseline(proofOf(now), appOf(now), { clock: new VirtualClock(), signal });
    };

    test('tasks that disagree are seen to', async () => {
      const url = await serve(balanced(() => [36, 57, 12]));
      const seen = await before((now) => {
        now.url = url;
        now.taskDefinitionTags = {};
      });
      expect(seen).toMatchObject({ verdict: 'split', shown: '36 × 2, 57 × 2, 12 × 2', wasOurs: false });
    });

    test('somebody who writes meanwhile makes no split of what agrees', async () => {
      let requests = 0;
      const url = await serve(balanced(() => (requests++ < 3 ? [57, 57, 57] : [58, 58, 58])));
      expect(await before((now) => (now.url = url))).toMatchObject({ verdict: 'agreed' });
    });

    test('what could not be seen is said, and does not stop the run', async () => {
      expect(await before(() => undefined)).toMatchObject({ verdict: 'not seen' });
    });
  });
});

test('an aborted run ends the checks', async () => {
  const aborted = AbortSignal.abort(new Error('stopped'));
  const now = world();
  now.url = await serve(balanced(() => [57, 57, 57]));
  await expect(
    climb([{ name: 'canvas-backend', checks: allChecks(contextOf(now)) }], () => undefined, aborted),
  ).rejects.toThrow('stopped');
});

test('what rests on a failure is not asked, and says on which', async () => {
  const now = world();
  now.ingress = [];
  let asked = 0;
  const context = { ...contextOf(now), askPing: () => Promise.resolve(((asked += 1), now.ping)) };
  const reports = await climb(
    [{ name: 'canvas-backend', checks: allChecks(context) }],
    () => undefined,
    signal,
  );
  const outcomes = Object.fromEntries(
    reports.map(({ id, outcome, detail }) => [id, `${outcome}: ${detail}`]),
  );
  expect(outcomes['ingress']).toMatch(/^fail/);
  for (const id of ['ping', 'logs', 'refresh'])
    expect(outcomes[id]).toBe('skip: not asked: ingress fails, which it rests on');
  expect(outcomes['revision']).toMatch(/^pass/);
  expect(asked).toBe(0);
});

test('every question is asked, told when it begins and ends, and answered in order', async () => {
  const events: string[] = [];
  const reports = await climb(
    [{ name: 'canvas-backend', checks: allChecks(contextOf(world())) }],
    ({ type }) => events.push(type),
    signal,
  );
  expect(reports.map(({ id }) => id)).toEqual(CHECKS);
  expect(events.filter((type) => type === 'check.started')).toHaveLength(CHECKS.length);
  expect(events.filter((type) => type === 'check.finished')).toHaveLength(CHECKS.length);
});
