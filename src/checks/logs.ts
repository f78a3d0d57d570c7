/** What does the app itself say about Redis, in the log of each task that runs? */
import type { Task } from '../aws/ecs.ts';
import type { CheckResult } from '../domain/check.ts';
import { awslogsOf, type Awslogs } from '../domain/container-logs.ts';
import { containerOf } from '../domain/task-definition.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { fail, inconclusive, pass, question, skip } from './question.ts';
import { SYMPTOM_WORDS, symptomOf, type Symptom } from './symptoms.ts';

/** Lines reach CloudWatch Logs some seconds after they were written, and an app may connect late. */
const READS = 10;
const BETWEEN_READS_MS = 3_000;
const LINES_A_TASK = 10_000;

type Said =
  | { readonly kind: 'connected' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'error'; readonly symptom: Symptom; readonly line: string };

export function logs(context: Pick<CheckContext, 'settings' | 'app' | 'aws' | 'clock'>): Check {
  const { app, aws, clock, settings } = context;
  const success = new RegExp(settings.proof.logPattern);

  async function readRunning(): Promise<Task[]> {
    const by = { service: app.service.serviceName, desiredStatus: 'RUNNING' } as const;
    const taskArns = await aws.ecs.listTasks(app.ecsCluster, by);
    const tasks = taskArns.length === 0 ? [] : await aws.ecs.describeTasks(app.ecsCluster, taskArns);
    return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  }

  /** A stream is one task's, from its start. */
  async function ask(awslogs: Awslogs, logStreamName: string): Promise<Said> {
    const filterPattern = filterPatternOf(settings.proof.logPattern);
    const events = await aws.logs.filterLogEvents({
      logGroupName: awslogs.logGroupName,
      logStreamNames: [logStreamName],
      since: 0,
      limit: LINES_A_TASK,
      ...(filterPattern === undefined ? {} : { filterPattern }),
    });
    return lastSaid(
      events.map(({ message }) => message),
      success,
    );
  }

  async function askAll(awslogs: Awslogs, streams: readonly string[], signal: AbortSignal): Promise<Said[]> {
    for (let read = 1; ; read += 1) {
      const said = await Promise.all(streams.map((stream) => ask(awslogs, stream)));
      if (read === READS || said.every(({ kind }) => kind === 'connected')) return said;
      await clock.sleep(BETWEEN_READS_MS, signal);
    }
  }

  return question('logs', async (signal) => {
    const awslogs = awslogsOf(containerOf(app.taskDefinition.document, app.container) ?? {});
    if (!awslogs) return skip(`${app.container} does not log to CloudWatch Logs`);
    const elsewhere = regionElsewhere(awslogs, app.service.serviceArn);
    if (elsewhere !== undefined) return skip(`${app.container} logs in another region, ${elsewhere}`);
    const tasks = await readRunning();
    if (tasks.length === 0)
      return inconclusive('no task is running', 'Set the service’s desired count to 2 or more.');
    const streams = tasks.map(({ taskArn }) => awslogs.streamOf(app.container, taskArn));
    const known = streams.filter((stream) => stream !== undefined);
    if (known.length < streams.length) {
      return inconclusive(
        'the log streams cannot be told apart',
        'Give the container’s log configuration an awslogs-stream-prefix.',
      );
    }
    return verdict(await askAll(awslogs, known, signal), settings.proof.logPattern);
  });
}

function verdict(said: readonly Said[], logPattern: string): CheckResult {
  const all = said.length;
  const [error] = said.filter((one) => one.kind === 'error');
  if (error) {
    const { symptom, line } = error;
    const count = said.filter(({ kind }) => kind === 'error').length;
    return fail(
      `${count} of ${all} tasks log ${symptom.word}: ${symptom.meaning} (“${short(line)}”)`,
      symptom.fix,
    );
  }
  const connected = said.filter(({ kind }) => kind === 'connected').length;
  if (connected === all)
    return pass(`“${logPattern}” in the log of ${all} of ${all} tasks, and no error after it`);
  return inconclusive(
    `“${logPattern}” is in the log of ${connected} of ${all} tasks, and no known error in the others`,
    'The app may say it in other words: --log-pattern.',
  );
}

/** Errors before the app connected are of no interest any more. */
function lastSaid(lines: readonly string[], success: RegExp): Said {
  const connectedAt = lines.findLastIndex((line) => success.test(line));
  for (const line of lines.slice(connectedAt + 1).reverse()) {
    const symptom = symptomOf(line);
    if (symptom) return { kind: 'error', symptom, line };
  }
  return { kind: connectedAt === -1 ? 'nothing' : 'connected' };
}

/** Lets the server sift, where the pattern is plain words; an expression can only be matched here. */
function filterPatternOf(logPattern: string): string | undefined {
  if (/[\\^$.*+?()[\]{}|"]/.test(logPattern)) return undefined;
  return [logPattern, ...SYMPTOM_WORDS].map((words) => `?"${words}"`).join(' ');
}

function regionElsewhere({ region }: Awslogs, serviceArn: string): string | undefined {
  const here = serviceArn.split(':')[3];
  return region === undefined || region === here ? undefined : region;
}

function short(line: string): string {
  const masked = line.replace(/(rediss?:\/\/)[^@\s]*@/g, '$1****@').trim();
  return masked.length > 120 ? `${masked.slice(0, 120)}…` : masked;
}
