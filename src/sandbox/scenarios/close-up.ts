/**
 * Close-Up as its team left it: an API on Fargate in Mumbai that is configured in parts (REDIS_HOST, REDIS_PORT and so on),
 * which still point at the laptop that they were written on. It goes on without Redis, each task with counts of its own.
 */
import { resolve } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Image } from '../images/image.ts';
import { allHealthy, appLoadBalancer } from './app-load-balancer.ts';
import { defaultNetwork, securityGroup } from './app-network.ts';
import { awsCalls, given, type AwsCalls } from './aws-calls.ts';
import type { Scenario } from './scenario.ts';

export interface CloseUpOptions {
  /** Where the built programs are: dist/programs. */
  readonly programsFolder: string;
  readonly tasks?: number;
}

const PORT = 8080;
const NAME = 'close-up-api';
const CLUSTER = 'close-up';
const LOG_GROUP = '/ecs/close-up-api';
const EXECUTION_ROLE = 'close-up-execution';
const VARIABLES = {
  NODE_ENV: 'production',
  PORT: String(PORT),
  REDIS_HOST: 'localhost',
  REDIS_PORT: '6379',
  REDIS_DB: '0',
};

export function closeUp({ programsFolder, tasks = 2 }: CloseUpOptions): Scenario {
  return {
    name: 'close-up',
    region: 'ap-south-1',
    async prepare(account) {
      const { accountId, region, clock } = account;
      const aws = awsCalls(account);
      const image = closeUpImage(programsFolder, `${accountId}.dkr.ecr.${region}.amazonaws.com`);
      account.images.set(image.reference, image);

      const network = await defaultNetwork(aws);
      const balancerGroupId = await securityGroup(aws, network, { name: 'close-up-alb-sg', port: 80 });
      const groupId = await securityGroup(aws, network, {
        name: 'close-up-api-sg',
        port: PORT,
        from: balancerGroupId,
      });
      const { appUrl, targetGroupArns } = await appLoadBalancer(aws, network, {
        name: CLUSTER,
        groupId: balancerGroupId,
        port: PORT,
        targetType: 'ip',
        parts: [NAME],
      });
      const targetGroupArn = given(targetGroupArns[NAME], 'target group');
      const taskDefinition = await register(aws, { accountId, region, image: image.reference });
      await aws('ecs:CreateCluster', { clusterName: CLUSTER });
      await aws('ecs:CreateService', {
        cluster: CLUSTER,
        serviceName: NAME,
        taskDefinition,
        desiredCount: tasks,
        launchType: 'FARGATE',
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...network.subnetIds],
            securityGroups: [groupId],
            assignPublicIp: 'ENABLED',
          },
        },
        healthCheckGracePeriodSeconds: 30,
        loadBalancers: [{ targetGroupArn, containerName: 'api', containerPort: PORT }],
      });
      await allHealthy(aws, clock, { [targetGroupArn]: tasks });
      await deploymentComplete(aws, clock);
      return { appUrl };
    },
  };
}

const POLL_MS = 1000;

async function deploymentComplete(aws: AwsCalls, clock: Clock): Promise<void> {
  for (;;) {
    const { services } = await aws('ecs:DescribeServices', { cluster: CLUSTER, services: [NAME] });
    if (services?.[0]?.deployments?.every(({ rolloutState }) => rolloutState === 'COMPLETED')) return;
    await clock.sleep(POLL_MS);
  }
}

function closeUpImage(programsFolder: string, registry: string): Image {
  return {
    reference: `${registry}/close-up-api:7`,
    architecture: 'X86_64',
    entryPoint: [],
    command: ['node', '/app/api.cjs'],
    environment: {},
    programs: { node: process.execPath },
    files: { '/app/api.cjs': resolve(programsFolder, 'close-up-api.cjs') },
  };
}

async function register(
  aws: AwsCalls,
  { accountId, region, image }: { accountId: string; region: string; image: string },
): Promise<string> {
  await aws('iam:CreateRole', {
    RoleName: EXECUTION_ROLE,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }),
  });
  await aws('iam:AttachRolePolicy', {
    RoleName: EXECUTION_ROLE,
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
  });
  await aws('logs:CreateLogGroup', { logGroupName: LOG_GROUP });
  const { taskDefinition } = await aws('ecs:RegisterTaskDefinition', {
    family: NAME,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: `arn:aws:iam::${accountId}:role/${EXECUTION_ROLE}`,
    containerDefinitions: [
      {
        name: 'api',
        image,
        essential: true,
        portMappings: [{ containerPort: PORT, protocol: 'tcp' }],
        environment: Object.entries(VARIABLES).map(([name, value]) => ({ name, value })),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': LOG_GROUP,
            'awslogs-region': region,
            'awslogs-stream-prefix': 'ecs',
          },
        },
      },
    ],
  });
  return given(taskDefinition?.taskDefinitionArn, 'taskDefinitionArn');
}
