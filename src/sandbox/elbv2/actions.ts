/** The actions of listeners and rules: forward (weighted or not), redirect, fixed-response. */
import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError } from '../service.ts';
import { forwardsTo, validationError, type LoadBalancer, type Registry } from './registry.ts';

const MOST_TARGET_GROUPS = 5;
const MOST_STICKY_SECONDS = 604_800;

/** As DescribeRules gives them back; refused where AWS refuses them. */
export function acceptedActions(
  registry: Registry,
  loadBalancer: LoadBalancer,
  actions: readonly Action[] = [],
): Action[] {
  if (actions.length !== 1) throw validationError('Exactly one routing action must be specified');
  return actions.map((action) => {
    switch (action.Type) {
      case 'forward':
        return acceptedForward(registry, loadBalancer, action);
      case 'redirect':
        return acceptedRedirect(loadBalancer, action);
      case 'fixed-response':
        return acceptedFixedResponse(loadBalancer, action);
      default:
        throw invalidAction(`Action type '${action.Type ?? ''}' is not supported here`);
    }
  });
}

function acceptedForward(registry: Registry, loadBalancer: LoadBalancer, action: Action): Action {
  const groups: TargetGroupTuple[] = action.ForwardConfig?.TargetGroups?.map((tuple) => ({
    ...tuple,
    Weight: tuple.Weight ?? 1,
  })) ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  if (groups.length > MOST_TARGET_GROUPS) {
    throw validationError(`A forward action can have at most ${MOST_TARGET_GROUPS} target groups`);
  }
  forwardsTo({ ...action, ForwardConfig: { TargetGroups: groups } }).forEach((arn) =>
    requireUsable(registry, loadBalancer, arn),
  );
  const stickiness = action.ForwardConfig?.TargetGroupStickinessConfig ?? { Enabled: false };
  const seconds = stickiness.DurationSeconds;
  if (stickiness.Enabled && (seconds === undefined || seconds < 1 || seconds > MOST_STICKY_SECONDS)) {
    throw validationError('Target group stickiness duration must be between 1 and 604800 seconds');
  }
  return {
    Type: 'forward',
    ...(groups.length === 1 && groups[0] ? { TargetGroupArn: groups[0].TargetGroupArn } : {}),
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: stickiness },
  };
}

function requireUsable(registry: Registry, loadBalancer: LoadBalancer, targetGroupArn: string): void {
  const group = registry.targetGroup(targetGroupArn);
  const application = group.protocol.startsWith('HTTP');
  if (application !== (loadBalancer.type === 'application')) {
    throw new ServiceError(
      'IncompatibleProtocolsException',
      `The protocol '${group.protocol}' of target group '${targetGroupArn}' is not supported by ${loadBalancer.type} load balancers`,
    );
  }
  if (group.vpcId !== loadBalancer.vpcId) {
    throw new ServiceError(
      'InvalidConfigurationRequestException',
      `The following target groups are in a different VPC than load balancer '${loadBalancer.arn}': ${targetGroupArn}`,
    );
  }
  if (registry.usersOf(targetGroupArn).some((user) => user !== loadBalancer)) {
    throw new ServiceError(
      'TargetGroupAssociationLimitException',
      `The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`,
    );
  }
}

function acceptedRedirect(loadBalancer: LoadBalancer, { RedirectConfig }: Action): Action {
  requireApplication(loadBalancer);
  if (!RedirectConfig?.StatusCode) throw validationError('A redirect configuration must be specified');
  return {
    Type: 'redirect',
    RedirectConfig: {
      Protocol: '#{protocol}',
      Host: '#{host}',
      Port: '#{port}',
      Path: '/#{path}',
      Query: '#{query}',
      ...RedirectConfig,
    },
  };
}

function acceptedFixedResponse(loadBalancer: LoadBalancer, { FixedResponseConfig }: Action): Action {
  requireApplication(loadBalancer);
  if (!/^[245]\d\d$/.test(FixedResponseConfig?.StatusCode ?? '')) {
    throw validationError('A fixed response must have a status code of 2XX, 4XX or 5XX');
  }
  return { Type: 'fixed-response', FixedResponseConfig };
}

function requireApplication({ type }: LoadBalancer): void {
  if (type !== 'application') throw invalidAction('Network Load Balancers support only forward actions');
}

function invalidAction(message: string): ServiceError {
  return new ServiceError('InvalidLoadBalancerActionException', message);
}
