/**
 * Watches one deployment by its own id until it is done or cannot succeed any more, and puts the service back.
 * AWS alone would not do: without a circuit breaker a bad revision stays IN_PROGRESS for ever, and a breaker does
 * not count tasks that exit after they were RUNNING (ECS API reference, Deployment.rolloutState and failedTasks).
 */
import type { Aws } from '../aws/aws.ts';
import type { App, Deployment, EcsService } from '../domain/app.ts';
import type { Settings } from '../domain/settings.ts';
import type { Step } from '../engine/resource.ts';
import type { Probe } from '../engine/wait.ts';
import { WizardError } from '../errors.ts';
import { describeFailure, failedTasks } from './task-failure.ts';

type RolloutAws = Pick<Aws, 'ecs' | 'elbv2' | 'logs'>;

export interface Rollout {
  /**
   * `deployed` is the service right after the update to `wanted`. Throws RolloutFailed, after the service is back
   * on `before` unless the user wants it kept; SomebodyElseDeployed when another deployment took ours over.
   */
  watch(deployed: EcsService, wanted: string, before: string, step: Step): Promise<void>;
}

const POLL_MS = 6_000;
/** Old targets drain for 300 s by default, after the new tasks are healthy. */
const TIMEOUT_MS = 30 * 60_000;
/** One task may fail for a reason of its own; a second one is the revision's fault. */
const FAILURES_TOLERATED = 1;

/** Why our deployment will not succeed. `rolledBack`: AWS's circuit breaker has put the service back already. */
interface Verdict {
  readonly reason: string;
  readonly rolledBack: boolean;
}

type Answer = { readonly done: true } | { readonly done: false; readonly verdict: Verdict };

