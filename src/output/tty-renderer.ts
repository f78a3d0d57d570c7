/** For a terminal: a line for each thing that has ended, and below them, redrawn, what is running. */
import { clearScreenDown, moveCursor } from 'node:readline';
import ora from 'ora';
import type { Renderer } from '../engine/events.ts';
import { inAscii } from './ascii.ts';
import { formatEvent } from './format-event.ts';
import { columnsOf, cut, rowsOf, widthOf } from './line-width.ts';
import type { RendererOptions } from './lines-renderer.ts';
import { RunningSteps } from './running-steps.ts';
import { runningTable } from './running-table.ts';
import { UsualPace } from './usual-pace.ts';

export interface TerminalStream extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}

/** What has ended stays in sight above, and so does the prompt's own line below. */
const ROWS_LEFT = 4;
/** The frame in front of the first line. */
const FRAME = '⠋ ';
/** DECAWM. A window is narrower some moments before we hear of it (in tmux 250 ms), and no frame may wrap meanwhile. */
const NO_WRAP = '\u001B[?7l';
const WRAP = '\u001B[?7h';

export function ttyRenderer(stream: TerminalStream, options: RendererOptions): Renderer {
  const { paint, clock, verbose, ascii = false } = options;
  const running = new RunningSteps(() => clock.now());
  const pace = new UsualPace(() => clock.now());
  let suspended = false;
  /** As it stands on the screen. */
  let drawn: readonly string[] = [];

  const spinner = ora({
    stream,
    // Ctrl-C is to reach us as a signal.
    discardStdin: false,
    isEnabled: true,
    // Of the three parts of a frame this is asked for first.
    prefixText: () => {
      drawn = block();
      spinner.text = `${NO_WRAP}${drawn[0] ?? ''}`;
      return '';
    },
    // The cursor stands in a row of its own: xterm.js and VS Code break every line anew but that of the cursor.
    suffixText: () =>
      `${drawn
        .slice(1)
        .map((line) => `\n${line}`)
        .join('')}\n${WRAP}`,
  });
  // ora colours its frame whatever NO_COLOR says.
  if (paint.good('x') === 'x') spinner.color = false;

  function block(): string[] {
    // A line that wraps could not be taken back after the window has become narrower.
    const columns = Math.max(20, columnsOf(stream) - FRAME.length - 2);
    const rows = Math.max(1, rowsOf(stream) - ROWS_LEFT - 1);
    const lines = [
      paint.dim(cut(pace.line(), columns)),
      ...runningTable(running.steps(), { columns, rows }, paint),
    ];
    return ascii ? lines.map(inAscii) : lines;
  }

  function draw(): void {
    // ora would count the lines of a window without columns for ever.
    if (suspended || running.isIdle || stream.columns === 0) return;
    spinner.start();
  }

  /** Most terminals break the lines anew that have become too wide, and ora would take back as many as it had written. */
  function redraw(): void {
    if (!spinner.isSpinning) return;
    const columns = columnsOf(stream);
    const broken = drawn.reduce((sum, line) => sum + Math.max(0, Math.ceil(widthOf(line) / columns) - 1), 0);
    spinner.stop();
    if (broken > 0) {
      moveCursor(stream, 0, -broken);
      clearScreenDown(stream);
    }
    draw();
  }

  stream.on('resize', redraw);

  return {
    render(event) {
      running.follow(event);
      pace.follow(event);
      const isResult = event.type === options.resultEvent;
      const columns = isResult ? options.resultColumns() : columnsOf(stream);
      // Nothing is asked below a result.
      const rows = isResult ? {} : { rows: rowsOf(stream) };
      const lines = formatEvent(
        event,
        paint,
        verbose,
        columns === undefined ? undefined : { columns, ...rows },
      );
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
      stream.off('resize', redraw);
      spinner.stop();
    },
  };
}
