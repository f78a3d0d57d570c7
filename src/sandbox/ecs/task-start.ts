/** Starts the containers of a task as processes in a seat of its own. */
import { createHash } from 'node:crypto';
import type { Container, ContainerDefinition, ContainerOverride } from '@aws-sdk/client-ecs';
import type { Image } from '../images/image.ts';
import type { ContainerCommand } from './container-command.ts';
import { containerCommand, containerEnvironment, seated } from './container-command.ts';
import { startContainer } from './container-process.ts';
import type { EcsOptions } from './options.ts';
import type { TaskRecord } from './state.ts';

/**
 * Starts every container in a seat of its own task. Answers with the reason when one cannot start: then none is left.
 * `onExit` hears of each container's end.
 */
export async function startContainers(
  record: TaskRecord,
  options: EcsOptions,
  onExit: (container: Container, exitCode: number) => void,
): Promise<string | undefined> {
  const commands = record.task.containers.map((container, at) => {
    const definition = record.definition.containerDefinitions[at] ?? {};
    const image = options.images.get(definition.image ?? '');
    const override = record.task.overrides?.containerOverrides?.find(({ name }) => name === container.name);
    return {
      container,
      definition,
      override,
      image,
      command: image && containerCommand(definition, image, override),
    };
  });
  const failed = commands.find(({ command }) => !command || 'failure' in command);
  if (failed) {
    const reason =
      failed.command && 'failure' in failed.command ? failed.command.failure : 'CannotStartContainerError';
    failed.container.reason = reason;
    return reason;
  }

  const seat = await options.fabric.enter(record.networkInterface);
  // Somebody stopped it meanwhile.
  if (record.task.desiredStatus !== 'RUNNING') {
    await seat.leave();
    return undefined;
  }
  record.seat = seat;
  for (const { container, definition, override, image, command } of commands) {
    if (!image || !command || 'failure' in command) continue;
    launch(record, options, { container, definition, override, image, command, seatEnv: seat.env, onExit });
  }
  return undefined;
}

function launch(
  record: TaskRecord,
  options: EcsOptions,
  start: {
    container: Container;
    definition: ContainerDefinition;
    override: ContainerOverride | undefined;
    image: Image;
    command: Exclude<ContainerCommand, { failure: string }>;
    seatEnv: Readonly<Record<string, string>>;
    onExit: (container: Container, exitCode: number) => void;
  },
): void {
  const { container, definition, image } = start;
  const environment = containerEnvironment(definition, image, start.override, {
    secrets: Object.fromEntries(
      (definition.secrets ?? []).map(({ name = '', valueFrom = '' }) => [
        name,
        options.secrets?.(valueFrom) ?? '',
      ]),
    ),
    region: options.region,
    privateIpAddress: record.networkInterface.privateIpAddress,
  });
  const containerProcess = startContainer({
    ...start.command,
    environment: seated(environment, start.seatEnv),
    onLine: logLine(record, definition, options),
  });
  record.processes.set(container.name ?? '', containerProcess);
  container.lastStatus = 'RUNNING';
  container.runtimeId = `${record.task.taskArn.slice(-32)}-${String(record.processes.size).padStart(10, '0')}`;
  container.imageDigest = `sha256:${createHash('sha256').update(image.reference).digest('hex')}`;
  void containerProcess.exit.then((exitCode) => start.onExit(container, exitCode));
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
