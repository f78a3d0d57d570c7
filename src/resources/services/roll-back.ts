/** A deployment that AWS takes back: because we ask for it, or for reasons of its own. */
import type { Ecs } from '../../aws/ecs.ts';
import type { EcsService } from '../../domain/app.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';

export interface RolledBack {
  /** AWS, because the circuit breaker, an alarm or a lifecycle hook of the service's told it to; or a person. */
  readonly by: 'AWS' | 'somebody else';
  /** In AWS's words: 'tasks failed to start', 'alarm detected'. */
  readonly reason: string;
}

/** Reasons of AWS's own, as its events and states name them; what else ends a deployment is somebody's request. */
const AWS_REASON = /circuit breaker|alarm|hook|failed|invalid/i;

/**
 * Why a deployment goes back that nobody has overtaken; undefined where nothing says that it does. The service's event
 * says more than `rolloutStateReason`, and stays when a deployment without tasks is no longer among the service's.
 */
export function rollBackOf(
  id: string,
  { deployments, events }: Pick<EcsService, 'deployments' | 'events'>,
): RolledBack | undefined {
  const said = events.find(({ message }) => message.includes(id) && message.includes('deployment failed: '));
  const shown = deployments.find((each) => each.id === id && each.rolloutState === 'FAILED');
  if (!said && !shown) return undefined;
  const reason =
    said?.message.split('deployment failed: ')[1] ?? shown?.rolloutStateReason ?? 'no reason given';
  return { by: AWS_REASON.test(reason) ? 'AWS' : 'somebody else', reason: reason.replace(/\.$/, '') };
}

type Shifting = Pick<EcsService, 'strategy' | 'deployments' | 'serviceDeploymentArn'>;

/**
 * Where a deployment shifts traffic, the old tasks run until its end, and a roll back gives them the traffic again at
 * once, where an update would start all of them anew (ECS API reference, StopServiceDeployment). False where that way
 * is not open: nothing is shifted, the deployment is over, or the right is missing.
 */
export async function requestRollBack(
  service: Shifting,
  before: string,
  ecs: Ecs,
  step: Pick<Step, 'warn'>,
): Promise<boolean> {
  const arn = deploymentToStop(service, before);
  if (arn === undefined) return false;
  try {
    return (await ecs.rollBackServiceDeployment(arn)) === 'requested';
  } catch (error) {
    if (!(error instanceof WizardError) || error.code !== 'AccessDenied') throw error;
    step.warn('rollback.denied', `${error.message}; the service is updated instead, which takes longer`);
    return false;
  }
}

/** The same by hand; undefined where that way is not open. */
export function rollBackCommand(service: Shifting, before: string): string | undefined {
  const arn = deploymentToStop(service, before);
  return arn && `aws ecs stop-service-deployment --service-deployment-arn ${arn} --stop-type ROLLBACK`;
}

function deploymentToStop(
  { strategy, deployments, serviceDeploymentArn }: Shifting,
  before: string,
): string | undefined {
  const stillRuns = deployments.some(
    ({ status, taskDefinitionArn }) => status !== 'PRIMARY' && taskDefinitionArn === before,
  );
  return strategy !== 'ROLLING' && stillRuns ? serviceDeploymentArn : undefined;
}
