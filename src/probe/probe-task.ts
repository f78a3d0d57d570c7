/** Tasks of ours, from the registration of their definition to their end. Whatever happens, neither is left behind. */
import { randomUUID } from 'node:crypto';
import type { Ecs, Task } from '../aws/ecs.ts';
import type { Clock } from '../clock.ts';
import type { App, TaskDefinition } from '../domain/app.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Tags } from '../domain/ownership.ts';
import { WizardError } from '../errors.ts';
import { isProbeOf, PROBE_CONTAINER, probeFamily, probeStarter, probeTags } from './definition.ts';
import type { ProbeStep } from './probe.ts';

const POLL_MS = 3_000;
/** A large image takes minutes to pull. */
const TIMEOUT_MS = 10 * 60_000;
/** More than were ever left at a time; what is left of them goes with the next run. */
const LEFT_AT_MOST = 10;
/** AWS may not know a task for some moments after it has started it. */
const READS_UNTIL_KNOWN = 10;

/** Runs one where the app runs, or in that subnet of the app's, and returns the stopped task. */
export type RunTask = (subnetId?: string) => Promise<Task>;

export interface ProbeTasks {
  /** Registers the definition, and removes it and what runs of it when `use` has ended, however it ends. */
  with<T>(app: App, definition: JsonObject, step: ProbeStep, use: (run: RunTask) => Promise<T>): Promise<T>;
}

/** A revision that is only deregistered can be read for ever. */
export async function removeProbe(ecs: Ecs, taskDefinitionArn: string): Promise<void> {
  await ecs.deregisterTaskDefinition(taskDefinitionArn);
  // It holds no secret: a right that only this needs is not asked for.
  await ecs.deleteTaskDefinition(taskDefinitionArn).catch((error: unknown) => {
    if (!(error instanceof WizardError && error.code === 'AccessDenied')) throw error;
  });
}

