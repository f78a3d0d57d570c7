/** Starts the containers of a task as processes, each when what it depends on is there. */
import { createHash } from 'node:crypto';
import type { Container, ContainerDefinition, ContainerOverride } from '@aws-sdk/client-ecs';
import type { Image } from '../images/image.ts';
import type { ContainerCommand } from './container-command.ts';
import { containerCommand, containerEnvironment, seated } from './container-command.ts';
import { checkCommand, watchContainerHealth } from './container-health.ts';
import { type ContainerProcess, endsWithin, startContainer } from './container-process.ts';
import type { LoopbackEndpoint } from '../network/fabric.ts';
import { managedAgents } from './execute-command.ts';
import type { EcsOptions } from './options.ts';
import { startInertContainer } from './inert-container.ts';
import { containerFailure, type StartFailure } from './start-checks.ts';
import type { TaskRecord } from './state.ts';
import { leaveSeats, takeSeats } from './task-seats.ts';

/** Real milliseconds for a container on whose end others wait. */
const TO_FINISH = 10_000;

export interface ContainerEvents {
  exited(container: Container, exitCode: number): void;
  healthChanged(): void;
  /** All containers have been started. */
  started(): Promise<void>;
  /** One will never be, for what it depends on failed. */
  blocked(): void;
}

type Program = Exclude<ContainerCommand, { failure: string }>;

interface Start {
  readonly container: Container;
  readonly definition: ContainerDefinition;
  readonly override: ContainerOverride | undefined;
  readonly image: Image;
  readonly command: Program;
}

/** Answers with the reason when a container cannot start: then none is left. */
export async function startContainers(
  record: TaskRecord,
  options: EcsOptions,
  events: ContainerEvents,
): Promise<StartFailure | undefined> {
  const waiting: Start[] = [];
  for (const [at, container] of record.task.containers.entries()) {
    const definition = record.definition.containerDefinitions[at] ?? {};
    const override = record.task.overrides?.containerOverrides?.find(({ name }) => name === container.name);
    const image = options.images.get(definition.image ?? '');
    const command = image && containerCommand(definition, image, override);
    if (!image || !command) return containerFailure(container.name, 'CannotStartContainerError');
    if ('failure' in command) return containerFailure(container.name, command.failure);
    waiting.push({ container, definition, override, image, command });
  }

  // Without a process there is nobody to seat.
  const inert = waiting.every(({ image }) => image.inert);
  if (!inert) await takeSeats(record, options.fabric);
  const isWanted = (): boolean => record.task.desiredStatus === 'RUNNING';
  // Somebody stopped it meanwhile.
  if (!isWanted()) {
    await leaveSeats(record);
    return undefined;
  }

  /** Starts one after the other what nothing keeps waiting any more; true when that was the last. */
  const startReady = (): boolean => {
    if (waiting.some((start) => dependencies(start, record) === 'never')) events.blocked();
    while (isWanted()) {
      const at = waiting.findIndex((start) => dependencies(start, record) === 'ready');
      const [start] = at === -1 ? [] : waiting.splice(at, 1);
      if (!start) break;
      launch(record, options, start, {
        exited: (exitCode) => {
          events.exited(start.container, exitCode);
          goOn();
        },
        healthChanged: () => {
          events.healthChanged();
          goOn();
        },
      });
    }
    return waiting.length === 0;
  };
  let atOnce = true;
  const goOn = (): void => {
    if (atOnce || waiting.length === 0 || !isWanted()) return;
    if (startReady()) void options.clock.busy(events.started());
  };

  let complete = startReady();
  for (let ending = awaited(waiting, record); ending; ending = awaited(waiting, record)) {
    if (!(await endsWithin(ending, TO_FINISH)) || !isWanted()) break;
    complete = startReady();
  }
  atOnce = false;
  // Containers without a process have their ports open when the task is RUNNING.
  await Promise.all(
    [...record.processes.values()].map((process) => ('started' in process ? process.started : undefined)),
  );
  if (complete) await events.started();
  return undefined;
}

/** ECS API reference, ContainerDependency.condition. */
function dependencies({ definition }: Start, record: TaskRecord): 'ready' | 'waiting' | 'never' {
  const answers = (definition.dependsOn ?? []).map(({ containerName = '', condition }) => {
    const container = record.task.containers.find(({ name }) => name === containerName);
    if (condition === 'HEALTHY') return container?.healthStatus === 'HEALTHY' ? 'ready' : 'waiting';
    if (condition === 'START') return record.processes.has(containerName) ? 'ready' : 'waiting';
    if (container?.exitCode === undefined) return 'waiting';
    return condition === 'COMPLETE' || container.exitCode === 0 ? 'ready' : 'never';
  });
  if (answers.includes('never')) return 'never';
  return answers.includes('waiting') ? 'waiting' : 'ready';
}

/** A running container on whose end one that waits depends. */
function awaited(waiting: readonly Start[], record: TaskRecord): ContainerProcess | undefined {
  return waiting
    .flatMap(({ definition }) => definition.dependsOn ?? [])
    .filter(({ condition }) => condition === 'COMPLETE' || condition === 'SUCCESS')
    .map(({ containerName = '' }) => record.processes.get(containerName))
    .find((process) => process?.alive());
}

