/** A service and a cache that this tool never touched, made by AWS's own calls: what is wrong is named, and its fix mends it. */
import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, type Ended } from './command-line.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const MINUTE = 60_000;
const SERVICE = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend'];
const CACHE = 'shop-redis';

const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;
let address: string;

beforeAll(async () => {
  const scenario = inertCanvas({ tasks: 2 });
  sandbox = await quickSandbox({ scenario, clock });
  call = accountCalls(sandbox, clock);
  address = await createCache();
});

afterAll(() => sandbox.close());

interface Service {
  readonly taskDefinition: string;
  readonly networkConfiguration: {
    readonly awsvpcConfiguration: { readonly subnets: string[]; readonly securityGroups: string[] };
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly environment: { name: string; value: string }[];
  readonly secrets?: { name: string; valueFrom: string }[];
}

async function serviceNow(): Promise<Service> {
  const input = { cluster: 'collabcanvas', services: ['collabcanvas-backend'] };
  const { services } = await call<{ services: [Service] }>('ecs', 'DescribeServices', input);
  return services[0];
}

async function createCache(): Promise<string> {
  const { subnets, securityGroups } = (await serviceNow()).networkConfiguration.awsvpcConfiguration;
  const { Subnets } = await call<{ Subnets: [{ VpcId: string }] }>('ec2', 'DescribeSubnets', {
    SubnetIds: subnets,
  });
  const { GroupId } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', {
    GroupName: 'shop-redis',
    Description: 'shop-redis',
    VpcId: Subnets[0].VpcId,
  });
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
  await call('elasticache', 'CreateReplicationGroup', {
    ReplicationGroupId: CACHE,
    ReplicationGroupDescription: 'shop',
    CacheNodeType: 'cache.t4g.micro',
    Engine: 'redis',
    EngineVersion: '7.1',
    TransitEncryptionEnabled: true,
    CacheSubnetGroupName: 'shop',
    SecurityGroupIds: [GroupId],
  });
  await clock.sleep(20 * MINUTE);
  const { ReplicationGroups } = await call<{ ReplicationGroups: [ReplicationGroup] }>(
    'elasticache',
    'DescribeReplicationGroups',
    { ReplicationGroupId: CACHE },
  );
  return ReplicationGroups[0].NodeGroups?.[0]?.PrimaryEndpoint?.Address ?? '';
}

