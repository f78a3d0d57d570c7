/** The lines that are there by now: in one piece for people, one object a line for programs. */
import { seenIn, type LogLine, type Seen } from '../../domain/app-log.ts';
import { formatDuration } from '../../output/format-duration.ts';
import { formatLog, formatSeen, momentOf } from '../../output/format-log.ts';
import type { LogSource } from './log-sources.ts';
import type { Session } from '../session.ts';

export async function showLog(sources: readonly LogSource[], session: Session): Promise<void> {
  const { inputs, output } = session;
  const lines: LogLine[] = [];
  for (const source of sources) {
    output.say([headOf(source, session), '']);
    const { lines: own, cutOff } = await source.read(source.from?.since ?? 0);
    if (cutOff) warnOfCut(source, session);
    lines.push(...own.map(({ line }) => line));
  }
  if (inputs.json.value) {
    for (const line of lines) output.print(logEvent(line));
    output.print(summaryEvent(lines.length, seenIn(lines)));
    return;
  }
  const writers = (await Promise.all(sources.map((source) => source.readWriters()))).flat();
  output.show(formatLog(lines, writers, output.paint));
  output.show(lines.length === 0 ? [nothing(session)] : formatSeen(seenIn(lines), output.paint));
}

export function headOf({ app, where, from }: LogSource, { clock, output }: Session): string {
  const since = from
    ? `, since ${momentOf(from.since)} UTC (${from.because}, ${formatDuration(clock.now() - from.since)} ago)`
    : '';
  return output.paint.dim(`${app}: ${where}${since}`);
}

export function logEvent({ at, app, writer, message, symptom }: LogLine): object {
  const time = at === undefined ? {} : { at: new Date(at).toISOString() };
  return { type: 'log', ...time, app, writer, message, ...(symptom ? { symptom: symptom.word } : {}) };
}

export function summaryEvent(lines: number, seen: readonly Seen[]): object {
  const told = seen.map(({ symptom, count, writers, first, last }) => ({
    ...symptom,
    count,
    writers,
    ...(first === undefined ? {} : { first: new Date(first).toISOString() }),
    ...(last === undefined ? {} : { last: new Date(last).toISOString() }),
  }));
  return { type: 'log.summary', lines, seen: told };
}

function warnOfCut({ app }: LogSource, { emit }: Session): void {
  const message = `${app} has logged more than is read at once: these are its first lines; a later --since shows later ones`;
  emit({ type: 'warning', code: 'log.cut', message });
}

function nothing({ inputs }: Session): string {
  return inputs.all.value
    ? 'Nothing was logged.'
    : 'Nothing that was logged concerns the cache. Every line: --all; from earlier on: --since 1d.';
}
