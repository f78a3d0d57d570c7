/**
 * Lines as they are written, until somebody ends it. That ends with 130, as `aws logs tail --follow` and `kubectl logs -f`
 * do: nothing failed, but nobody can say either that all was seen.
 */
import { seenIn, type LogLine, type Seen } from '../../domain/app-log.ts';
import { WizardError, type ExitCode } from '../../errors.ts';
import { formatExplained, formatFollowed, formatSeen } from '../../output/format-log.ts';
import { headOf, logEvent, summaryEvent } from './log-showing.ts';
import type { KeyedLine, LogSource } from './log-sources.ts';
import type { Session } from '../session.ts';

const POLL_MS = 5_000;
/** Lines reach CloudWatch Logs some seconds after they were written, those of one task before those of another. */
const LATE_MS = 60_000;

export async function followLog(sources: readonly LogSource[], session: Session): Promise<ExitCode> {
  const { inputs, clock, output, signal } = session;
  const everyMs = inputs.pollInterval ? inputs.pollInterval.value * 1000 : POLL_MS;
  const followed = sources.map(follow);
  let lines = 0;
  let seen: readonly Seen[] = [];
  output.say([...sources.map((source) => headOf(source, session)), '']);
  try {
    for (;;) {
      const news = (await Promise.all(followed.map((next) => next()))).flat();
      for (const line of inOrder(news)) {
        show(line, seen, session);
        seen = seenIn([line], seen);
        lines += 1;
      }
      await clock.sleep(everyMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    if (inputs.json.value) output.print(summaryEvent(lines, seen));
    else output.show(['', ...formatSeen(seen, output.paint)]);
    const code = signal.reason instanceof WizardError ? signal.reason.code : 'Interrupted';
    throw new WizardError(code, 'The log was followed until it was interrupted', { cause: error });
  }
}

/** Each call gives what has come since the last one, each line once. */
function follow(source: LogSource): () => Promise<LogLine[]> {
  let since = source.from?.since ?? 0;
  let known: readonly KeyedLine[] = [];
  return async () => {
    const found = await readUnlessLost(source, since);
    const news = found.filter(({ key }) => !known.some((each) => each.key === key));
    const newest = Math.max(since, ...news.map(({ line }) => line.at ?? 0));
    since = Math.max(since, newest - LATE_MS);
    known = [...known, ...news].filter(({ line }) => (line.at ?? 0) >= since);
    return news.map(({ line }) => line);
  };
}

/** What is over in a moment must not end a night's watch: the next look asks from the same moment. */
async function readUnlessLost(source: LogSource, since: number): Promise<readonly KeyedLine[]> {
  try {
    return (await source.read(since)).lines;
  } catch (error) {
    if (error instanceof WizardError && error.transient) return [];
    throw error;
  }
}

/** What it means is told with the first line that says it. */
function show(line: LogLine, seen: readonly Seen[], { inputs, output }: Session): void {
  const { symptom } = line;
  if (inputs.json.value) {
    output.print(logEvent(line));
    return;
  }
  const isNew = symptom !== undefined && !seen.some((each) => each.symptom.word === symptom.word);
  output.show([formatFollowed(line, output.paint), ...(isNew ? formatExplained(symptom, output.paint) : [])]);
}

function inOrder(lines: readonly LogLine[]): LogLine[] {
  return [...lines].sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}
