/** Asking the cache from where the app runs. */
import type { App } from '../domain/app.ts';
import type { ProbeReport, Rehearsal } from '../domain/probe-report.ts';
import type { ProbeTarget } from '../domain/probe-target.ts';
import type { Wait } from '../engine/wait.ts';

/** What the probe may do besides calling AWS: a part of the engine's Step. */
export interface ProbeStep {
  progress(detail: string): void;
  wait<T>(wait: Wait<T>): Promise<T>;
  readonly signal: AbortSignal;
}

/** One place of the service, which is the default; or one subnet in each of its zones. */
export type AskedFrom = 'one place' | 'each zone';

export interface Probe {
  /** Tries which program answers where the app runs: node, python3, sh, then the probe image. */
  rehearse(app: App, step: ProbeStep): Promise<Rehearsal>;
  /** Runs tasks of ours and reads their reports; they are always stopped and their task definition deregistered. */
  ask(
    app: App,
    target: ProbeTarget,
    rehearsal: Extract<Rehearsal, { possible: true }>,
    step: ProbeStep,
    from?: AskedFrom,
  ): Promise<ProbeReport>;
}
