/** The way of speaking, chosen once: a terminal, lines, GitHub Actions or JSON. stdout carries the result, stderr all else. */
import { stripVTControlCharacters } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Ref } from '../domain/outputs.ts';
import type { Renderer, WizardEvent } from '../engine/events.ts';
import type { WizardError } from '../errors.ts';
import { inAscii } from './ascii.ts';
import { commandLines } from './command-lines.ts';
import { formatError } from './format-error.ts';
import { formatInterruption } from './format-interruption.ts';
import { formatNext } from './format-next.ts';
import { formatResult } from './format-result.ts';
import { annotationsOf } from './github-annotations.ts';
import { annotation, inert } from './github-commands.ts';
import { githubRenderer } from './github-renderer.ts';
import { appendSummary } from './github-summary-file.ts';
import { jobSummary } from './github-summary.ts';
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
  /** GitHub Actions reads what is said; `summaryFile` is where it looks for a summary. */
  readonly github?: { readonly summaryFile: string | undefined } | undefined;
  /** Whether stderr is a terminal that may be redrawn. */
  readonly redraws: boolean;
  readonly terse?: RendererOptions['terse'];
  readonly color: boolean;
  /** Whether stdout is a terminal: what goes into a file or a pipe has no colour, and is not cut. */
  readonly colorsStdout: boolean;
  /** Colour was asked for, wherever it goes. */
  readonly forcesColor?: boolean;
  /** Nothing but ASCII can be shown: what is drawn of letters is left out. */
  readonly plain?: boolean;
  /** Which of the two are terminals that have no other letters than ASCII's. */
  readonly ascii?: { readonly stdout: boolean; readonly stderr: boolean } | undefined;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** What the command is asked for, if that is an event. */
  readonly resultEvent?: WizardEvent['type'] | undefined;
  readonly clock: Clock;
}

export interface Ending {
  readonly error?: WizardError | undefined;
  readonly next?: readonly string[];
  /** What was under way when it ended. */
  readonly begun?: readonly Ref[];
  /** After a failure: the command that goes on, where its answers were typed. */
  readonly goOn?: readonly string[];
}

export interface Output {
  readonly renderer: Renderer;
  readonly paint: Paint;
  /** For people, on the way; scripts do not see it. */
  say(lines: readonly string[]): void;
  /** Of the terminal on which that is said; undefined where it is none. */
  columns(): number | undefined;
  /** What was asked for, on stdout, for people and for files; with --json it is an object. */
  show(lines: readonly string[]): void;
  /** One object on stdout, whatever the way of speaking. */
  print(object: object): void;
  /** The last thing: what came of it, and for people what to type next. */
  finish(result: Result, ending: Ending): void;
  /** Instead of it, where the program is ended in the middle of its work. */
  abandon(): void;
}

const ABANDONED = [
  '✖ Ended at once, in the middle of its work',
  '  Try: AWS goes on with what has begun. Run the same command again to go on.',
];

/** Lines to each of the two, as each can show them. */
interface Pens {
  readonly toStdout: (lines: readonly string[]) => void;
  readonly toStderr: (lines: readonly string[]) => void;
  readonly print: (object: object) => void;
  /** Of the terminal that stderr is; undefined where it is none. */
  readonly columns: () => number | undefined;
}

export async function openOutput(streams: Streams, options: OutputOptions): Promise<Output> {
  const { stdout, stderr } = streams;
  const { colorsStdout, forcesColor = false, ascii } = options;
  const paint = paintWith(options.color && !options.github);
  const pens: Pens = {
    toStdout: (lines) => {
      const colored = colorsStdout || forcesColor ? lines : lines.map(stripVTControlCharacters);
      writeLines(stdout, ascii?.stdout ? colored.map(inAscii) : colored);
    },
    toStderr: (lines) => writeLines(stderr, ascii?.stderr ? lines.map(inAscii) : lines),
    print: (object) => writeLines(stdout, [toJsonLine(object)]),
    columns: () => (stderr.columns === undefined ? undefined : columnsOf(stderr)),
  };
  if (options.json) return jsonOutput(pens, paint, options);
  const resultColumns = (): number | undefined =>
    colorsStdout && !options.verbose ? columnsOf(stdout) : undefined;
  const { verbose, clock, resultEvent, terse } = options;
  const { toStdout: writeResult, toStderr: write } = pens;
  const spoken = { write, writeResult, resultColumns, resultEvent, paint, verbose, clock, terse };
  if (options.github) return githubOutput(pens, spoken, options.github.summaryFile, options);
  const renderer = options.redraws
    ? await openTerminal(stderr, { ...spoken, ascii: ascii?.stderr })
    : linesRenderer(spoken);
  return textOutput(pens, renderer, spoken, options);
}

function jsonOutput({ toStderr, toStdout, print }: Pens, paint: Paint, { debug }: OutputOptions): Output {
  return {
    renderer: jsonRenderer((line) => toStdout([line])),
    paint,
    say: () => undefined,
    columns: () => undefined,
    show: () => undefined,
    print,
    finish: (result, { error }) => {
      if (error && debug) toStderr(formatError(error, paint, true));
      print(result);
    },
    abandon: () => undefined,
  };
}

function textOutput(
  { toStdout, toStderr, print, columns }: Pens,
  renderer: Renderer,
  { paint, resultColumns }: RendererOptions,
  { colorsStdout, debug, plain }: OutputOptions,
): Output {
  return {
    renderer,
    paint,
    say: toStderr,
    columns,
    show: toStdout,
    print,
    finish: (result, { error, next = [], begun = [], goOn = [] }) => {
      toStdout(formatResult(result, paint, resultColumns(), plain));
      // What stands on the same screen is not said twice.
      const isTold = colorsStdout && !debug && causeOfFailure(result) !== undefined;
      if (error && !isTold) toStderr(formatError(error, paint, debug, columns()));
      toStderr(formatInterruption(result, begun, columns()));
      if (error && goOn.length > 0) toStderr(['To go on:', ...commandLines(goOn, columns() ?? Infinity)]);
      if (!error) toStderr(formatNext(next, columns()));
    },
    abandon: () => {
      renderer.close();
      toStderr(ABANDONED);
    },
  };
}

/** As in a log; the failure is an annotation, and what came of it all stands on the page of the run too. */
function githubOutput(
  { toStdout, toStderr, print }: Pens,
  spoken: RendererOptions,
  summaryFile: string | undefined,
  { debug, plain }: OutputOptions,
): Output {
  const renderer = githubRenderer(spoken);
  const { paint } = spoken;
  const inertly =
    (write: (lines: readonly string[]) => void) =>
    (lines: readonly string[]): void =>
      write(lines.map(inert));
  return {
    renderer,
    paint,
    say: inertly(toStderr),
    columns: () => undefined,
    show: inertly(toStdout),
    print,
    finish: (result, { error, next = [], begun = [] }) => {
      inertly(toStdout)(formatResult(result, paint, undefined, plain));
      if (error && debug) inertly(toStderr)(formatError(error, paint, true));
      inertly(toStderr)(formatInterruption(result, begun));
      toStderr(annotationsOf(result, renderer.plan()));
      if (!error) inertly(toStderr)(formatNext(next));
      const problem = appendSummary(summaryFile, jobSummary(result, renderer.plan(), next));
      if (problem !== undefined) toStderr([annotation('warning', 'elasticache-wizard', [problem])]);
    },
    abandon: () => {
      renderer.close();
      toStderr(ABANDONED);
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
