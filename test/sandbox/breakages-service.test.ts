/** What can be wrong with the service that uses a cache and its load balancer: made by AWS's calls, seen on its tasks and by its users. */
import { get } from 'node:http';
import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { Canvas } from './canvas.ts';
import { PROGRAMS } from './command-line.ts';

const MINUTE = 60_000;
const CLUSTER = 'collabcanvas';
const SERVICE = 'collabcanvas-backend';
const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;
let canvas: Canvas;
let vpcId: string;
let groups: string[];

beforeAll(async () => {
  const scenario = collabcanvas({ programsFolder: PROGRAMS, tasks: 2, targetGroups: 2 });
  sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock });
  call = accountCalls(sandbox, clock);
  canvas = new Canvas(sandbox.appUrl!);
  const { TargetGroups } = await elb<{ TargetGroups: { TargetGroupArn: string; VpcId: string }[] }>(
    'DescribeTargetGroups',
  );
  groups = TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn);
  vpcId = TargetGroups[0]!.VpcId;
});

afterAll(() => sandbox.close());

const ec2 = <Output = Record<string, unknown>>(action: string, input: object = {}): Promise<Output> =>
  call<Output>('ec2', action, input);
const ecs = <Output = Record<string, unknown>>(action: string, input: object = {}): Promise<Output> =>
  call<Output>('ecs', action, input);
const elb = <Output = Record<string, unknown>>(action: string, input: object = {}): Promise<Output> =>
  call<Output>('elasticloadbalancing', action, input);

async function service(): Promise<Service> {
  const input = { cluster: CLUSTER, services: [SERVICE] };
  return (await ecs<{ services: Service[] }>('DescribeServices', input)).services[0]!;
}

/** The revision that runs, changed. */
async function revision(change: (container: object) => object): Promise<string> {
  const { taskDefinition } = await ecs<{ taskDefinition: TaskDefinition }>('DescribeTaskDefinition', {
    taskDefinition: (await service()).taskDefinition,
  });
  const containerDefinitions = taskDefinition.containerDefinitions!.map((each) =>
    each.name === 'backend' ? change(each) : each,
  );
  const made = await ecs<{ taskDefinition: TaskDefinition }>('RegisterTaskDefinition', {
    ...taskDefinition,
    containerDefinitions,
  });
  return made.taskDefinition.taskDefinitionArn!;
}

/** Where the service runs, a minute after it was started. */
async function run(taskDefinition: string): Promise<Task> {
  const { networkConfiguration } = await service();
  const input = { cluster: CLUSTER, taskDefinition, launchType: 'FARGATE', networkConfiguration };
  const started = await ecs<{ tasks: Task[] }>('RunTask', input);
  await clock.sleep(2 * MINUTE);
  const named = { cluster: CLUSTER, tasks: [started.tasks[0]!.taskArn!] };
  return (await ecs<{ tasks: Task[] }>('DescribeTasks', named)).tasks[0]!;
}

const attributes = (TargetGroupArn: string, values: Readonly<Record<string, string>>): Promise<unknown> =>
  elb('ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
  });

/** Of a new connection, to one of the names that the load balancer answers to. */
function visit(host?: string): Promise<{ status: number; cookies: string[] }> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    get(`${sandbox.appUrl!}/health`, { agent: false, headers }, (response) => {
      response.resume();
      const cookies = (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split('=')[0]!);
      resolve({ status: response.statusCode ?? 0, cookies });
    }).on('error', reject);
  });
}

describe('stickiness', () => {
  const STICKY = { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' };

  test('that is off lets one user meet all tasks', async () => {
    expect((await canvas.tasks(6)).size).toBe(2);
    expect((await visit()).cookies).toEqual([]);
  });

  test('holds a user who returns the cookie, and nobody else', async () => {
    await attributes(groups[0]!, STICKY);
    expect((await canvas.tasks(6, await canvas.cookie())).size).toBe(1);
    expect((await canvas.tasks(6)).size).toBe(2);
  });

  test('on one of two target groups gives no cookie to users of the other', async () => {
    expect((await visit()).cookies).toEqual(['AWSALB', 'AWSALBCORS']);
    expect((await visit('group-2.collabcanvas.example')).cookies).toEqual([]);
  });

  test('does not go with cross-zone load balancing off, which leaves a zone without tasks alone', async () => {
    await expect(
      attributes(groups[0]!, { 'load_balancing.cross_zone.enabled': 'false' }),
    ).rejects.toMatchObject({
      shape: 'InvalidConfigurationRequestException',
    });
    await attributes(groups[0]!, {
      'stickiness.enabled': 'false',
      'load_balancing.cross_zone.enabled': 'false',
    });
    await expect(attributes(groups[0]!, STICKY)).rejects.toMatchObject({
      shape: 'InvalidConfigurationRequestException',
    });
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) statuses.push((await visit()).status);
    // Two tasks, three zones.
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 503, 503]);
    await attributes(groups[0]!, { 'load_balancing.cross_zone.enabled': 'true' });
  });
});

