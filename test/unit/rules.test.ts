/** What AWS would refuse, and what would lose data, is refused before AWS is asked: with the field's name, and what to do. */
import { describe, expect, test } from 'vitest';
import { refusal, typed } from './typed.ts';

/** Typed behind `setup`; the field that the sentence names; what it says. */
const REFUSED: readonly (readonly [line: string, field: string, sentence: string])[] = [
  // Nodes
  ['--multi-az --replicas 0', '--replicas', 'needs a replica'],
  ['--preset production --replicas 0', '--preset production', 'needs a replica'],
  ['--shards 2 --cluster-mode disabled', '--shards', 'only in cluster mode'],
  ['--shards 2 --cluster-mode compatible', '--shards', 'only in cluster mode'],
  ['--cluster-mode enabled --shards 500 --replicas 1', '--shards', '1000 nodes'],
  ['--preferred-azs us-east-1a,us-east-1b', '--preferred-azs', 'the cache has 1 node'],
  ['--preferred-azs us-east-1a --replicas 1', '--preferred-azs', 'the cache has 2 nodes'],
  ['--preferred-azs us-east-1a,us-east-1b,us-east-1c --replicas 1', '--preferred-azs', '3 zones'],
  [
    '--preferred-azs us-east-1a,us-east-1a --replicas 1 --multi-az',
    '--preferred-azs',
    'every node into us-east-1a',
  ],
  ['--preferred-azs us-east-1a,us-east-1a --preset production', '--preferred-azs', 'every node into'],
  ['--preferred-azs eu-west-1a --region us-east-1', '--preferred-azs', 'eu-west-1a'],
  ['--preferred-azs us-east-1a --cluster-mode enabled --shards 2', '--preferred-azs', 'a single shard'],
  ['--cache-node-type cache.t3.mikro', '--cache-node-type cache.t3.mikro', 'no node type'],
  ['--cache-node-type cache.micro.t3', '--cache-node-type', 'no node type'],
  ['--cache-node-type cache.t1.micro', '--cache-node-type', 'no new nodes'],
  ['--cache-node-type cache.m1.small', '--cache-node-type', 'no new nodes'],
  ['--cache-node-type cache.c1.xlarge', '--cache-node-type', 'no new nodes'],
  ['--cache-node-type cache.r6gd.xlarge', '--cache-node-type', 'on disk'],
  ['--cache-node-type cache.r8g.large', '--cache-node-type', 'Valkey alone'],
  ['--cache-node-type cache.m8g.large --engine redis', '--cache-node-type', 'Valkey alone'],
  ['--cache-node-type cache.c8gn.large', '--cache-node-type', 'Valkey alone'],
  ['--data-storage-maximum 5', '--data-storage-maximum', 'this one has nodes'],
  ['--ecpu-maximum 5000', '--ecpu-maximum', 'this one has nodes'],
  // Engines
  ['--engine redis --engine-version 6.2', '6.2', 'cannot be set up'],
  ['--engine redis --engine-version 7.2', '7.2', 'Valkey takes over'],
  ['--engine redis --engine-version 5.0', '5.0', 'cannot be set up'],
  ['--engine valkey --engine-version 7.1', '7.1', 'begins with 7.2'],
  ['--engine valkey --engine-version 6.2', '6.2', 'begins with 7.2'],
  ['--serverless --engine-version 8.1', '--engine-version 8.1', 'AWS chooses'],
  ['--serverless --engine redis --engine-version 8', 'Redis OSS 8', 'cannot be set up serverless'],
  ['--serverless --engine valkey --engine-version 6', 'Valkey', 'begins with 7'],
  ['--engine-version 9.0.0', '--engine-version', 'must be major.minor'],
  ['--engine memcached', '--engine', 'speaks another protocol'],
  ['--engine memorydb', '--engine', 'is a durable database'],
  ['--engine keydb', '--engine', 'must be one of'],
  // Serverless
  ['--serverless --cache-node-type cache.t3.micro', '--cache-node-type', 'none to choose'],
  ['--serverless --replicas 1', '--replicas', 'none to choose'],
  ['--serverless --shards 2 --cluster-mode enabled', '--shards', 'none to choose'],
  ['--serverless --cluster-mode disabled', '--cluster-mode', 'none to choose'],
  ['--serverless --multi-az', '--multi-az', 'none to choose'],
  ['--serverless --port 6380', '--port', 'none to choose'],
  ['--serverless --preferred-azs us-east-1a', '--preferred-azs', 'none to choose'],
  ['--serverless --maintenance-window sun:05:00-sun:06:00', '--maintenance-window', 'none to choose'],
  ['--serverless --subnet-group shared', '--subnet-group', 'none to choose'],
  ['--serverless --maxmemory-policy noeviction', '--maxmemory-policy', 'no parameters'],
  ['--serverless --parameter timeout=300', '--parameter', 'no parameters'],
  ['--serverless --parameter-group mine', '--parameter-group', 'no parameters'],
  ['--serverless --no-transit-encryption', '--no-transit-encryption', 'nothing but TLS'],
  ['--serverless --no-at-rest-encryption', '--no-at-rest-encryption', 'always encrypted'],
  ['--serverless --auth token', '--auth token', 'takes no token'],
  // Passwords
  ['--auth token --no-transit-encryption', '--auth token', 'only with TLS'],
  ['--auth rbac --no-transit-encryption', '--auth rbac', 'only with TLS'],
  ['--preset production --no-transit-encryption', '--preset production', 'only with TLS'],
  ['--auth token --secrets none', '--secrets none', 'no place to keep it'],
  ['--auth rbac --secrets none', '--secrets none', 'no place to keep it'],
  ['--preset production --secrets none', '--preset production', 'no place to keep it'],
  ['--serverless --auth rbac --secrets none', '--secrets none', 'no place to keep it'],
  ['--adopt --auth rbac', '--auth rbac', 'could not be taken off again'],
  ['--require-tls --no-transit-encryption', '--require-tls', 'gives it to none'],
  // Parameters
  ['--parameter-group mine --maxmemory-policy noeviction', '--maxmemory-policy', 'used as it is'],
  ['--parameter-group mine --parameter timeout=300', '--parameter', 'used as it is'],
  ['--parameter-group default.redis7 --parameter timeout=300', '--parameter', 'nobody can change'],
  [
    '--parameter-group default.redis7 --maxmemory-policy noeviction',
    '--maxmemory-policy',
    'nobody can change',
  ],
  [
    '--maxmemory-policy noeviction --parameter maxmemory-policy=allkeys-lru',
    '--parameter',
    'maxmemory-policy=',
  ],
  ['--adopt --maxmemory-policy noeviction', '--maxmemory-policy', 'could not be taken off again'],
  ['--adopt --parameter timeout=300', '--parameter', 'could not be taken off again'],
  ['--parameter cluster-enabled=yes', '--parameter', 'is cluster mode'],
  ['--parameter-group default.redis7.cluster.on', '--parameter-group', 'turns cluster mode on'],
  ['--parameter-group default.redis7 --cluster-mode enabled', '--parameter-group', 'leaves cluster mode off'],
  ['--parameter-group default.redis7 --engine valkey', '--parameter-group', 'is of redis'],
  ['--parameter-group default.valkey8 --engine redis', '--parameter-group', 'is of valkey'],
  ['--maxmemory-policy lru', '--maxmemory-policy', 'must be one of'],
  // Encryption at rest, backups, network
  ['--kms-key-id alias/shop --no-at-rest-encryption', '--kms-key-id', 'turns off'],
  ['--kms-key-id k', '--kms-key-id k', 'neither the id of a key'],
  ['--kms-key-id alias/', '--kms-key-id alias/', 'neither the id of a key'],
  ['--kms-key-id arn:aws:kms:us-east-1:1:key/k', '--kms-key-id', 'neither the id of a key'],
  ['--serverless --kms-key-id shop', '--kms-key-id shop', 'neither the id of a key'],
  ['--snapshot-window 03:00-04:00 --snapshot-retention 0', '--snapshot-window', 'makes none'],
  ['--snapshot-retention 36', '--snapshot-retention', 'from 0 to 35'],
  ['--cache-name sg-web', '--cache-name', 'begins with sg-'],
  ['--subnets subnet-1', '--subnets', 'names one subnet'],
  ['--subnets subnet-1,subnet-2 --subnet-group shared', '--subnet-group', 'has its own subnets'],
  ['--subnet-group shared --subnet-group-name mine', '--subnet-group', 'exists already'],
  // Queues
  ['--workload queue --serverless', '--serverless', 'evicts keys'],
  ['--workload queue --cluster-mode enabled', '--cluster-mode', 'over shards'],
  ['--workload queue --cluster-mode compatible', '--cluster-mode', 'over shards'],
  ['--workload queue --maxmemory-policy allkeys-lru', '--maxmemory-policy', 'jobs among them'],
  ['--workload queue --parameter maxmemory-policy=volatile-ttl', '--parameter', 'jobs among them'],
  ['--workload queue --parameter-group default.redis7', '--parameter-group', 'jobs among them'],
  ['--env-profile bullmq --serverless', '--serverless', 'evicts keys'],
  ['--env-profile celery --serverless', '--serverless', 'evicts keys'],
  ['--env-profile bullmq --cluster-mode enabled', '--cluster-mode', 'over shards'],
  ['--env-profile bullmq --maxmemory-policy volatile-lru', '--maxmemory-policy', 'jobs among them'],
  // The app
  ['--service b --instance i-0a1b', '--instance', 'of one on ECS'],
  ['--ecs-cluster a --auto-scaling-group web', '--auto-scaling-group', 'of one on ECS'],
  ['--container app --instance-security-group web-sg', '--container', 'of one on ECS'],
  ['--fix-execution-role --instance i-0a1b', '--fix-execution-role', 'of one on ECS'],
  ['--instance i-0a1b --auto-scaling-group web', '--auto-scaling-group', 'instances of one app'],
  ['--service b --env-file .env', '--env-file', 'restarts by itself'],
  ['--service b --restart-command restart', '--restart-command', 'restarts by itself'],
  ['--log-file /var/log/app.log', '--log-file', 'none are named'],
  ['--parameter-path /a/b', '--parameter-path', 'none are named'],
  ['--instance i-0a1b --env-file .env --parameter-path /a/b', '--parameter-path', 'two places'],
  ['--instance i-0a1b --env-file a.env --env-file b.env', '--env-file', 'names 2 files'],
  ['--instance i-0a1b --parameter-path /aws/b', '--parameter-path', 'AWS’s own'],
  ['--env-var CACHE_URL --env-profile split', '--env-profile', 'both say'],
  ['--env-tls REDIS_URL', '--env-tls', 'set already'],
  ['--env-profile split --env-tls REDIS_TLS', '--env-tls', 'set already'],
  ['--service arn:aws:lambda:eu-west-1:123456789012:function:api', '--service', 'is a Lambda function'],
  // The proof
  ['--refresh-value $.count', '--refresh-value', 'but not where'],
  ['--refresh-path /', '--refresh-path', 'but not what to compare'],
  ['--no-stickiness --stickiness-seconds 60', '--stickiness-seconds', 'no meaning'],
];

