/** Lines of apps for people: those of one task or instance together, and each known error explained once. */
import { byWriter, type LogLine, type Seen } from '../domain/app-log.ts';
import { wrap } from './line-width.ts';
import type { Paint } from './paint.ts';

/** The tasks of a service, as they are now. */
export interface Writers {
  readonly app: string;
  isRunning(writer: string): boolean;
}

/** The same line again and again is told once, with how often. */
export function formatLog(lines: readonly LogLine[], writers: readonly Writers[], paint: Paint): string[] {
  return byWriter(lines).flatMap((own) => {
    const [{ app, writer } = { app: '', writer: '' }] = own;
    const tasks = writers.find((each) => each.app === app);
    const gone = tasks?.isRunning(writer) === false ? ' (runs no more)' : '';
    const title = `${paint.bold(app)} ${paint.name(writer)}${paint.dim(gone)}`;
    return [title, ...runsOf(own).map((run) => formatRun(run, paint)), ''];
  });
}

/** As they come: whose each is stands on it. */
export function formatFollowed(line: LogLine, paint: Paint): string {
  return `${paint.dim(`${clockTime(line.at)} ${shortId(line.writer)} `)}${message(line, paint)}`;
}

/** What each known error means, how often it was seen, and what mends it. */
export function formatSeen(seen: readonly Seen[], paint: Paint): string[] {
  return seen.flatMap((each) => [
    `${paint.bad(each.symptom.word)}: ${each.symptom.meaning}`,
    ...[countOf(each), `Try: ${each.symptom.fix}`].flatMap(indented),
  ]);
}

/** Beside the first line that says it. */
export function formatExplained({ meaning, fix }: Seen['symptom'], paint: Paint): string[] {
  return indented(`that is: ${meaning}. ${fix}`).map((line) => paint.dim(line));
}

/** As wide as the narrowest terminal; a line of the app itself is never cut nor broken. */
function indented(text: string): string[] {
  return wrap(text, 78).map((line) => `  ${line}`);
}

function countOf({ count, first, last, writers }: Seen): string {
  const times = `${count} ${count === 1 ? 'time' : 'times'}`;
  const on = `on ${writers.map(shortId).join(', ')}`;
  if (first === undefined || last === undefined) return `${times} ${on}`;
  const [from, to] = [momentOf(first), momentOf(last)];
  return `${times} ${from === to ? `at ${from}` : `from ${from} to ${to}`} ${on}`;
}

/** Eight of a task's 32 digits tell it apart; an instance is known by the whole of its id. */
function shortId(writer: string): string {
  return writer.startsWith('i-') ? writer : writer.slice(0, 8);
}

interface Run {
  readonly line: LogLine;
  readonly times: number;
  readonly until: number | undefined;
}

function runsOf(lines: readonly LogLine[]): Run[] {
  const runs: Run[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    const again = last?.line.message === line.message;
    if (last && again) runs[runs.length - 1] = { line: last.line, times: last.times + 1, until: line.at };
    else runs.push({ line, times: 1, until: undefined });
  }
  return runs;
}

function formatRun({ line, times, until }: Run, paint: Paint): string {
  const head = line.at === undefined ? '  ' : `  ${clockTime(line.at)} `;
  const more =
    times === 1 ? '' : ` (${times} times${until === undefined ? '' : `, until ${clockTime(until)}`})`;
  return `${paint.dim(head)}${message(line, paint)}${paint.dim(more)}`;
}

function message({ message: text, symptom }: LogLine, paint: Paint): string {
  return symptom ? paint.bad(text) : text;
}

/** '02:10:07', in UTC as in CloudWatch Logs. */
function clockTime(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().slice(11, 19);
}

/** '2026-11-21 02:10:07'. */
export function momentOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
