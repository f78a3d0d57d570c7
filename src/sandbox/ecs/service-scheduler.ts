/**
 * The service scheduler: keeps the desired number of tasks on the PRIMARY deployment, replaces those of older ones
 * within the deployment's percentages, and gives up where a circuit breaker says so.
 */
import type { Arns } from './arns.ts';
import { failureThreshold } from './circuit-breaker.ts';
import { planRollout } from './deployment-plan.ts';
import type { Deployments } from './deployments.ts';
import type { EcsOptions } from './options.ts';
import { addEvent, messages } from './service-events.ts';
import { judgeHealth } from './service-health.ts';
import { createServiceTasks } from './service-tasks.ts';
import type { DeploymentRecord, ServiceRecord, State, TaskRecord } from './state.ts';
import { findRevision } from './task-definitions.ts';
import type { TaskLife } from './task-life.ts';
import { giveTraffic, isRolling, shiftOn } from './traffic-shift.ts';

/** How long the scheduler takes to look at a service in which something changed. */
const TO_NOTICE = 1_000;

/** Why a deployment is ended, and whether the service goes back to the last one that completed. */
export interface GivingUp {
  /** As the event has it, and as the deployment's rollout state has it. */
  readonly event: string;
  readonly reason: string;
  readonly back: boolean;
  readonly statusReason: string;
}

export interface ServiceScheduler {
  /** Something changed. */
  wake(record: ServiceRecord): void;
  giveUp(record: ServiceRecord, how: GivingUp): void;
  /** A CloudWatch alarm goes off: deployments that watch it fail (ECS API reference, DeploymentAlarms). */
  alarm(alarmName: string): void;
  close(): void;
}

