/** A service's tasks as targets: where each is registered, and what its target groups think of it. */
import type { LoadBalancer } from '@aws-sdk/client-ecs';
import type { Target, TargetHealth, Targets } from '../elbv2/targets.ts';
import type { TaskRecord } from './state.ts';

export interface Registration {
  readonly targetGroupArn: string;
  readonly target: Target;
}

export function registrationsOf(record: TaskRecord, loadBalancers: readonly LoadBalancer[]): Registration[] {
  return loadBalancers.flatMap(({ targetGroupArn, containerName, containerPort }) =>
    targetGroupArn === undefined || containerPort === undefined
      ? []
      : [{ targetGroupArn, target: targetOf(record, containerName, containerPort) }],
  );
}

/** With an interface of its own a task is its address; else it is its instance, at the port that leads to it. */
function targetOf(record: TaskRecord, containerName: string | undefined, containerPort: number): Target {
  const { containerInstance, networkInterface, portBindings } = record;
  const binding = portBindings.find(
    (candidate) => candidate.containerName === containerName && candidate.containerPort === containerPort,
  );
  return containerInstance && binding
    ? { id: containerInstance.instance.ec2InstanceId, port: binding.hostPort }
    : { id: networkInterface.privateIpAddress, port: containerPort };
}

/** A target group without a load balancer checks nothing: its targets are `unused`, and that is all ECS waits for. */
export function isServing(targets: Targets, registrations: readonly Registration[]): boolean {
  return registrations.every(({ targetGroupArn, target }) => {
    const state = targets.health(targetGroupArn, target)?.state;
    return state === 'healthy' || state === 'unused';
  });
}

export function firstUnhealthy(
  targets: Targets,
  registrations: readonly Registration[],
): (Registration & { health: TargetHealth }) | undefined {
  for (const registration of registrations) {
    const health = targets.health(registration.targetGroupArn, registration.target);
    if (health?.state === 'unhealthy') return { ...registration, health };
  }
  return undefined;
}
