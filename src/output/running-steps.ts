/** What is under way: the steps and checks that have begun and not ended, with the last that was heard of each. */
import { stripVTControlCharacters } from 'node:util';
import type { WizardEvent } from '../engine/events.ts';
import { formatDuration } from './format-duration.ts';
import { refName } from './kind-names.ts';

export interface RunningStep {
  readonly label: string;
  /** AWS's own status word where there is one. */
  readonly detail: string;
  readonly elapsedMs: number;
  readonly usualMs: number | undefined;
}

interface Begun extends Omit<RunningStep, 'elapsedMs'> {
  readonly startedAt: number;
}

export class RunningSteps {
  private readonly begun = new Map<string, Begun>();
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
        return this.hear(refName(event.ref), inOneLine(event.detail));
      case 'step.finished':
      case 'step.failed':
        this.begun.delete(refName(event.ref));
        return undefined;
      case 'check.finished':
        this.begun.delete(`check ${event.report.id}`);
        return undefined;
      default:
        return undefined;
    }
  }

  /** In the order in which they began. */
  steps(): RunningStep[] {
    return [...this.begun.values()].map(({ startedAt, ...step }) => ({
      ...step,
      elapsedMs: this.now() - startedAt,
    }));
  }

  /** All of them, with the time that each has taken by now. */
  lines(): string[] {
    return this.steps().map((step) => {
      const usual = step.usualMs === undefined ? '' : ` (${usualTime(step)})`;
      return joined(step.label, step.detail, `${formatDuration(step.elapsedMs)}${usual}`);
    });
  }

  get isIdle(): boolean {
    return this.begun.size === 0;
  }

  private begin(label: string, usualMs: number | undefined): string {
    this.begun.set(label, { label, startedAt: this.now(), usualMs, detail: '' });
    return joined(label, usualMs === undefined ? '' : `usually ${formatDuration(usualMs)}`);
  }

  private hear(label: string, detail: string): string | undefined {
    const step = this.begun.get(label);
    if (!step || step.detail === detail) return undefined;
    this.begun.set(label, { ...step, detail });
    const elapsedMs = this.now() - step.startedAt;
    return joined(label, detail, elapsedMs < 1000 ? '' : formatDuration(elapsedMs));
  }
}

/** '' where nobody knows. */
export function usualTime(step: RunningStep): string {
  if (step.usualMs === undefined) return '';
  const usual = formatDuration(step.usualMs);
  return isLate(step) ? `longer than usual: ${usual}` : `usually ${usual}`;
}

export function isLate({ elapsedMs, usualMs }: RunningStep): boolean {
  return usualMs !== undefined && elapsedMs > usualMs;
}

/** It stands in a line that is redrawn, and may hold what somebody else has written. */
function inOneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ');
}
