/** Caches that are available at once and that nothing serves: for accounts with hundreds, which nobody connects to. */
import type { LifeCycle } from './life-cycle.ts';
import type { Nodes } from './nodes.ts';

export function idleLifeCycle(lifeCycle: LifeCycle, nodes: Nodes): LifeCycle {
  return {
    ...lifeCycle,
    create(cache, plans, groupIds) {
      for (const plan of plans) nodes.attach(cache, plan, groupIds).status = 'available';
      cache.status = 'available';
    },
  };
}
