/** Where sticky sessions can be. */
import type { TargetGroup } from './app.ts';

type Attributes = TargetGroup['attributes'];

/** Why a target group cannot have the load balancer's cookies; undefined where it can. */
export function stickinessObstacle(
  targetGroup: Pick<TargetGroup, 'loadBalancer' | 'targetType' | 'attributes'>,
): string | undefined {
  const crossZoneOff = isCrossZoneOff(targetGroup.attributes);
  return (
    cookieObstacle(targetGroup) ??
    (crossZoneOff ? 'AWS takes no sticky sessions while cross-zone load balancing is off' : undefined)
  );
}

/** One that no attribute mends. */
export function cookieObstacle({
  loadBalancer,
  targetType,
}: Pick<TargetGroup, 'loadBalancer' | 'targetType'>): string | undefined {
  if (!loadBalancer) return 'not attached to a load balancer';
  if (loadBalancer.type !== 'application') return `a ${loadBalancer.type} load balancer gives no cookies`;
  return targetType === 'lambda' ? 'Lambda targets take no sticky sessions' : undefined;
}

/** It is always on of an Application Load Balancer; its target groups may each turn it off. */
export function isCrossZoneOff(attributes: Attributes): boolean {
  return attributes['load_balancing.cross_zone.enabled'] === 'false';
}

/** Undefined: the attributes do not say. */
export function isStickinessOn(attributes: Attributes): boolean | undefined {
  const enabled = attributes['stickiness.enabled'];
  return enabled === undefined ? undefined : enabled === 'true';
}

export function cookieOf(attributes: Attributes): {
  readonly type: string;
  readonly seconds: number | undefined;
  /** The app's own, which the load balancer follows. */
  readonly appCookie: string | undefined;
} {
  const type = attributes['stickiness.type'] ?? 'lb_cookie';
  const seconds = attributes[`stickiness.${type}.duration_seconds`];
  return {
    type,
    seconds: seconds === undefined ? undefined : Number(seconds),
    appCookie: type === 'app_cookie' ? (attributes['stickiness.app_cookie.cookie_name'] ?? '?') : undefined,
  };
}

/** What turns them on, and nothing else: a cookie that somebody chose stays the one. */
export function stickyAttributes(attributes: Attributes, seconds: number): Attributes {
  const enabled = { 'stickiness.enabled': 'true' };
  if (cookieOf(attributes).appCookie !== undefined) return enabled;
  return {
    ...enabled,
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': String(seconds),
  };
}
