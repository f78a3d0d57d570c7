/** The one abstraction of the engine: something in the account that is brought to what the settings say. */
import type { Change } from '../domain/change.ts';
import type { Kind, Known, Outputs, Ref } from '../domain/outputs.ts';
import type { Emit } from './events.ts';
import type { Wait } from './wait.ts';

export interface Resource<K extends Kind> {
  readonly kind: K;
  readonly name: string;
  /** The engine reconciles whatever is ready at the same time. */
  readonly needs: readonly Ref[];
  /** How long a create or update of it usually takes on AWS, in ms; absent where it is a moment. */
  readonly usualMs?: number;
  /** Reads only. */
  plan(known: Known): Promise<Change<Outputs[K]>>;
  /** Observe, ensure, sync, return: one path for create, update and resume. */
  reconcile(known: Known, step: Step): Promise<Outputs[K]>;
  /** Deletes what is ours, puts back what is theirs; gone is success. */
  undo(step: Step): Promise<void>;
}

export type AnyResource = { [K in Kind]: Resource<K> }[Kind];

/** All that a resource may do besides calling AWS. */
export interface Step {
  progress(detail: string): void;
  warn(code: string, message: string): void;
  readonly emit: Emit;
  wait<T>(wait: Wait<T>): Promise<T>;
  readonly signal: AbortSignal;
}
