/** Moves a service from one revision to another, and puts it back where the new one does not become healthy. */
import type { Aws } from '../../aws/aws.ts';
import type { Deployment, RunningService } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { followDeployment, isSettled, readService, somebodyElse, type Ending } from './deployment.ts';
import { copiedTags, registerCopy } from './revision-copy.ts';
import { requestRollBack, rollBackCommand } from './roll-back.ts';
import { isDraining, stoppedTasks } from './task-failure.ts';

export interface Rollout {
  /**
   * Returns when every task runs `wanted`; a deployment of it that is on its way is joined. Throws RolloutFailed,
   * after the service is back on `before` unless the user wants it kept; SomebodyElseDeployed when the service
   * runs neither, or is taken over or rolled back by others meanwhile: theirs stays.
   */
  deploy(wanted: string, before: string, step: Step): Promise<void>;
}

interface Move {
  readonly wanted: string;
  readonly before: string;
  readonly proven?: boolean;
}

/** A deregistration delay is an hour at most (Elastic Load Balancing API reference, TargetGroupAttribute). */
const LONGEST_DRAINING_MS = 65 * 60_000;

type Unfinished = Exclude<Ending, { state: 'done' }>;

export function rollout(
  app: RunningService,
  settings: Pick<Settings, 'onFailure'>,
  aws: Pick<Aws, 'ecs' | 'elbv2' | 'logs'>,
): Rollout {
  const { ecs } = aws;
  const { ecsCluster } = app;
  const { serviceArn, serviceName } = app.service;

  async function moveTo(move: Move, step: Step): Promise<Ending> {
    const { wanted, before } = move;
    const now = await readService(aws, app);
    const primary = now.deployments.find(({ status }) => status === 'PRIMARY');
    if (now.taskDefinitionArn === wanted && primary?.rolloutState !== 'FAILED') {
      if (isSettled(now)) return { state: 'done' };
      return followDeployment({ ...move, id: primary?.id }, app, aws, step);
    }
    const isTheirs = now.taskDefinitionArn !== before && now.taskDefinitionArn !== wanted;
    if (isTheirs || (!move.proven && isBegunSince(primary))) throw somebodyElse(serviceName, now);
    if (now.taskDefinitionArn === before && (await requestRollBack(now, wanted, ecs, step)))
      return followDeployment({ wanted, before, id: undefined, proven: true }, app, aws, step);
    const ready = move.proven ? await readyForUse(wanted) : wanted;
    const updated = await ecs.updateService(ecsCluster, serviceName, ready);
    const made = updated.deployments.find(
      ({ status, taskDefinitionArn, id }) =>
        status === 'PRIMARY' && taskDefinitionArn === ready && id !== primary?.id,
    );
    const following = { ...move, wanted: ready, id: made?.id, earlier: primary?.id };
    return followDeployment(following, app, aws, step);
  }

  /** Of the revision that is to be left: somebody may have it deployed anew, so that its tasks read their secrets again. */
  function isBegunSince(primary: Deployment | undefined): boolean {
    const isKnown = app.service.deployments.some(({ id }) => id === primary?.id);
    return !isKnown && primary?.rolloutState === 'IN_PROGRESS';
  }

  /** Returns what is to be said of it besides. */
  async function putBack(before: string, failed: string, step: Step): Promise<string> {
    step.progress(`putting ${serviceName} back on ${nameOf(before)}`);
    return whereItIs(await moveTo({ wanted: before, before: failed, proven: true }, step), failed);
  }

  /** AWS has begun it; it counts when it is done. Its breaker gives up a roll back too, for tasks that still drain. */
  async function awaitRollBack(
    primary: Deployment,
    before: string,
    failed: string,
    step: Step,
  ): Promise<string> {
    const { id, taskDefinitionArn } = primary;
    const returning = { id, wanted: taskDefinitionArn, before: failed, proven: true };
    const ending = await followDeployment(returning, app, aws, step);
    if (ending.state === 'done') return '';
    step.warn('rollback.failed', `The roll back by AWS has failed: ${ending.reason}`);
    await step.wait({
      what: `the older tasks of ${serviceName} to drain`,
      everyMs: 6_000,
      timeoutMs: LONGEST_DRAINING_MS,
      probe: async () => {
        const draining = (await stoppedTasks(ecs, ecsCluster, serviceName)).filter(isDraining).length;
        if (draining === 0) return { state: 'ready', value: undefined };
        return { state: 'pending', detail: `${draining} older tasks draining` };
      },
    });
    return putBack(before, failed, step);
  }

  /** Tasks that were never stopped serve on where there is no room to start them anew. */
  async function whereItIs(ending: Ending, failed: string): Promise<string> {
    if (ending.state === 'done') return '';
    const { deployments, desiredCount } = await readService(aws, app);
    const serving = deployments
      .filter(({ taskDefinitionArn }) => taskDefinitionArn !== failed)
      .reduce((sum, { runningCount }) => sum + runningCount, 0);
    if (serving < desiredCount) throw new WizardError('OperationFailed', ending.reason);
    return `, on its ${serving} tasks that were never stopped; ECS cannot start them anew (${ending.reason}) and goes on trying`;
  }

  /** A deregistered revision runs on, but a service cannot be updated to it: it is registered again as it was. */
  async function readyForUse(taskDefinitionArn: string): Promise<string> {
    const revision = await ecs.readTaskDefinition(taskDefinitionArn);
    if (revision?.status !== 'INACTIVE') return taskDefinitionArn;
    const copy = await registerCopy(ecs, revision, revision.document, copiedTags(revision.tags));
    return copy.taskDefinitionArn;
  }

  /** Whatever goes wrong on the way back is told beside the first reason, never instead of it. */
  async function wayBack(ending: Unfinished, wanted: string, before: string, step: Step): Promise<string> {
    if (ending.state === 'failed' && settings.onFailure === 'keep') {
      step.emit({ type: 'rollout.failed', serviceArn, failed: wanted, before, rolledBack: false });
      // What fails here must not hide what failed first.
      const now = await readService(aws, app).catch(() => undefined);
      const command =
        (now && rollBackCommand(now, before)) ??
        `aws ecs update-service --cluster ${ecsCluster} --service ${serviceName} --task-definition ${before}`;
      return `It was kept, as asked. The way back: ${command}`;
    }
    let besides: string;
    try {
      besides =
        ending.state === 'rolled back'
          ? await awaitRollBack(ending.primary, before, wanted, step)
          : await putBack(before, wanted, step);
    } catch (error) {
      if (!(error instanceof WizardError) || step.signal.aborted) throw error;
      step.emit({ type: 'rollout.failed', serviceArn, failed: wanted, before, rolledBack: false });
      throw new WizardError(
        'RolloutFailed',
        `${sentenceOf(ending, wanted)}, and putting ${serviceName} back on ${nameOf(before)} failed: ${error.message}`,
        {
          cause: error,
          hint: `Look at the service now: aws ecs describe-services --cluster ${ecsCluster} --services ${serviceName}`,
        },
      );
    }
    step.emit({ type: 'rollout.failed', serviceArn, failed: wanted, before, rolledBack: true });
    return `${serviceName} is back on ${nameOf(before)}${besides}. Mend the cause and run the same command again.`;
  }

  return {
    async deploy(wanted, before, step) {
      const ending = await moveTo({ wanted, before }, step);
      if (ending.state === 'done') return;
      const hint = await wayBack(ending, wanted, before, step);
      throw new WizardError(codeOf(ending), sentenceOf(ending, wanted), { hint });
    },
  };
}

function codeOf(ending: Unfinished): 'RolloutFailed' | 'SomebodyElseDeployed' {
  return isTheirs(ending) ? 'SomebodyElseDeployed' : 'RolloutFailed';
}

function sentenceOf(ending: Unfinished, wanted: string): string {
  return isTheirs(ending)
    ? `Somebody else had the deployment of ${nameOf(wanted)} rolled back (AWS: ${ending.reason})`
    : `${nameOf(wanted)} did not become healthy: ${ending.reason}`;
}

function isTheirs(ending: Unfinished): boolean {
  return ending.state === 'rolled back' && ending.by === 'somebody else';
}