const TAKEN: readonly string[] = [
  '',
  '--multi-az',
  '--multi-az --replicas 1',
  '--replicas 5',
  '--preset production',
  '--preset production --replicas 0 --no-multi-az',
  '--preset development',
  '--cluster-mode enabled',
  '--cluster-mode enabled --shards 3',
  '--cluster-mode enabled --shards 3 --replicas 2 --multi-az',
  '--cluster-mode enabled --shards 500',
  '--cluster-mode compatible',
  '--shards 1',
  // Meant for a cache that is there, and may have shards.
  '--shards 3',
  '--preferred-azs us-east-1a',
  '--preferred-azs us-east-1a,us-east-1b --replicas 1 --multi-az --region us-east-1',
  '--preferred-azs us-east-1a,us-east-1b --preset production',
  '--preferred-azs us-east-1a,us-east-1a --replicas 1',
  '--cache-node-type cache.t2.micro',
  '--cache-node-type cache.r7g.large',
  '--cache-node-type cache.r8g.large --engine valkey',
  '--engine valkey',
  '--engine valkey --engine-version 7.2',
  '--engine valkey --engine-version 9.1',
  '--engine redis --engine-version 7.0',
  // Meant for a cache that is there, and may run Valkey.
  '--engine-version 8.1',
  '--serverless',
  '--serverless --engine valkey',
  '--serverless --auth rbac',
  '--serverless --preset production',
  '--serverless --data-storage-maximum 5 --ecpu-maximum 5000',
  '--serverless --snapshot-retention 7 --snapshot-window 03:00-04:00',
  '--serverless --subnets subnet-1,subnet-2',
  '--serverless --kms-key-id arn:aws:kms:us-east-1:111122223333:alias/shop',
  '--serverless --engine-version 8',
  '--serverless --engine redis --engine-version 7',
  // Meant for a cache that is there, and may be serverless.
  '--engine-version 8',
  '--engine valkey --engine-version 8',
  '--serverless --workload cache',
  '--serverless --workload sessions',
  '--serverless --workload pubsub',
  '--serverless --workload queue --allow-unsafe-queue',
  '--auth token',
  '--auth token --secrets ssm',
  '--auth rbac --secrets secretsmanager',
  '--auth none --no-transit-encryption --secrets none',
  '--preset production --auth none --no-transit-encryption',
  '--adopt --workload queue',
  '--parameter-group mine',
  '--parameter-group default.redis7',
  '--parameter-group default.redis7.cluster.on --cluster-mode enabled',
  '--parameter-group mine --workload queue',
  '--parameter-group mine --workload cache',
  '--maxmemory-policy noeviction --parameter timeout=300,notify-keyspace-events=Ex',
  '--maxmemory-policy noeviction --parameter maxmemory-policy=noeviction',
  '--kms-key-id 1234abcd-12ab-34cd-56ef-1234567890ab',
  '--kms-key-id mrk-1234abcd12ab34cd56ef1234567890ab',
  '--kms-key-id alias/shop/cache',
  '--kms-key-id arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  '--snapshot-window 03:00-04:00 --snapshot-retention 1',
  '--cache-name sg-web --security-group-name web',
  '--subnets subnet-1,subnet-2',
  '--subnet-group shared',
  '--workload queue',
  '--workload queue --replicas 0',
  '--workload queue --maxmemory-policy noeviction',
  '--workload queue --cluster-mode enabled --allow-unsafe-queue',
  '--workload queue --maxmemory-policy allkeys-lru --allow-unsafe-queue',
  '--workload sessions --replicas 0',
  '--workload pubsub --preset production',
  '--workload cache --preset production',
  '--env-profile bullmq',
  '--env-profile bullmq --workload cache',
  '--env-profile celery --auth token',
  '--env-profile split --serverless --auth rbac',
  '--env-profile elasticache',
  '--env-var CACHE_URL --env-tls CACHE_TLS',
  '--instance i-0a1b,i-0a1c --restart-command restart --log-file /var/log/app.log',
  '--auto-scaling-group web --env-file .env',
  '--instance-security-group web-sg --parameter-path /shop/production',
  '--ecs-cluster a --service b --container c --fix-execution-role',
  '--refresh-path / --refresh-value body',
  '--stickiness-seconds 60',
];

