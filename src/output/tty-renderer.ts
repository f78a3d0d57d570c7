/** For a terminal: a line for each thing that has ended, and below them, redrawn, what is running. */
import ora from 'ora';
import type { Renderer } from '../engine/events.ts';
import { formatEvent } from './format-event.ts';
import { columnsOf, cut } from './line-width.ts';
import type { RendererOptions } from './lines-renderer.ts';
import { RunningSteps } from './running-steps.ts';

export interface TerminalStream extends NodeJS.WritableStream {
  readonly columns?: number;
}

export function ttyRenderer(stream: TerminalStream, options: RendererOptions): Renderer {
  const { paint, clock, verbose } = options;
  const running = new RunningSteps(() => clock.now());
  let ended = 0;
  let suspended = false;

  /** A line that wraps could not be taken back after the window has become narrower. */
  const fitted = (line: string): string => cut(line, Math.max(20, columnsOf(stream) - 4));

  const spinner = ora({
    stream,
    // Ctrl-C is to reach us as a signal.
    discardStdin: false,
    isEnabled: true,
    suffixText: () =>
      running
        .lines()
        .map((line) => `\n  ${fitted(line)}`)
        .join(''),
  });
  // ora colours its frame whatever NO_COLOR says.
  if (paint.good('x') === 'x') spinner.color = false;

  function draw(): void {
    if (suspended || running.isIdle) return;
    spinner.text = paint.dim(`${ended} done, running:`);
    spinner.start();
  }

  return {
    render(event) {
      running.follow(event);
      if (event.type === 'step.finished') ended += 1;
      const isResult = event.type === options.resultEvent;
      const columns = isResult ? options.resultColumns() : columnsOf(stream);
      const lines = formatEvent(event, paint, verbose, verbose ? undefined : columns);
      if (lines.length > 0 || running.isIdle) spinner.stop();
      if (lines.length > 0) (isResult ? options.writeResult : options.write)(lines);
      draw();
    },
    suspend() {
      suspended = true;
      spinner.stop();
    },
    resume() {
      suspended = false;
      draw();
    },
    close() {
      suspended = true;
      spinner.stop();
    },
  };
}
