/**
 * A registered task definition as DescribeTaskDefinition shows it: the document as it came, members that no SDK knows
 * included, with the defaults that ECS fills in and the members that only ECS writes.
 */
import type {
  Compatibility,
  ContainerDefinition,
  PortMapping,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import type { Revision } from './state.ts';
import { isFargateMemory } from './task-definition-rules.ts';
import { without } from './without.ts';

/** A copy that a client sends back whole carries them; ECS ignores them and writes its own. */
const SERVER_SIDE = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
] as const;
type ServerSide = (typeof SERVER_SIDE)[number];

export function taskDefinitionDocument(
  input: RegisterTaskDefinitionRequest,
  server: { taskDefinitionArn: string; revision: number; registeredAt: Date; registeredBy: string },
): Revision {
  const copy: RegisterTaskDefinitionRequest & Partial<Record<ServerSide, unknown>> = structuredClone(input);
  return {
    volumes: [],
    placementConstraints: [],
    ...without(copy, ['tags', ...SERVER_SIDE]),
    family: input.family ?? '',
    containerDefinitions: (copy.containerDefinitions ?? []).map((container) =>
      fillIn(container, copy.networkMode),
    ),
    requiresAttributes: requiredAttributes(input).map((name) => ({ name })),
    compatibilities: compatibilities(input),
    status: 'ACTIVE',
    ...server,
  };
}

function fillIn(container: ContainerDefinition, networkMode: string | undefined): ContainerDefinition {
  return {
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    portMappings: (container.portMappings ?? []).map((mapping) => fillInPorts(mapping, networkMode)),
  };
}

function fillInPorts(mapping: PortMapping, networkMode: string | undefined): PortMapping {
  const samePort = networkMode === 'awsvpc' || networkMode === 'host';
  return { protocol: 'tcp', hostPort: samePort ? mapping.containerPort : 0, ...mapping };
}

function compatibilities(input: RegisterTaskDefinitionRequest): Compatibility[] {
  const fargate = input.networkMode === 'awsvpc' && isFargateMemory(input.cpu, input.memory);
  return fargate ? ['EC2', 'FARGATE'] : ['EXTERNAL', 'EC2'];
}

function requiredAttributes(input: RegisterTaskDefinitionRequest): string[] {
  const containers = input.containerDefinitions ?? [];
  const secrets = containers.flatMap((container) => container.secrets ?? []);
  const drivers = containers.map(({ logConfiguration }) => logConfiguration?.logDriver);
  const names = {
    'com.amazonaws.ecs.capability.docker-remote-api.1.18': true,
    'ecs.capability.task-eni': input.networkMode === 'awsvpc',
    'com.amazonaws.ecs.capability.task-iam-role': input.taskRoleArn !== undefined,
    'com.amazonaws.ecs.capability.ecr-auth': containers.some(({ image }) => image?.includes('.dkr.ecr.')),
    'ecs.capability.execution-role-ecr-pull':
      input.executionRoleArn !== undefined && containers.some(({ image }) => image?.includes('.dkr.ecr.')),
    'com.amazonaws.ecs.capability.logging-driver.awslogs': drivers.includes('awslogs'),
    'ecs.capability.execution-role-awslogs':
      input.executionRoleArn !== undefined && drivers.includes('awslogs'),
    'ecs.capability.secrets.asm.environment-variables': secrets.some(({ valueFrom }) =>
      valueFrom?.includes(':secretsmanager:'),
    ),
    'ecs.capability.secrets.ssm.environment-variables': secrets.some(
      ({ valueFrom }) => !valueFrom?.includes(':secretsmanager:'),
    ),
    'ecs.capability.container-health-check': containers.some(({ healthCheck }) => healthCheck),
  };
  return Object.entries(names)
    .filter(([, required]) => required)
    .map(([name]) => name);
}
