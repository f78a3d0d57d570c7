/** A service and caches made by AWS's own calls alone, in the spellings that teams have for them: no false alarm, the real cause. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { inMatrix } from '../matrix.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, interrupted, REFRESH, type Ended } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const MINUTE = 60_000;
const CLUSTER = 'collabcanvas';
const SERVICE = 'collabcanvas-backend';
const VERIFY = ['verify', '--ecs-cluster', CLUSTER, '--service', SERVICE, '--no-stickiness'];
const TOKEN = 'a-token-that-the-team-has-made';

const CACHES = {
  shop: {},
  'shop-auth': { AuthToken: TOKEN },
  'shop-cluster': {
    NumNodeGroups: 2,
    ReplicasPerNodeGroup: 0,
    AutomaticFailoverEnabled: true,
    CacheParameterGroupName: 'default.redis7.cluster.on',
  },
} as const;
type CacheName = keyof typeof CACHES;

type Values = Readonly<Record<string, string>>;
interface Handed {
  /** Plain values; `{shop}` stands for that cache's address. */
  readonly plain?: Values;
  /** Names of the team's own secrets, as `valueFrom` refers to them. */
  readonly secrets?: Values;
  /** To the sidecar. */
  readonly sidecar?: Values;
}

const TWO_CACHES = `
caches: [{ name: shop }, { name: shop-auth }]
consumers:
  - ecsCluster: ${CLUSTER}
    service: ${SERVICE}
    variables:
      REDIS_URL: { value: '{url}', cache: shop }
      JOBS_URL: { value: '{url}', cache: shop-auth }
stickiness: { enabled: false }
`;

const folder = mkdtempSync(join(tmpdir(), 'verify-untouched-'));
const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;
let addresses: Readonly<Record<CacheName, string>>;

interface Service {
  readonly taskDefinition: string;
  readonly networkConfiguration: {
    readonly awsvpcConfiguration: { readonly subnets: string[]; readonly securityGroups: string[] };
  };
}

async function service(): Promise<Service> {
  const { services } = await call<{ services: [Service] }>('ecs', 'DescribeServices', {
    cluster: CLUSTER,
    services: [SERVICE],
  });
  return services[0];
}

async function createCaches(): Promise<typeof addresses> {
  const { subnets, securityGroups } = (await service()).networkConfiguration.awsvpcConfiguration;
  const { Subnets } = await call<{ Subnets: [{ VpcId: string }] }>('ec2', 'DescribeSubnets', {
    SubnetIds: subnets,
  });
  const named = { GroupName: 'shop', Description: 'shop', VpcId: Subnets[0].VpcId };
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', named);
  await clock.sleep(MINUTE);
  const UserIdGroupPairs = [{ GroupId: securityGroups[0] }];
  await call('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, UserIdGroupPairs }],
  });
  await call('elasticache', 'CreateCacheSubnetGroup', {
    CacheSubnetGroupName: 'shop',
    CacheSubnetGroupDescription: 'shop',
    SubnetIds: subnets,
  });
  const names = Object.keys(CACHES) as CacheName[];
  for (const name of names) {
    await call('elasticache', 'CreateReplicationGroup', {
      ReplicationGroupId: name,
      ReplicationGroupDescription: name,
      CacheNodeType: 'cache.t4g.micro',
      Engine: 'redis',
      EngineVersion: '7.1',
      TransitEncryptionEnabled: true,
      CacheSubnetGroupName: 'shop',
      SecurityGroupIds: [GroupId],
      ...CACHES[name],
    });
  }
  await clock.sleep(30 * MINUTE);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await addressOf(name)])),
  ) as typeof addresses;
}

interface Endpoint {
  readonly Address: string;
}

async function addressOf(ReplicationGroupId: CacheName): Promise<string> {
  const { ReplicationGroups } = await call<{
    ReplicationGroups: [{ ConfigurationEndpoint?: Endpoint; NodeGroups: [{ PrimaryEndpoint?: Endpoint }] }];
  }>('elasticache', 'DescribeReplicationGroups', { ReplicationGroupId });
  const [{ ConfigurationEndpoint, NodeGroups }] = ReplicationGroups;
  return (ConfigurationEndpoint ?? NodeGroups[0].PrimaryEndpoint)?.Address ?? '';
}

/** Placeholders for what is known once the caches are there. */
function filled(values: Values): [string, string][] {
  return Object.entries(values).map(([name, value]) => [
    name,
    value.replace(/\{([\w-]+)\}/g, (_, cache: CacheName) => addresses[cache]),
  ]);
}

