/** What would be done, found out by reading alone. */
import type { Change } from '../domain/change.ts';
import { WizardError } from '../errors.ts';
import type { PlannedChange } from './events.ts';
import { inOrder, KnownOutputs } from './graph.ts';
import type { AnyResource } from './resource.ts';

export interface Plan {
  /** One for each resource, in the order of the graph. */
  readonly changes: readonly PlannedChange[];
}

export async function planResources(resources: readonly AnyResource[]): Promise<Plan> {
  const known = new KnownOutputs();
  const changes: PlannedChange[] = [];
  for (const resource of inOrder(resources)) {
    const change: Change<unknown> = await resource.plan(known);
    const outputs = outputsOf(change);
    if (outputs !== undefined) known.set(resource, outputs);
    changes.push({ ref: { kind: resource.kind, name: resource.name }, change });
  }
  return { changes };
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
