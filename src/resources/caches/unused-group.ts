/** A group that caches are in or use, deleted as soon as none does any more. */
import type { Wait } from '../../engine/wait.ts';

/** `what`: 'the cache subnet group web-redis-subnet-group'. */
export function untilUnused(
  what: string,
  remove: () => Promise<'deleted' | 'gone' | 'busy'>,
): Wait<undefined> {
  return {
    what: `${what} to be deleted`,
    everyMs: 10_000,
    timeoutMs: 10 * 60_000,
    probe: async () =>
      (await remove()) === 'busy'
        ? { state: 'pending', detail: 'still used by a cache' }
        : { state: 'ready', value: undefined },
  };
}
