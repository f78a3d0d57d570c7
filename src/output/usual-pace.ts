/** How far a run has come, and what is left of it at AWS's usual pace. Nothing is said that the plan does not tell. */
import type { Ref } from '../domain/outputs.ts';
import type { WizardEvent } from '../engine/events.ts';
import { refName } from './kind-names.ts';

export class UsualPace {
  private readonly now: () => number;
  private readonly planned = new Set<string>();
  private readonly done = new Set<string>();
  private readonly running = new Set<string>();
  private answered = 0;
  /** Usually, from where the steps that run now have begun. */
  private leftMs: number | undefined;
  /** Steps that run at the same time: since when, and how long they usually take together. */
  private stretch = { since: 0, usualMs: 0 };

  constructor(now: () => number) {
    this.now = now;
  }

  follow(event: WizardEvent): void {
    switch (event.type) {
      case 'plan.ready':
        this.begin(event);
        break;
      case 'step.started':
        this.start(refName(event.ref), event.usualMs ?? 0);
        break;
      case 'step.finished':
        this.done.add(refName(event.ref));
        this.end(event.ref);
        break;
      case 'step.failed':
        this.end(event.ref);
        break;
      case 'check.finished':
        this.answered += 1;
        break;
      default:
    }
  }

  /** '3 of 9 done, about 12 min left at the usual pace'. */
  line(): string {
    if (this.running.size === 0) return `${this.answered} answered, asking:`;
    const total = new Set([...this.planned, ...this.done, ...this.running]).size;
    const done =
      this.planned.size === 0 ? `${this.done.size} done, running:` : `${this.done.size} of ${total} done`;
    const left = this.left();
    return left === undefined || this.planned.size === 0
      ? done
      : `${done}, ${inMinutes(left)} left at the usual pace`;
  }

  private begin({ changes, usualMs }: Extract<WizardEvent, { type: 'plan.ready' }>): void {
    this.planned.clear();
    for (const { ref, change } of changes) {
      if (change.action !== 'none' && change.action !== 'blocked') this.planned.add(refName(ref));
    }
    this.leftMs = usualMs;
  }

  private start(name: string, usualMs: number): void {
    if (this.running.size === 0) this.stretch = { since: this.now(), usualMs: 0 };
    const sinceMs = this.now() - this.stretch.since;
    this.stretch.usualMs = Math.max(this.stretch.usualMs, usualMs === 0 ? 0 : sinceMs + usualMs);
    this.running.add(name);
  }

  /** However long they have taken: what is left begins after them. */
  private end(ref: Ref): void {
    this.running.delete(refName(ref));
    if (this.running.size > 0 || this.leftMs === undefined) return;
    this.leftMs = Math.max(0, this.leftMs - this.stretch.usualMs);
  }

  /** Undefined also where something takes longer than usual: nobody knows how much. */
  private left(): number | undefined {
    if (this.leftMs === undefined) return undefined;
    const { since, usualMs } = this.stretch;
    const elapsedMs = this.now() - since;
    if (usualMs === 0) return this.leftMs;
    return elapsedMs > usualMs ? undefined : Math.max(0, this.leftMs - elapsedMs);
  }
}

function inMinutes(ms: number): string {
  return ms < 60_000 ? 'less than a minute' : `about ${Math.round(ms / 60_000)} min`;
}
