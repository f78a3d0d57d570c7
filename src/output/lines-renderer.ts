/** For logs and CI: a line when something begins, changes or ends, and a sign of life where nothing does. */
import type { Clock } from '../clock.ts';
import type { Renderer, WizardEvent } from '../engine/events.ts';
import { formatEvent } from './format-event.ts';
import type { Paint } from './paint.ts';
import { RunningSteps } from './running-steps.ts';

/** CI systems end jobs that are silent for ten minutes, which a cache's creation can take. */
const HEARTBEAT_MS = 30_000;

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
}

export function linesRenderer(options: RendererOptions): Renderer {
  const { write, paint, clock, verbose } = options;
  const running = new RunningSteps(() => clock.now());
  let stopHeartbeat: (() => void) | undefined;

  function heartbeat(): void {
    stopHeartbeat?.();
    stopHeartbeat = running.isIdle
      ? undefined
      : clock.after(HEARTBEAT_MS, () => {
          write(running.lines().map((line) => `… ${line}`));
          heartbeat();
        });
  }

  return {
    render(event) {
      const news = running.follow(event);
      const lines = formatEvent(event, paint, verbose);
      if (news !== undefined) write([`… ${news}`]);
      if (lines.length > 0) (event.type === options.resultEvent ? options.writeResult : write)(lines);
      if (news !== undefined || lines.length > 0 || event.type === 'check.started') heartbeat();
    },
    suspend: () => undefined,
    resume: () => undefined,
    close: () => stopHeartbeat?.(),
  };
}