export function probeTasks(ecs: Ecs, project: string, clock: Clock, userTags: Tags): ProbeTasks {
  const startedBy = probeStarter(project);
  let swept: Promise<void> | undefined;

  async function readRunning(ecsCluster: string): Promise<Task[]> {
    const taskArns = await ecs.listTasks(ecsCluster, { startedBy, desiredStatus: 'RUNNING' });
    return taskArns.length === 0 ? [] : ecs.describeTasks(ecsCluster, taskArns);
  }

  async function stopAll(ecsCluster: string, tasks: readonly Task[]): Promise<void> {
    await Promise.all(tasks.map(({ taskArn }) => ecs.stopTask(ecsCluster, taskArn, 'The probe is done')));
  }

  /** What an earlier run left that was killed. What is younger may be another run's, which still waits for it. */
  async function sweep(ecsCluster: string): Promise<void> {
    const [listed, running] = await Promise.all([
      ecs.listTaskDefinitions(probeFamily(ecsCluster, project), LEFT_AT_MOST),
      readRunning(ecsCluster),
    ]);
    const arns = new Set([...listed, ...running.map((task) => task.taskDefinitionArn)]);
    const definitions = await Promise.all([...arns].map((arn) => ecs.readTaskDefinition(arn)));
    const left = definitions.filter(
      (definition) => definition !== undefined && isLeft(definition, ecsCluster),
    );
    const leftArns = new Set(left.map((definition) => definition?.taskDefinitionArn));
    await stopAll(
      ecsCluster,
      running.filter((task) => leftArns.has(task.taskDefinitionArn)),
    );
    await Promise.all(listed.filter((arn) => leftArns.has(arn)).map((arn) => removeProbe(ecs, arn)));
  }

  function isLeft({ tags, document }: TaskDefinition, ecsCluster: string): boolean {
    const { registeredAt } = document;
    // AWS's JSON has times in seconds.
    const age = typeof registeredAt === 'number' ? clock.now() - registeredAt * 1000 : 0;
    return age > TIMEOUT_MS && isProbeOf(tags, ecsCluster, project);
  }

  async function start(app: App, taskDefinitionArn: string, subnetId?: string): Promise<Task> {
    const { service, ecsCluster } = app;
    const { launchType, capacityProviderStrategy, platformVersion, awsvpc } = service;
    const started = await ecs.runTask({
      ecsCluster,
      taskDefinitionArn,
      startedBy,
      clientToken: randomUUID(),
      tags: { ...userTags, ...probeTags(ecsCluster, project) },
      ...(launchType === undefined ? {} : { launchType }),
      ...(capacityProviderStrategy.length === 0 ? {} : { capacityProviderStrategy }),
      ...(platformVersion === undefined ? {} : { platformVersion }),
      ...(awsvpc === undefined
        ? {}
        : { awsvpc: subnetId === undefined ? awsvpc : { ...awsvpc, subnetIds: [subnetId] } }),
    });
    if ('task' in started) return started.task;
    const reasons = started.failures.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason));
    throw new WizardError(
      'OperationFailed',
      `Running the probe: AWS could not place its task: ${reasons.join(', ')}`,
      {
        hint: 'The cluster has no room for one more task of the app’s size.',
      },
    );
  }

  function stopped(ecsCluster: string, taskArn: string, step: ProbeStep): Promise<Task> {
    let reads = 0;
    return step.wait({
      what: 'the probe’s task to end',
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const [task] = await ecs.describeTasks(ecsCluster, [taskArn]);
        reads += 1;
        if (task?.lastStatus === 'STOPPED') return { state: 'ready', value: task };
        if (task || reads < READS_UNTIL_KNOWN)
          return { state: 'pending', detail: task?.lastStatus ?? 'not known yet' };
        const error = new WizardError(
          'OperationFailed',
          `Running the probe: AWS does not know its task ${taskArn}`,
        );
        return { state: 'failed', error };
      },
    });
  }

  /** After an abort too: gateways do not know the run's signal. What fails here must not hide what failed first. */
  async function clean(
    ecsCluster: string,
    taskDefinitionArn: string,
    left: 'perhaps some' | readonly Task[],
    step: ProbeStep,
  ): Promise<void> {
    const results = await Promise.allSettled([
      left === 'perhaps some' ? stopOf(ecsCluster, taskDefinitionArn) : stopAll(ecsCluster, left),
      removeProbe(ecs, taskDefinitionArn),
    ]);
    if (results.some(({ status }) => status === 'rejected')) {
      step.progress(`left behind: ${taskDefinitionArn}; the next probe removes it`);
    }
  }

  async function stopOf(ecsCluster: string, taskDefinitionArn: string): Promise<void> {
    const running = await readRunning(ecsCluster);
    await stopAll(
      ecsCluster,
      running.filter((task) => task.taskDefinitionArn === taskDefinitionArn),
    );
  }

  return {
    async with(app, definition, step, use) {
      swept ??= sweep(app.ecsCluster);
      await swept;
      const { taskDefinitionArn } = await ecs.registerTaskDefinition(definition);
      const started: Promise<Task>[] = [];
      const ended = new Set<string>();
      try {
        return await use(async (subnetId) => {
          step.signal.throwIfAborted();
          const starting = start(app, taskDefinitionArn, subnetId);
          started.push(starting);
          const { taskArn } = await starting;
          const task = await stopped(app.ecsCluster, taskArn, step);
          ended.add(taskArn);
          return task;
        });
      } finally {
        // What is being started while another fails is waited for: it would be left otherwise.
        const tasks = await Promise.allSettled(started);
        const running = tasks.flatMap((task) =>
          task.status === 'fulfilled' && !ended.has(task.value.taskArn) ? [task.value] : [],
        );
        // Without a task in hand one may run all the same: the answer of RunTask may have been lost.
        const isSure = started.length > 0 && tasks.every(({ status }) => status === 'fulfilled');
        await clean(app.ecsCluster, taskDefinitionArn, isSure ? running : 'perhaps some', step);
      }
    },
  };
}

/** Why a task ended that did not even run its program; AWS spreads it over the task and its container. */
export function stoppedReason(task: Task): string {
  const container = probeContainer(task);
  const reasons = [container?.reason, task.stoppedReason].filter(
    (reason) => reason !== undefined && reason !== '',
  );
  return [...new Set(reasons)].join('; ') || 'AWS gave no reason';
}

export function probeContainer(task: Task): Task['containers'][number] | undefined {
  return task.containers.find(({ name }) => name === PROBE_CONTAINER);
}