describe('a task', () => {
  test('of an old revision that somebody registered answers users beside the others', async () => {
    const task = await run(`${SERVICE}:1`);
    const details = task.attachments?.[0]?.details ?? [];
    const Id = details.find(({ name }) => name === 'privateIPv4Address')?.value;
    expect(Id).toMatch(/^10\.0\./);
    const { NetworkInterfaces } = await ec2<{ NetworkInterfaces: unknown[] }>('DescribeNetworkInterfaces', {
      Filters: [{ Name: 'addresses.private-ip-address', Values: [Id] }],
    });
    expect(NetworkInterfaces).toHaveLength(1);
    await elb('RegisterTargets', { TargetGroupArn: groups[0], Targets: [{ Id, Port: 3000 }] });
    await clock.sleep(2 * MINUTE);
    expect((await canvas.tasks(9)).size).toBe(3);
    expect(new Set(await canvas.counts(9)).size).toBe(3);
    await elb('DeregisterTargets', { TargetGroupArn: groups[0], Targets: [{ Id, Port: 3000 }] });
    await ecs('StopTask', { cluster: CLUSTER, task: task.taskArn });
    await clock.sleep(10 * MINUTE);
  });

  test('whose image cannot be pulled never starts, and the deployment goes on for ever beside the old tasks', async () => {
    const taskDefinition = await revision((container) => ({ ...container, image: 'nobody/nothing:1' }));
    const before = (await service()).taskDefinition;
    await ecs('UpdateService', { cluster: CLUSTER, service: SERVICE, taskDefinition });
    await clock.sleep(10 * MINUTE);
    const { deployments = [], events = [] } = await service();
    expect(deployments.map(({ status, runningCount }) => [status, runningCount])).toEqual([
      ['PRIMARY', 0],
      ['ACTIVE', 2],
    ]);
    expect(events.map(({ message }) => message).join()).toContain('CannotPullContainerError');
    await ecs('UpdateService', { cluster: CLUSTER, service: SERVICE, taskDefinition: before });
    await clock.sleep(10 * MINUTE);
  });
});

describe('a task with its URL in Secrets Manager', () => {
  let taskDefinition: string;
  let secret: string;
  const stopped = async (): Promise<string> => (await run(taskDefinition)).stoppedReason ?? 'it runs';

  beforeAll(async () => {
    const { ARN } = await call<{ ARN: string }>('secretsmanager', 'CreateSecret', {
      Name: 'canvas/redis',
      SecretString: 'redis://localhost:6379',
    });
    secret = ARN;
    const secrets = [{ name: 'REDIS_URL', valueFrom: ARN }];
    taskDefinition = await revision((container) => ({ ...container, secrets }));
  });

  test('does not start while its execution role may not read it', async () => {
    expect(await stopped()).toMatch(
      /ResourceInitializationError: .*AccessDeniedException.*secretsmanager:GetSecretValue/,
    );
    const Statement = [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret }];
    await call('iam', 'PutRolePolicy', {
      RoleName: 'collabcanvas-execution',
      PolicyName: 'secret',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    const task = await run(taskDefinition);
    expect(task.lastStatus).toBe('RUNNING');
    await ecs('StopTask', { cluster: CLUSTER, task: task.taskArn });
  });

  test('does not start where no NAT gateway and no endpoint leads to it, nor behind one that lets nobody in', async () => {
    const { NatGateways } = await ec2<{ NatGateways: { NatGatewayId: string }[] }>('DescribeNatGateways');
    await ec2('DeleteNatGateway', { NatGatewayId: NatGateways[0]!.NatGatewayId });
    expect(await stopped()).toMatch(/connection issue between the task and AWS Secrets Manager/);

    const { awsvpcConfiguration } = (await service()).networkConfiguration!;
    const { subnets: SubnetIds, securityGroups } = awsvpcConfiguration!;
    const { RouteTables } = await ec2<{ RouteTables: { RouteTableId: string }[] }>('DescribeRouteTables', {
      Filters: [{ Name: 'association.subnet-id', Values: SubnetIds }],
    });
    const made = await ec2<{ GroupId: string }>('CreateSecurityGroup', {
      VpcId: vpcId,
      GroupName: 'endpoints',
      Description: 'endpoints',
    });
    await clock.sleep(MINUTE);
    const endpoint = (service: string, place: object): Promise<unknown> =>
      ec2('CreateVpcEndpoint', { VpcId: vpcId, ServiceName: `com.amazonaws.us-east-1.${service}`, ...place });
    const inside = { VpcEndpointType: 'Interface', SubnetIds, SecurityGroupIds: [made.GroupId] };
    for (const each of ['ecr.api', 'ecr.dkr', 'logs']) await endpoint(each, inside);
    await endpoint('s3', { RouteTableIds: RouteTables.map(({ RouteTableId }) => RouteTableId) });
    expect(await stopped()).toMatch(/connection issue between the task and AWS Secrets Manager/);

    await endpoint('secretsmanager', inside);
    expect(await stopped()).toMatch(/connection issue between the task and AWS Secrets Manager/);

    const UserIdGroupPairs = securityGroups!.map((GroupId) => ({ GroupId }));
    await ec2('AuthorizeSecurityGroupIngress', {
      GroupId: made.GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs }],
    });
    expect(await stopped()).toBe('it runs');
    const { VpcEndpoints } = await ec2<{ VpcEndpoints: { ServiceName: string }[] }>('DescribeVpcEndpoints');
    expect(VpcEndpoints.map(({ ServiceName }) => ServiceName)).toContain(
      'com.amazonaws.us-east-1.secretsmanager',
    );
  });
});
