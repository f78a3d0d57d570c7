/** For logs, CI and screen readers: a line when something begins, changes or ends, and a sign of life where nothing does. */
import type { Clock } from '../clock.ts';
import type { Renderer, WizardEvent } from '../engine/events.ts';
import { formatEvent } from './format-event.ts';
import type { Paint } from './paint.ts';
import { RunningSteps } from './running-steps.ts';

/** CI systems end jobs that are silent for ten minutes, which a cache's creation can take. */
const HEARTBEAT_MS = 30_000;
const RARE_HEARTBEAT_MS = 60_000;

export interface RendererOptions {
  /** Everything said on the way. */
  readonly write: (lines: readonly string[]) => void;
  /** The events that are the command's result. */
  readonly writeResult: (lines: readonly string[]) => void;
  readonly resultEvent: WizardEvent['type'] | undefined;
  /** Of the terminal that the result goes to; undefined where it is none, or where all is to be told. */
  readonly resultColumns: () => number | undefined;
  readonly paint: Paint;
  readonly verbose: boolean;
  readonly clock: Clock;
  /** Of what is said on the way only warnings and failures, and the plan where somebody is to approve it. */
  readonly terse?: 'for nobody' | 'for an approver' | undefined;
  /** Nothing but ASCII can be drawn. */
  readonly ascii?: boolean | undefined;
}

export function linesRenderer(options: RendererOptions): Renderer {
  const { write, writeResult, resultEvent, paint, clock, verbose, terse } = options;
  const running = new RunningSteps(() => clock.now());
  let stopHeartbeat: (() => void) | undefined;

  function signOfLife(): string[] {
    const lines = running.lines();
    if (terse === undefined) return lines.map((line) => `… ${line}`);
    const [first = '', ...others] = lines;
    return [`… ${first}${others.length > 0 ? `, and ${others.length} more` : ''}`];
  }

  function heartbeat(): void {
    stopHeartbeat?.();
    stopHeartbeat = running.isIdle
      ? undefined
      : clock.after(terse === undefined ? HEARTBEAT_MS : RARE_HEARTBEAT_MS, () => {
          write(signOfLife());
          heartbeat();
        });
  }

  const isTold = (event: WizardEvent): boolean =>
    terse === undefined ||
    event.type === resultEvent ||
    isTrouble(event) ||
    (terse === 'for an approver' && event.type === 'plan.ready');

  return {
    render(event) {
      const heard = running.follow(event);
      const news = terse === undefined ? heard : undefined;
      const lines = isTold(event) ? formatEvent(event, paint, verbose) : [];
      if (news !== undefined) write([`… ${news}`]);
      if (lines.length > 0) (event.type === resultEvent ? writeResult : write)(lines);
      const isSaid = news !== undefined || lines.length > 0;
      if (isSaid || running.isIdle === (stopHeartbeat !== undefined)) heartbeat();
    },
    suspend: () => undefined,
    resume: () => undefined,
    close: () => stopHeartbeat?.(),
  };
}

function isTrouble(event: WizardEvent): boolean {
  switch (event.type) {
    case 'warning':
    case 'step.failed':
    case 'rollout.failed':
    case 'restart.failed':
      return true;
    case 'check.finished':
      return event.report.outcome !== 'pass' && event.report.outcome !== 'skip';
    default:
      return false;
  }
}
