/** `verify --lint` of a service and a cache that others have made: it only reads, and its fixes take the risk away. */
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, type Ended } from './command-line.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const MINUTE = 60_000;
const CACHE = 'shop-redis';
const CANVAS = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend', '--cache-name', CACHE];
const EVERYWHERE = {
  IpProtocol: 'tcp',
  FromPort: 6379,
  ToPort: 6379,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
};

const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;
let appGroup: string;
let cacheGroup: string;

beforeAll(async () => {
  const scenario = inertCanvas({ tasks: 2, targetGroups: 2 });
  sandbox = await quickSandbox({ scenario, clock });
  call = accountCalls(sandbox, clock);
  await createCache();
  await deploy();
});

afterAll(() => sandbox.close());

interface Service {
  readonly taskDefinition: string;
  readonly networkConfiguration: {
    readonly awsvpcConfiguration: { readonly subnets: string[]; readonly securityGroups: [string] };
  };
}

async function serviceNow(): Promise<Service> {
  const input = { cluster: 'collabcanvas', services: ['collabcanvas-backend'] };
  const { services } = await call<{ services: [Service] }>('ecs', 'DescribeServices', input);
  return services[0];
}

/** One node in the clear, open to everybody. */
async function createCache(): Promise<void> {
  const { subnets, securityGroups } = (await serviceNow()).networkConfiguration.awsvpcConfiguration;
  [appGroup] = securityGroups;
  const { Subnets } = await call<{ Subnets: [{ VpcId: string }] }>('ec2', 'DescribeSubnets', {
    SubnetIds: subnets,
  });
  const group = { GroupName: CACHE, Description: CACHE, VpcId: Subnets[0].VpcId };
  ({ GroupId: cacheGroup } = await call<{ GroupId: string }>('ec2', 'CreateSecurityGroup', group));
  await clock.sleep(MINUTE);
  await call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId: cacheGroup, IpPermissions: [EVERYWHERE] });
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
    CacheSubnetGroupName: 'shop',
    SecurityGroupIds: [cacheGroup],
  });
  await clock.sleep(20 * MINUTE);
}

/** With the cache's address, as somebody would write it down in a hurry. */
async function deploy(): Promise<void> {
  const { ReplicationGroups } = await call<{
    ReplicationGroups: [{ NodeGroups: [{ PrimaryEndpoint: { Address: string } }] }];
  }>('elasticache', 'DescribeReplicationGroups', { ReplicationGroupId: CACHE });
  const { Address } = ReplicationGroups[0].NodeGroups[0].PrimaryEndpoint;
  const { taskDefinition } = await call<{ taskDefinition: Record<string, unknown> }>(
    'ecs',
    'DescribeTaskDefinition',
    { taskDefinition: (await serviceNow()).taskDefinition },
  );
  const containers = taskDefinition['containerDefinitions'] as { name: string; environment: object[] }[];
  const environment = [
    { name: 'REDIS_URL', value: `redis://${Address}:6379` },
    { name: 'REDIS_PASSWORD', value: 'hunter2-hunter2' },
  ];
  const registered = await call<{ taskDefinition: { taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    {
      ...taskDefinition,
      containerDefinitions: containers.map((each) =>
        each.name === 'backend' ? { ...each, environment: [...each.environment, ...environment] } : each,
      ),
    },
  );
  await call('ecs', 'UpdateService', {
    cluster: 'collabcanvas',
    service: 'collabcanvas-backend',
    taskDefinition: registered.taskDefinition.taskDefinitionArn,
  });
  await clock.sleep(15 * MINUTE);
}

const lint = (...argv: string[]): Promise<Ended> =>
  commandLine(['verify', '--lint', ...CANVAS, ...argv], sandbox, clock);
const checkOf = ({ result }: Ended, id: CheckReport['id']): CheckReport =>
  result.checks.find((check) => check.id === id)!;
const outcomesOf = ({ result }: Ended): Record<string, string> =>
  Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));

/** Of each command that a fix is made of, its words. */
function fixOf(report: CheckReport): string[][] {
  const commands = 'fix' in report ? (report.fix ?? '').split(' && ') : [];
  return commands.map((command) =>
    [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
  );
}

const after = (words: readonly string[], flag: string): string => words[words.indexOf(flag) + 1] ?? '';

test('names what is risky, lowest first, and only reads', async () => {
  sandbox.clearCalls();
  const ended = await lint('--workload', 'queue');
  expect(sandbox.calls().filter(({ write }) => write)).toEqual([]);
  expect(ended.exitCode).toBe(6);
  expect(ended.result.error?.message).toContain('The check exposure fails');
  expect(outcomesOf(ended)).toMatchObject({
    ingress: 'pass',
    variables: 'pass',
    ping: 'skip',
    logs: 'skip',
    refresh: 'skip',
    stickiness: 'warn',
    exposure: 'fail',
    credentials: 'fail',
    encryption: 'warn',
    availability: 'warn',
    backups: 'warn',
    endpoint: 'pass',
    eviction: 'fail',
    alarms: 'warn',
    engine: 'pass',
  });
  expect(JSON.stringify(ended)).not.toContain('hunter2');
});

test('its fix closes the cache to the world, and lets the app in first', async () => {
  for (const words of fixOf(checkOf(await lint(), 'exposure'))) {
    const GroupId = after(words, '--group-id');
    if (words[2] === 'authorize-security-group-ingress') {
      const UserIdGroupPairs = [{ GroupId: after(words, '--source-group') }];
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, UserIdGroupPairs }];
      await call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
    } else {
      expect(after(words, '--ip-permissions')).toBe(
        'IpProtocol=tcp,FromPort=6379,ToPort=6379,IpRanges=[{CidrIp=0.0.0.0/0}]',
      );
      await call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions: [EVERYWHERE] });
    }
  }
  const { SecurityGroups } = await call<{
    SecurityGroups: [{ IpPermissions: { UserIdGroupPairs: { GroupId: string }[] }[] }];
  }>('ec2', 'DescribeSecurityGroups', { GroupIds: [cacheGroup] });
  const pairs = SecurityGroups[0].IpPermissions.flatMap(({ UserIdGroupPairs }) => UserIdGroupPairs);
  expect(pairs.map(({ GroupId }) => GroupId)).toEqual([appGroup]);
  expect(outcomesOf(await lint())).toMatchObject({ ingress: 'pass', exposure: 'pass' });
});

