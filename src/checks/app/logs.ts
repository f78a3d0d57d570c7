/** What does the app itself say about Redis, in the log of each task that runs? */
import type { LogEvent } from '../../aws/logs.ts';
import type { Symptom } from '../../domain/app-log.ts';
import { nameOf } from '../../domain/arn.ts';
import type { CheckResult } from '../../domain/check.ts';
import { maskPasswords } from '../../domain/connection.ts';
import { awslogsOf, type Awslogs } from '../../domain/container-logs.ts';
import { containerOf } from '../../domain/task-definition.ts';
import { otherDriver } from '../../survey/app-log.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, skip, warn } from '../question.ts';
import { SYMPTOM_PHRASES, symptomOf } from './symptoms.ts';
import { readRunningTasks } from './running-tasks.ts';

/** Lines reach CloudWatch Logs some seconds after they were written, and an app may connect late. */
const READS = 10;
const BETWEEN_READS_MS = 3_000;
const LINES_A_READ = 10_000;
/** CloudWatch Logs API reference, FilterLogEvents. */
const LONGEST_PATTERN = 1024;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** An error that is older is over, where the app had connected before: clients repeat what goes on. */
const RECENT_MS = 15 * MINUTE_MS;
/** When an app connects. A container writes before its task is RUNNING. */
const START_MS = 15 * MINUTE_MS;
const BEFORE_RUNNING_MS = 5 * MINUTE_MS;

type Said =
  | { readonly kind: 'connected' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'error' | 'old error'; readonly symptom: Symptom; readonly line: string };

/** A task's own log: what it said until lately is read once, what it says now again and again. */
interface Speaker {
  readonly logStreamName: string;
  readonly before: readonly LogEvent[];
  /** Where `before` ends. */
  readonly since: number;
}

export function logs(context: Pick<CheckContext, 'settings' | 'app' | 'aws' | 'clock' | 'since'>): Check {
  const { app, aws, clock, settings } = context;
  const success = new RegExp(settings.proof.logPattern);
  const filterPattern = filterPatternOf(settings.proof.logPattern);

  async function read(
    awslogs: Awslogs,
    logStreamName: string,
    since: number,
    until?: number,
  ): Promise<LogEvent[]> {
    if (until !== undefined && until <= since) return [];
    return aws.logs.filterLogEvents({
      logGroupName: awslogs.logGroupName,
      logStreamNames: [logStreamName],
      since,
      ...(until === undefined ? {} : { until }),
      limit: LINES_A_READ,
      ...(filterPattern === undefined ? {} : { filterPattern }),
    });
  }

  /** The minutes in which it started and the last day: weeks of log between them are not searched. */
  async function meet(awslogs: Awslogs, logStreamName: string, runningAt: number): Promise<Speaker> {
    const startedAt = runningAt - BEFORE_RUNNING_MS;
    const recent = clock.now() - RECENT_MS;
    const started = Math.min(runningAt + START_MS, recent);
    const before = await Promise.all([
      read(awslogs, logStreamName, startedAt, started),
      read(awslogs, logStreamName, Math.max(started, recent - DAY_MS), recent),
    ]);
    return { logStreamName, before: before.flat(), since: Math.max(startedAt, recent) };
  }

  async function hear(awslogs: Awslogs, { logStreamName, before, since }: Speaker): Promise<Said> {
    const lately = await read(awslogs, logStreamName, since);
    return lastSaid([...before, ...lately], success, clock.now() - RECENT_MS);
  }

  async function hearAll(
    awslogs: Awslogs,
    speakers: readonly Speaker[],
    signal: AbortSignal,
  ): Promise<Said[]> {
    for (let reads = 1; ; reads += 1) {
      const said = await Promise.all(speakers.map((speaker) => hear(awslogs, speaker)));
      const settled = said.every(({ kind }) => kind === 'connected' || kind === 'old error');
      if (reads === READS || settled) return said;
      await clock.sleep(BETWEEN_READS_MS, signal);
    }
  }

  return question('logs', async (signal) => {
    const container = containerOf(app.taskDefinition.document, app.container) ?? {};
    const awslogs = awslogsOf(container);
    if (!awslogs) return skip(`${app.container} ${otherDriver(container)}`);
    const elsewhere = regionElsewhere(awslogs, app.service.serviceArn);
    if (elsewhere !== undefined) return skip(`${app.container} logs in another region, ${elsewhere}`);
    const running = await readRunningTasks(app, aws.ecs);
    if (running.length === 0)
      return inconclusive('no task is running', 'Set the service’s desired count to 2 or more.');
    // What a task of another revision says was not said by this one.
    const tasks = running.filter(
      ({ taskDefinitionArn }) => taskDefinitionArn === app.taskDefinition.taskDefinitionArn,
    );
    if (tasks.length === 0) {
      return inconclusive(
        `none of ${running.length} tasks runs ${nameOf(app.taskDefinition.taskDefinitionArn)} yet`,
        'Run it again when the rollout is over.',
      );
    }
    const known = tasks.flatMap(({ taskArn, startedAt }) => {
      const logStreamName = awslogs.streamOf(app.container, taskArn);
      return logStreamName === undefined ? [] : [{ logStreamName, startedAt: startedAt ?? context.since }];
    });
    if (known.length < tasks.length) {
      return inconclusive(
        'the log streams cannot be told apart',
        'Give the container’s log configuration an awslogs-stream-prefix.',
      );
    }
    const speakers = await Promise.all(
      known.map(({ logStreamName, startedAt }) => meet(awslogs, logStreamName, startedAt)),
    );
    return verdict(await hearAll(awslogs, speakers, signal), settings.proof.logPattern);
  });
}

