/** The ECS service of CollabCanvas: its task definition in three revisions, of which the second one runs. */
import type {
  ContainerDefinition,
  CreateServiceRequest,
  DeploymentCircuitBreaker,
  DeploymentControllerType,
  KeyValuePair,
  RegisterTaskDefinitionRequest,
  Tag,
} from '@aws-sdk/client-ecs';
import { given, type AwsCalls } from './aws-calls.ts';
import type { Network } from './collabcanvas-network.ts';

export const ECS_CLUSTER = 'collabcanvas';
export const SERVICE = 'collabcanvas-backend';
const LOG_GROUP = '/ecs/collabcanvas-backend';
const CONTAINER = 'backend';

export interface ServiceOptions {
  accountId: string;
  region: string;
  images: { backend: string; logRouter: string };
  port: number;
  tasks: number;
  controller: DeploymentControllerType;
  circuitBreaker: DeploymentCircuitBreaker | undefined;
  environment: Readonly<Record<string, string>>;
  executionRole: boolean;
  tags: readonly Tag[];
  taskDefinitionMembers: Readonly<Record<string, unknown>>;
}

export async function collabcanvasService(
  aws: AwsCalls,
  network: Network,
  targetGroupArns: readonly string[],
  options: ServiceOptions,
): Promise<void> {
  await aws('ecs:CreateCluster', { clusterName: ECS_CLUSTER });
  await aws('logs:CreateLogGroup', { logGroupName: LOG_GROUP });
  const running = await registerRevisions(aws, options);
  const shared: CreateServiceRequest = {
    cluster: ECS_CLUSTER,
    serviceName: SERVICE,
    desiredCount: options.tasks,
    deploymentController: { type: options.controller },
    ...(options.tags.length > 0 ? { tags: [...options.tags] } : {}),
    ...(options.circuitBreaker
      ? { deploymentConfiguration: { deploymentCircuitBreaker: options.circuitBreaker } }
      : {}),
  };
  // An external controller brings task definition, network and load balancers with its task sets.
  if (options.controller === 'EXTERNAL') {
    await aws('ecs:CreateService', shared);
    return;
  }
  await aws('ecs:CreateService', {
    ...shared,
    taskDefinition: running,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: network.privateSubnetIds,
        securityGroups: [network.tasksGroupId],
        assignPublicIp: 'DISABLED',
      },
    },
    ...(targetGroupArns.length > 0
      ? {
          healthCheckGracePeriodSeconds: 30,
          loadBalancers: targetGroupArns.map((targetGroupArn) => ({
            targetGroupArn,
            containerName: CONTAINER,
            containerPort: options.port,
          })),
        }
      : {}),
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
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    taskRoleArn: role('collabcanvas-task'),
    ...(executionRole ? { executionRoleArn: role('collabcanvas-execution') } : {}),
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