describe('a combination that cannot be had', () => {
  test.each(REFUSED)('%s names %s', (line, field, sentence) => {
    const { message, hint } = refusal(`setup ${line}`);
    expect(message).toContain(field);
    expect(message).toContain(sentence);
    expect(`${message}${hint}`).not.toMatch(/\n|undefined|NaN|\[object|, *;/);
    expect(hint.length).toBeGreaterThan(0);
  });

  test('is refused for a plan and for a look at it too', () => {
    const scattered = '--shards 2 --cluster-mode disabled';
    expect(refusal(`plan ${scattered}`).message).toContain('--shards');
    expect(refusal(`status ${scattered}`).message).toContain('--shards');
  });

  test('all that is wrong is said at once, and what mends each', () => {
    expect(refusal('setup --auth token --no-transit-encryption --shards 2 --cluster-mode disabled')).toEqual({
      message:
        '--shards is 2, and only in cluster mode are keys spread over shards; --auth token makes a password, which AWS takes only with TLS, and --no-transit-encryption turns that off',
      hint: 'Say --cluster-mode enabled, if the app’s client speaks the cluster protocol. Leave out --no-transit-encryption, or say --auth none.',
    });
  });

  test('a variable that is wrong is called by its own name', () => {
    const environment = { ELASTICACHE_WIZARD_SHARDS: '2', ELASTICACHE_WIZARD_MULTI_AZ: 'true' };
    const { message } = refusal('setup --replicas 0 --cluster-mode disabled', { environment });
    expect(message).toContain('ELASTICACHE_WIZARD_SHARDS is 2');
    expect(message).toContain('ELASTICACHE_WIZARD_MULTI_AZ=true needs a replica');
  });

  test('the nearest node type is suggested', () => {
    expect(refusal('setup --cache-node-type cache.t3.mikro').hint).toContain('Did you mean cache.t3.micro?');
  });

  test('a queue says how to have it all the same', () => {
    expect(refusal('setup --workload queue --serverless').hint).toContain('--allow-unsafe-queue');
  });
});

test.each(TAKEN)('setup %s is taken', (line) => {
  expect(() => typed(`setup ${line}`.trim())).not.toThrow();
});

test('the way back takes the command that restarts instances, without naming them', () => {
  expect(() => typed('rollback --project shop --restart-command restart')).not.toThrow();
});

describe('what the cache is for', () => {
  const derived = (line: string): Record<string, unknown> => {
    const { inputs } = typed(`setup ${line}`);
    const { maxmemoryPolicy, clusterMode, serverless, replicas, multiAz, snapshotRetention } = inputs;
    const all = { maxmemoryPolicy, clusterMode, serverless, replicas, multiAz, snapshotRetention };
    return Object.fromEntries(Object.entries(all).map(([name, input]) => [name, input?.value]));
  };

  test.each([
    ['cache', { maxmemoryPolicy: 'allkeys-lru', replicas: 0, multiAz: false, snapshotRetention: 0 }],
    ['sessions', { maxmemoryPolicy: undefined, replicas: 1, multiAz: true, snapshotRetention: 0 }],
    ['queue', { maxmemoryPolicy: 'noeviction', replicas: 1, multiAz: true, snapshotRetention: 1 }],
    ['pubsub', { maxmemoryPolicy: undefined, replicas: 0, multiAz: false, snapshotRetention: 0 }],
  ])('%s decides what nobody said', (workload, expected) => {
    expect(derived(`--workload ${workload}`)).toMatchObject({
      ...expected,
      clusterMode: 'disabled',
      serverless: false,
    });
  });

  test('an app that reads the variables of a queue has one', () => {
    expect(derived('--env-profile bullmq')).toMatchObject({ maxmemoryPolicy: 'noeviction', replicas: 0 });
    expect(derived('--env-profile celery --maxmemory-policy noeviction')).toMatchObject({ replicas: 0 });
    expect(derived('--env-profile bullmq --workload cache')).toMatchObject({
      maxmemoryPolicy: 'allkeys-lru',
    });
  });

  test('what is given stays', () => {
    expect(derived('--workload queue --snapshot-retention 3 --replicas 0')).toMatchObject({
      snapshotRetention: 3,
      replicas: 0,
      multiAz: false,
    });
  });

  test('a preset chosen by name decides how much it may cost, but keeps no messages and evicts no job', () => {
    expect(derived('--workload queue --preset development')).toMatchObject({
      maxmemoryPolicy: 'noeviction',
      replicas: 0,
      snapshotRetention: 0,
    });
    expect(derived('--workload pubsub --preset production')).toMatchObject({
      replicas: 1,
      snapshotRetention: 0,
    });
  });

  test('changes nothing of a cache that lives: it is no more than a default', () => {
    const { inputs } = typed('setup --workload queue');
    const { maxmemoryPolicy, replicas } = inputs;
    expect([maxmemoryPolicy?.origin, replicas.origin]).toEqual(['default', 'default']);
  });
});
