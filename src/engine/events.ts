/** What happens, as facts: no wording, no colour. Renderers choose the words. */
import type { Change } from '../domain/change.ts';
import type { Cost } from '../domain/cost.ts';
import type { CheckReport } from '../domain/check.ts';
import type { Ref } from '../domain/outputs.ts';
import type { WizardError } from '../errors.ts';
import type { Identity } from '../domain/app.ts';

export interface PlannedChange {
  readonly ref: Ref;
  readonly change: Change<unknown>;
}

/**
 * 'skipped': what the step is for could not be done; a warning says why. 'started': AWS goes on with it by itself,
 * and the run was told not to wait.
 */
export type StepOutcome = 'created' | 'updated' | 'unchanged' | 'undone' | 'deleted' | 'skipped' | 'started';

export type UndoPlan = 'rollback' | 'destroy';

export type WizardEvent =
  /** `profile`: where one was named. */
  | { readonly type: 'identity.read'; readonly identity: Identity; readonly profile?: string }
  | {
      readonly type: 'plan.ready';
      readonly changes: readonly PlannedChange[];
      readonly monthlyUsd: number | undefined;
      /** What makes up the price, and what comes beside it. */
      readonly costs?: readonly Cost[];
      /** Of the caches that are created: what can never be changed later. */
      readonly permanent?: readonly { readonly cache: string; readonly what: readonly string[] }[];
      /** Of the caches that are created for something said: what follows from it. */
      readonly reasons?: readonly { readonly cache: string; readonly reason: string }[];
      /** How long it usually takes: the longest chain of what is pending. */
      readonly usualMs?: number;
      /** On the way back; `monthlyUsd` is then what is no longer paid, or what goes on to be. */
      readonly undo?: UndoPlan;
      /** Who deploys a service too, and would undo what is planned. */
      readonly undoneBy?: readonly { readonly service: string; readonly tool: string }[];
      /** The words of the one command that does the same without a question. */
      readonly equivalent?: readonly string[];
      /** Of day two: the price is that of what is planned alone, and is said only where it is known. */
      readonly operation?: true;
    }
  | { readonly type: 'step.started'; readonly ref: Ref; readonly usualMs: number | undefined }
  | { readonly type: 'step.progress'; readonly ref: Ref; readonly detail: string; readonly elapsedMs: number }
  | {
      readonly type: 'step.finished';
      readonly ref: Ref;
      readonly outcome: StepOutcome;
      readonly elapsedMs: number;
    }
  | {
      readonly type: 'step.failed';
      readonly ref: Ref;
      readonly error: WizardError;
      readonly elapsedMs: number;
    }
  /** `rolledBack`: every task runs the revision before again; else the failed one is where the service stands. */
  | {
      readonly type: 'rollout.failed';
      readonly serviceArn: string;
      readonly failed: string;
      readonly before: string;
      readonly rolledBack: boolean;
    }
  /** Of an app on instances. `rolledBack`: they run with the values from before again; `valuesBack`: these wait for them. */
  | {
      readonly type: 'restart.failed';
      readonly consumer: string;
      readonly rolledBack: boolean;
      readonly valuesBack: boolean;
    }
  | { readonly type: 'check.started'; readonly id: string }
  | { readonly type: 'check.finished'; readonly report: CheckReport }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'note'; readonly code: string; readonly message: string };

export type Emit = (event: WizardEvent) => void;

/** One renderer owns the terminal; it is suspended while a question is asked. */
export interface Renderer {
  render(event: WizardEvent): void;
  suspend(): void;
  resume(): void;
  close(): void;
}
