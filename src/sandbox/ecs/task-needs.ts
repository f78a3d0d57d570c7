/** What a task takes of the instance it is placed on. */
import type { TaskOverride } from '@aws-sdk/client-ecs';
import type { Revision } from './state.ts';

export interface TaskNeeds {
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  /** Host ports that the definition asks for by number. */
  readonly hostPorts: readonly number[];
  /** Whether it takes one of the instance's network interfaces. */
  readonly ownInterface: boolean;
}

/** The task's own size, or the sum of its containers' (ECS developer guide, "Task size"). */
export function needsOf(definition: Revision, overrides: TaskOverride | undefined): TaskNeeds {
  const { containerDefinitions, networkMode } = definition;
  const sum = (amounts: readonly (number | undefined)[]): number =>
    amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0);
  const cpu = Number(overrides?.cpu ?? definition.cpu ?? NaN);
  const memory = Number(overrides?.memory ?? definition.memory ?? NaN);
  const ownInterface = networkMode === 'awsvpc';
  return {
    cpu: Number.isNaN(cpu) ? sum(containerDefinitions.map((container) => container.cpu)) : cpu,
    memory: Number.isNaN(memory)
      ? sum(containerDefinitions.map(({ memoryReservation, memory: hard }) => memoryReservation ?? hard))
      : memory,
    hostPorts: ownInterface
      ? []
      : containerDefinitions.flatMap(({ portMappings = [] }) =>
          portMappings.flatMap(({ hostPort }) => (hostPort ? [hostPort] : [])),
        ),
    ownInterface,
  };
}
