/**
 * Follows one deployment by its own id until it is done or cannot succeed any more. AWS alone would not do: without
 * a circuit breaker a bad revision stays IN_PROGRESS for ever, and a breaker does not count tasks that exit after
 * they were RUNNING (ECS API reference, Deployment.rolloutState and failedTasks).
 */
import type { Aws } from '../aws/aws.ts';
import type { Deployment, EcsService, RunningService } from '../domain/app.ts';
import type { Step } from '../engine/resource.ts';
import type { Probe } from '../engine/wait.ts';
import { WizardError } from '../errors.ts';
import { describeFailure, failedTasks } from './task-failure.ts';

export type Ending =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly reason: string }
  /** AWS's circuit breaker has begun to put the service back: `primary` is its deployment. */
  | { readonly state: 'rolled back'; readonly reason: string; readonly primary: Deployment };

export interface Following {
  /** Of the deployment; undefined until AWS shows it, right after the update that makes it. */
  readonly id: string | undefined;
  readonly wanted: string;
  readonly before: string;
}

const POLL_MS = 6_000;
/** Old targets drain for 300 s by default, after the new tasks are healthy. */
const ROLLING_TIMEOUT_MS = 30 * 60_000;
/** Linear and canary shifts take the hours that their steps and bake times say: ten steps of six minutes by default. */
const SHIFTING_TIMEOUT_MS = 3 * 60 * 60_000;
/** How long a deployment may stay invisible. */
const UNSEEN_MS = 30_000;
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
  { id: known, wanted, before }: Following,
  app: RunningService,
  aws: DeploymentAws,
  step: Step,
): Promise<Ending> {
  let id = known;
  const startedAt = step.now();
  const probe = async (): Promise<Probe<Ending>> => {
    const service = await readService(aws, app);
    const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
    if (id === undefined && primary?.taskDefinitionArn === wanted) id = primary.id;
    const ours = service.deployments.find((deployment) => deployment.id === id);
    if (id === undefined || !primary) return unseen(service);
    if (primary.id !== id) return overtaken(primary, ours, service);
    if (!ours) return { state: 'pending', detail: 'deployment not visible yet' };
    return lookAt(ours, service);
  };
  return step.wait({
    what: `${app.service.serviceName} to run ${revisionName(wanted)}`,
    everyMs: POLL_MS,
    timeoutMs: app.service.strategy === 'ROLLING' ? ROLLING_TIMEOUT_MS : SHIFTING_TIMEOUT_MS,
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
      `No deployment of ${revisionName(wanted)} was shown; the service names it, and nothing else is on its way`,
    );
    return { state: 'ready', value: { state: 'done' } };
  }

  async function lookAt(ours: Deployment, service: EcsService): Promise<Probe<Ending>> {
    const targets = isComplete(ours, service) ? await countTargets(ours, app, aws) : undefined;
    if (targets && targets.healthy >= targets.wanted) return { state: 'ready', value: { state: 'done' } };
    const reason = await reasonToGiveUp(ours, service);
    if (reason !== undefined) return { state: 'ready', value: { state: 'failed', reason } };
    return { state: 'pending', detail: describe(ours, service, targets) };
  }

  /** Another deployment is the PRIMARY one: the breaker's own, back on the revision before, or somebody else's. */
  async function overtaken(
    primary: Deployment,
    ours: Deployment | undefined,
    service: EcsService,
  ): Promise<Probe<Ending>> {
    const isBreaker =
      primary.taskDefinitionArn === before && wanted !== before && ours?.rolloutState === 'FAILED';
    if (!isBreaker) return { state: 'failed', error: somebodyElse(app.service.serviceName, primary) };
    const reason =
      (await reasonToGiveUp(ours, service)) ?? 'the circuit breaker of the service rolled it back';
    return { state: 'ready', value: { state: 'rolled back', reason, primary } };
  }

  /** What stopped tasks of the deployment say against it. */
  async function reasonToGiveUp(ours: Deployment, service: EcsService): Promise<string | undefined> {
    const failures = await failedTasks(aws.ecs, app.ecsCluster, app.service.serviceName, ours.id);
    const limit = Math.min(MOST_FAILURES, Math.max(FEWEST_FAILURES, Math.ceil(ours.desiredCount / 2)));
    // Tasks that could not be placed leave nothing behind: while older ones still hold their room, there is hope.
    const unplaced = service.deployments.length > 1 ? 0 : ours.failedTasks;
    const enough = failures.length >= limit || (failures.length === 0 && unplaced >= limit);
    if (ours.rolloutState !== 'FAILED' && !enough) return undefined;
    if (failures.length > 0) return describeFailure(failures, app, aws, step);
    const { rolloutStateReason, failedTasks: failed } = ours;
    return newestTrouble(ours, service) ?? rolloutStateReason ?? `${failed} tasks could not be started`;
  }
}

