/** RegisterTargets, DeregisterTargets and DescribeTargetHealth. */
import { isIPv4 } from 'node:net';
import type {
  DeregisterTargetsInput,
  DeregisterTargetsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  RegisterTargetsOutput,
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, type Handler, type Operations } from '../service.ts';
import type { Vpc } from '../network/vpc.ts';
import { validationError, type Registry, type TargetGroup } from './registry.ts';
import type { RegisteredTargets } from './registered-targets.ts';
import type { Target, TargetHealth } from './targets.ts';

export function targetOperations(registry: Registry, targets: RegisteredTargets, vpc: Vpc): Operations {
  const registerTargets: Handler<RegisterTargetsInput, RegisterTargetsOutput> = (input) => {
    const group = registry.targetGroup(input.TargetGroupArn);
    const wanted = described(group, input.Targets);
    wanted.forEach((target) => requireReachable(group, target, vpc));
    wanted.forEach((target) => targets.register(group.arn, target));
    return {};
  };

  const deregisterTargets: Handler<DeregisterTargetsInput, DeregisterTargetsOutput> = (input) => {
    const group = registry.targetGroup(input.TargetGroupArn);
    for (const target of described(group, input.Targets)) void targets.deregister(group.arn, target);
    return {};
  };

  const describeTargetHealth: Handler<DescribeTargetHealthInput, DescribeTargetHealthOutput> = (input) => {
    const group = registry.targetGroup(input.TargetGroupArn);
    const asked = input.Targets?.length
      ? described(group, input.Targets).map((target) => ({
          target,
          health: targets.health(group.arn, target) ?? NOT_REGISTERED,
        }))
      : targets.list(group.arn);
    return { TargetHealthDescriptions: asked.map(({ target, health }) => view(group, target, health)) };
  };

  return {
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
    DescribeTargetHealth: describeTargetHealth,
  };
}

const NOT_REGISTERED: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
};

function described(group: TargetGroup, descriptions: readonly TargetDescription[] = []): Target[] {
  return descriptions.map(({ Id = '', Port = group.port, AvailabilityZone }) => ({
    id: Id,
    port: Port,
    ...(AvailabilityZone === undefined ? {} : { availabilityZone: AvailabilityZone }),
  }));
}

function requireReachable({ targetType }: TargetGroup, { id, port }: Target, vpc: Vpc): void {
  if (targetType === 'instance' && vpc.instance?.(id)) return;
  if (targetType !== 'ip') {
    throw new ServiceError(
      'InvalidTargetException',
      `The following targets are not in a running state: '${id}'`,
    );
  }
  if (!isIPv4(id)) throw validationError(`The IP address '${id}' is not a valid IPv4 address`);
  if (port < 1 || port > 65_535)
    throw validationError(`Port '${port}' must be between '1' and '65535' inclusive`);
}

function view(group: TargetGroup, target: Target, health: TargetHealth): TargetHealthDescription {
  const { port } = group.healthCheck;
  return {
    Target: { Id: target.id, Port: target.port, AvailabilityZone: target.availabilityZone },
    HealthCheckPort: port === 'traffic-port' ? String(target.port) : port,
    TargetHealth: {
      State: health.state,
      // The reasons are written in this folder, from the same enumeration.
      Reason: health.reason as NonNullable<TargetHealthDescription['TargetHealth']>['Reason'],
      Description: health.description,
    },
  };
}
