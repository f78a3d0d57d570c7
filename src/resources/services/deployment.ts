/**
 * Follows one deployment by its own id until it is done or cannot succeed any more. AWS alone would not do: without
 * a circuit breaker a bad revision stays IN_PROGRESS for ever, and a breaker does not count tasks that exit after
 * they were RUNNING (ECS API reference, Deployment.rolloutState and failedTasks).
 */
import type { Aws } from '../../aws/aws.ts';
import type { Task } from '../../aws/ecs.ts';
import type { Deployment, EcsService, RunningService } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import { isFailureOf } from '../../domain/failed-task.ts';
import type { Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { countTargets, type Targets } from './deployment-targets.ts';
import { rollBackOf, type RolledBack } from './roll-back.ts';
import { newestTrouble, roomTrouble } from './service-trouble.ts';
import { describeFailure, isDraining, stoppedTasks } from './task-failure.ts';

export type Ending =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly reason: string }
  /** Not by us, and only begun: `primary` is the deployment that goes back. */
  | ({ readonly state: 'rolled back'; readonly primary: Deployment } & RolledBack);

export interface Following {
  /** Of the deployment; undefined until AWS shows it, right after the update that makes it. */
  readonly id: string | undefined;
  /** The deployment that it takes the place of: while AWS shows that one alone, it answers of the time before the update. */
  readonly earlier?: string | undefined;
  readonly wanted: string;
  readonly before: string;
  /** The revision has served before, so that nobody waits to see whether it lasts. */
  readonly proven?: boolean;
}

const POLL_MS = 6_000;
/** Of a rolling one, and of AWS's defaults: the tasks start in a minute, and their predecessors drain for five. */
export const USUAL_MS = 6 * 60_000;
/** Old targets drain for 300 s by default, after the new tasks are healthy. */
const ROLLING_TIMEOUT_MS = 30 * 60_000;
/** Linear and canary shifts take the hours that their steps and bake times say: ten steps of six minutes by default. */
const SHIFTING_TIMEOUT_MS = 3 * 60 * 60_000;
/** How long a deployment may stay invisible. */
const UNSEEN_MS = 30_000;
/**
 * How long all tasks must have been well before a revision is taken to last: AWS calls a deployment COMPLETED once they
 * are, and replaces for ever what crashes later. It counts from when no older task is wanted any more, for AWS wants none
 * as soon as the new ones are healthy: while the old ones drain, that time usually passes.
 */
const LASTING_MS = 60_000;
/**
 * How long tasks may find no room while nothing moves and nothing gives room back (somebody may be adding some): shorter
 * where AWS counts its tries, else longer than it ever pauses between two of them (ECS developer guide, throttle logic).
 */
const NO_ROOM_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 16 * 60_000;
const FEWEST_TRIES = 2;
/** Task failures that are taken for the revision's fault: half of the tasks, as AWS's breaker does, within these. */
const FEWEST_FAILURES = 2;
const MOST_FAILURES = 10;

type DeploymentAws = Pick<Aws, 'ecs' | 'elbv2' | 'logs'>;

export async function readService({ ecs }: Pick<Aws, 'ecs'>, app: RunningService): Promise<EcsService> {
  const { serviceName } = app.service;
  const service = await ecs.readService(app.ecsCluster, serviceName);
  if (typeof service !== 'string') return service;
  throw new WizardError('OperationFailed', `The service ${serviceName} is gone while it was being changed`);
}