/** Behind a Classic Load Balancer AWS gives no rollout state: then the older deployments' end tells. */
export function isSettled(service: EcsService): boolean {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const state = primary?.rolloutState;
  return state === undefined ? service.deployments.length <= 1 : state === 'COMPLETED';
}

/** 'collabcanvas-backend:42', as people and the console name a revision. */
export function revisionName(taskDefinitionArn: string): string {
  return taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
}

export function somebodyElse(
  serviceName: string,
  { taskDefinitionArn }: { taskDefinitionArn: string },
): WizardError {
  return new WizardError(
    'SomebodyElseDeployed',
    `Updating ${serviceName}: somebody else has deployed ${revisionName(taskDefinitionArn)} meanwhile`,
    { hint: 'Their deployment was left alone. When it is done, run the same command again to build on it.' },
  );
}

function isComplete(ours: Deployment, service: EcsService): boolean {
  return ours.runningCount >= ours.desiredCount && isSettled(service);
}

function describe(ours: Deployment, service: EcsService, targets: Targets | undefined): string {
  const running = `${ours.runningCount} of ${ours.desiredCount} tasks on ${revisionName(ours.taskDefinitionArn)}`;
  const event = newestTrouble(ours, service);
  const trouble = event === undefined ? '' : `; AWS: ${event}`;
  if (targets) return `${running}, ${targets.healthy} of ${targets.wanted} targets healthy${trouble}`;
  const draining = ours.runningCount >= ours.desiredCount ? ', older tasks draining' : '';
  return `${running}${draining}${trouble}`;
}

/** AWS says in an event why nothing moves: no room, failing health checks, a deployment configuration without play. */
function newestTrouble(ours: Deployment, { events, serviceName }: EcsService): string | undefined {
  const event = events.find(
    ({ at, message }) => at >= ours.createdAt && /unable|unhealthy|fail|insufficient|error/i.test(message),
  );
  return event?.message.replace(`(service ${serviceName}) `, '');
}

interface Targets {
  readonly healthy: number;
  readonly wanted: number;
}

/** Healthy targets among the deployment's tasks, in the target group that has the fewest. */
async function countTargets(
  ours: Deployment,
  app: RunningService,
  { ecs, elbv2 }: DeploymentAws,
): Promise<Targets> {
  const byAddress = new Set(
    app.targetGroups.flatMap(({ targetType, loadBalancer, targetGroupArn }) =>
      targetType === 'ip' && loadBalancer ? [targetGroupArn] : [],
    ),
  );
  // Native blue/green has our tasks in either group of a pair.
  const pairs = app.service.loadBalancers
    .map(({ targetGroupArn, alternateTargetGroupArn }) => [targetGroupArn, alternateTargetGroupArn])
    .map((pair) => pair.filter((arn): arn is string => arn !== undefined && byAddress.has(arn)))
    .filter((pair) => pair.length > 0);
  if (pairs.length === 0) return { healthy: 0, wanted: 0 };
  const taskArns = await ecs.listTasks(app.ecsCluster, {
    service: app.service.serviceName,
    desiredStatus: 'RUNNING',
  });
  const tasks = (await ecs.describeTasks(app.ecsCluster, taskArns)).filter(
    ({ startedBy }) => startedBy === ours.id,
  );
  const addresses = new Set(tasks.flatMap(({ privateIpAddress }) => privateIpAddress ?? []));
  const healthyIn = async (targetGroupArn: string): Promise<number> =>
    (await elbv2.describeTargetHealth(targetGroupArn)).filter(
      ({ id, state }) => addresses.has(id) && state === 'healthy',
    ).length;
  const healthy = await Promise.all(
    pairs.map(async (pair) => Math.max(...(await Promise.all(pair.map(healthyIn))))),
  );
  return { healthy: Math.min(...healthy), wanted: addresses.size };
}
