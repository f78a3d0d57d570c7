/** When the deployment circuit breaker opens, and how much slower tasks that do not start are started again. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';

/** Failed tasks that end a deployment; undefined when the breaker is off (ECS API reference, ThresholdConfiguration). */
export function failureThreshold(
  { deploymentCircuitBreaker: breaker, strategy = 'ROLLING' }: DeploymentConfiguration,
  desiredCount: number,
): number | undefined {
  // Only rolling deployments have one (ECS API reference, DeploymentCircuitBreaker).
  if (!breaker?.enable || strategy !== 'ROLLING') return undefined;
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}

/** Start failures in a row after which the service is "unable to consistently start tasks successfully". */
export const IMPAIRED = 3;

const SECOND = 1_000;
/** Tasks that never ran are started ever more slowly, to every quarter of an hour (ECS developer guide, throttle logic). */
export function startDelay(failuresInARow: number): number {
  if (failuresInARow < IMPAIRED) return 5 * SECOND;
  return Math.min(900 * SECOND, 15 * SECOND * 2 ** (failuresInARow - IMPAIRED));
}