async function deploy({ plain = {}, secrets = {}, sidecar = {} }: Handed, minutes = 4): Promise<void> {
  const first = `${SERVICE}:1`;
  const { taskDefinition } = await call<{ taskDefinition: { containerDefinitions: Container[] } & object }>(
    'ecs',
    'DescribeTaskDefinition',
    { taskDefinition: first },
  );
  const entries = (values: Values) => filled(values).map(([name, value]) => ({ name, value }));
  const containerDefinitions = taskDefinition.containerDefinitions.map((container) => {
    const { name, environment = [] } = container;
    if (name !== 'backend') return { ...container, environment: [...environment, ...entries(sidecar)] };
    const references = filled(secrets).map(([variable, valueFrom]) => ({ name: variable, valueFrom }));
    return { ...container, environment: [...environment, ...entries(plain)], secrets: references };
  });
  const registered = await call<{ taskDefinition: { taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    { ...taskDefinition, containerDefinitions },
  );
  await call('ecs', 'UpdateService', {
    cluster: CLUSTER,
    service: SERVICE,
    taskDefinition: registered.taskDefinition.taskDefinitionArn,
  });
  await clock.sleep(minutes * MINUTE);
}

interface Container {
  readonly name: string;
  readonly environment?: { name: string; value: string }[];
}

async function secret(Name: string, SecretString: string): Promise<string> {
  const held = filled({ held: SecretString })[0]![1];
  return (await call<{ ARN: string }>('secretsmanager', 'CreateSecret', { Name, SecretString: held })).ARN;
}

const verify = (...argv: string[]): Promise<Ended> => commandLine([...VERIFY, ...argv], sandbox, clock);

const troubles = ({ result }: Ended): CheckReport[] =>
  result.checks.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip');

const firstCause = ({ result }: Ended): CheckReport | undefined =>
  result.checks.find(({ outcome }) => outcome === 'fail');

describe.skipIf(!hasRedis)('verify, of what it has never touched,', () => {
  beforeAll(async () => {
    const scenario = quickCanvas({ tasks: 2 });
    sandbox = await quickSandbox({ scenario, clock });
    call = accountCalls(sandbox, clock);
    addresses = await createCaches();
    await call('iam', 'PutRolePolicy', {
      RoleName: 'collabcanvas-execution',
      PolicyName: 'secrets',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
      }),
    });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
    return sandbox.close();
  });

  describe('finds nothing wrong where', () => {
    test.each<[string, Handed]>([
      [
        'a switch of its own turns TLS on',
        { plain: { REDIS_URL: 'redis://{shop}:6379', REDIS_TLS: 'true' } },
      ],
      [
        'a cluster client is named by its variable',
        { plain: { REDIS_CLUSTER_ENDPOINTS: '{shop-cluster}:6379', REDIS_TLS: 'true' } },
      ],
      [
        'URL, host and port are all handed over, and the password is empty',
        {
          plain: {
            REDIS_URL: 'rediss://{shop}:6379',
            REDIS_HOST: '{shop}',
            REDIS_PORT: '6379',
            REDIS_PASSWORD: '',
          },
        },
      ],
    ])('%s', async (_, handed) => {
      await deploy(handed);
      const ended = await verify();
      expect([troubles(ended), ended.exitCode]).toEqual([[], 0]);
    });

    inMatrix('the password stands in a secret beside the URL', async () => {
      const password = await secret('team/redis', JSON.stringify({ password: TOKEN }));
      await deploy({
        plain: { REDIS_URL: 'rediss://{shop-auth}:6379' },
        secrets: { REDIS_PASSWORD: `${password}:password::` },
      });
      const ended = await verify();
      expect([troubles(ended), ended.exitCode]).toEqual([[], 0]);
    });
  });

  describe('names the cause, from within, where', () => {
    test('a secret leads to another cache', async () => {
      await deploy({ secrets: { REDIS_URL: await secret('team/url', 'rediss://{shop}:6379') } });
      const ended = await verify('--cache-name', 'shop-auth');
      expect(ended.exitCode).toBe(6);
      expect(firstCause(ended)).toMatchObject({ id: 'ping' });
      expect(firstCause(ended)?.detail).toContain('an endpoint of another cache, shop;');
    });

    inMatrix('the second of two caches refuses the token in its secret', async () => {
      const jobs = await secret('team/jobs', 'rediss://:rotated-long-ago-1234@{shop-auth}:6379');
      await deploy({ plain: { REDIS_URL: 'rediss://{shop}:6379' }, secrets: { JOBS_URL: jobs } });
      const config = join(folder, 'two-caches.yaml');
      writeFileSync(config, TWO_CACHES);
      const ended = await commandLine(['verify', '--config', config], sandbox, clock);
      expect(ended.exitCode).toBe(6);
      expect(firstCause(ended)).toMatchObject({ id: 'ping' });
      expect(firstCause(ended)?.detail).toContain('WRONGPASS');
    });

    inMatrix('only the sidecar is handed the address', async () => {
      await deploy({ sidecar: { REDIS_URL: 'rediss://{shop}:6379' } });
      const ended = await verify(...REFRESH);
      expect(firstCause(ended)).toMatchObject({
        id: 'usage',
        hint: 'Only log-router is handed the variables: hand them to backend too, if that is the app.',
      });
    });
  });

  describe('names the cause where', () => {
    // What the app would do is not asked: none of its programs need run.
    beforeAll(() => call('ecs', 'UpdateService', { cluster: CLUSTER, service: SERVICE, desiredCount: 0 }));

    test.each<[string, Handed, RegExp, string?]>([
      ['the URL is in quotes', { plain: { REDIS_URL: '"rediss://{shop}:6379"' } }, /in quotes/],
      [
        'the scheme is that of a page',
        { plain: { REDIS_URL: 'https://{shop}:6379' } },
        /no address of a Redis/,
      ],
      ['a host ends in a line break', { plain: { REDIS_HOST: '{shop}\n' } }, /white space around it/],
      [
        'the app is still told of the Redis on somebody’s laptop',
        { plain: { REDIS_URL: 'redis://localhost:6379' } },
        /localhost:6379, the task itself/,
        'shop',
      ],
      [
        'the address is that of a cache which was restored under another name',
        {
          plain: {
            REDIS_URL: 'rediss://{shop}:6379'.replace(
              '{shop}',
              'master.shop-old.fca9f4.use1.cache.amazonaws.com',
            ),
          },
        },
        /the cache was deleted: there is no shop-old/,
      ],
    ])('%s', async (_, handed, cause, cacheName) => {
      await deploy(handed, 1);
      const ended = await verify(...(cacheName === undefined ? [] : ['--cache-name', cacheName]));
      expect(ended.exitCode).toBe(6);
      expect(firstCause(ended)?.detail).toMatch(cause);
      expect(ended.result.error?.message).toMatch(cause);
    });

    test('no task is wanted', async () => {
      await deploy({ plain: { REDIS_URL: 'rediss://{shop}:6379' } });
      const ended = await verify();
      expect(firstCause(ended)).toMatchObject({
        id: 'revision',
        fix: `aws ecs update-service --cluster ${CLUSTER} --service ${SERVICE} --desired-count 2 --region us-east-1`,
      });
      await call('ecs', 'UpdateService', { cluster: CLUSTER, service: SERVICE, desiredCount: 2 });
      await clock.sleep(5 * MINUTE);
    });
  });

  test('asks the account once about the network and the caches, and leaves nothing behind', async () => {
    const asked = listening(['ec2', 'elasticache', 'elasticloadbalancing', 'iam']);
    const ended = await verify();
    expect([troubles(ended), ended.exitCode]).toEqual([[], 0]);
    // The page about the nodes is asked for by two gateways, with other needs.
    const again = asked.filter(
      (each, at) => asked.indexOf(each) !== at && !/DescribeCacheClusters/.test(each),
    );
    expect(again).toEqual([]);
    expect(await left()).toEqual([]);
  });

  test('leaves nothing behind when it is interrupted while the probe runs', async () => {
    const stop = new AbortController();
    const operations = operationsOf('ecs');
    const { RunTask: runTask } = operations;
    let started = 0;
    operations['RunTask'] = (input, by) => {
      started += 1;
      // The first is the rehearsal.
      if (started === 2) stop.abort(interrupted());
      return runTask!(input, by) as unknown;
    };
    const { exitCode } = await commandLine(VERIFY, sandbox, clock, stop.signal);
    operations['RunTask'] = runTask!;
    expect([exitCode, started > 1]).toEqual([130, true]);
    await clock.sleep(2 * MINUTE);
    expect(await left()).toEqual([]);
  });
});

type Operations = Sandbox['account']['services'][string];

/** To be listened to, or broken. */
function operationsOf(service: string): { -readonly [action in keyof Operations]: Operations[action] } {
  return sandbox.account.services[service]!;
}

/** From now on, what is asked of these services. */
function listening(services: readonly string[]): string[] {
  const asked: string[] = [];
  for (const service of services) {
    const operations = operationsOf(service);
    for (const [action, operation] of Object.entries(operations)) {
      operations[action] = (input, by) => {
        asked.push(`${action} ${JSON.stringify(input)}`);
        return operation(input, by) as unknown;
      };
    }
  }
  return asked;
}

/** Of the probe's: task definitions, and tasks that are not the service's. */
async function left(): Promise<string[]> {
  const definitions = await Promise.all(
    ['ACTIVE', 'INACTIVE'].map((status) =>
      call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', {
        familyPrefix: 'elasticache-wizard-probe-collabcanvas-collabcanvas-backend',
        status,
      }),
    ),
  );
  const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', {
    cluster: CLUSTER,
    startedBy: 'elasticache-wizard/collabcanvas-backend',
  });
  return [...definitions.flatMap(({ taskDefinitionArns }) => taskDefinitionArns), ...taskArns];
}
