/** How far a rolling deployment may go now: how many tasks to start, and which to stop. Pure. */

export interface Rollout<T> {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Tasks of the PRIMARY deployment, oldest first. */
  readonly primary: readonly T[];
  /** Tasks of the deployments that it replaces. */
  readonly old: readonly T[];
  readonly isHealthy: (task: T) => boolean;
}

export interface RolloutStep<T> {
  readonly start: number;
  readonly stop: readonly T[];
  /** The percentages leave no move, now or later. */
  readonly stuck: boolean;
}

export function planRollout<T>(rollout: Rollout<T>): RolloutStep<T> {
  const { desiredCount, primary, old, isHealthy } = rollout;
  const lowest = Math.ceil((desiredCount * rollout.minimumHealthyPercent) / 100);
  const highest = Math.floor((desiredCount * rollout.maximumPercent) / 100);

  const surplus = primary.slice(desiredCount);
  let healthy = [...primary.slice(0, desiredCount), ...old].filter(isHealthy).length;
  const replaced = old.filter((task) => {
    // What serves nobody may go at once.
    if (!isHealthy(task)) return true;
    if (healthy <= lowest) return false;
    healthy -= 1;
    return true;
  });

  const stop = [...surplus, ...replaced];
  const missing = Math.max(0, desiredCount - primary.length);
  const room = Math.max(0, highest - (primary.length + old.length - stop.length));
  const start = Math.min(missing, room);
  const settled = primary.every(isHealthy);
  return { start, stop, stuck: missing > 0 && start === 0 && stop.length === 0 && settled };
}
