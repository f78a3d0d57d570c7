/** The ECS service of CollabCanvas: its task definition in three revisions, of which the second one runs. */
import type { Clock } from '../../clock.ts';
import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  CreateServiceRequest,
  DeploymentConfiguration,
  DeploymentControllerType,
  KeyValuePair,
  RegisterTaskDefinitionRequest,
  Tag,
} from '@aws-sdk/client-ecs';
import { given, type AwsCalls } from './aws-calls.ts';
import { CAPACITY_PROVIDER, collabcanvasInstances } from './collabcanvas-instances.ts';
import type { LoadBalancing } from './collabcanvas-load-balancer.ts';
import type { Network } from './collabcanvas-network.ts';

export const ECS_CLUSTER = 'collabcanvas';
export const SERVICE = 'collabcanvas-backend';
const LOG_GROUP = '/ecs/collabcanvas-backend';
const CONTAINER = 'backend';
const TASK_ROLE = 'collabcanvas-task';
const EXECUTION_ROLE = 'collabcanvas-execution';

export interface ServiceOptions {
  accountId: string;
  region: string;
  images: { backend: string; logRouter: string };
  port: number;
  tasks: number;
  controller: DeploymentControllerType;
  launchType: 'FARGATE' | 'EC2';
  networkMode: 'bridge' | 'host' | 'awsvpc';
  capacityProviderStrategy: readonly CapacityProviderStrategyItem[];
  deploymentConfiguration: DeploymentConfiguration;
  clock: Clock;
  environment: Readonly<Record<string, string>>;
  executionRole: boolean;
  tags: readonly Tag[];
  taskDefinitionMembers: Readonly<Record<string, unknown>>;
}

export async function collabcanvasService(
  aws: AwsCalls,
  network: Network,
  { targetGroupArns, blueGreen }: Pick<LoadBalancing, 'targetGroupArns' | 'blueGreen'>,
  options: ServiceOptions,
): Promise<void> {
  await aws('ecs:CreateCluster', { clusterName: ECS_CLUSTER });
  await giveCapacity(aws, network, options);
  await aws('logs:CreateLogGroup', { logGroupName: LOG_GROUP });
  const infrastructureRole = `arn:aws:iam::${options.accountId}:role/ecsInfrastructureRole`;
  await createRoles(aws, options);
  const running = await registerRevisions(aws, options);
  const shared: CreateServiceRequest = {
    cluster: ECS_CLUSTER,
    serviceName: SERVICE,
    desiredCount: options.tasks,
    deploymentController: { type: options.controller },
    ...(options.tags.length > 0 ? { tags: [...options.tags] } : {}),
    deploymentConfiguration: options.deploymentConfiguration,
  };
  // An external controller brings task definition, network and load balancers with its task sets.
  if (options.controller === 'EXTERNAL') {
    await aws('ecs:CreateService', shared);
    return;
  }
  await aws('ecs:CreateService', {
    ...shared,
    taskDefinition: running,
    ...(options.capacityProviderStrategy.length > 0
      ? { capacityProviderStrategy: [...options.capacityProviderStrategy] }
      : { launchType: options.launchType }),
    ...(options.networkMode === 'awsvpc'
      ? {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: network.privateSubnetIds,
              securityGroups: [network.tasksGroupId],
              assignPublicIp: 'DISABLED',
            },
          },
        }
      : {}),
    ...(targetGroupArns.length > 0
      ? {
          healthCheckGracePeriodSeconds: 30,
          loadBalancers: targetGroupArns.map((targetGroupArn) => ({
            targetGroupArn,
            containerName: CONTAINER,
            containerPort: options.port,
            ...(blueGreen ? { advancedConfiguration: { ...blueGreen, roleArn: infrastructureRole } } : {}),
          })),
        }
      : {}),
  });
}

async function giveCapacity(aws: AwsCalls, network: Network, options: ServiceOptions): Promise<void> {
  const { launchType, capacityProviderStrategy } = options;
  const onInstances = launchType === 'EC2';
  if (onInstances) await collabcanvasInstances(aws, network, { ...options, cluster: ECS_CLUSTER });
  if (!onInstances && capacityProviderStrategy.length === 0) return;
  await aws('ecs:PutClusterCapacityProviders', {
    cluster: ECS_CLUSTER,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT', ...(onInstances ? [CAPACITY_PROVIDER] : [])],
    defaultCapacityProviderStrategy: [],
  });
}

const TRUST_OF_TASKS = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

async function createRoles(aws: AwsCalls, { executionRole }: ServiceOptions): Promise<void> {
  await aws('iam:CreateRole', { RoleName: TASK_ROLE, AssumeRolePolicyDocument: TRUST_OF_TASKS });
  if (!executionRole) return;
  await aws('iam:CreateRole', { RoleName: EXECUTION_ROLE, AssumeRolePolicyDocument: TRUST_OF_TASKS });
  await aws('iam:AttachRolePolicy', {
    RoleName: EXECUTION_ROLE,
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
  });
}

/** The running revision is not the latest: somebody has registered one more and never deployed it. */
async function registerRevisions(aws: AwsCalls, options: ServiceOptions): Promise<string> {
  const register = async (variables: Readonly<Record<string, string>>): Promise<string> => {
    const environment = { ...options.environment, ...variables };
    const { taskDefinition } = await aws('ecs:RegisterTaskDefinition', revision(options, environment));
    return given(taskDefinition?.taskDefinitionArn, 'taskDefinitionArn');
  };
  await register({ LOG_LEVEL: 'debug' });
  const running = await register({ LOG_LEVEL: 'info' });
  await register({ LOG_LEVEL: 'info', EXPERIMENTAL_CURSORS: 'true' });
  return running;
}

function revision(
  options: ServiceOptions,
  environment: Readonly<Record<string, string>>,
): RegisterTaskDefinitionRequest {
  const { accountId, region, images, port, executionRole, taskDefinitionMembers } = options;
  const role = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;
  const awslogs = (prefix: string): Pick<ContainerDefinition, 'logConfiguration'> =>
    executionRole
      ? {
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': LOG_GROUP,
              'awslogs-region': region,
              'awslogs-stream-prefix': prefix,
            },
          },
        }
      : {};
  const pairs: KeyValuePair[] = Object.entries({
    NODE_ENV: 'production',
    PORT: String(port),
    ...environment,
  }).map(([name, value]) => ({ name, value }));
  return {
    family: SERVICE,
    networkMode: options.networkMode,
    requiresCompatibilities: [options.launchType],
    cpu: '512',
    memory: '1024',
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    taskRoleArn: role(TASK_ROLE),
    ...(executionRole ? { executionRoleArn: role(EXECUTION_ROLE) } : {}),
    containerDefinitions: [
      {
        name: 'log-router',
        image: images.logRouter,
        essential: false,
        ...awslogs('log-router'),
      },
      {
        name: CONTAINER,
        image: images.backend,
        essential: true,
        portMappings: [{ containerPort: port, protocol: 'tcp' }],
        environment: pairs,
        ...awslogs('ecs'),
      },
    ],
    ...taskDefinitionMembers,
  };
}
