/** How many tasks a deployment has room for beside those that run. */
import type { EcsService } from './app.ts';

/** ECS developer guide, "Rolling update": as many as the upper limit leaves room for; others start all of them anew. */
export function startedAtOnce({
  desiredCount,
  maximumPercent,
  strategy,
}: Pick<EcsService, 'desiredCount' | 'maximumPercent' | 'strategy'>): number {
  if (strategy !== 'ROLLING') return desiredCount;
  return Math.max(0, Math.floor((desiredCount * maximumPercent) / 100) - desiredCount);
}
