/** Brings the account to the plan: whatever is ready is reconciled at the same time. */
import type { Clock } from '../clock.ts';
import type { Known, Ref } from '../domain/outputs.ts';
import type { WaitSettings } from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import type { Emit, StepOutcome } from './events.ts';
import { inOrder, KnownOutputs, refKey } from './graph.ts';
import { outputsOf, type Plan } from './plan.ts';
import type { AnyResource, Step } from './resource.ts';
import { LeftToAws, waitFor } from './wait.ts';

export interface ApplyOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** What the user asked of every wait, instead of each wait's own pace. */
  readonly wait?: WaitSettings;
  /** What AWS has begun is left to it: the step ends as 'started', and nothing that needs it begins. */
  readonly detached?: boolean;
}

/**
 * Throws the first failure, after everything else that runs has ended: what waits is interrupted, what writes
 * finishes its call, so that nothing goes on behind the user's back.
 */
export async function applyPlan(
  resources: readonly AnyResource[],
  plan: Plan,
  options: ApplyOptions,
): Promise<Known> {
  const known = new KnownOutputs();
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const changes = new Map(plan.changes.map(({ ref, change }) => [refKey(ref), change]));
  const done = new Map<string, Promise<void>>();
  const errors: unknown[] = [];

  for (const resource of inOrder(resources)) {
    const needs = resource.needs.flatMap((need) => done.get(refKey(need)) ?? []);
    const settled = Promise.all(needs)
      .then(() => reconcileOne(resource))
      .catch((error: unknown) => {
        if (error instanceof LeftToAws) throw error;
        errors.push(error);
        failure.abort(error);
        throw error;
      });
    // Why it did not end is collected in `errors`, where it is a failure; those that need it see it through their own `needs`.
    settled.catch(() => undefined);
    done.set(refKey(resource), settled);
  }
  await Promise.allSettled(done.values());
  options.signal.throwIfAborted();
  if (errors.length > 0) throw errors[0];
  return known;

  async function reconcileOne(resource: AnyResource): Promise<void> {
    signal.throwIfAborted();
    const change = changes.get(refKey(resource));
    if (!change) throw new Error(`${refKey(resource)} was not planned`);
    if (change.action === 'none') {
      known.set(resource, outputsOf(change));
      return;
    }
    const outcome = change.action === 'create' ? 'created' : 'updated';
    await runStep(resource, outcome, { ...options, signal }, async (step) => {
      known.set(resource, await resource.reconcile(known, step));
    });
  }
}

/** Runs one step between its events. An interruption is not a failure of the step. */
export async function runStep(
  what: Ref & { readonly usualMs?: number },
  outcome: StepOutcome,
  options: ApplyOptions,
  run: (step: Step) => Promise<void>,
): Promise<void> {
  const { clock, emit, signal } = options;
  const pollIntervalMs = options.wait?.pollIntervalMs;
  const ref = { kind: what.kind, name: what.name };
  const startedAt = clock.now();
  const elapsedMs = (): number => clock.now() - startedAt;
  emit({ type: 'step.started', ref, usualMs: what.usualMs });
  const progress = (detail: string): void =>
    emit({ type: 'step.progress', ref, detail, elapsedMs: elapsedMs() });
  let ended = outcome;
  const step: Step = {
    now: () => clock.now(),
    timer: (ms) => {
      let isOver = false;
      clock.after(ms, () => void (isOver = true));
      return () => isOver;
    },
    progress,
    signal,
    warn: (code, message) => emit({ type: 'warning', code, message }),
    skip: () => void (ended = 'skipped'),
    emit,
    wait: (wait) =>
      waitFor(
        {
          ...wait,
          ...(pollIntervalMs === undefined ? {} : { everyMs: pollIntervalMs, usualMs: undefined }),
          timeoutMs: options.wait?.timeoutMs ?? wait.timeoutMs,
        },
        { clock, signal, onDetail: progress, detached: options.detached ?? false },
      ),
  };
  try {
    await run(step);
  } catch (error) {
    if (error instanceof LeftToAws)
      emit({ type: 'step.finished', ref, outcome: 'started', elapsedMs: elapsedMs() });
    if (error instanceof WizardError && !signal.aborted) {
      emit({ type: 'step.failed', ref, error, elapsedMs: elapsedMs() });
    }
    throw error;
  }
  emit({ type: 'step.finished', ref, outcome: ended, elapsedMs: elapsedMs() });
}
