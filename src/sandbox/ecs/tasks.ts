/** RunTask, StopTask, ListTasks, DescribeTasks. */
import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  Failure,
  ListTasksRequest,
  RunTaskRequest,
  RunTaskResponse,
  StopTaskRequest,
  StopTaskResponse,
  Tag,
  Task,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { nameOf } from './arns.ts';
import { findActiveCluster, findCluster } from './clusters.ts';
import { instancesIn } from './container-instances.ts';
import { checkLaunch, defaultStrategy, isFargate, type Launch } from './launch.ts';
import type { EcsOptions } from './options.ts';
import { page } from './paging.ts';
import type { Revision, State, StoredCluster, TaskRecord } from './state.ts';
import { checkTags, mergeTags } from './tags.ts';
import { findActiveRevision } from './task-definitions.ts';
import type { TaskLife } from './task-life.ts';
import { placeTask } from './task-placement.ts';

const MOST_OVERRIDES = 8_192;

export function taskOperations(state: State, arns: Arns, life: TaskLife, options: EcsOptions): Operations {
  /** What a client token gave: the same answer for the same request, which is how the SDK's retries stay harmless. */
  const byClientToken = new Map<string, { request: string; taskArns: string[] }>();

  const describe = (record: TaskRecord, include: readonly string[] = []): Task =>
    structuredClone({
      ...record.task,
      tags: include.includes('TAGS') ? (state.tags.get(record.task.taskArn) ?? []) : [],
    });

  const findTask = (cluster: StoredCluster, task: string | undefined): TaskRecord | undefined =>
    state.tasks.get(arns.task(cluster.clusterName, nameOf(task ?? '')));

  function runTask(input: RunTaskRequest): RunTaskResponse {
    const cluster = findActiveCluster(state, input.cluster);
    const definition = findActiveRevision(state, input.taskDefinition);
    const { count = 1, startedBy, overrides, networkConfiguration } = input;
    const launch = {
      launchType: input.launchType,
      capacityProviderStrategy: input.capacityProviderStrategy ?? defaultStrategy(cluster, input),
      networkConfiguration,
    };
    if (count < 1 || count > 10) throw invalid('Count must be between 1 and 10.');
    checkTags(input.tags);
    checkOverrides(input, definition);
    checkLaunch(launch, cluster, definition, options.vpc);
    checkInstances(launch, cluster);

    const records: TaskRecord[] = [];
    const failures: Failure[] = [];
    for (let n = 0; n < count; n += 1) {
      const placed = placeTask(
        {
          ...launch,
          cluster,
          definition,
          overrides,
          startedBy,
          group: input.group ?? `family:${definition.family}`,
          tags: taskTags(input, definition),
          enableExecuteCommand: input.enableExecuteCommand ?? false,
        },
        state,
        arns,
        options,
      );
      if (Array.isArray(placed)) failures.push(...placed);
      else records.push(placed);
    }
    life.begin(records);
    return { tasks: records.map((record) => describe(record, ['TAGS'])), failures };
  }

  function checkInstances(launch: Launch, { clusterArn }: StoredCluster): void {
    if (isFargate(launch)) return;
    const providers = launch.capacityProviderStrategy?.map(({ capacityProvider = '' }) =>
      nameOf(capacityProvider),
    );
    const usable = instancesIn(state, clusterArn).some(
      ({ instance }) => !providers?.length || providers.includes(instance.capacityProviderName ?? ''),
    );
    if (usable) return;
    throw invalid(
      `No Container Instances were found in your ${providers?.length ? 'capacity provider' : 'cluster'}.`,
    );
  }

  function taskTags(input: RunTaskRequest, definition: Revision): Tag[] {
    const propagated =
      input.propagateTags === 'TASK_DEFINITION' ? (state.tags.get(definition.taskDefinitionArn) ?? []) : [];
    return mergeTags(propagated, input.tags ?? []);
  }

  return {
    RunTask: (input: RunTaskRequest): RunTaskResponse => {
      const { clientToken, ...rest } = input;
      const request = JSON.stringify(rest);
      const earlier = byClientToken.get(clientToken ?? '');
      if (earlier && earlier.request !== request) {
        throw new ServiceError('ConflictException', 'The request parameters do not match the client token.');
      }
      if (earlier) {
        const records = earlier.taskArns.flatMap((arn) => state.tasks.get(arn) ?? []);
        return { tasks: records.map((record) => describe(record, ['TAGS'])), failures: [] };
      }
      const response = runTask(input);
      if (clientToken !== undefined) {
        const taskArns = (response.tasks ?? []).map(({ taskArn = '' }) => taskArn);
        byClientToken.set(clientToken, { request, taskArns });
      }
      return response;
    },

    StopTask: (input: StopTaskRequest): StopTaskResponse => {
      const record = findTask(findCluster(state, input.cluster), input.task);
      if (!record) throw invalid('The referenced task was not found.');
      void life.stop(record, {
        stopCode: 'UserInitiated',
        stoppedReason: input.reason ?? 'Task stopped by user',
      });
      return { task: describe(record) };
    },

    ListTasks: (input: ListTasksRequest) => {
      const cluster = findCluster(state, input.cluster);
      const { family, startedBy, serviceName, launchType, containerInstance } = input;
      if (startedBy !== undefined && (family ?? serviceName ?? containerInstance) !== undefined) {
        throw invalid('When you specify startedBy as the filter, it must be the only filter that you use.');
      }
      if (
        serviceName !== undefined &&
        !state.services.has(arns.service(cluster.clusterName, nameOf(serviceName)))
      ) {
        throw new ServiceError('ServiceNotFoundException', 'Service not found.');
      }
      const wanted = input.desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
      const found = [...state.tasks.values()]
        .filter(({ task }) => task.clusterArn === cluster.clusterArn && task.desiredStatus === wanted)
        .filter(({ definition }) => family === undefined || definition.family === family)
        .filter(({ task }) => startedBy === undefined || task.startedBy === startedBy)
        .filter(({ task }) => serviceName === undefined || task.group === `service:${nameOf(serviceName)}`)
        .filter(({ task }) => launchType === undefined || task.launchType === launchType)
        .filter(
          ({ task }) =>
            containerInstance === undefined ||
            nameOf(task.containerInstanceArn ?? '') === nameOf(containerInstance),
        )
        .map(({ task }) => task.taskArn);
      const { items, next } = page(found, input);
      return { taskArns: items, ...next };
    },

    DescribeTasks: (input: DescribeTasksRequest): DescribeTasksResponse => {
      const cluster = findCluster(state, input.cluster);
      const given = input.tasks ?? [];
      if (given.length === 0) throw invalid('Tasks cannot be empty.');
      if (given.length > 100) throw invalid('Tasks can have at most 100 items.');
      const tasks: Task[] = [];
      const failures: Failure[] = [];
      for (const name of given) {
        const record = findTask(cluster, name);
        if (record) tasks.push(describe(record, input.include));
        else failures.push({ arn: arns.task(cluster.clusterName, nameOf(name)), reason: 'MISSING' });
      }
      return { tasks, failures };
    },
  };
}

function checkOverrides({ overrides }: RunTaskRequest, definition: Revision): void {
  if (JSON.stringify(overrides ?? {}).length > MOST_OVERRIDES) {
    throw invalid(`Container Overrides length must be at most ${MOST_OVERRIDES}`);
  }
  for (const { name } of overrides?.containerOverrides ?? []) {
    if (definition.containerDefinitions.some((container) => container.name === name)) continue;
    throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
