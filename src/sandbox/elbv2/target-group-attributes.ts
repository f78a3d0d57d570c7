/**
 * The attributes of target groups: keys, defaults and allowed values as in the API reference
 * (TargetGroupAttribute), and what may not be combined.
 */
import type { TargetGroupAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError } from '../service.ts';
import { anyText, boolean, integer, numberOrOff, oneOf, type AttributeRule } from './attribute-rule.ts';
import { validationError, type TargetGroup } from './registry.ts';

const WEEK_SECONDS = 604_800;

const everyGroup: Record<string, AttributeRule> = {
  'deregistration_delay.timeout_seconds': { initial: '300', accepts: integer(0, 3600) },
  'stickiness.enabled': { initial: 'false', accepts: boolean },
  'load_balancing.cross_zone.enabled': {
    initial: 'use_load_balancer_configuration',
    accepts: oneOf('true', 'false', 'use_load_balancer_configuration'),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    initial: '1',
    accepts: numberOrOff(1, 1000),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': {
    initial: 'off',
    accepts: numberOrOff(1, 100),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    initial: '1',
    accepts: integer(1, 1000),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': {
    initial: 'off',
    accepts: numberOrOff(1, 100),
  },
};

const stickinessTypes = oneOf(
  'lb_cookie',
  'app_cookie',
  'source_ip',
  'source_ip_dest_ip',
  'source_ip_dest_ip_proto',
);

const applicationGroup: Record<string, AttributeRule> = {
  ...everyGroup,
  'stickiness.type': { initial: 'lb_cookie', accepts: stickinessTypes },
  'stickiness.lb_cookie.duration_seconds': { initial: '86400', accepts: integer(1, WEEK_SECONDS) },
  'stickiness.app_cookie.cookie_name': { initial: '', accepts: anyText },
  'stickiness.app_cookie.duration_seconds': { initial: '86400', accepts: integer(1, WEEK_SECONDS) },
  'slow_start.duration_seconds': {
    initial: '0',
    accepts: (value) => value === '0' || integer(30, 900)(value),
  },
  'load_balancing.algorithm.type': {
    initial: 'round_robin',
    accepts: oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  },
  'load_balancing.algorithm.anomaly_mitigation': { initial: 'off', accepts: oneOf('on', 'off') },
};

const networkGroup: Record<string, AttributeRule> = {
  ...everyGroup,
  'stickiness.type': { initial: 'source_ip', accepts: stickinessTypes },
  'deregistration_delay.connection_termination.enabled': { initial: 'false', accepts: boolean },
  'preserve_client_ip.enabled': { initial: 'false', accepts: boolean },
  'proxy_protocol_v2.enabled': { initial: 'false', accepts: boolean },
  'target_health_state.unhealthy.connection_termination.enabled': { initial: 'true', accepts: boolean },
  'target_health_state.unhealthy.draining_interval_seconds': { initial: '0', accepts: integer(0, 360_000) },
};

type Protocol = TargetGroup['protocol'];

const isApplication = (protocol: Protocol): boolean => protocol === 'HTTP' || protocol === 'HTTPS';
const rulesFor = (protocol: Protocol): Record<string, AttributeRule> =>
  isApplication(protocol) ? applicationGroup : networkGroup;

export function initialTargetGroupAttributes(protocol: Protocol): Map<string, string> {
  return new Map(Object.entries(rulesFor(protocol)).map(([key, { initial }]) => [key, initial]));
}

/** All or nothing, as AWS does it: the group's attributes after the change, or the reason why not. */
export function changedTargetGroupAttributes(
  group: TargetGroup,
  changes: readonly TargetGroupAttribute[],
): Map<string, string> {
  const next = new Map(group.attributes);
  for (const { Key: key = '', Value: value = '' } of changes) {
    const rule = applicationGroup[key] ?? networkGroup[key];
    if (!rule) throw validationError(`Target group attribute key '${key}' is not recognized`);
    if (!(key in rulesFor(group.protocol))) {
      throw unsupported(
        `Target group attribute key '${key}' is not supported for target groups with the ${group.protocol} protocol`,
      );
    }
    if (!rule.accepts(value)) {
      throw validationError(`Target group attribute value '${value}' for key '${key}' is not valid`);
    }
    next.set(key, value);
  }
  refuseImpossibleStickiness(group, next);
  return next;
}

function refuseImpossibleStickiness(group: TargetGroup, attributes: ReadonlyMap<string, string>): void {
  const type = attributes.get('stickiness.type') ?? '';
  const allowed = isApplication(group.protocol) ? ['lb_cookie', 'app_cookie'] : ['source_ip'];
  if (!allowed.includes(type)) {
    throw unsupported(
      `Stickiness type '${type}' is not supported for target groups with the ${group.protocol} protocol`,
    );
  }
  const name = attributes.get('stickiness.app_cookie.cookie_name') ?? '';
  if (/^AWSALB/.test(name)) {
    throw validationError(
      `Cookie name '${name}' is not valid: AWSALB, AWSALBAPP and AWSALBTG are reserved prefixes`,
    );
  }
  if (attributes.get('stickiness.enabled') !== 'true' || !isApplication(group.protocol)) return;
  if (type === 'app_cookie' && name === '') {
    throw validationError('A cookie name is required for application-based stickiness');
  }
  // "Sticky sessions are not supported if cross-zone load balancing is disabled" (ALB user guide, sticky sessions).
  if (attributes.get('load_balancing.cross_zone.enabled') === 'false') {
    throw unsupported(
      'Stickiness cannot be enabled when cross-zone load balancing is disabled on the target group',
    );
  }
}

function unsupported(message: string): ServiceError {
  return new ServiceError('InvalidConfigurationRequestException', message);
}
