/**
 * The life of tasks: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED.
 * Delays are the clock's and of Fargate's order of size; what a process does takes the time it takes.
 */
import type { Container, TaskStopCode } from '@aws-sdk/client-ecs';
import { endsWithin } from './container-process.ts';
import { later } from './later.ts';
import type { EcsOptions } from './options.ts';
import { atRest } from './readiness.ts';
import { pullFailure, type StartFailure } from './start-checks.ts';
import type { State, TaskRecord } from './state.ts';
import { leaveSeats } from './task-seats.ts';
import { startContainers } from './task-start.ts';

const SECOND = 1_000;
const TO_PROVISION = 8 * SECOND;
const TO_PULL = 14 * SECOND;
const TO_ACTIVATE = 3 * SECOND;
const TO_DEPROVISION = 8 * SECOND;
/** ECS forgets a stopped task after an hour at the earliest (API reference, DescribeTasks). */
const TO_FORGET = 3_600 * SECOND;
/** `stopTimeout` of a container definition on Fargate, when absent. */
const STOP_TIMEOUT = 30;
/** Real milliseconds that a program has to end after SIGTERM, however fast the clock goes. */
const REAL_STOP_TIMEOUT = 1_000;

export interface StopCause {
  readonly stopCode: TaskStopCode;
  readonly stoppedReason: string;
}

export interface TaskLife {
  /** Tasks begun together start together. */
  begin(records: readonly TaskRecord[]): void;
  /** Resolves when it is STOPPED. The first cause counts. */
  stop(record: TaskRecord, cause: StopCause): Promise<void>;
  close(): Promise<void>;
}