function verdict(said: readonly Said[], logPattern: string): CheckResult {
  const all = said.length;
  const now = errorsAmong(said, 'error');
  if (now) return fail(`${now.count} of ${all} tasks log ${now.what}`, now.fix);
  const connected = said.filter(({ kind }) => kind === 'connected').length;
  const before = errorsAmong(said, 'old error');
  if (before && connected + before.count === all) {
    const ago = `nothing of it in the last ${RECENT_MS / MINUTE_MS} minutes`;
    return warn(`${before.count} of ${all} tasks logged ${before.what}, and ${ago}`, before.fix);
  }
  if (connected === all)
    return pass(`“${logPattern}” in the log of ${all} of ${all} tasks, and no error after it`);
  return inconclusive(
    `“${logPattern}” is in the log of ${connected} of ${all} tasks, and no known error in the others`,
    'The app may say it in other words: --log-pattern.',
  );
}

function errorsAmong(
  said: readonly Said[],
  kind: 'error' | 'old error',
): { count: number; what: string; fix: string } | undefined {
  const errors = said.filter((one) => one.kind === kind && 'symptom' in one);
  const [first] = errors;
  if (!first || !('symptom' in first)) return undefined;
  const { symptom, line } = first;
  const what = `${symptom.word}: ${symptom.meaning} (“${short(line)}”)`;
  return { count: errors.length, what, fix: symptom.fix };
}

/** Errors before the app connected are of no interest any more. */
function lastSaid(events: readonly LogEvent[], success: RegExp, recent: number): Said {
  const connectedAt = events.findLastIndex(({ message }) => success.test(message));
  for (const { at, message } of events.slice(connectedAt + 1).reverse()) {
    const symptom = symptomOf(message);
    if (!symptom) continue;
    // An app that never connected has given up, however long ago.
    const isOver = connectedAt !== -1 && at < recent;
    return { kind: isOver ? 'old error' : 'error', symptom, line: message };
  }
  return { kind: connectedAt === -1 ? 'nothing' : 'connected' };
}

/** Lets the server sift, where the pattern is plain words; an expression can only be matched here. */
function filterPatternOf(logPattern: string): string | undefined {
  if (/[\\^$.*+?()[\]{}|"]/.test(logPattern)) return undefined;
  const terms = [logPattern, ...SYMPTOM_PHRASES].map((words) =>
    /^\w+$/.test(words) ? `?${words}` : `?"${words}"`,
  );
  const pattern = terms.join(' ');
  return pattern.length > LONGEST_PATTERN ? undefined : pattern;
}

function regionElsewhere({ region }: Awslogs, serviceArn: string): string | undefined {
  const here = serviceArn.split(':')[3];
  return region === undefined || region === here ? undefined : region;
}

function short(line: string): string {
  const masked = maskPasswords(line).trim();
  return masked.length > 120 ? `${masked.slice(0, 120)}…` : masked;
}
