/** Which tasks of a service are well, which have failed, and what that means for the deployment that started them. */
import type { Clock } from '../../clock.ts';
import type { Targets } from '../elbv2/targets.ts';
import { IMPAIRED, startDelay } from './circuit-breaker.ts';
import { firstUnhealthy, isServing, registrationsOf } from './load-balancing.ts';
import { addEvent, messages } from './service-events.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord } from './state.ts';
import type { TaskLife } from './task-life.ts';

/** How long all must be well before a service is steady. */
const TO_SETTLE = 10_000;

export interface HealthWatch {
  readonly clock: Clock;
  readonly targets: Targets;
  readonly life: TaskLife;
  readonly wake: (record: ServiceRecord) => void;
}

/** Notes which running tasks serve, and stops those that their target groups or their own checks found unhealthy. */
export function judgeHealth(record: ServiceRecord, tasks: readonly TaskRecord[], watch: HealthWatch): void {
  const { clock, targets, life, wake } = watch;
  for (const task of tasks) {
    if (!task.up) continue;
    const owner = record.deployments.find(({ deployment }) => deployment.id === task.task.startedBy);
    const registrations = registrationsOf(task, owner?.loadBalancers ?? []);
    if (task.task.healthStatus === 'UNHEALTHY' && task.graceIsOver) {
      addEvent(clock, record, messages.unhealthyContainers(task));
      void life.stop(task, {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
      });
      if (owner) countFailure(record, owner, watch);
      continue;
    }
    const unhealthy = firstUnhealthy(targets, registrations);
    if (unhealthy && task.graceIsOver) {
      const { targetGroupArn, target, health } = unhealthy;
      const reason = health.description ?? 'Health checks failed';
      addEvent(clock, record, messages.unhealthy(task, target.port, targetGroupArn, reason));
      void life.stop(task, {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: `Task failed ELB health checks in (target-group ${targetGroupArn})`,
      });
      if (owner) countFailure(record, owner, watch);
    } else if (!isServing(targets, registrations) || !passesOwnChecks(task)) {
      task.healthy = false;
    } else if (!task.healthy) {
      task.healthy = true;
      if (owner) becameHealthy(record, owner);
      clock.after(TO_SETTLE, () => {
        task.settled = true;
        wake(record);
      });
    }
  }
}

/** What its containers say of themselves, where they say anything. */
function passesOwnChecks({ task, definition }: TaskRecord): boolean {
  const judged = definition.containerDefinitions.some(
    ({ essential, healthCheck }) => essential !== false && healthCheck !== undefined,
  );
  return !judged || task.healthStatus === 'HEALTHY';
}

function becameHealthy({ service }: ServiceRecord, owner: DeploymentRecord): void {
  owner.failuresInARow = 0;
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
  owner.proven = true;
  owner.deployment.failedTasks = 0;
}

/** A task that never became healthy. Exits of tasks that ran are not counted (API reference, Deployment.failedTasks). */
export function countFailure(
  record: ServiceRecord,
  owner: DeploymentRecord,
  { clock, wake }: Pick<HealthWatch, 'clock' | 'wake'>,
): void {
  if (!owner.proven) owner.deployment.failedTasks += 1;
  owner.failuresInARow += 1;
  owner.rest?.();
  owner.rest = clock.after(startDelay(owner.failuresInARow), () => {
    delete owner.rest;
    wake(record);
  });
  if (owner.failuresInARow === IMPAIRED) addEvent(clock, record, messages.impaired);
}
