/** The health check settings of a target group: defaults by protocol and ranges as in the API reference (CreateTargetGroup). */
import type {
  CreateTargetGroupInput,
  ModifyTargetGroupInput,
  ProtocolEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError, type HealthCheckSettings } from './registry.ts';

type Wanted = Pick<
  CreateTargetGroupInput & ModifyTargetGroupInput,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

export function initialHealthCheck(groupProtocol: ProtocolEnum, wanted: Wanted): HealthCheckSettings {
  const application = groupProtocol.startsWith('HTTP');
  const protocol = wanted.HealthCheckProtocol ?? (application ? 'HTTP' : 'TCP');
  const overHttp = protocol.startsWith('HTTP');
  const initial: HealthCheckSettings = {
    protocol,
    port: 'traffic-port',
    path: overHttp ? '/' : undefined,
    intervalSeconds: 30,
    timeoutSeconds: application ? 5 : overHttp ? 6 : 10,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
    matcher: overHttp ? { HttpCode: application ? '200' : '200-399' } : undefined,
  };
  return changedHealthCheck(initial, wanted);
}

export function changedHealthCheck(current: HealthCheckSettings, wanted: Wanted): HealthCheckSettings {
  const next: HealthCheckSettings = {
    protocol: wanted.HealthCheckProtocol ?? current.protocol,
    port: wanted.HealthCheckPort ?? current.port,
    path: wanted.HealthCheckPath ?? current.path,
    intervalSeconds: inRange(
      'interval',
      wanted.HealthCheckIntervalSeconds ?? current.intervalSeconds,
      5,
      300,
    ),
    timeoutSeconds: inRange('timeout', wanted.HealthCheckTimeoutSeconds ?? current.timeoutSeconds, 2, 120),
    healthyThreshold: inRange(
      'healthy threshold count',
      wanted.HealthyThresholdCount ?? current.healthyThreshold,
      2,
      10,
    ),
    unhealthyThreshold: inRange(
      'unhealthy threshold count',
      wanted.UnhealthyThresholdCount ?? current.unhealthyThreshold,
      2,
      10,
    ),
    matcher: wanted.Matcher ?? current.matcher,
  };
  if (next.timeoutSeconds >= next.intervalSeconds) {
    throw validationError('Health check interval must be greater than the timeout.');
  }
  if (next.path !== undefined && !next.path.startsWith('/')) {
    throw validationError(`Health check path '${next.path}' must begin with a '/' character`);
  }
  return next;
}

/** Whether a status is among those of a matcher such as '200,202' or '200-299'. */
export function matchesStatus(matcher: HealthCheckSettings['matcher'], status: number): boolean {
  return (matcher?.HttpCode ?? '200').split(',').some((part) => {
    const [low, high = low] = part.trim().split('-').map(Number);
    return low !== undefined && high !== undefined && status >= low && status <= high;
  });
}

function inRange(what: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw validationError(`Health check ${what} '${value}' must be between '${least}' and '${most}' inclusive`);
}
