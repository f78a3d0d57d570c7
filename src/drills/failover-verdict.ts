/** Whether an app comes back by itself when its cache's primary is another node. */
import type { Verdict } from '../domain/drill.ts';
import {
  changedValue,
  disconnected,
  errorsOf,
  failed,
  hasNoticed,
  isShared,
  NO_LOAD,
  type Seen,
} from './verdict.ts';

export function failoverVerdict(seen: Seen): Verdict {
  const { load, app } = seen;
  if (!load) {
    const unseen = 'where the app answers is not known, so that nobody could visit it meanwhile';
    return (
      disconnected('the app is not on the new primary', seen) ?? {
        outcome: 'inconclusive',
        detail: unseen,
        hint: NO_LOAD,
      }
    );
  }
  const met = `${load.failed} of ${load.requests} visits failed, over ${load.errorSeconds} s (${errorsOf(load)})`;
  if (load.recoveredAfterSeconds === null) return failed(`the app does not come back: ${met}`, seen);
  const lost = disconnected('pages are answered, and the app is not on the new primary', seen);
  if (lost) return lost;
  if (app.tasksReplaced > 0) {
    const tasks = `${app.tasksReplaced} ${app.tasksReplaced === 1 ? 'task' : 'tasks'}`;
    return failed(`the app came back only after ECS had replaced ${tasks}: ${met}`, seen);
  }
  if (load.failed > 0) {
    return {
      outcome: 'pass',
      detail: `the app came back by itself after ${load.recoveredAfterSeconds} s: ${met}${changedValue(seen)}`,
    };
  }
  // A page that shows the same all along may not read from the cache at all.
  if (seen.usage?.outcome === 'pass' || (hasNoticed(seen) && isShared(seen))) {
    return { outcome: 'pass', detail: `no visit of ${load.requests} failed${changedValue(seen)}` };
  }
  return {
    outcome: 'inconclusive',
    detail: `no visit of ${load.requests} failed, and nothing shows that the app noticed`,
    hint: HIDDEN,
  };
}

const HIDDEN =
  'The page may not read from the cache, or the app falls back to its own memory, which hides it. Name a page and the value in it that comes from the cache: --refresh-path and --refresh-value.';