export function createServiceScheduler(
  state: State,
  arns: Arns,
  life: TaskLife,
  deployments: Deployments,
  options: EcsOptions,
): ServiceScheduler {
  const { clock, targets } = options;
  const due = new Set<ServiceRecord>();
  const tasks = createServiceTasks(state, arns, life, options, wake);
  let closed = false;

  function wake(record: ServiceRecord): void {
    if (closed || due.has(record)) return;
    due.add(record);
    clock.after(TO_NOTICE, () => {
      due.delete(record);
      if (!closed) look(record);
    });
  }

  function look(record: ServiceRecord): void {
    const [primary] = record.deployments;
    if (!primary) return;
    judgeHealth(record, wanted(record), { clock, targets, life, wake });
    if (breakerOpens(record, primary)) return;
    if (primary.deployment.rolloutState !== 'FAILED') {
      begin(record, primary);
      const blue = blueOf(record, primary);
      if (blue) shift(record, primary, blue);
      else roll(record, primary);
    }
    forgetDrained(record);
    conclude(record, primary);
  }

  const wanted = (record: ServiceRecord): TaskRecord[] =>
    tasks.of(record).filter(({ task }) => task.desiredStatus === 'RUNNING');
  const startedBy =
    ({ deployment }: DeploymentRecord) =>
    ({ task }: TaskRecord): boolean =>
      task.startedBy === deployment.id;

  function begin(record: ServiceRecord, primary: DeploymentRecord): void {
    if (primary.serviceDeployment.status !== 'PENDING') return;
    deployments.start(primary);
    if (isRolling(record.service.deploymentConfiguration)) return;
    // Also the other group is in its rule from now on, and so its targets are checked.
    giveTraffic(blueOf(record, primary) ?? primary, 100, record.service, targets);
  }

  /** Who has the production traffic while a blue/green deployment is under way. */
  function blueOf(record: ServiceRecord, primary: DeploymentRecord): DeploymentRecord | undefined {
    const { lastCompleted, service, deployments: all } = record;
    const shifts = service.status === 'ACTIVE' && !isRolling(service.deploymentConfiguration);
    return shifts && lastCompleted && lastCompleted !== primary && all.includes(lastCompleted)
      ? lastCompleted
      : undefined;
  }

  /** Both revisions have all their tasks until the traffic has moved and the bake time is over. */
  function shift(record: ServiceRecord, green: DeploymentRecord, blue: DeploymentRecord): void {
    const { desiredCount } = record.service;
    for (const deployment of [green, blue]) {
      const own = wanted(record).filter(startedBy(deployment));
      deployment.deployment.desiredCount = desiredCount;
      tasks.stop(record, green, own.slice(desiredCount));
      const missing = desiredCount - own.length;
      if (missing > 0 && !deployment.rest) tasks.start(record, deployment, missing);
    }
    const now = wanted(record);
    const superseded = now.filter((task) => !startedBy(green)(task) && !startedBy(blue)(task));
    tasks.stop(record, green, superseded);
    const up = now.filter(startedBy(green));
    if (up.length < desiredCount || !up.every(({ healthy, settled }) => healthy && settled)) return;
    if (!shiftOn(record, green, { clock, targets, wake })) return;
    record.lastCompleted = green;
    tasks.stop(record, green, wanted(record).filter(startedBy(blue)));
    blue.deployment.desiredCount = 0;
  }

  function roll(record: ServiceRecord, primary: DeploymentRecord): void {
    const { desiredCount, deploymentConfiguration } = record.service;
    const now = wanted(record);
    const plan = planRollout({
      desiredCount,
      minimumHealthyPercent: deploymentConfiguration.minimumHealthyPercent ?? 100,
      maximumPercent: deploymentConfiguration.maximumPercent ?? 200,
      primary: now.filter(startedBy(primary)),
      old: now.filter((task) => !startedBy(primary)(task)),
      isHealthy: ({ healthy }) => healthy,
    });
    tasks.stop(record, primary, plan.stop);
    if (plan.stuck) addEvent(clock, record, messages.stuck);
    if (plan.start > 0 && !primary.rest) tasks.start(record, primary, plan.start);

    primary.deployment.desiredCount = desiredCount;
    for (const old of record.deployments.slice(1)) {
      old.deployment.desiredCount = wanted(record).filter(startedBy(old)).length;
    }
  }

  function breakerOpens(record: ServiceRecord, primary: DeploymentRecord): boolean {
    const { deploymentConfiguration, desiredCount } = record.service;
    const threshold = failureThreshold(deploymentConfiguration, desiredCount);
    const { rolloutState, failedTasks } = primary.deployment;
    if (threshold === undefined || rolloutState !== 'IN_PROGRESS' || failedTasks < threshold) return false;
    giveUp(record, {
      event: 'tasks failed to start.',
      reason: 'ECS deployment circuit breaker: tasks failed to start.',
      back: deploymentConfiguration.deploymentCircuitBreaker?.rollback ?? false,
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    });
    return true;
  }

  function giveUp(record: ServiceRecord, how: GivingUp): void {
    const [primary] = record.deployments;
    if (!primary) return;
    primary.traffic?.wait?.();
    deployments.fail(primary, how.reason);
    addEvent(clock, record, messages.failed(primary.deployment.id, how.event));
    const blue = blueOf(record, primary);
    if (blue) giveTraffic(blue, 100, record.service, targets);
    tasks.stop(record, primary, wanted(record).filter(startedBy(primary)));
    const definition = findRevision(state, record.lastCompleted?.deployment.taskDefinition);
    if (how.back && deployments.rollBack(record, how.statusReason, definition)) {
      addEvent(clock, record, messages.rollingBack(record.deployments[0]?.deployment.id ?? ''));
    }
    wake(record);
  }

  function alarm(alarmName: string): void {
    for (const record of state.services.values()) {
      const { enable, alarmNames, rollback } = record.service.deploymentConfiguration.alarms ?? {};
      const [primary] = record.deployments;
      if (!enable || !alarmNames?.includes(alarmName)) continue;
      if (primary?.deployment.rolloutState !== 'IN_PROGRESS' || primary.rollback) continue;
      primary.serviceDeployment.alarms = {
        status: 'TRIGGERED',
        alarmNames,
        triggeredAlarmNames: [alarmName],
      };
      giveUp(record, {
        event: 'alarm detected.',
        reason: 'ECS deployment failed: alarm detected.',
        back: rollback ?? false,
        statusReason: 'Service deployment rolled back because of an alarm.',
      });
    }
  }

  /** An older deployment is shown until the last of its tasks is STOPPED. */
  function forgetDrained(record: ServiceRecord): void {
    const remaining = tasks.of(record).filter(({ task }) => task.lastStatus !== 'STOPPED');
    const [primary] = record.deployments;
    const blue = primary && blueOf(record, primary);
    record.deployments = record.deployments.filter(
      (deployment) => deployment === primary || deployment === blue || remaining.some(startedBy(deployment)),
    );
    if (record.service.status === 'DRAINING' && remaining.length === 0) {
      record.service.status = 'INACTIVE';
      record.deployments = [];
    }
  }

  function conclude(record: ServiceRecord, primary: DeploymentRecord): void {
    const { service } = record;
    const now = wanted(record);
    if (service.status !== 'ACTIVE' || record.steady || record.deployments.length > 1) return;
    if (now.length !== service.desiredCount) return;
    if (!now.every(({ healthy, settled }) => healthy && settled)) return;
    record.steady = true;
    if (primary.deployment.rolloutState === 'IN_PROGRESS') {
      deployments.complete(record, primary);
      addEvent(clock, record, messages.completed(primary.deployment.id));
    }
    addEvent(clock, record, messages.steady);
  }

  const stopListening = targets.onHealth((targetGroupArn) => {
    for (const record of state.services.values()) {
      const balancers = record.deployments.flatMap(({ loadBalancers }) => loadBalancers);
      if (balancers.some((balancer) => balancer.targetGroupArn === targetGroupArn)) wake(record);
    }
  });

  return {
    wake,
    giveUp,
    alarm,
    close: () => {
      closed = true;
      stopListening();
    },
  };
}
