/**
 * Native blue/green, linear and canary deployments: the new revision comes up beside the old one in the other of two
 * target groups, the production listener rule's weights move, the old revision stays for the bake time, then it goes
 * (ECS API reference, ServiceDeployment.lifecycleStage; ECS developer guide, "Blue/green deployments workflow").
 */
import type {
  DeploymentConfiguration,
  LoadBalancer,
  ServiceDeploymentLifecycleStage,
} from '@aws-sdk/client-ecs';
import type { Clock } from '../../clock.ts';
import type { Targets } from '../elbv2/targets.ts';
import type { DeploymentRecord, ServiceRecord } from './state.ts';

const MINUTE = 60_000;

export interface TrafficShift {
  readonly clock: Clock;
  readonly targets: Targets;
  readonly wake: (record: ServiceRecord) => void;
}

export function isRolling({ strategy = 'ROLLING' }: DeploymentConfiguration): boolean {
  return strategy === 'ROLLING';
}

/**
 * Where the tasks of the next deployment are registered: in the group that has the production traffic, or with
 * blue/green in the other one.
 */
export function nextLoadBalancers({ service, lastCompleted }: ServiceRecord): LoadBalancer[] {
  const rolling = isRolling(service.deploymentConfiguration);
  return service.loadBalancers.map((balancer, at) => {
    const { targetGroupArn, advancedConfiguration } = balancer;
    const alternate = advancedConfiguration?.alternateTargetGroupArn;
    const inUse = lastCompleted?.loadBalancers[at]?.targetGroupArn;
    if (!alternate || inUse === undefined) return balancer;
    const wantsAlternate = (inUse === alternate) === rolling;
    return { ...balancer, targetGroupArn: wantsAlternate ? alternate : targetGroupArn };
  });
}

/** Gives a deployment its percentage of what the production rules forward, and its sibling group the rest. */
export function giveTraffic(
  deployment: DeploymentRecord,
  percent: number,
  service: ServiceRecord['service'],
  targets: Targets,
): void {
  deployment.traffic = { ...deployment.traffic, percent };
  for (const [at, { targetGroupArn }] of deployment.loadBalancers.entries()) {
    forward(targets, service.loadBalancers[at], targetGroupArn, percent, 'productionListenerRule');
  }
}

function forward(
  targets: Targets,
  configured: LoadBalancer | undefined,
  targetGroupArn: string | undefined,
  percent: number,
  rule: 'productionListenerRule' | 'testListenerRule',
): void {
  const { alternateTargetGroupArn, [rule]: ruleArn } = configured?.advancedConfiguration ?? {};
  if (!configured?.targetGroupArn || !alternateTargetGroupArn || !ruleArn || !targetGroupArn) return;
  const sibling =
    targetGroupArn === alternateTargetGroupArn ? configured.targetGroupArn : alternateTargetGroupArn;
  targets.shiftTraffic?.(ruleArn, { [targetGroupArn]: percent, [sibling]: 100 - percent });
}

/** The next step of a deployment whose tasks are all healthy. True when the old revision may go. */
export function shiftOn(record: ServiceRecord, primary: DeploymentRecord, shift: TrafficShift): boolean {
  const { service } = record;
  const { serviceDeployment } = primary;
  const { strategy, bakeTimeInMinutes = 0, ...steps } = service.deploymentConfiguration;
  const stage = serviceDeployment.lifecycleStage;
  if (stage === 'CLEAN_UP') return true;
  if (primary.traffic?.wait) return false;

  const percent = primary.traffic?.percent ?? 0;
  const pause = (minutes: number, next: ServiceDeploymentLifecycleStage): void => {
    serviceDeployment.lifecycleStage = next;
    const cancel = shift.clock.after(minutes * MINUTE, () => {
      delete primary.traffic?.wait;
      shift.wake(record);
    });
    if (primary.traffic) primary.traffic.wait = cancel;
  };

  if (stage === 'BAKE_TIME') {
    serviceDeployment.lifecycleStage = 'CLEAN_UP';
    return true;
  }
  if (percent === 100) {
    pause(bakeTimeInMinutes, 'BAKE_TIME');
    return false;
  }
  if (percent === 0) {
    for (const [at, { targetGroupArn }] of primary.loadBalancers.entries()) {
      forward(shift.targets, service.loadBalancers[at], targetGroupArn, 100, 'testListenerRule');
    }
  }
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = steps.linearConfiguration ?? {};
  const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = steps.canaryConfiguration ?? {};
  const first = percent === 0;
  const next =
    strategy === 'LINEAR'
      ? Math.min(100, percent + stepPercent)
      : strategy === 'CANARY' && first
        ? canaryPercent
        : 100;
  giveTraffic(primary, next, service, shift.targets);
  // No bake time of a step follows the last one.
  const minutes = next === 100 ? 0 : strategy === 'LINEAR' ? stepBakeTimeInMinutes : canaryBakeTimeInMinutes;
  pause(minutes, 'PRODUCTION_TRAFFIC_SHIFT');
  return false;
}
