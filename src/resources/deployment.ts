/**
 * Follows one deployment by its own id until it is done or cannot succeed any more. AWS alone would not do: without
 * a circuit breaker a bad revision stays IN_PROGRESS for ever, and a breaker does not count tasks that exit after
 * they were RUNNING (ECS API reference, Deployment.rolloutState and failedTasks).
 */
import type { Aws } from '../aws/aws.ts';
import type { App, Deployment, EcsService } from '../domain/app.ts';
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
const TIMEOUT_MS = 30 * 60_000;
/** Task failures that are taken for the revision's fault: half of the tasks, as AWS's breaker does, within these. */
const FEWEST_FAILURES = 2;
const MOST_FAILURES = 10;

type DeploymentAws = Pick<Aws, 'ecs' | 'elbv2' | 'logs'>;

export async function readService({ ecs }: Pick<Aws, 'ecs'>, app: App): Promise<EcsService> {
  const { serviceName } = app.service;
  const service = await ecs.readService(app.ecsCluster, serviceName);
  if (typeof service !== 'string') return service;
  throw new WizardError('OperationFailed', `The service ${serviceName} is gone while it was being changed`);
}

export function followDeployment(
  { id: known, wanted, before }: Following,
  app: App,
  aws: DeploymentAws,
  step: Step,
): Promise<Ending> {
  let id = known;
  const probe = async (): Promise<Probe<Ending>> => {
    const service = await readService(aws, app);
    const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
    if (id === undefined && primary?.taskDefinitionArn === wanted) id = primary.id;
    const ours = service.deployments.find((deployment) => deployment.id === id);
    if (id === undefined || !primary) return { state: 'pending', detail: 'deployment not visible yet' };
    if (primary.id !== id) return overtaken(primary, ours);
    if (!ours) return { state: 'pending', detail: 'deployment not visible yet' };
    return lookAt(ours, service);
  };
  return step.wait({
    what: `${app.service.serviceName} to run ${revisionName(wanted)}`,
    everyMs: POLL_MS,
    timeoutMs: TIMEOUT_MS,
    probe,
  });

  async function lookAt(ours: Deployment, service: EcsService): Promise<Probe<Ending>> {
    const targets = isComplete(ours, service) ? await countTargets(ours, app, aws) : undefined;
    if (targets && targets.healthy >= targets.wanted) return { state: 'ready', value: { state: 'done' } };
    const reason = await reasonToGiveUp(ours);
    if (reason !== undefined) return { state: 'ready', value: { state: 'failed', reason } };
    return { state: 'pending', detail: describe(ours, service, targets) };
  }

  /** Another deployment is the PRIMARY one: the breaker's own, back on the revision before, or somebody else's. */
  async function overtaken(primary: Deployment, ours: Deployment | undefined): Promise<Probe<Ending>> {
    const isBreaker =
      primary.taskDefinitionArn === before && wanted !== before && ours?.rolloutState === 'FAILED';
    if (!isBreaker) return { state: 'failed', error: somebodyElse(app.service.serviceName, primary) };
    const reason = (await reasonToGiveUp(ours)) ?? 'the circuit breaker of the service rolled it back';
    return { state: 'ready', value: { state: 'rolled back', reason, primary } };
  }

  /** What stopped tasks of the deployment say against it. */
  async function reasonToGiveUp(ours: Deployment): Promise<string | undefined> {
    const failures = await failedTasks(aws.ecs, app.ecsCluster, app.service.serviceName, ours.id);
    const limit = Math.min(MOST_FAILURES, Math.max(FEWEST_FAILURES, Math.ceil(ours.desiredCount / 2)));
    const enough = Math.max(failures.length, ours.failedTasks) >= limit;
    if (ours.rolloutState !== 'FAILED' && !enough) return undefined;
    return describeFailure(failures, ours, app, aws, step);
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
  const trouble = newestTrouble(ours, service);
  if (targets) return `${running}, ${targets.healthy} of ${targets.wanted} targets healthy${trouble}`;
  const draining = ours.runningCount >= ours.desiredCount ? ', older tasks draining' : '';
  return `${running}${draining}${trouble}`;
}

/** AWS says in an event why nothing moves: no room, failing health checks, a deployment configuration without play. */
function newestTrouble(ours: Deployment, { events, serviceName }: EcsService): string {
  const event = events.find(
    ({ at, message }) => at >= ours.createdAt && /unable|unhealthy|fail|insufficient|error/i.test(message),
  );
  return event ? `; AWS: ${event.message.replace(`(service ${serviceName}) `, '')}` : '';
}

interface Targets {
  readonly healthy: number;
  readonly wanted: number;
}

/** Healthy targets among the deployment's tasks, in the target group that has the fewest. */
async function countTargets(ours: Deployment, app: App, { ecs, elbv2 }: DeploymentAws): Promise<Targets> {
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
