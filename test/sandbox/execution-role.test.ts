/** What a task's execution role opens and closes, seen on the task itself. */
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';

const MINUTE = 60_000;
const clock = new VirtualClock();

let sandbox: Sandbox;
let ec2: EC2Client;
let ecs: ECSClient;
let iam: IAMClient;
let ssm: SSMClient;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: 'dist/programs', clock });
  const { env } = sandbox;
  const options = {
    endpoint: sandbox.endpointUrl,
    region: sandbox.region,
    maxAttempts: 1,
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! },
  };
  ec2 = new EC2Client(options);
  ecs = new ECSClient(options);
  iam = new IAMClient(options);
  ssm = new SSMClient(options);
});

afterAll(async () => {
  for (const client of [ec2, ecs, iam, ssm]) client.destroy();
  await sandbox.close();
});

it('a task whose execution role may not read its parameter stops with the action that is missing', async () => {
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'canvas-execution',
      AssumeRolePolicyDocument: JSON.stringify({ Statement }),
    }),
  );
  await ssm.send(
    new PutParameterCommand({ Name: '/canvas/redis-url', Value: 'rediss://x', Type: 'SecureString' }),
  );
  await ecs.send(new CreateClusterCommand({ clusterName: 'canvas' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'canvas',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: Role?.Arn,
      containerDefinitions: [
        {
          name: 'app',
          image: 'app:1',
          secrets: [{ name: 'REDIS_URL', valueFrom: '/canvas/redis-url' }],
        },
      ],
    }),
  );
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand());

  const stoppedReason = async (): Promise<string> => {
    const { tasks = [] } = await ecs.send(
      new RunTaskCommand({
        cluster: 'canvas',
        taskDefinition: 'canvas',
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!], assignPublicIp: 'ENABLED' },
        },
      }),
    );
    await clock.sleep(5 * MINUTE);
    const described = await ecs.send(
      new DescribeTasksCommand({ cluster: 'canvas', tasks: [tasks[0]!.taskArn!] }),
    );
    return described.tasks?.[0]?.stoppedReason ?? '';
  };
  expect(await stoppedReason()).toContain(
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/canvas-execution/ecs-task is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:111122223333:parameter/canvas/redis-url',
  );

  const PolicyDocument = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
      Resource: 'arn:aws:ssm:*:*:parameter/canvas/*',
    },
  });
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'canvas-execution', PolicyName: 'secrets', PolicyDocument }),
  );
  // It gets past its secrets, to an image that nobody has pushed.
  expect(await stoppedReason()).toMatch(/^CannotPullContainerError/);
});
