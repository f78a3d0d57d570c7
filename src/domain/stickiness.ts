/** Where sticky sessions can be. */
import type { TargetGroup } from './app.ts';

/** Why a target group cannot have the load balancer's cookies; undefined where it can. */
export function stickinessObstacle({
  loadBalancer,
  targetType,
  attributes,
}: Pick<TargetGroup, 'loadBalancer' | 'targetType' | 'attributes'>): string | undefined {
  if (!loadBalancer) return 'not attached to a load balancer';
  if (loadBalancer.type !== 'application') return `a ${loadBalancer.type} load balancer gives no cookies`;
  if (targetType === 'lambda') return 'Lambda targets take no sticky sessions';
  const crossZoneOff = attributes['load_balancing.cross_zone.enabled'] === 'false';
  return crossZoneOff ? 'AWS takes no sticky sessions while cross-zone load balancing is off' : undefined;
}
