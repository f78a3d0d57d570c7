/** What RegisterTaskDefinition refuses, in AWS's words where they are on record. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { ServiceError } from '../service.ts';
import { checkTags } from './tags.ts';

const FAMILY = /^[A-Za-z0-9_-]{1,255}$/;
const MOST_BYTES = 65_536;

/** MiB that go with each cpu value (ECS developer guide, "Task CPU and memory" on Fargate): lowest, highest, step. */
const FARGATE_MEMORY: Readonly<Record<string, readonly [low: number, high: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16_384: [32_768, 122_880, 8192],
};

type Rule = (input: RegisterTaskDefinitionRequest) => string | undefined;
type ContainerRule = (
  container: ContainerDefinition,
  input: RegisterTaskDefinitionRequest,
) => string | undefined;

export function checkTaskDefinition(input: RegisterTaskDefinitionRequest): void {
  checkTypes(input);
  checkTags(input.tags, 'ClientException');
  for (const rule of RULES) refuse(rule(input));
  for (const container of input.containerDefinitions ?? []) {
    for (const rule of CONTAINER_RULES) refuse(rule(container, input));
  }
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new ServiceError('ClientException', reason);
}

/** The JSON is read into strings before ECS looks at it; a number or boolean does not get that far. */
function checkTypes(input: RegisterTaskDefinitionRequest): void {
  for (const { environment } of input.containerDefinitions ?? []) {
    for (const { value } of environment ?? []) {
      if (value === undefined || typeof value === 'string') continue;
      const kind = (typeof value as string).toUpperCase();
      throw new ServiceError('SerializationException', `${kind}_VALUE cannot be converted to String`);
    }
  }
}

export function isFargateMemory(cpu: string | undefined, memory: string | undefined): boolean {
  const mebibytes = Number(memory);
  if (cpu === '256') return [512, 1024, 2048].includes(mebibytes);
  const [low, high, step] = FARGATE_MEMORY[cpu ?? ''] ?? [0, -1, 1];
  return mebibytes >= low && mebibytes <= high && mebibytes % step === 0;
}

const wantsFargate = (input: RegisterTaskDefinitionRequest): boolean =>
  input.requiresCompatibilities?.includes('FARGATE') ?? false;

const RULES: readonly Rule[] = [
  ({ family }) => {
    if (!family) return 'Family should not be null or blank.';
    return FAMILY.test(family) ? undefined : 'Family contains invalid characters.';
  },
  ({ containerDefinitions }) =>
    containerDefinitions?.length ? undefined : 'Container list cannot be empty.',
  ({ containerDefinitions = [] }) =>
    containerDefinitions.length > 10 ? 'A task definition can have at most 10 containers.' : undefined,
  ({ containerDefinitions = [] }) => {
    const names = containerDefinitions.map(({ name }) => name);
    return new Set(names).size < names.length ? 'Container names should be unique.' : undefined;
  },
  ({ containerDefinitions = [] }) =>
    containerDefinitions.every(({ essential }) => essential === false)
      ? "Invalid 'containerDefinitions' setting: at least one container must be essential."
      : undefined,
  (input) => {
    const length = Buffer.byteLength(JSON.stringify(input));
    return length > MOST_BYTES
      ? `Actual length: '${length}'. Max allowed length is '${MOST_BYTES}' bytes.`
      : undefined;
  },
  (input) =>
    wantsFargate(input) && input.networkMode !== 'awsvpc'
      ? 'Fargate only supports network mode ‘awsvpc’.'
      : undefined,
  (input) => {
    if (!wantsFargate(input)) return undefined;
    if (!input.cpu) return "Fargate requires that 'cpu' be defined at the task level.";
    if (!input.memory) return "Fargate requires that 'memory' be defined at the task level.";
    return isFargateMemory(input.cpu, input.memory)
      ? undefined
      : `No Fargate configuration exists for given values: ${input.cpu} CPU, ${input.memory} memory. See the Amazon ECS documentation for the valid values.`;
  },
  (input) =>
    input.executionRoleArn === undefined && input.containerDefinitions?.some(({ secrets }) => secrets?.length)
      ? "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
      : undefined,
  (input) =>
    wantsFargate(input) &&
    input.executionRoleArn === undefined &&
    input.containerDefinitions?.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs')
      ? 'Fargate requires task definition to have execution role ARN to support log driver awslogs.'
      : undefined,
];

const CONTAINER_RULES: readonly ContainerRule[] = [
  ({ name }) => (name && FAMILY.test(name) ? undefined : 'Container.name contains invalid characters.'),
  ({ image }) => (image ? undefined : 'Container.image should not be null or blank.'),
  ({ name, memory, memoryReservation }, input) =>
    memory === undefined && memoryReservation === undefined && input.memory === undefined
      ? `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`
      : undefined,
  ({ environment = [], secrets = [] }) => {
    const names = new Set(environment.map(({ name }) => name));
    const shared = secrets.find(
      ({ name }, at) => names.has(name) || secrets.findIndex((other) => other.name === name) < at,
    );
    return shared
      ? `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${shared.name}'.`
      : undefined;
  },
  ({ name, portMappings = [] }, { networkMode }) => {
    const differs = portMappings.some(
      ({ hostPort, containerPort }) => hostPort !== undefined && hostPort !== containerPort,
    );
    return networkMode === 'awsvpc' && differs
      ? `When networkMode=awsvpc, the host ports and container ports in port mappings must match. Container: ${name}`
      : undefined;
  },
  ({ logConfiguration }, input) => {
    if (logConfiguration?.logDriver !== 'awslogs') return undefined;
    const options = logConfiguration.options ?? {};
    if (options['awslogs-group'] === undefined) return 'Log driver awslogs requires options: awslogs-group';
    if (wantsFargate(input) && options['awslogs-stream-prefix'] === undefined) {
      return 'Log driver awslogs requires options: awslogs-stream-prefix';
    }
    return undefined;
  },
];
