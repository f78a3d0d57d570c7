/** Moves a service from one revision to another, and puts it back where the new one does not become healthy. */
import type { Aws } from '../aws/aws.ts';
import type { Deployment, RunningService } from '../domain/app.ts';
import { registrable } from '../domain/task-definition.ts';
import type { Settings } from '../domain/settings.ts';
import type { Step } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import {
  followDeployment,
  isSettled,
  readService,
  revisionName,
  somebodyElse,
  type Ending,
} from './deployment.ts';

export interface Rollout {
  /**
   * Returns when every task runs `wanted`; a deployment of it that is on its way is joined. Throws RolloutFailed,
   * after the service is back on `before` unless the user wants it kept; SomebodyElseDeployed when the service
   * runs neither, or is taken over meanwhile: theirs stays.
   */
  deploy(wanted: string, before: string, step: Step): Promise<void>;
}

export function rollout(
  app: RunningService,
  settings: Pick<Settings, 'onFailure'>,
  aws: Pick<Aws, 'ecs' | 'elbv2' | 'logs'>,
): Rollout {
  const { ecs } = aws;
  const { ecsCluster } = app;
  const { serviceArn, serviceName } = app.service;

  async function moveTo(wanted: string, before: string, step: Step): Promise<Ending> {
    const now = await readService(aws, app);
    const primary = now.deployments.find(({ status }) => status === 'PRIMARY');
    if (now.taskDefinitionArn === wanted && primary?.rolloutState !== 'FAILED') {
      if (isSettled(now)) return { state: 'done' };
      return followDeployment({ id: primary?.id, wanted, before }, app, aws, step);
    }
    if (now.taskDefinitionArn !== before && now.taskDefinitionArn !== wanted)
      throw somebodyElse(serviceName, now);
    const updated = await ecs.updateService(ecsCluster, serviceName, wanted);
    const made = updated.deployments.find(
      ({ status, taskDefinitionArn, id }) =>
        status === 'PRIMARY' && taskDefinitionArn === wanted && id !== primary?.id,
    );
    return followDeployment({ id: made?.id, wanted, before }, app, aws, step);
  }

  async function putBack(before: string, failed: string, step: Step): Promise<void> {
    step.progress(`putting ${serviceName} back on ${revisionName(before)}`);
    const ending = await moveTo(await readyForUse(before), failed, step);
    if (ending.state !== 'done') throw new WizardError('OperationFailed', ending.reason);
  }

  /** The circuit breaker has begun it; it counts when it is done. */
  async function awaitBreaker(primary: Deployment, failed: string, step: Step): Promise<void> {
    const { id, taskDefinitionArn } = primary;
    const ending = await followDeployment({ id, wanted: taskDefinitionArn, before: failed }, app, aws, step);
    if (ending.state !== 'done') throw new WizardError('OperationFailed', ending.reason);
  }

  /** A deregistered revision runs on, but a service cannot be updated to it: it is registered again as it was. */
  async function readyForUse(taskDefinitionArn: string): Promise<string> {
    const revision = await ecs.readTaskDefinition(taskDefinitionArn);
    if (revision?.status !== 'INACTIVE') return taskDefinitionArn;
    const tags = Object.entries(revision.tags)
      .filter(([key]) => !key.startsWith('aws:'))
      .map(([key, value]) => ({ key, value }));
    const again = await ecs.registerTaskDefinition({
      ...registrable(revision.document),
      ...(tags.length > 0 ? { tags } : {}),
    });
    return again.taskDefinitionArn;
  }

  /** Whatever goes wrong on the way back is told beside the first reason, never instead of it. */
  async function wayBack(
    ending: Exclude<Ending, { state: 'done' }>,
    wanted: string,
    before: string,
    step: Step,
  ): Promise<string> {
    if (ending.state === 'failed' && settings.onFailure === 'keep') {
      step.emit({ type: 'rollout.failed', serviceArn, failed: wanted, before, rolledBack: false });
      return `It was kept, as asked. The way back: aws ecs update-service --cluster ${ecsCluster} --service ${serviceName} --task-definition ${before}`;
    }
    try {
      if (ending.state === 'rolled back') await awaitBreaker(ending.primary, wanted, step);
      else await putBack(before, wanted, step);
    } catch (error) {
      if (!(error instanceof WizardError) || step.signal.aborted) throw error;
      step.emit({ type: 'rollout.failed', serviceArn, failed: wanted, before, rolledBack: false });
      throw new WizardError(
        'RolloutFailed',
        `${revisionName(wanted)} did not become healthy (${ending.reason}), and putting ${serviceName} back on ${revisionName(before)} failed: ${error.message}`,
        {
          cause: error,
          hint: `Look at the service now: aws ecs describe-services --cluster ${ecsCluster} --services ${serviceName}`,
        },
      );
    }
    step.emit({ type: 'rollout.failed', serviceArn, failed: wanted, before, rolledBack: true });
    return `${serviceName} is back on ${revisionName(before)}. Mend the cause and run the same command again.`;
  }

  return {
    async deploy(wanted, before, step) {
      const ending = await moveTo(wanted, before, step);
      if (ending.state === 'done') return;
      const hint = await wayBack(ending, wanted, before, step);
      throw new WizardError(
        'RolloutFailed',
        `${revisionName(wanted)} did not become healthy: ${ending.reason}`,
        { hint },
      );
    },
  };
}
