/** What is under way: the steps and checks that have begun and not ended, with the last that was heard of each. */
import type { WizardEvent } from '../engine/events.ts';
import { formatDuration } from './format-duration.ts';
import { refName } from './kind-names.ts';

interface Running {
  readonly label: string;
  readonly startedAt: number;
  readonly usualMs: number | undefined;
  /** AWS's own status word where there is one. */
  detail: string;
}

export class RunningSteps {
  private readonly steps = new Map<string, Running>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** A line for a step that begins or has news; undefined where there is nothing new to tell. */
  follow(event: WizardEvent): string | undefined {
    switch (event.type) {
      case 'step.started':
        return this.begin(refName(event.ref), event.usualMs);
      case 'check.started':
        this.begin(`check ${event.id}`, undefined);
        return undefined;
      case 'step.progress':
        return this.hear(refName(event.ref), event.detail);
      case 'step.finished':
      case 'step.failed':
        this.steps.delete(refName(event.ref));
        return undefined;
      case 'check.finished':
        this.steps.delete(`check ${event.report.id}`);
        return undefined;
      default:
        return undefined;
    }
  }

  /** All of them, with the time that each has taken by now. */
  lines(): string[] {
    return [...this.steps.values()].map(({ label, detail, startedAt, usualMs }) => {
      const elapsed = formatDuration(this.now() - startedAt);
      return joined(label, detail, usualMs === undefined ? elapsed : `${elapsed} (${usual(usualMs)})`);
    });
  }

  get isIdle(): boolean {
    return this.steps.size === 0;
  }

  private begin(label: string, usualMs: number | undefined): string {
    this.steps.set(label, { label, startedAt: this.now(), usualMs, detail: '' });
    return joined(label, usualMs === undefined ? '' : usual(usualMs));
  }

  private hear(label: string, detail: string): string | undefined {
    const step = this.steps.get(label);
    if (!step || step.detail === detail) return undefined;
    step.detail = detail;
    const elapsedMs = this.now() - step.startedAt;
    return joined(label, detail, elapsedMs < 1000 ? '' : formatDuration(elapsedMs));
  }
}

function usual(usualMs: number): string {
  return `usually ${formatDuration(usualMs)}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ');
}
