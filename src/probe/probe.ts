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

export interface Probe {
  /** Tries which program answers where the app runs: node, python3, sh, then the probe image. */
  rehearse(app: App, step: ProbeStep): Promise<Rehearsal>;
  /** Runs one task of ours and reads its report; it is always stopped and its task definition deregistered. */
  ask(
    app: App,
    target: ProbeTarget,
    rehearsal: Extract<Rehearsal, { possible: true }>,
    step: ProbeStep,
  ): Promise<ProbeReport>;
}
