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

/** Those that do not need each other are planned at the same time. Of several that fail the first in the graph's order is told. */
export async function planResources(resources: readonly AnyResource[]): Promise<Plan> {
  const known = new KnownOutputs();
  const planning = new Map<string, Promise<PlannedChange>>();
  const below = new Map<string, ReadonlySet<string>>();
  for (const resource of inOrder(resources)) {
    const needs = resource.needs.map(refKey);
    const all = new Set(needs.flatMap((need) => [need, ...(below.get(need) ?? [])]));
    below.set(refKey(resource), all);
    const needed = Promise.all(needs.map((need) => planning.get(need)));
    planning.set(
      refKey(resource),
      needed.then(() => planOne(resource, known, all)),
    );
  }
  const planned = await Promise.allSettled(planning.values());
  return {
    changes: planned.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    }),
  };
}

/** It may know what it needs alone: whether anything else is known by now is chance. */
async function planOne(
  resource: AnyResource,
  known: KnownOutputs,
  needs: ReadonlySet<string>,
): Promise<PlannedChange> {
  const change: Change<unknown> = await resource.plan(known.of(needs));
  const outputs = outputsOf(change);
  if (outputs !== undefined) known.set(resource, outputs);
  return { ref: { kind: resource.kind, name: resource.name }, change };
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
