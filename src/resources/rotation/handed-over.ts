/** Whether all apps of a cache run with the password that they were handed last: before that, none is shut out. */
import type { Ecs } from '../../aws/ecs.ts';
import { ecsAmong, type Consumer, type EcsConsumer } from '../../domain/consumer.ts';
import type { Known, Ref } from '../../domain/outputs.ts';
import type { Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { arrivals, notRestarted } from '../index.ts';
import { isDraining, stoppedTasks } from '../services/task-failure.ts';

export interface HandedOver {
  /** What has come when the apps run with it. */
  readonly refs: readonly Ref[];
  /** Apps that nobody restarts for us: each starts with the new values some time after this run. */
  readonly byHand: readonly string[];
  /** Those of them that run with the password from before, as far as anybody can know. */
  readonly awaited: (known: Known) => readonly string[];
  /** Throws where a task runs on with the password from before; waits for those that are about to end. */
  readonly require: (known: Known, step: Step) => Promise<void>;
}

/** A deregistration delay is an hour at most (Elastic Load Balancing API reference, TargetGroupAttribute). */
const LONGEST_DRAINING_MS = 65 * 60_000;
/** ECS may still list a task as running that it has stopped (ECS API reference, "eventual consistency"). */
const SHOWN_FOR_MS = 30_000;

/** `restarted`: somebody says that those were, since they got their values; this run may have to change these first. */
export function handedOver(users: readonly Consumer[], restarted: boolean, ecs: Ecs): HandedOver {
  const byHand = notRestarted(users);
  return {
    refs: arrivals(users),
    byHand,
    awaited: (known) => byHand.filter((name) => !restarted || known.get('parameters', name) === undefined),
    async require(known, step) {
      for (const consumer of ecsAmong(users)) {
        const since = known.get('secrets', consumer.settings.name)?.changedAt;
        if (since !== undefined) await requireNewTasks(consumer, since, ecs, step);
      }
    },
  };
}

/** Of a service whose deployment is complete: a roll back by AWS, say, may have left tasks that were never stopped. */
async function requireNewTasks(
  { app: { ecsCluster, service } }: EcsConsumer,
  since: number,
  ecs: Ecs,
  step: Step,
): Promise<void> {
  const { serviceName } = service;
  const isOver = step.timer(SHOWN_FOR_MS);
  await step.wait<undefined>({
    what: `the older tasks of ${serviceName} to end`,
    everyMs: 6_000,
    timeoutMs: LONGEST_DRAINING_MS,
    probe: async (): Promise<Probe<undefined>> => {
      const running = await oldestRunning(ecsCluster, serviceName, ecs);
      if (running !== undefined && running < since) {
        return isOver()
          ? { state: 'failed', error: oldTask(ecsCluster, serviceName) }
          : { state: 'pending', detail: 'an older task is still listed' };
      }
      const draining = (await stoppedTasks(ecs, ecsCluster, serviceName)).filter(isDraining).length;
      if (draining === 0) return { state: 'ready', value: undefined };
      return { state: 'pending', detail: `${draining} older tasks of ${serviceName} draining` };
    },
  });
}

/** When the oldest task of a service was created; before that it cannot have read a secret. */
async function oldestRunning(ecsCluster: string, service: string, ecs: Ecs): Promise<number | undefined> {
  const taskArns = await ecs.listTasks(ecsCluster, { service, desiredStatus: 'RUNNING' });
  const tasks = taskArns.length === 0 ? [] : await ecs.describeTasks(ecsCluster, taskArns);
  const times = tasks.flatMap(({ createdAt }) => createdAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function oldTask(ecsCluster: string, service: string): WizardError {
  return new WizardError(
    'OperationFailed',
    `A task of ${service} still runs with the password from before, so that it was not taken away`,
    {
      hint: `Both passwords let in meanwhile. Replace the tasks (aws ecs update-service --cluster ${ecsCluster} --service ${service} --force-new-deployment), then run the same command again.`,
    },
  );
}

/** As `app.service` would be if AWS dated a deployment by its oldest task: a roll back joins tasks that never stopped. */
export async function asTasksRun(consumer: EcsConsumer, ecs: Ecs): Promise<EcsConsumer> {
  const { app } = consumer;
  const oldest = await oldestRunning(app.ecsCluster, app.service.serviceName, ecs);
  const deployments = app.service.deployments.map((deployment) =>
    deployment.status === 'PRIMARY' && oldest !== undefined
      ? { ...deployment, createdAt: Math.min(deployment.createdAt, oldest) }
      : deployment,
  );
  return { ...consumer, app: { ...app, service: { ...app.service, deployments } } };
}
