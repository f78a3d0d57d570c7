/** A living cache of either kind, brought to what was asked for: one call to AWS after another. */
import type { Blocked, Detail } from '../../domain/change.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';

/** One call to AWS; the cache must be available again before the next. */
interface Call {
  readonly details: readonly Detail[];
}

interface ChangeableCache<Living, C extends Call> {
  readonly name: string;
  blockedOf(living: Living): Blocked | undefined;
  /** What it still takes, in the order that AWS demands. */
  callsFor(living: Living): readonly C[];
  /** 'busy': with something else. 'unchanged': AWS has it so already. */
  apply(call: C): Promise<'modified' | 'unchanged' | 'busy'>;
  /** As soon as it is available and `done`. */
  available(done: (living: Living) => boolean): Promise<Living>;
}

export async function changeInPlace<Living, C extends Call>(
  cache: ChangeableCache<Living, C>,
  living: Living,
  step: Step,
): Promise<Living> {
  const needless = new Set<string>();
  const pending = (seen: Living): readonly C[] =>
    cache.callsFor(seen).filter((call) => !needless.has(fieldsOf(call)));
  let now = living;
  for (;;) {
    const blocked = cache.blockedOf(now);
    if (blocked) throw new WizardError('Blocked', blocked.reason, { hint: blocked.hint });
    const [next, ...later] = pending(now);
    if (!next) return now;
    const fields = fieldsOf(next);
    step.progress(`changing ${fields}`);
    const answer = await cache.apply(next);
    if (answer === 'unchanged') {
      // No state will ever tell that it is done, so there is nothing to wait for.
      needless.add(fields);
      step.warn(
        'cache.unchanged',
        `AWS sees nothing to change in ${cache.name} (${fields}), so this was passed over`,
      );
    } else if (answer === 'busy') {
      now = await cache.available(() => true);
    } else {
      // A read right after a change may still say `available` with the old values: only the new ones count.
      now = await cache.available((seen) => pending(seen).length <= later.length);
    }
  }
}

function fieldsOf({ details }: Call): string {
  return details.map(({ field }) => field).join(', ');
}
