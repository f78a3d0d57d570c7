/** Which container instance a task is placed on, or why none would do. */
import type { Failure } from '@aws-sdk/client-ecs';
import type { Vpc } from '../network/vpc.ts';
import { EPHEMERAL_PORTS, remaining, tasksOn } from './container-instances.ts';
import type { ContainerInstanceRecord, PortBinding, Revision, State } from './state.ts';
import { needsOf } from './task-needs.ts';
import type { NewTask } from './task-placement.ts';

/** The best of the candidates, or one failure a candidate, as RunTask lists them. */
export function chooseInstance(
  request: NewTask,
  candidates: readonly ContainerInstanceRecord[],
  state: State,
  vpc: Vpc,
): ContainerInstanceRecord | Failure[] {
  const judged = candidates.map((record) => ({ record, reason: misfit(request, record, state, vpc) }));
  const fitting = judged.filter(({ reason }) => reason === undefined).map(({ record }) => record);
  const [best] = fitting.toSorted(
    (one, other) => crowding(request, one, state) - crowding(request, other, state),
  );
  return (
    best ?? judged.map(({ record, reason = '' }) => ({ arn: record.instance.containerInstanceArn, reason }))
  );
}

/** In the words of RunTask's failures (ECS developer guide, "API failures messages"). */
function misfit(
  { definition, overrides, networkConfiguration }: NewTask,
  record: ContainerInstanceRecord,
  state: State,
  vpc: Vpc,
): string | undefined {
  const { instance, host } = record;
  if (instance.status !== 'ACTIVE') return 'INACTIVE';
  if (!instance.agentConnected) return 'AGENT';
  if (definition.runtimePlatform?.cpuArchitecture === 'ARM64') return 'ATTRIBUTE';
  const needs = needsOf(definition, overrides);
  const left = remaining(state, record);
  if (needs.ownInterface) {
    const subnets = networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
    if (subnetBeside(host.networkInterface.availabilityZone, subnets, vpc) === undefined) return 'ATTRIBUTE';
  }
  if (needs.cpu > left.cpu) return 'RESOURCE:CPU';
  if (needs.memory > left.memory) return 'RESOURCE:MEMORY';
  if (needs.hostPorts.some((port) => left.ports.has(port))) return 'RESOURCE:PORTS';
  const interfaces = tasksOn(state, record).filter((task) => task.definition.networkMode === 'awsvpc');
  if (needs.ownInterface && interfaces.length + 1 >= host.mostInterfaces) return 'RESOURCE:ENI';
  return undefined;
}

/** A task's interface is in the Availability Zone of its instance. */
export function subnetBeside(
  availabilityZone: string,
  subnetIds: readonly string[],
  vpc: Vpc,
): string | undefined {
  return subnetIds.find((subnetId) => vpc.subnet(subnetId)?.availabilityZone === availabilityZone);
}

/** Spread over Availability Zones, then over instances: the default for services without a placement strategy. */
function crowding({ group }: NewTask, record: ContainerInstanceRecord, state: State): number {
  const zone = record.host.networkInterface.availabilityZone;
  const ofGroup = [...state.tasks.values()].filter(
    ({ task }) => task.group === group && task.desiredStatus === 'RUNNING',
  );
  const inZone = ofGroup.filter(({ networkInterface }) => networkInterface.availabilityZone === zone).length;
  return inZone * 1_000 + tasksOn(state, record).length;
}

/** Where the task's ports are found on its instance: the same ones in host mode, Docker's choice where the definition says 0. */
export function bindPorts(
  definition: Revision,
  record: ContainerInstanceRecord,
  state: State,
): PortBinding[] {
  if (definition.networkMode === 'awsvpc' || definition.networkMode === 'none') return [];
  const { ports } = remaining(state, record);
  const dynamicPort = (): number => {
    let port: number;
    do {
      port = record.nextHostPort;
      record.nextHostPort = port === EPHEMERAL_PORTS[1] ? EPHEMERAL_PORTS[0] : port + 1;
    } while (ports.has(port));
    return port;
  };
  return definition.containerDefinitions.flatMap(({ name = '', portMappings = [] }) =>
    portMappings.map(({ containerPort = 0, hostPort }) => ({
      containerName: name,
      containerPort,
      hostPort: hostPort ? hostPort : definition.networkMode === 'host' ? containerPort : dynamicPort(),
    })),
  );
}