/** A revision as another tool would register it, and the service on it. */
async function deploy(
  environment: Readonly<Record<string, string>>,
  more: Partial<Container> = {},
): Promise<void> {
  const { taskDefinition: running } = await serviceNow();
  const { taskDefinition } = await call<{ taskDefinition: Record<string, unknown> }>(
    'ecs',
    'DescribeTaskDefinition',
    { taskDefinition: running },
  );
  const containerDefinitions = (taskDefinition['containerDefinitions'] as Container[]).map((each) =>
    each.name === 'backend'
      ? {
          ...each,
          environment: [
            ...each.environment.filter(({ name }) => !/REDIS|CACHE/.test(name)),
            ...Object.entries(environment).map(([name, value]) => ({ name, value })),
          ],
          ...more,
        }
      : each,
  );
  const registered = await call<{ taskDefinition: { taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    {
      ...Object.fromEntries(
        [
          'family',
          'networkMode',
          'requiresCompatibilities',
          'cpu',
          'memory',
          'executionRoleArn',
          'taskRoleArn',
        ].map((member) => [member, taskDefinition[member]]),
      ),
      containerDefinitions,
    },
  );
  await call('ecs', 'UpdateService', {
    cluster: 'collabcanvas',
    service: 'collabcanvas-backend',
    taskDefinition: registered.taskDefinition.taskDefinitionArn,
  });
  await clock.sleep(15 * MINUTE);
}

const verify = (...argv: string[]): Promise<Ended> =>
  commandLine(['verify', ...SERVICE, ...argv], sandbox, clock);

const firstCause = ({ result }: Ended): CheckReport | undefined =>
  result.checks.find(({ outcome }) => outcome === 'fail');

const checkOf = ({ result }: Ended, id: CheckReport['id']): CheckReport =>
  result.checks.find((check) => check.id === id)!;

function fixOf(ended: Ended): string[] {
  const cause = firstCause(ended);
  const fix = cause && 'fix' in cause ? cause.fix : undefined;
  const words = fix?.match(/'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^'(.*)'$/s, '$1'));
}

test('an app that has no variable runs in memory, and the only cache there is is meant', async () => {
  const ended = await verify();
  expect(ended.exitCode).toBe(6);
  expect(firstCause(ended)).toMatchObject({ id: 'variables' });
  expect(firstCause(ended)?.detail).toContain('REDIS_URL is not set in backend: the app runs in memory');
  expect(ended.result.caches.map(({ name }) => name)).toEqual([CACHE]);
  const [tool, ...fix] = fixOf(ended);
  expect([tool, ...fix]).toContain('--adopt');
});

test('a variable of any name is looked at', async () => {
  await deploy({ CACHE_URL: `rediss://${address}:6380` });
  const broken = await verify();
  expect(broken.exitCode).toBe(6);
  expect(firstCause(broken)).toMatchObject({ id: 'variables' });
  expect(firstCause(broken)?.detail).toContain('CACHE_URL is');
  await deploy({ CACHE_URL: `rediss://${address}:6379` });
  const right = await verify();
  expect(checkOf(right, 'variables')).toMatchObject({ outcome: 'pass' });
  expect(checkOf(right, 'ping')).toMatchObject({ outcome: 'pass' });
  expect(checkOf(right, 'revision')).toMatchObject({ outcome: 'pass' });
  expect(right.exitCode).toBe(0);
});

test('host, port and TLS of their own are looked at together', async () => {
  await deploy({ SPRING_DATA_REDIS_HOST: address, SPRING_DATA_REDIS_SSL_ENABLED: 'false' });
  const ended = await verify('--cache-name', CACHE);
  expect(ended.exitCode).toBe(6);
  expect(firstCause(ended)?.detail).toContain(
    'SPRING_DATA_REDIS_SSL_ENABLED is false, and the cache takes TLS only',
  );
  expect(firstCause(ended)).toMatchObject({ hint: 'Give SPRING_DATA_REDIS_SSL_ENABLED the value true.' });
});

test('a secret that the execution role may no longer read is named, with the command that allows it', async () => {
  const { ARN } = await call<{ ARN: string }>('secretsmanager', 'CreateSecret', {
    Name: 'shop/redis',
    SecretString: 'x',
  });
  await deploy(
    { REDIS_URL: `rediss://${address}:6379` },
    { secrets: [{ name: 'SESSION_KEY', valueFrom: ARN }] },
  );
  const broken = await verify();
  expect(broken.exitCode).toBe(6);
  expect(firstCause(broken)).toMatchObject({ id: 'secrets' });
  expect(firstCause(broken)?.detail).toContain('may not read the secrets of collabcanvas-backend');
  const trouble = checkOf(broken, 'revision');
  expect(trouble.detail).toContain('ResourceInitializationError');

  const words = fixOf(broken);
  const valueOf = (flag: string): string => words[words.indexOf(flag) + 1] ?? '';
  expect(words.slice(0, 3)).toEqual(['aws', 'iam', 'put-role-policy']);
  await call('iam', 'PutRolePolicy', {
    RoleName: valueOf('--role-name'),
    PolicyName: valueOf('--policy-name'),
    PolicyDocument: valueOf('--policy-document'),
  });
  await clock.sleep(20 * MINUTE);
  const mended = await verify();
  expect(checkOf(mended, 'secrets')).toMatchObject({ outcome: 'pass' });
  expect(mended.exitCode).toBe(0);
});

test('an image that cannot be pulled leaves the old tasks, and why is told', async () => {
  await deploy({ REDIS_URL: `rediss://${address}:6379` }, { image: 'nobody/has-pushed-it:1' });
  const ended = await verify();
  expect(ended.exitCode).toBe(6);
  expect(firstCause(ended)).toMatchObject({ id: 'revision' });
  expect(firstCause(ended)?.detail).toMatch(/2 of 2 running tasks are on .*CannotPullContainerError/);
});

test('the fix of the first finding gives the app its cache', async () => {
  await deploy({ REDIS_URL: `rediss://${address}:6380` }, { image: (await runningImage()) ?? '' });
  const [tool, ...fix] = fixOf(await verify());
  expect(tool).toBe('elasticache-wizard');
  expect((await commandLine([...fix, '--yes'], sandbox, clock)).exitCode).toBe(0);
  expect((await verify()).exitCode).toBe(0);
});

async function runningImage(): Promise<string | undefined> {
  const { taskDefinition } = await call<{ taskDefinition: { containerDefinitions: Container[] } }>(
    'ecs',
    'DescribeTaskDefinition',
    { taskDefinition: 'collabcanvas-backend:1' },
  );
  return taskDefinition.containerDefinitions.find(({ name }) => name === 'backend')?.image;
}

test('a name that never was is a slip; a cache that was deleted is the cause', async () => {
  const slip = await verify('--cache-name', 'shop-rediss');
  expect(slip.exitCode).toBe(2);
  expect(slip.result.error?.hint).toContain(`Did you mean ${CACHE}?`);

  await call('elasticache', 'DeleteReplicationGroup', { ReplicationGroupId: CACHE });
  await clock.sleep(20 * MINUTE);
  const gone = await verify('--cache-name', CACHE);
  expect(gone.exitCode).toBe(6);
  expect(firstCause(gone)).toMatchObject({ id: 'cache' });
  expect(firstCause(gone)?.detail).toContain('the cache was deleted');

  const unnamed = await verify();
  expect(firstCause(unnamed)?.detail).toContain('the cache was deleted');
  const [tool, ...fix] = fixOf(unnamed);
  expect(tool).toBe('elasticache-wizard');
  expect((await commandLine([...fix, '--yes'], sandbox, clock)).exitCode).toBe(0);
  expect((await verify()).exitCode).toBe(0);
});
