/**
 * One run at a time for each project: who changes it holds a lease. It ends by itself some minutes after it was last
 * renewed, so that a run which was killed keeps nobody out for long.
 */
import { randomUUID } from 'node:crypto';
import type { Ssm } from '../../aws/ssm.ts';
import type { Clock } from '../../clock.ts';
import type { Tags } from '../../domain/ownership.ts';
import type { Emit } from '../../engine/events.ts';
import { WizardError } from '../../errors.ts';
import { leaseParameter, type Lease, type LeaseParameter } from './lease-parameter.ts';

/** What AWS lets a machine's clock be off before it refuses its signatures: nobody is taken for ended too early. */
export const LEASE_MS = 5 * 60_000;
const RENEW_EVERY_MS = 60_000;

export interface LeaseOptions {
  readonly ssm: Ssm;
  readonly project: string;
  /** The user's own, for accounts that demand some on all that is made. */
  readonly userTags: Tags;
  /** The ARN of the caller. */
  readonly who: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Works while it holds the project's lease, and gives it back however the work ends. Throws Blocked where another run
 * holds it. The work's signal is aborted too when the lease is lost on the way.
 */
export async function underLease<T>(
  options: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { ssm, project, userTags, who, clock, signal, emit } = options;
  const parameter = leaseParameter(ssm, project, userTags);
  const run = randomUUID();
  const since = clock.now();
  const lease = (): Lease => ({ run, who, since, until: clock.now() + LEASE_MS });

  const taken = await take(parameter, lease(), clock.now(), emit);
  if (!taken) return work(signal);

  const lost = new AbortController();
  const stopRenewing = every(RENEW_EVERY_MS, clock, async () => {
    const other = await parameter.renew(lease());
    if (other) lost.abort(takenOver(project, other));
  });
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    await stopRenewing();
    await giveBack(parameter, run, emit);
  }
}

/** False where this run may not have one, and goes on without. */
async function take(parameter: LeaseParameter, lease: Lease, now: number, emit: Emit): Promise<boolean> {
  try {
    const answer = await parameter.take(lease, now);
    if (answer === 'taken') return true;
    if (answer !== 'unknown') throw held(parameter.project, answer);
    warn(emit, 'whoever answers as AWS has no Parameter Store');
  } catch (error) {
    if (!(error instanceof WizardError && error.code === 'AccessDenied')) throw error;
    warn(emit, error.message);
  }
  return false;
}

function warn(emit: Emit, reason: string): void {
  const message = `Nothing keeps a second run from changing the same things meanwhile: ${reason}`;
  emit({ type: 'warning', code: 'lease.none', message });
}

/** What cannot be given back ends by itself; that must not hide how the work ended. */
async function giveBack(parameter: LeaseParameter, run: string, emit: Emit): Promise<void> {
  try {
    await parameter.giveBack(run);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The lease was not given back and ends by itself within ${LEASE_MS / 60_000} min: ${reason}`;
    emit({ type: 'warning', code: 'lease.kept', message });
  }
}

/** Returns how to stop, which waits for one that is under way: it would write the lease again after it was given back. */
function every(ms: number, clock: Clock, run: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;
  const schedule = (): void => {
    if (stopped) return;
    cancel = clock.after(ms, () => {
      running = run().then(schedule);
      return running;
    });
  };
  schedule();
  return async () => {
    stopped = true;
    cancel();
    await running;
  };
}

function held(project: string, { who, since, until }: Lease): WizardError {
  return new WizardError(
    'Blocked',
    `Another run has been changing ${project} since ${time(since)}: that of ${who}`,
    {
      hint: `Let it end, then run the same command again. Should it be gone without giving the project back, that is possible from ${time(until)}.`,
    },
  );
}

function takenOver(project: string, { who, since }: Lease): WizardError {
  return new WizardError(
    'Blocked',
    `${who} has taken over ${project} at ${time(since)}, after this run was not heard of for some minutes`,
    { hint: 'Let that run end, then run the same command again.' },
  );
}

export function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
