/** Whether an app goes on without its cache, and is on it again afterwards. */
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

/**
 * EC2 user guide, "Security group connection tracking": a changed rule does not interrupt the connections that are
 * tracked already.
 */
export const WHAT_IT_CUTS =
  'New connections alone: AWS lets those that are open go on until they end (EC2 user guide, “Security group connection tracking”).';
const MAKE_COMPLETE =
  'To cut those that are open too: before the drill, open redis-cli to the cache in another terminal, and type CLIENT KILL TYPE normal there as soon as the drill says that the rules are gone.';

export function outageVerdict(seen: Seen): Verdict {
  const { load, app } = seen;
  if (!load) {
    const unseen = 'where the app answers is not known, so that nobody could visit it meanwhile';
    return (
      disconnected('the app is not on its cache again', seen) ?? {
        outcome: 'inconclusive',
        detail: unseen,
        hint: NO_LOAD,
      }
    );
  }
  const refused = load.failed - load.otherValues;
  if (refused > 0) {
    const met = `${refused} of ${load.requests} visits failed, over ${load.errorSeconds} s (${errorsOf(load)})`;
    const after = load.recoveredAfterSeconds === null ? ', and it does not come back' : '';
    return failed(`the app does not go on without its cache: ${met}${after}`, seen);
  }
  if (app.tasksReplaced > 0)
    return failed(`tasks ended without the cache: ECS replaced ${app.tasksReplaced}`, seen);
  if (load.recoveredAfterSeconds === null)
    return failed('the app answers, but its tasks do not show the same again', seen);
  const lost = disconnected('the app answers, and is not on its cache again', seen);
  if (lost) return lost;
  if (!hasNoticed(seen)) {
    return {
      outcome: 'inconclusive',
      detail: `all ${load.requests} visits were answered, and nothing shows that the app missed its cache: it may have kept the connections that it had`,
      hint: MAKE_COMPLETE,
    };
  }
  const alone = load.otherValues > 0 ? `, ${load.otherValues} of them with a task’s own state` : '';
  const answered = `all ${load.requests} visits were answered${alone}`;
  if (!isShared(seen)) {
    return {
      outcome: 'inconclusive',
      detail: `${answered}; whether they show what is in the cache again could not be seen`,
      hint: NO_LOAD,
    };
  }
  return { outcome: 'pass', detail: `${answered}, and the app is on its cache again${changedValue(seen)}` };
}
