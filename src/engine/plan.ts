/** What would be done, found out by reading alone. */
import type { Change } from '../domain/change.ts';
import { WizardError } from '../errors.ts';
import type { PlannedChange } from './events.ts';
import { inOrder, KnownOutputs, refKey } from './graph.ts';
import type { AnyResource } from './resource.ts';

export interface Plan {
  /** One for each resource, in the order of the graph. */
  readonly changes: readonly PlannedChange[];
}

/** What does not need each other is planned at the same time. */
export async function planResources(resources: readonly AnyResource[]): Promise<Plan> {
  const known = new KnownOutputs();
  const planning = new Map<string, Promise<PlannedChange>>();
  const below = new Map<string, ReadonlySet<string>>();
  const isPlanned = new Set(resources.map(refKey));
  for (const resource of inOrder(resources)) {
    const key = refKey(resource);
    const first = [...resource.needs, ...(resource.plannedAfter ?? [])].map(refKey);
    const earlier = new Set(first.flatMap((each) => [each, ...(below.get(each) ?? [])]));
    below.set(key, earlier);
    const view = known.without((asked) => isPlanned.has(asked) && !earlier.has(asked));
    const ready = Promise.all(first.flatMap((each) => planning.get(each) ?? []));
    const planned = ready.then(async (): Promise<PlannedChange> => {
      const change: Change<unknown> = await resource.plan(view);
      const outputs = outputsOf(change);
      if (outputs !== undefined) known.set(resource, outputs);
      return { ref: { kind: resource.kind, name: resource.name }, change };
    });
    planning.set(key, planned);
  }
  return { changes: await allInOrder([...planning.values()]) };
}

/** Of several that fail, the first as listed is told, whichever was the first in time. */
export async function allInOrder<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const failed = (await Promise.allSettled(work)).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return Promise.all(work);
}

export function isConverged(plan: Plan): boolean {
  return plan.changes.every(({ change }) => change.action === 'none');
}

/** Why the plan cannot be applied, or undefined. */
export function blockedBy(plan: Plan): WizardError | undefined {
  const blocked = plan.changes.flatMap(({ ref, change }) =>
    change.action === 'blocked' ? [{ name: ref.name, ...change }] : [],
  );
  const [first] = blocked;
  if (!first) return undefined;
  const more = blocked.length > 1 ? ` (and ${blocked.length - 1} more)` : '';
  return new WizardError('Blocked', `${first.name}: ${first.reason}${more}`, {
    hint: first.hint,
    remedy: blocked.length === 1 ? first.remedy : undefined,
  });
}

export function outputsOf(change: Change<unknown>): unknown {
  return change.action === 'none' || change.action === 'update' ? change.outputs : undefined;
}
