/**
 * The one abstraction of the way there: something in the account that is brought to what the settings say. The way
 * back is another (undo.ts), for it has no settings: it knows what the account tells.
 */
import type { Change } from '../domain/change.ts';
import type { Kind, Known, Outputs, Ref } from '../domain/outputs.ts';
import type { Emit } from './events.ts';
import type { Wait } from './wait.ts';

export interface Resource<K extends Kind> {
  readonly kind: K;
  readonly name: string;
  /** The engine reconciles whatever is ready at the same time. */
  readonly needs: readonly Ref[];
  /** What its plan alone looks at besides, as far as that is in the graph before it. */
  readonly plannedAfter?: readonly Ref[];
  /** How long a create or update of it usually takes on AWS, in ms; absent where it is a moment. */
  readonly usualMs?: number;
  /** Reads only. */
  plan(known: Known): Promise<Change<Outputs[K]>>;
  /** Observe, ensure, sync, return: one path for create, update and resume. */
  reconcile(known: Known, step: Step): Promise<Outputs[K]>;
}

export type AnyResource = { [K in Kind]: Resource<K> }[Kind];

/** All that a resource may do besides calling AWS. */
export interface Step {
  /** By the run's clock: what counts in time counts by this, for the pace of a wait is the user's to choose. */
  now(): number;
  /** Tells whether `ms` have passed since: by the clock's own pace, which in a sandbox is faster than `now`. */
  timer(ms: number): () => boolean;
  progress(detail: string): void;
  warn(code: string, message: string): void;
  /** The step ends as 'skipped': what it is for could not be done, for a reason that was warned of. */
  skip(): void;
  readonly emit: Emit;
  wait<T>(wait: Wait<T>): Promise<T>;
  readonly signal: AbortSignal;
}
