/** ECS Exec, as far as sessions need it: the agent beside each container, and which container a target names. */
import type { ManagedAgent } from '@aws-sdk/client-ecs';
import type { NetworkInterface } from '../network/vpc.ts';
import type { Arns } from './arns.ts';
import type { State, TaskRecord } from './state.ts';

export interface SessionTarget {
  readonly networkInterface: NetworkInterface;
  readonly publicIp: boolean;
  /** Of the task. */
  readonly roleArn: string | undefined;
}

/** It starts with the container, in tasks that were started with ECS Exec enabled. */
export function managedAgents({ task }: TaskRecord, startedAt: Date): ManagedAgent[] | undefined {
  if (!task.enableExecuteCommand) return undefined;
  return [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: startedAt }];
}

/** `ecs:<cluster>_<task id>_<runtime id>`; the name of a cluster may itself hold an underscore. */
export function findSessionTarget(target: string, state: State, arns: Arns): SessionTarget | undefined {
  const [, cluster = '', taskId = '', runtimeId] = /^ecs:(.+)_([0-9a-f]{32})_([^_]+)$/.exec(target) ?? [];
  const record = state.tasks.get(arns.task(cluster, taskId));
  const container = record?.task.containers.find((each) => each.runtimeId === runtimeId);
  const hasAgent = container?.lastStatus === 'RUNNING' && container.managedAgents !== undefined;
  if (!record || !hasAgent || record.task.desiredStatus !== 'RUNNING') return undefined;
  const { networkInterface, publicIp, definition } = record;
  return { networkInterface, publicIp, roleArn: definition.taskRoleArn };
}