export function createTaskLife(options: EcsOptions, state: State): TaskLife {
  const { clock, vpc } = options;
  let closed = false;
  const date = (): Date => new Date(clock.now());

  /** One step of several tasks that are still meant to run. */
  const step = async (
    ms: number,
    records: readonly TaskRecord[],
    work: (record: TaskRecord) => Promise<void> | void,
  ): Promise<void> => {
    await later(clock, ms, async () => {
      if (closed) return;
      await Promise.all(
        records.filter(isWanted).map(async (record) => {
          try {
            await work(record);
          } catch (error) {
            // Of the sandbox's own (no seat, no log group after all): the task ends with it, the sandbox goes on.
            failToStart(record, { stoppedReason: `ResourceInitializationError: ${String(error)}` });
          }
        }),
      );
    });
  };

  async function live(records: readonly TaskRecord[]): Promise<void> {
    await step(TO_PROVISION, records, attachNetwork);
    await step(TO_PULL, records, pull);
    await step(TO_ACTIVATE, records, start);
  }

  function attachNetwork({ task, networkInterface }: TaskRecord): void {
    const { networkInterfaceId, subnetId, privateIpAddress } = networkInterface;
    const [attachment] = task.attachments ?? [];
    task.lastStatus = 'PENDING';
    task.connectivity = 'CONNECTED';
    task.connectivityAt = date();
    task.pullStartedAt = date();
    // In bridge and host mode there is no interface of its own.
    if (!attachment) return;
    task.attachments = [
      {
        ...attachment,
        status: 'ATTACHED',
        details: [
          { name: 'subnetId', value: subnetId },
          { name: 'networkInterfaceId', value: networkInterfaceId },
          { name: 'privateIPv4Address', value: privateIpAddress },
        ],
      },
    ];
    for (const container of task.containers) {
      container.networkInterfaces = [{ attachmentId: attachment.id, privateIpv4Address: privateIpAddress }];
    }
  }

  function pull(record: TaskRecord): void {
    const failure = pullFailure(record, options);
    if (failure !== undefined) {
      failToStart(record, failure);
      return;
    }
    record.task.pullStoppedAt = date();
    record.task.lastStatus = 'ACTIVATING';
  }

  async function start(record: TaskRecord): Promise<void> {
    const failure = await startContainers(record, options, {
      exited: (container, exitCode) => containerExited(record, container, exitCode),
      healthChanged: () => record.watcher?.healthChanged(record),
      started: () => beRunning(record),
      blocked: () =>
        failToStart(record, {
          stoppedReason: `TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${record.task.taskArn}`,
        }),
    });
    if (failure !== undefined) failToStart(record, failure);
  }

  async function beRunning(record: TaskRecord): Promise<void> {
    if (!isWanted(record)) return;
    // A container that exits at once was RUNNING all the same.
    record.task.lastStatus = 'RUNNING';
    record.task.startedAt = date();
    await atRest(record);
    if (!isWanted(record)) return;
    record.up = true;
    record.watcher?.up(record);
  }

  function failToStart(record: TaskRecord, { stoppedReason, container }: StartFailure): void {
    for (const candidate of record.task.containers) {
      if (container && candidate.name === container.name) candidate.reason = container.reason;
    }
    void stop(record, { stopCode: 'TaskFailedToStart', stoppedReason });
  }

  function containerExited(record: TaskRecord, container: Container, exitCode: number): void {
    if (closed) return;
    container.lastStatus = 'STOPPED';
    container.exitCode = exitCode;
    const definition = record.definition.containerDefinitions.find(({ name }) => name === container.name);
    if (definition?.essential === false) return;
    void stop(record, {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  }

  function stop(record: TaskRecord, cause: StopCause): Promise<void> {
    record.ending ??= end(record, cause);
    return record.ending;
  }

  async function end(record: TaskRecord, cause: StopCause): Promise<void> {
    const { task } = record;
    const ran = record.processes.size > 0;
    Object.assign(task, cause, { desiredStatus: 'STOPPED', stoppingAt: date() });
    const drained = record.watcher?.stopping(record);
    if (ran) {
      task.lastStatus = 'DEACTIVATING';
      // A task whose program is gone has nothing left to serve: its targets drain without it.
      if (cause.stopCode !== 'EssentialContainerExited') await drained;
      task.lastStatus = 'STOPPING';
      await stopContainers(record);
    }
    task.executionStoppedAt = date();
    task.lastStatus = 'DEPROVISIONING';
    await later(clock, TO_DEPROVISION, () => release(record));
    task.lastStatus = 'STOPPED';
    task.stoppedAt = date();
    for (const attachment of task.attachments ?? []) attachment.status = 'DELETED';
    for (const container of task.containers) container.lastStatus = 'STOPPED';
    record.watcher?.stopped(record);
    clock.after(TO_FORGET, () => {
      state.tasks.delete(task.taskArn);
      state.tags.delete(task.taskArn);
    });
  }

  async function stopContainers(record: TaskRecord): Promise<void> {
    await Promise.all(
      record.definition.containerDefinitions.map(async ({ name = '', stopTimeout = STOP_TIMEOUT }) => {
        const container = record.processes.get(name);
        if (!container?.alive()) return;
        const ended = await later(clock, 0, () => {
          container.signal('SIGTERM');
          return endsWithin(container, REAL_STOP_TIMEOUT);
        });
        if (ended) return;
        await later(clock, stopTimeout * SECOND, async () => {
          container.signal('SIGKILL');
          await container.exit;
        });
      }),
    );
  }

  async function release(record: TaskRecord): Promise<void> {
    await leaveSeats(record);
    const shared = record.networkInterface === record.containerInstance?.host.networkInterface;
    if (!shared) vpc.detach(record.networkInterface.networkInterfaceId);
  }

  return {
    begin: (records) => void live(records),
    stop,
    close: async () => {
      closed = true;
      for (const { task } of state.tasks.values()) task.desiredStatus = 'STOPPED';
      const running = [...state.tasks.values()].flatMap(({ processes, checks }) => [
        ...processes.values(),
        ...checks,
      ]);
      for (const container of running) container.signal('SIGKILL');
      await Promise.all(running.map(({ exit }) => exit));
      await Promise.all([...state.tasks.values()].map(leaveSeats));
    },
  };
}

function isWanted({ task }: TaskRecord): boolean {
  return task.desiredStatus === 'RUNNING';
}