export function rollout(app: App, settings: Settings, aws: RolloutAws): Rollout {
  const { ecs } = aws;
  const ecsCluster = app.ecsCluster;
  const { serviceName } = app.service;

  async function read(): Promise<EcsService> {
    const service = await ecs.readService(ecsCluster, serviceName);
    if (typeof service !== 'string') return service;
    throw new WizardError(
      'OperationFailed',
      `The service ${serviceName} is gone while its rollout was being watched`,
    );
  }

  /** What stopped tasks of the deployment say against it. */
  async function readVerdict(ours: Deployment, step: Step): Promise<Verdict | undefined> {
    const failures = await failedTasks(ecs, ecsCluster, serviceName, ours.id);
    const enough = failures.length > FAILURES_TOLERATED || ours.failedTasks > FAILURES_TOLERATED;
    if (ours.rolloutState !== 'FAILED' && !enough) return undefined;
    const reason = await describeFailure(failures, ours, app, aws, (line) => step.warn('task.log', line));
    return { reason, rolledBack: false };
  }

  async function healthyTargets(ours: Deployment): Promise<{ healthy: number; wanted: number }> {
    const taskArns = await ecs.listTasks(ecsCluster, { service: serviceName, desiredStatus: 'RUNNING' });
    const tasks = (await ecs.describeTasks(ecsCluster, taskArns)).filter(
      ({ startedBy }) => startedBy === ours.id,
    );
    const addresses = new Set(tasks.flatMap(({ privateIpAddress }) => privateIpAddress ?? []));
    const groups = app.targetGroups.filter(
      ({ targetType, loadBalancer }) => targetType === 'ip' && loadBalancer,
    );
    if (addresses.size === 0 || groups.length === 0) return { healthy: 0, wanted: 0 };
    const health = await Promise.all(
      groups.map(({ targetGroupArn }) => aws.elbv2.describeTargetHealth(targetGroupArn)),
    );
    const healthy = health.map(
      (targets) => targets.filter(({ id, state }) => addresses.has(id) && state === 'healthy').length,
    );
    // With native blue/green only one of the two groups has our tasks.
    return { healthy: Math.max(...healthy), wanted: addresses.size };
  }

  async function look(id: string, wanted: string, before: string, step: Step): Promise<Probe<Answer>> {
    const now = await read();
    const primary = now.deployments.find(({ status }) => status === 'PRIMARY');
    const ours = now.deployments.find((deployment) => deployment.id === id);
    if (primary && primary.id !== id) {
      if (primary.taskDefinitionArn !== before || wanted === before)
        return somebodyElse(serviceName, primary);
      const verdict = ours && (await readVerdict({ ...ours, rolloutState: 'FAILED' }, step));
      const reason = verdict?.reason ?? 'the circuit breaker of the service rolled it back';
      return { state: 'ready', value: { done: false, verdict: { reason, rolledBack: true } } };
    }
    if (!ours) return { state: 'pending', detail: 'deployment not visible yet' };
    const verdict = await readVerdict(ours, step);
    if (verdict) return { state: 'ready', value: { done: false, verdict } };
    const detail = `${ours.runningCount} of ${ours.desiredCount} tasks on ${revisionName(wanted)}`;
    const running = ours.runningCount >= ours.desiredCount;
    // Behind a Classic Load Balancer AWS gives no rollout state: then the old deployment's end tells.
    const completed =
      ours.rolloutState === undefined ? now.deployments.length === 1 : ours.rolloutState === 'COMPLETED';
    if (!running || !completed) {
      const draining = running ? ', older tasks draining' : '';
      return { state: 'pending', detail: `${detail}${draining}` };
    }
    const targets = await healthyTargets(ours);
    if (targets.healthy < targets.wanted) {
      return {
        state: 'pending',
        detail: `${detail}, ${targets.healthy} of ${targets.wanted} targets healthy`,
      };
    }
    return { state: 'ready', value: { done: true } };
  }

  async function follow(deployed: EcsService, wanted: string, before: string, step: Step): Promise<Answer> {
    const id = deployed.deployments.find(
      ({ status, taskDefinitionArn }) => status === 'PRIMARY' && taskDefinitionArn === wanted,
    )?.id;
    if (id === undefined)
      throw new WizardError('OperationFailed', `AWS shows no deployment of ${wanted} for ${serviceName}`);
    return step.wait({
      what: `${serviceName} to run ${revisionName(wanted)}`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: () => look(id, wanted, before, step),
    });
  }

  async function putBack(before: string, failed: string, step: Step): Promise<void> {
    step.progress(`putting ${serviceName} back on ${revisionName(before)}`);
    const back = await ecs.updateService(ecsCluster, serviceName, before);
    const answer = await follow(back, before, failed, step);
    if (!answer.done) {
      throw new WizardError(
        'RolloutFailed',
        `${serviceName} does not become healthy on ${revisionName(before)} either: ${answer.verdict.reason}`,
      );
    }
  }

  return {
    async watch(deployed, wanted, before, step) {
      const answer = await follow(deployed, wanted, before, step);
      if (answer.done) return;
      const { reason, rolledBack } = answer.verdict;
      const keep = settings.onFailure === 'keep';
      if (!rolledBack && !keep) await putBack(before, wanted, step);
      const back = rolledBack || !keep;
      step.emit({
        type: 'service.deployed',
        serviceArn: app.service.serviceArn,
        taskDefinitionArn: wanted,
        replaces: before,
        rolledBack: back,
      });
      throw new WizardError('RolloutFailed', `${revisionName(wanted)} did not become healthy: ${reason}`, {
        hint: back
          ? `${serviceName} is back on ${revisionName(before)}. Mend the cause and run the same command again.`
          : `It was kept, as asked. The way back: aws ecs update-service --cluster ${ecsCluster} --service ${serviceName} --task-definition ${before}`,
      });
    },
  };
}

/** 'collabcanvas-backend:42', as people and the console name a revision. */
export function revisionName(taskDefinitionArn: string): string {
  return taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
}

function somebodyElse(serviceName: string, primary: Deployment): Probe<never> {
  return {
    state: 'failed',
    error: new WizardError(
      'SomebodyElseDeployed',
      `Watching ${serviceName}: somebody else has deployed ${revisionName(primary.taskDefinitionArn)} meanwhile`,
      {
        hint: 'Their deployment was left alone. When it is done, run the same command again to build on it.',
      },
    ),
  };
}