test('a queue gets a parameter group that throws nothing away', async () => {
  const fix = fixOf(checkOf(await lint('--workload', 'queue'), 'eviction'));
  const named = (words: readonly string[]) => ({
    CacheParameterGroupName: after(words, '--cache-parameter-group-name'),
  });
  const [create = [], change = [], use = []] = fix;
  await call('elasticache', 'CreateCacheParameterGroup', {
    ...named(create),
    CacheParameterGroupFamily: after(create, '--cache-parameter-group-family'),
    Description: after(create, '--description'),
  });
  const [, ParameterName, ParameterValue] =
    /ParameterName=(.*),ParameterValue=(.*)/.exec(after(change, '--parameter-name-values')) ?? [];
  await call('elasticache', 'ModifyCacheParameterGroup', {
    ...named(change),
    ParameterNameValues: [{ ParameterName, ParameterValue }],
  });
  await call('elasticache', 'ModifyReplicationGroup', {
    ...named(use),
    ReplicationGroupId: after(use, '--replication-group-id'),
    ApplyImmediately: true,
  });
  await clock.sleep(10 * MINUTE);
  expect(outcomesOf(await lint('--workload', 'queue'))).toMatchObject({ eviction: 'pass' });
});

test('an alarm on each thing that runs out is found', async () => {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = sandbox.env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env;
  const client = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  for (const MetricName of ['EngineCPUUtilization', 'DatabaseMemoryUsagePercentage', 'CurrConnections']) {
    const put = new PutMetricAlarmCommand({
      AlarmName: `${CACHE} ${MetricName}`,
      Namespace: 'AWS/ElastiCache',
      MetricName,
      Dimensions: [{ Name: 'CacheClusterId', Value: `${CACHE}-001` }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 5,
      Threshold: 80,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [`arn:aws:sns:${region}:123456789012:ops`],
    });
    await clock.busy(client.send(put));
  }
  client.destroy();
  expect(checkOf(await lint(), 'alarms')).toMatchObject({
    outcome: 'pass',
    detail: `3 alarms watch ${CACHE}`,
  });
});

test('the policy that is printed for verify is enough', async () => {
  const printed = await commandLine(
    ['policy', '--for', 'verify', '--region', 'us-east-1', ...CANVAS],
    sandbox,
    clock,
  );
  sandbox.setPolicy(printed.events.find(({ type }) => type === 'policy')?.['document']);
  const ended = await lint();
  sandbox.setPolicy(undefined);
  expect(ended.result.checks.filter(({ outcome }) => outcome === 'inconclusive')).toEqual([]);
});

test('what may not be read is named, and is no risk', async () => {
  sandbox.setPolicy({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'cloudwatch:*', Resource: '*' },
    ],
  });
  const alarms = checkOf(await lint(), 'alarms');
  sandbox.setPolicy(undefined);
  expect(alarms).toMatchObject({ outcome: 'inconclusive' });
  expect(JSON.stringify(alarms)).toContain('cloudwatch:DescribeAlarms');
});

test('stickiness on one of two target groups is broken, and its fix mends it', async () => {
  const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string }[] }>(
    'elasticloadbalancing',
    'DescribeTargetGroups',
  );
  const attribute = (TargetGroupArn: string, attributes: readonly string[]) =>
    call('elasticloadbalancing', 'ModifyTargetGroupAttributes', {
      TargetGroupArn,
      Attributes: attributes.map((text) => {
        const [, Key, Value] = /^Key=(.*),Value=(.*)$/.exec(text) ?? [];
        return { Key, Value };
      }),
    });
  await attribute(TargetGroups[0]!.TargetGroupArn, ['Key=stickiness.enabled,Value=true']);
  const half = checkOf(await lint(), 'stickiness');
  expect(half).toMatchObject({ outcome: 'fail' });
  const [words = []] = fixOf(half);
  const values = words.slice(words.indexOf('--attributes') + 1, words.indexOf('--region'));
  await attribute(after(words, '--target-group-arn'), values);
  expect(outcomesOf(await lint())).toMatchObject({ stickiness: 'pass' });
});
