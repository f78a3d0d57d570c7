/** The way of speaking, chosen once: a terminal, lines, or JSON. stdout carries the result, stderr all else. */
import { stripVTControlCharacters } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Renderer, WizardEvent } from '../engine/events.ts';
import type { WizardError } from '../errors.ts';
import { formatError } from './format-error.ts';
import { formatResult } from './format-result.ts';
import { jsonRenderer, toJsonLine } from './json-renderer.ts';
import { columnsOf } from './line-width.ts';
import { linesRenderer, type RendererOptions } from './lines-renderer.ts';
import { paintWith, type Paint } from './paint.ts';
import { causeOfFailure, type Result } from './result.ts';
import type { TerminalStream } from './tty-renderer.ts';

export interface Streams {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
}

export interface OutputOptions {
  readonly json: boolean;
  /** Whether stderr is a terminal that may be redrawn. */
  readonly redraws: boolean;
  readonly color: boolean;
  /** Whether stdout is a terminal: what goes into a file or a pipe has no colour, and is not cut. */
  readonly colorsStdout: boolean;
  /** Nothing but ASCII can be shown. */
  readonly plain?: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** What the command is asked for, if that is an event. */
  readonly resultEvent?: WizardEvent['type'] | undefined;
  readonly clock: Clock;
}

export interface Ending {
  readonly error?: WizardError | undefined;
  readonly next?: readonly string[];
}

export interface Output {
  readonly renderer: Renderer;
  readonly paint: Paint;
  /** For people, on the way; scripts do not see it. */
  say(lines: readonly string[]): void;
  /** What was asked for, on stdout, for people and for files; with --json it is an object. */
  show(lines: readonly string[]): void;
  /** One object on stdout, whatever the way of speaking. */
  print(object: object): void;
  /** The last thing: what came of it, and for people what to type next. */
  finish(result: Result, ending: Ending): void;
}

export async function openOutput(streams: Streams, options: OutputOptions): Promise<Output> {
  const { stdout, stderr } = streams;
  const paint = paintWith(options.color);
  const toStdout = (lines: readonly string[]): void =>
    writeLines(stdout, options.colorsStdout ? lines : lines.map(stripVTControlCharacters));
  const toStderr = (lines: readonly string[]): void => writeLines(stderr, lines);
  const print = (object: object): void => writeLines(stdout, [toJsonLine(object)]);

  if (options.json) {
    return {
      renderer: jsonRenderer((line) => writeLines(stdout, [line])),
      paint,
      say: () => undefined,
      show: () => undefined,
      print,
      finish: (result, { error }) => {
        if (error && options.debug) toStderr(formatError(error, paint, true));
        print(result);
      },
    };
  }
  const resultColumns = (): number | undefined =>
    options.colorsStdout && !options.verbose ? columnsOf(stdout) : undefined;
  const rendererOptions: RendererOptions = {
    ...options,
    resultColumns,
    resultEvent: options.resultEvent,
    paint,
    write: toStderr,
    writeResult: toStdout,
  };
  return {
    renderer: options.redraws ? await openTerminal(stderr, rendererOptions) : linesRenderer(rendererOptions),
    paint,
    say: toStderr,
    show: toStdout,
    print,
    finish: (result, { error, next = [] }) => {
      toStdout(formatResult(result, paint, resultColumns(), options.plain));
      // What stands on the same screen is not said twice.
      const isTold = options.colorsStdout && !options.debug && causeOfFailure(result) !== undefined;
      if (error && !isTold) toStderr(formatError(error, paint, options.debug));
      if (!error && next.length > 0) toStderr(['', 'Next:', ...next.map((line) => `  ${line}`)]);
    },
  };
}

/** Loaded only here: `--help` and logs need no spinner. */
async function openTerminal(stream: TerminalStream, options: RendererOptions): Promise<Renderer> {
  const { ttyRenderer } = await import('./tty-renderer.ts');
  return ttyRenderer(stream, options);
}

function writeLines(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
}
