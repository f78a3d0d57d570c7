/**
 * The way back. Unlike the way there it knows no settings, only what the account tells: what is theirs is put back
 * as it was, what is ours is removed. Stages come one after another; what is in one does not need each other.
 */
import type { Change } from '../domain/change.ts';
import type { Ref } from '../domain/outputs.ts';
import { WizardError } from '../errors.ts';
import { runStep, type ApplyOptions } from './apply.ts';
import type { PlannedChange } from './events.ts';
import { refKey } from './graph.ts';
import { allInOrder, type Plan } from './plan.ts';
import type { Step } from './resource.ts';

export interface Undoable extends Ref {
  /** How long it usually takes on AWS, in ms; absent where it is a moment. */
  readonly usualMs?: number;
  /** Reads only. */
  plan(): Promise<Change<unknown>>;
  /** Gone, or put back already, is success. */
  undo(step: Step): Promise<void>;
}

export type Stages = readonly (readonly Undoable[])[];

export async function planUndo(stages: Stages): Promise<Plan> {
  const planning = stages.flat().map(async (undoable): Promise<PlannedChange> => {
    const { kind, name } = undoable;
    return { ref: { kind, name }, change: await undoable.plan() };
  });
  return { changes: await allInOrder(planning) };
}

/** Throws what failed in a stage, after everything in it has ended: what comes later may need it done. */
export async function applyUndo(stages: Stages, plan: Plan, options: ApplyOptions): Promise<void> {
  const actions = new Map(plan.changes.map(({ ref, change }) => [refKey(ref), change.action]));
  const outcomeOf = (undoable: Undoable): 'deleted' | 'undone' =>
    actions.get(refKey(undoable)) === 'delete' ? 'deleted' : 'undone';
  for (const stage of stages) {
    options.signal.throwIfAborted();
    const steps = stage.filter((undoable) => actions.get(refKey(undoable)) !== 'none');
    const results = await Promise.allSettled(
      steps.map((undoable) => runStep(undoable, outcomeOf(undoable), options, (step) => undoable.undo(step))),
    );
    options.signal.throwIfAborted();
    const failed = steps.flatMap(({ name }, index) => {
      const result = results[index];
      return result?.status === 'rejected' ? [{ name, error: result.reason as unknown }] : [];
    });
    throwFailed(failed);
  }
}

function throwFailed(failed: readonly { readonly name: string; readonly error: unknown }[]): void {
  const [first] = failed;
  if (!first) return;
  if (failed.length === 1 || !(first.error instanceof WizardError)) throw first.error;
  const { code, message, hint } = first.error;
  throw new WizardError(
    code,
    `Not undone: ${failed.map(({ name }) => name).join(', ')}. First reason: ${message}`,
    { hint, cause: first.error },
  );
}