function launch(
  record: TaskRecord,
  options: EcsOptions,
  { container, definition, override, image, command }: Start,
  on: { exited: (exitCode: number) => void; healthChanged: () => void },
): void {
  const name = container.name ?? '';
  container.runtimeId = runtimeId(record, container);
  const agents = managedAgents(record, new Date(options.clock.now()));
  if (agents) container.managedAgents = agents;
  const environment = seated(
    containerEnvironment(definition, image, override, {
      secrets: secretsOf(record, definition, options),
      region: options.region,
      hostname: hostname(record, container.runtimeId),
      onFargate: record.containerInstance === undefined,
    }),
    record.seats.get(name)?.env ?? {},
  );
  const onLine = logLine(record, definition, options);
  const containerProcess = image.inert
    ? startInertContainer({
        program: image.inert,
        environment,
        onLine,
        ports: (definition.portMappings ?? []).map(({ containerPort = 0 }) => containerPort),
        serve: (port, endpoint) => serveAt(record, name, port, endpoint, options),
      })
    : startContainer({
        ...command,
        environment,
        onLine,
        memoryLimit: definition.memory ?? (Number(record.task.memory) || undefined),
      });
  record.processes.set(name, containerProcess);
  container.lastStatus = 'RUNNING';
  container.imageDigest = `sha256:${createHash('sha256').update(image.reference).digest('hex')}`;
  container.networkBindings = record.portBindings
    .filter(({ containerName }) => containerName === name)
    .map(({ containerPort, hostPort }) => ({
      bindIP: '0.0.0.0',
      containerPort,
      hostPort,
      protocol: 'tcp' as const,
    }));
  const endWatch = watchHealth(
    record,
    options,
    { container, definition, image, environment },
    on.healthChanged,
  );
  void containerProcess.exit.then((exitCode) => {
    endWatch();
    if (containerProcess.outOfMemory?.()) {
      container.reason = 'OutOfMemoryError: Container killed due to memory usage';
    }
    on.exited(exitCode);
  });
}

/** What they are at this moment: after the start nobody injects them again. */
function secretsOf(
  { definition: { executionRoleArn } }: TaskRecord,
  { secrets = [] }: ContainerDefinition,
  options: EcsOptions,
): Record<string, string> {
  return Object.fromEntries(
    secrets.map(({ name = '', valueFrom = '' }) => {
      const value = options.secrets?.(valueFrom, executionRoleArn);
      return [name, typeof value === 'string' ? value : ''];
    }),
  );
}

/** Where the container's port is found in the VPC. */
function serveAt(
  { networkInterface, portBindings }: TaskRecord,
  containerName: string,
  containerPort: number,
  endpoint: LoopbackEndpoint,
  { fabric }: EcsOptions,
): () => void {
  const binding = portBindings.find(
    (candidate) => candidate.containerName === containerName && candidate.containerPort === containerPort,
  );
  return fabric.serve(networkInterface.privateIpAddress, binding?.hostPort ?? containerPort, endpoint);
}

/** Runs the container's health check, if it has one, in the container's own place and environment. */
function watchHealth(
  record: TaskRecord,
  options: EcsOptions,
  place: Pick<Start, 'container' | 'definition' | 'image'> & {
    environment: Readonly<Record<string, string>>;
  },
  changed: () => void,
): () => void {
  const { container, definition, image, environment } = place;
  const command = definition.healthCheck && checkCommand(definition.healthCheck, image);
  if (!definition.healthCheck || !command) return () => undefined;
  return watchContainerHealth(definition.healthCheck, {
    clock: options.clock,
    run: () => {
      if ('failure' in command) return undefined;
      const check = startContainer({ ...command, environment, onLine: () => undefined });
      record.checks.add(check);
      void check.exit.then(() => record.checks.delete(check));
      return check;
    },
    changed: (status) => {
      container.healthStatus = status;
      record.task.healthStatus = taskHealth(record);
      changed();
    },
  });
}

/** A task is as healthy as its essential containers that have a check (ECS API reference, Task.healthStatus). */
function taskHealth({ task, definition }: TaskRecord): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  const judged = task.containers.filter((_, at) => {
    const { essential, healthCheck } = definition.containerDefinitions[at] ?? {};
    return essential !== false && healthCheck !== undefined;
  });
  if (judged.some(({ healthStatus }) => healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
  return judged.every(({ healthStatus }) => healthStatus === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

/** Docker's id of 64 digits on an instance; on Fargate the task's id and a number. */
function runtimeId(record: TaskRecord, { containerArn = '' }: Container): string {
  return record.containerInstance
    ? createHash('sha256').update(containerArn).digest('hex')
    : `${record.task.taskArn.slice(-32)}-${String(record.processes.size + 1).padStart(10, '0')}`;
}

/** Behind Docker's bridge a container is called by its own id, elsewhere as the interface is. */
function hostname({ containerInstance, definition, networkInterface }: TaskRecord, id: string): string {
  const { networkMode = 'bridge' } = definition;
  if (containerInstance && networkMode === 'bridge') return id.slice(0, 12);
  return `ip-${networkInterface.privateIpAddress.replaceAll('.', '-')}.ec2.internal`;
}

/** The awslogs driver: stream `<prefix>/<container>/<task id>`. Other drivers' lines go nowhere. */
function logLine(
  record: TaskRecord,
  { name, logConfiguration }: ContainerDefinition,
  { logs }: EcsOptions,
): (line: string) => void {
  if (logConfiguration?.logDriver !== 'awslogs') return () => undefined;
  const { 'awslogs-group': group = '', 'awslogs-stream-prefix': prefix = 'ecs' } =
    logConfiguration.options ?? {};
  if (!logs.hasLogGroup(group)) logs.createLogGroup(group);
  const stream = `${prefix}/${name}/${record.task.taskArn.slice(-32)}`;
  return (line) => logs.append(group, stream, line);
}
