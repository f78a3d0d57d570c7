/** Runs of `verify` as a report tells of them: one in which all is well, and one that a missing rule breaks. */
import { CHECKS, rungOf, type CheckReport } from '../../src/domain/check.ts';
import { WizardError } from '../../src/errors.ts';
import type { Report } from '../../src/output/report/page.ts';
import type { Picture } from '../../src/output/report/picture.ts';
import { resultOf, type Facts } from '../../src/output/result.ts';

const HOST = 'master.web-redis.abc123.use1.cache.amazonaws.com';
export const PASSWORD = 'hunter2-is-no-password';

export const FIX =
  'aws ec2 authorize-security-group-ingress --group-id sg-0cache --protocol tcp --port 6379 --source-group sg-0app --region us-east-1';

/** Of the question that is broken, or with no id of none. */
export function answers(broken?: CheckReport['id']): CheckReport[] {
  const isAbove = (id: CheckReport['id']): boolean =>
    rungOf(id).restsOn.some((lower) => lower === broken || isAbove(lower));
  return CHECKS.map((id): CheckReport => {
    if (id === broken) {
      return {
        id,
        outcome: 'fail',
        detail: 'web-redis-sg (sg-0cache) of web-redis lacks the rule TCP 6379 from sg-0app',
        means: 'the packets of the tasks are dropped without a word, so that clients wait until they give up',
        hint: 'Let the port in from the group of the tasks.',
        fix: FIX,
      };
    }
    if (broken !== undefined && isAbove(id)) {
      const detail = `not asked: ${broken} fails, which it rests on`;
      return { id, outcome: 'skip', detail, stoppedBy: broken };
    }
    const evidence = EVIDENCE[id];
    return {
      id,
      outcome: 'pass',
      detail: DETAILS[id] ?? `${id} is as it should be`,
      ...(evidence ? { evidence } : {}),
    };
  });
}

const DETAILS: Partial<Record<string, string>> = {
  variables: `REDIS_URL is rediss://${HOST}:6379, as the cache’s endpoint is`,
  logs: `3 tasks have connected; “<b>redis</b> & co: rediss://app:${PASSWORD}@${HOST}:6379 ready”`,
};

const EVIDENCE: Partial<Record<string, NonNullable<CheckReport['evidence']>>> = {
  ping: {
    latencies: [
      { from: 'us-east-1a', p50: 0.31, p99: 0.84 },
      { from: 'us-east-1b', p50: 0.72, p99: 2.4 },
    ],
  },
  refresh: {
    refreshes: {
      now: [{ value: '105', times: 10 }],
      nowInOrder: Array.from({ length: 10 }, () => '105'),
      before: {
        shown: '36 × 4, 57 × 3, 12 × 3',
        counts: [
          { value: '36', times: 4 },
          { value: '57', times: 3 },
          { value: '12', times: 3 },
        ],
      },
    },
  },
};

export const PICTURE: Picture = {
  apps: [
    {
      name: 'backend',
      runs: '3 of 3 tasks, backend:42',
      vpcId: 'vpc-0123456789abcdef0',
      securityGroups: [{ groupId: 'sg-0app', groupName: 'backend-sg' }],
      subnets: [
        { subnetId: 'subnet-0aaaaaaaaaaaaaaaa', availabilityZone: 'us-east-1a', cidrBlock: '10.0.1.0/24' },
        { subnetId: 'subnet-0bbbbbbbbbbbbbbbb', availabilityZone: 'us-east-1b', cidrBlock: '10.0.2.0/24' },
      ],
      variables: ['REDIS_URL'],
      caches: ['web-redis'],
      balancers: [{ name: 'web-alb', scheme: 'internet-facing', stickiness: 'stickiness on' }],
    },
  ],
  caches: [
    {
      name: 'web-redis',
      is: 'redis 7.1.0, 2 × cache.t3.micro',
      status: 'available',
      speaks: 'TCP 6379, TLS',
      vpcId: 'vpc-0123456789abcdef0',
      securityGroups: [{ groupId: 'sg-0cache', groupName: 'web-redis-sg' }],
      nodes: ['web-redis-001', 'web-redis-002'],
    },
  ],
};

export function reported(broken?: CheckReport['id']): Report {
  const checks = answers(broken);
  const error = broken && new WizardError('CheckFailed', `The check ${broken} fails`, { hint: 'Mend it.' });
  return { result: resultOf('verify', { ...FACTS, checks }, error ? 6 : 0, error), picture: PICTURE, at: 0 };
}

const FACTS: Omit<Facts, 'checks'> = {
  identity: {
    account: '123456789012',
    arn: 'arn:aws:iam::123456789012:user/me',
    region: 'us-east-1',
    partition: 'aws',
  },
  project: 'backend',
  changes: [],
  caches: [
    {
      name: 'web-redis',
      engine: 'redis',
      engineVersion: '7.1.0',
      status: 'available',
      endpoint: { address: HOST, port: 6379, kind: 'primary' },
      transitEncryption: true,
      auth: 'none',
      arn: 'arn:aws:elasticache:us-east-1:123456789012:replicationgroup:web-redis',
      cacheNodeType: 'cache.t3.micro',
      nodes: 2,
    },
  ],
  consumers: [
    {
      kind: 'ecs',
      ecsCluster: 'web',
      service: 'backend',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/backend:42',
      variables: [{ name: 'REDIS_URL', place: 'environment' }],
      rollout: 'COMPLETED',
      runningCount: 3,
      desiredCount: 3,
    },
  ],
  stickiness: [
    {
      targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2c1f0a9b8d7e6',
      enabled: true,
      seconds: 3600,
    },
  ],
  awsCalls: { reads: 40, writes: 2 },
  elapsedMs: 61_000,
};
