/** Whether a task that stopped speaks against the deployment that started it. */

export interface StoppedTask {
  readonly startedBy?: string | undefined;
  readonly stopCode?: string | undefined;
  readonly stoppedReason?: string | undefined;
  readonly containers: readonly { readonly exitCode?: number | undefined }[];
}

/** It did not stop because the scheduler wanted fewer. */
export function isFailureOf(task: StoppedTask, deploymentId: string | undefined): boolean {
  return task.startedBy === deploymentId && isFailure(task);
}

function isFailure({ stopCode, stoppedReason = '', containers }: StoppedTask): boolean {
  if (stopCode === 'TaskFailedToStart') return true;
  // A container that was told to end, and did so with 0, is no failure.
  if (stopCode === 'EssentialContainerExited') return containers.some(({ exitCode }) => exitCode !== 0);
  // The scheduler stops a new task for two reasons: scaling in, which is no failure, and failed health checks.
  return stopCode === 'ServiceSchedulerInitiated' && /health check/i.test(stoppedReason);
}
