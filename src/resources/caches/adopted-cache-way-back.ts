/** A cache that others have made, given back: our security group is taken off it, and all else of it stays. */
import type { Aws } from '../../aws/aws.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';

interface AdoptedCache {
  readonly name: string;
  readonly arn: string;
  readonly securityGroupId: string;
}

export function adoptedCacheWayBack(
  { name, arn, securityGroupId }: AdoptedCache,
  { caches, elasticache }: Pick<Aws, 'caches' | 'elasticache'>,
): Undoable {
  /** Undefined: the cache is gone, or another one of its name. */
  async function readGroups(): Promise<{ status: string; groupIds: readonly string[] } | undefined> {
    const cache = await caches.read(name);
    if (!cache || cache.arn !== arn || cache.status === 'deleting') return undefined;
    return { status: cache.status, groupIds: await caches.readSecurityGroupIds(cache) };
  }

  function takeOff(groupIds: readonly string[]): Promise<unknown> {
    const others = groupIds.filter((id) => id !== securityGroupId);
    return arn.includes(':cluster:')
      ? elasticache.setCacheClusterSecurityGroups(name, others)
      : elasticache.modifyReplicationGroup(name, { securityGroupIds: others });
  }

  const onlyOurs = new WizardError('Blocked', `${name} has no security group but ours (${securityGroupId})`, {
    hint: 'AWS takes no cache without one: put one of yours on it, then run the same command again.',
  });

  return {
    kind: 'cache',
    name,
    usualMs: 60_000,

    async plan() {
      const found = await readGroups();
      if (!found) return { action: 'none', outputs: undefined, note: 'is gone' };
      if (!found.groupIds.includes(securityGroupId))
        return { action: 'none', outputs: undefined, note: 'was made by others: it stays' };
      if (found.groupIds.length === 1)
        return { action: 'blocked', reason: onlyOurs.message, hint: onlyOurs.hint ?? '' };
      return {
        action: 'update',
        details: [
          { field: 'security groups', to: `without ${securityGroupId}; the cache itself stays as it is` },
        ],
      };
    },

    async undo(step) {
      await step.wait<undefined>({
        what: `the security group ${securityGroupId} to be off ${name}`,
        everyMs: 10_000,
        timeoutMs: 30 * 60_000,
        probe: async (): Promise<Probe<undefined>> => {
          const found = await readGroups();
          if (!found?.groupIds.includes(securityGroupId)) return { state: 'ready', value: undefined };
          if (found.groupIds.length === 1) return { state: 'failed', error: onlyOurs };
          if (found.status === 'available') await takeOff(found.groupIds);
          return { state: 'pending', detail: found.status };
        },
      });
    },
  };
}
