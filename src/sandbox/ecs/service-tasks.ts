/** The tasks that the service scheduler starts and stops, and what it does when they run and when they end. */
import type { Failure, Tag } from '@aws-sdk/client-ecs';
import type { Arns } from './arns.ts';
import { isFargate } from './launch.ts';
import { registrationsOf } from './load-balancing.ts';
import type { EcsOptions } from './options.ts';
import { addEvent, addProblem, messages } from './service-events.ts';
import { countFailure } from './service-health.ts';
import type { DeploymentRecord, ServiceRecord, State, TaskRecord, TaskWatcher } from './state.ts';
import { mergeTags } from './tags.ts';
import { findRevision } from './task-definitions.ts';
import type { TaskLife } from './task-life.ts';
import { placeTask } from './task-placement.ts';

export interface ServiceTasks {
  /** Oldest first, the stopped ones included. */
  of(record: ServiceRecord): TaskRecord[];
  start(record: ServiceRecord, primary: DeploymentRecord, count: number): void;
  stop(record: ServiceRecord, primary: DeploymentRecord, tasks: readonly TaskRecord[]): void;
}

export function createServiceTasks(
  state: State,
  arns: Arns,
  life: TaskLife,
  options: EcsOptions,
  wake: (record: ServiceRecord) => void,
): ServiceTasks {
  const { clock, targets } = options;

  function start(record: ServiceRecord, primary: DeploymentRecord, count: number): void {
    const { service, clusterName } = record;
    const cluster = state.clusters.get(clusterName);
    const definition = findRevision(state, primary.deployment.taskDefinition);
    if (!cluster || !definition) return;
    const started: TaskRecord[] = [];
    let problem: string | undefined;
    for (let n = 0; n < count; n += 1) {
      const placed = placeTask(
        {
          cluster,
          definition,
          launchType: primary.deployment.launchType,
          capacityProviderStrategy: primary.deployment.capacityProviderStrategy,
          networkConfiguration: primary.deployment.networkConfiguration,
          startedBy: primary.deployment.id,
          group: `service:${service.serviceName}`,
          tags: taskTags(record, definition.taskDefinitionArn),
          enableExecuteCommand: service.enableExecuteCommand ?? false,
          watcher: watcherOf(record, primary),
        },
        state,
        arns,
        options,
      );
      if (!Array.isArray(placed)) {
        started.push(placed);
        continue;
      }
      problem = notPlaced(placed, primary);
      countFailure(record, primary, { clock, wake });
      break;
    }
    if (started.length > 0) addEvent(clock, record, messages.started(started));
    if (problem !== undefined) addProblem(clock, record, problem);
    if (started.length === 0) return;
    record.steady = false;
    life.begin(started);
  }

  function stop(record: ServiceRecord, primary: DeploymentRecord, tasks: readonly TaskRecord[]): void {
    if (tasks.length === 0) return;
    const running = tasks.filter(({ task }) => task.lastStatus === 'RUNNING');
    if (running.length > 0) addEvent(clock, record, messages.stoppedRunning(running));
    const pending = tasks.length - running.length;
    if (pending > 0) addEvent(clock, record, messages.stoppedPending(pending));
    for (const task of tasks) {
      void life.stop(task, {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: `Scaling activity initiated by (deployment ${primary.deployment.id})`,
      });
    }
  }

  function watcherOf(record: ServiceRecord, owner: DeploymentRecord): TaskWatcher {
    const { service } = record;
    return {
      up: (task) => {
        registerTargets(record, owner, task);
        wake(record);
        clock.after((service.healthCheckGracePeriodSeconds ?? 0) * 1_000, () => {
          task.graceIsOver = true;
          wake(record);
        });
      },
      stopping: (task) => {
        const { stopCode, stoppedReason = '' } = task.task;
        if (stopCode === 'TaskFailedToStart') {
          // Of what one container could not do, only its own reason speaks.
          if (!task.task.containers.some(({ reason }) => reason)) {
            addEvent(clock, record, messages.unplaced(stoppedReason));
          }
          countFailure(record, owner, { clock, wake });
        }
        record.steady = false;
        wake(record);
        return drain(record, owner, task);
      },
      stopped: () => wake(record),
      healthChanged: () => wake(record),
    };
  }

  /** A target group may be gone by now; the service says so and goes on without it. */
  function registerTargets(record: ServiceRecord, owner: DeploymentRecord, task: TaskRecord): void {
    for (const { targetGroupArn, target } of registrationsOf(task, owner.loadBalancers)) {
      try {
        targets.register(targetGroupArn, target);
        addEvent(clock, record, messages.registered(targetGroupArn));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        addEvent(clock, record, messages.unregistered(targetGroupArn, reason));
      }
    }
  }

  async function drain(record: ServiceRecord, owner: DeploymentRecord, task: TaskRecord): Promise<void> {
    const registered = registrationsOf(task, owner.loadBalancers).filter(
      ({ targetGroupArn, target }) => targets.health(targetGroupArn, target) !== undefined,
    );
    if (registered.length === 0) return;
    addEvent(clock, record, messages.draining);
    await Promise.all(
      registered.map(({ targetGroupArn, target }) => {
        addEvent(clock, record, messages.deregistered(targetGroupArn));
        return targets.deregister(targetGroupArn, target);
      }),
    );
  }

  function notPlaced(failures: readonly Failure[], { deployment }: DeploymentRecord): string {
    const [failure] = failures;
    if (!failure) return messages.noInstances;
    const { launchType, capacityProviderStrategy } = deployment;
    return isFargate({ launchType, capacityProviderStrategy })
      ? messages.unplaced(failure.detail ?? failure.reason ?? '')
      : messages.noInstanceFits(failure);
  }

  function taskTags({ service, clusterName }: ServiceRecord, taskDefinitionArn: string): Tag[] {
    const sources = { SERVICE: service.serviceArn, TASK_DEFINITION: taskDefinitionArn, NONE: '' };
    const managed = [
      { key: 'aws:ecs:clusterName', value: clusterName },
      { key: 'aws:ecs:serviceName', value: service.serviceName },
    ];
    const propagated = state.tags.get(sources[service.propagateTags ?? 'NONE']) ?? [];
    return mergeTags(service.enableECSManagedTags ? managed : [], propagated);
  }

  return {
    of: ({ service }) =>
      [...state.tasks.values()].filter(
        ({ task }) =>
          task.clusterArn === service.clusterArn && task.group === `service:${service.serviceName}`,
      ),
    start,
    stop,
  };
}