export function followDeployment(
  { id: known, earlier, wanted, before, proven = false }: Following,
  app: RunningService,
  aws: DeploymentAws,
  step: Step,
): Promise<Ending> {
  const { ecsCluster } = app;
  const { serviceName, strategy } = app.service;
  let id = known;
  const startedAt = step.now();
  let lasts: (() => boolean) | undefined;
  let still: { readonly seen: string; readonly at: number; readonly failed: number } | undefined;
  let failuresSeen: number | undefined;

  const probe = async (): Promise<Probe<Ending>> => {
    const service = await readService(aws, app);
    const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
    if (id === undefined && primary?.taskDefinitionArn === wanted) id = primary.id;
    const ours = service.deployments.find((deployment) => deployment.id === id);
    if (id === undefined || !primary) return unseen(service);
    if (primary.id !== id) return overtaken(primary, id, service);
    if (!ours) return { state: 'pending', detail: 'deployment not visible yet' };
    return lookAt(ours, service);
  };
  return step.wait({
    what: `${serviceName} to run ${nameOf(wanted)}`,
    everyMs: POLL_MS,
    usualMs: strategy === 'ROLLING' ? USUAL_MS : undefined,
    timeoutMs: strategy === 'ROLLING' ? ROLLING_TIMEOUT_MS : SHIFTING_TIMEOUT_MS,
    probe,
  });

  /**
   * AWS shows a deployment with the answer to the update that makes it. Some AWS-compatible endpoints never do: then
   * a service that names the revision, with nothing on its way, is all that can be known, and is said to be.
   */
  function unseen(service: EcsService): Probe<Ending> {
    const patient = step.now() - startedAt < UNSEEN_MS;
    if (patient || service.taskDefinitionArn !== wanted || !isSettled(service)) {
      return { state: 'pending', detail: 'deployment not visible yet' };
    }
    step.warn(
      'deployment.unseen',
      `No deployment of ${nameOf(wanted)} was shown; the service names it, and nothing else is on its way`,
    );
    return { state: 'ready', value: { state: 'done' } };
  }

  async function lookAt(ours: Deployment, service: EcsService): Promise<Probe<Ending>> {
    const stopped = await stoppedTasks(aws.ecs, ecsCluster, serviceName);
    const failures = stopped.filter((task) => isFailureOf(task, ours.id));
    const isNew = failuresSeen !== undefined && failures.length > failuresSeen;
    failuresSeen = failures.length;
    const older = service.deployments.filter((deployment) => deployment !== ours);
    const areWell =
      ours.runningCount >= ours.desiredCount && older.every(({ desiredCount }) => desiredCount === 0);
    lasts = areWell && !isNew ? (lasts ?? step.timer(LASTING_MS)) : undefined;

    const targets = isComplete(ours, service) ? await countTargets(ours, app, aws) : undefined;
    if (targets && targets.healthy >= targets.wanted && !isNew) {
      if (proven || ours.desiredCount === 0 || lasts?.() === true)
        return { state: 'ready', value: { state: 'done' } };
      return { state: 'pending', detail: `watching whether they last; ${describe(ours, service, targets)}` };
    }
    const reason = await reasonToGiveUp(ours, service, stopped);
    if (reason !== undefined) return { state: 'ready', value: { state: 'failed', reason } };
    return { state: 'pending', detail: describe(ours, service, targets) };
  }

  /** Another deployment is the PRIMARY one: AWS goes back to the revision before, or somebody else has deployed. */
  async function overtaken(primary: Deployment, ourId: string, service: EcsService): Promise<Probe<Ending>> {
    const isBack = primary.taskDefinitionArn === before && wanted !== before;
    const rolledBack = isBack ? rollBackOf(ourId, service) : undefined;
    const ours = service.deployments.find((deployment) => deployment.id === ourId);
    if (!rolledBack && !ours && primary.id === earlier)
      return { state: 'pending', detail: 'deployment not visible yet' };
    if (!rolledBack) return { state: 'failed', error: somebodyElse(serviceName, primary) };
    const { by, reason } = rolledBack;
    const stopped = await stoppedTasks(aws.ecs, ecsCluster, serviceName);
    const failures = stopped.filter((task) => isFailureOf(task, ourId));
    // The breaker's own reason is always the same; its tasks tell more. An alarm need not have anything to do with them.
    const tasksTell = failures.length > 0 && !/alarm|hook/i.test(reason);
    const told: RolledBack = tasksTell
      ? { by: 'AWS', reason: await describeFailure(failures, app, aws, step) }
      : { by, reason: (by === 'AWS' && ours && roomTrouble(ours, service)) || reason };
    return { state: 'ready', value: { state: 'rolled back', ...told, primary } };
  }

  /** What stopped tasks of the deployment say against it, or that there is no room for it. */
  async function reasonToGiveUp(
    ours: Deployment,
    service: EcsService,
    stopped: readonly Task[],
  ): Promise<string | undefined> {
    const failures = stopped.filter((task) => isFailureOf(task, ours.id));
    const limit = Math.min(MOST_FAILURES, Math.max(FEWEST_FAILURES, Math.ceil(ours.desiredCount / 2)));
    const hasFailed = ours.rolloutState === 'FAILED';
    const enough = failures.length >= limit || (hasFailed && failures.length > 0);
    if (enough) return describeFailure(failures, app, aws, step);
    if (!hasFailed && !isOutOfRoom(ours, service, stopped)) return undefined;
    const { rolloutStateReason, failedTasks: failed } = ours;
    return (
      roomTrouble(ours, service) ??
      newestTrouble(ours.createdAt, service) ??
      rolloutStateReason ??
      `${failed} tasks could not be started`
    );
  }

  /**
   * Tasks that cannot be placed leave nothing behind but a count and an event. While older tasks drain they still hold
   * their ports and memory, and give them back: there is hope then, and as long as anything moves.
   */
  function isOutOfRoom(ours: Deployment, service: EcsService, stopped: readonly Task[]): boolean {
    const draining = stopped.filter(isDraining).length;
    const older = service.deployments.filter((deployment) => deployment !== ours);
    const olderCount = older.reduce((sum, { runningCount }) => sum + runningCount, 0);
    const seen = `${ours.runningCount} ${ours.pendingCount} ${olderCount} ${draining}`;
    if (still?.seen !== seen) still = { seen, at: step.now(), failed: ours.failedTasks };
    if (draining > 0 || roomTrouble(ours, service) === undefined) return false;
    const patience = ours.failedTasks - still.failed >= FEWEST_TRIES ? NO_ROOM_MS : LONGEST_PAUSE_MS;
    return step.now() - still.at >= patience;
  }
}

/** Behind a Classic Load Balancer AWS gives no rollout state: then the older deployments' end tells. */
export function isSettled(service: EcsService): boolean {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const state = primary?.rolloutState;
  return state === undefined ? service.deployments.length <= 1 : state === 'COMPLETED';
}

export function somebodyElse(
  serviceName: string,
  { taskDefinitionArn }: { taskDefinitionArn: string },
): WizardError {
  return new WizardError(
    'SomebodyElseDeployed',
    `Updating ${serviceName}: somebody else has deployed ${nameOf(taskDefinitionArn)} meanwhile`,
    { hint: 'Their deployment was left alone. When it is done, run the same command again to build on it.' },
  );
}

function isComplete(ours: Deployment, service: EcsService): boolean {
  return ours.runningCount >= ours.desiredCount && isSettled(service);
}

function describe(ours: Deployment, service: EcsService, targets: Targets | undefined): string {
  const running = `${ours.runningCount} of ${ours.desiredCount} tasks on ${nameOf(ours.taskDefinitionArn)}`;
  const event = newestTrouble(ours.createdAt, service);
  const trouble = event === undefined ? '' : `; AWS: ${event}`;
  if (targets) return `${running}, ${targets.healthy} of ${targets.wanted} targets healthy${trouble}`;
  const draining = ours.runningCount >= ours.desiredCount ? 'older tasks draining; ' : '';
  return `${draining}${running}${trouble}`;
}
