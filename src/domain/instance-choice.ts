/** Which of an app's instances stand for all. */
import type { AppInstance } from './instance-app.ts';

/** One in each zone, and of those one that commands reach, where there is one. */
export function onePerZone(instances: readonly AppInstance[]): AppInstance[] {
  const chosen = new Map<string, AppInstance>();
  for (const instance of instances) {
    const now = chosen.get(instance.availabilityZone);
    if (!now || (now.agent !== 'online' && instance.agent === 'online'))
      chosen.set(instance.availabilityZone, instance);
  }
  return [...chosen.values()];
}

/** 'i-0a1b: its SSM agent is called ConnectionLost'; undefined: commands reach all of them. */
export function unreachable(instances: readonly AppInstance[]): string | undefined {
  const missing = instances.flatMap(({ instanceId, agent }) =>
    agent === 'online' ? [] : [`${instanceId}: ${agent.missing}`],
  );
  return missing.length === 0 ? undefined : missing.join('; ');
}
