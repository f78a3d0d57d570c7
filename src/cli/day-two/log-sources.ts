/** Where the lines of a project's apps are: the log group of each service, and a file on each instance. */
import type { CacheLines } from '../../checks/app/cache-lines.ts';
import { readRunningTasks } from '../../checks/app/running-tasks.ts';
import type { LogLine } from '../../domain/app-log.ts';
import type { RunningService } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import type { RunningInstances } from '../../domain/instance-app.ts';
import { selectedName } from '../../domain/instance-place.ts';
import { reasonOf } from '../../domain/invocation.ts';
import { WizardError } from '../../errors.ts';
import { selectionOf } from '../../inputs/settings.ts';
import type { Writers } from '../../output/format-log.ts';
import { appLogOf, MOST_LINES, readAppLog } from '../../survey/app-log.ts';
import { readTail } from '../../survey/log-tail.ts';
import type { Living } from '../opening/living.ts';
import type { Session } from '../session.ts';

const LINES_OF_A_FILE = 400;
const HOUR_MS = 3_600_000;

export interface LogSource {
  readonly app: string;
  /** 'log group /ecs/web, container backend'. */
  readonly where: string;
  /** Absent: a file has its end, and no times. */
  readonly from?: { readonly since: number; readonly because: string };
  readWriters(): Promise<Writers[]>;
  read(since: number): Promise<{ readonly lines: readonly KeyedLine[]; readonly cutOff: boolean }>;
}

export interface KeyedLine {
  /** The same line has the same in every answer. */
  readonly key: string;
  readonly line: LogLine;
}

export type Logged = Pick<Living, 'aws' | 'project' | 'caches' | 'services'> & {
  readonly instanceApps: readonly RunningInstances[];
};

/** Throws where there is none that can be read; of those that cannot be beside others, a warning tells. */
export function logSourcesOf(logged: Logged, which: CacheLines, session: Session): LogSource[] {
  const attempts = [
    ...logged.services.map((service) => () => ofService(service, which, logged, session)),
    ...logged.instanceApps.map((app) => () => ofInstances(app, which, logged, session)),
  ];
  const refused: WizardError[] = [];
  const sources = attempts.flatMap((attempt) => {
    try {
      return [attempt()];
    } catch (error) {
      if (!(error instanceof WizardError)) throw error;
      refused.push(error);
      return [];
    }
  });
  const [first] = refused;
  if (sources.length === 0) throw first ?? nobody(logged.project);
  for (const { message, hint } of refused)
    session.emit({ type: 'warning', code: 'log.left-out', message: `${message}. ${hint ?? ''}`.trim() });
  return sources;
}

function nobody(project: string): WizardError {
  return new WizardError('NotFound', `No app of ${project} is known that could have logged anything`, {
    hint: 'Name one: --ecs-cluster and --service, or --instance with --log-file.',
  });
}

function ofService(
  service: RunningService,
  which: CacheLines,
  { aws }: Logged,
  { inputs, clock }: Session,
): LogSource {
  const log = appLogOf(service, inputs.container?.value);
  const { app, container, logGroupName, rolledOutAt } = log;
  return {
    app,
    where: `log group ${logGroupName}, container ${container}`,
    from: beginning(inputs.since?.value, rolledOutAt, clock.now()),
    async readWriters() {
      const tasks = await readRunningTasks(service, aws.ecs);
      const running = new Set(tasks.map(({ taskArn }) => nameOf(taskArn)));
      // Without a prefix streams are named by ids that ECS does not tell.
      const known = log.logStreamNamePrefix !== undefined;
      return known ? [{ app, isRunning: (writer) => running.has(writer) }] : [];
    },
    async read(since) {
      const found = await readAppLog(log, { since, filterPattern: which.filterPattern }, aws.logs);
      const lines = found.flatMap(({ key, at, writer, message }) => {
        const line = which.lineOf({ app, writer, at, message });
        return line ? [{ key, line }] : [];
      });
      return { lines, cutOff: found.length >= MOST_LINES };
    },
  };
}

function beginning(
  said: NonNullable<Session['inputs']['since']>['value'] | undefined,
  rolledOutAt: number | undefined,
  now: number,
): NonNullable<LogSource['from']> {
  if (said) return { since: 'at' in said ? said.at : now - said.agoMs, because: '--since' };
  return rolledOutAt === undefined
    ? { since: now - HOUR_MS, because: 'the last hour, for its controller tells of no rollout' }
    : { since: rolledOutAt, because: 'the last rollout' };
}

function ofInstances(
  { name: app, instances }: RunningInstances,
  which: CacheLines,
  { aws, project }: Logged,
  session: Session,
): LogSource {
  const { clock, signal, emit } = session;
  const logFile = logFileOf(app, session);
  if (logFile === undefined) {
    throw new WizardError('MissingInput', `Nobody knows where ${app} logs to on its instances`, {
      hint: 'Name the file: --log-file <path>.',
    });
  }
  const comment = `elasticache-wizard logs ${project}`;
  /** Undefined where it could not be read, and why is told. */
  const readInstance = async (instance: (typeof instances)[number]): Promise<KeyedLine[] | undefined> => {
    const { instanceId, agent } = instance;
    const refuse = (why: string): undefined => {
      const message = `${instanceId}: ${logFile} could not be read: ${why}`;
      emit({ type: 'warning', code: 'log.unread', message });
    };
    if (agent !== 'online') {
      refuse(agent.missing);
      return;
    }
    const { phrases } = which;
    const file = { instanceId, logFile, lines: LINES_OF_A_FILE, comment, phrases };
    const ended = await readTail(file, { aws, clock }, signal);
    if (ended?.status !== 'Success') {
      refuse(ended ? reasonOf(ended) : 'Systems Manager does not reach it');
      return;
    }
    return ended.stdout.split('\n').flatMap((message, index) => {
      const line = message === '' ? undefined : which.lineOf({ app, writer: instanceId, message });
      return line ? [{ key: `${instanceId} ${index}`, line }] : [];
    });
  };
  return {
    app,
    where: `the end of ${logFile} on ${instances.length} ${instances.length === 1 ? 'instance' : 'instances'}`,
    readWriters: () => Promise.resolve([]),
    async read() {
      const found = (await Promise.all(instances.map(readInstance))).filter((lines) => lines !== undefined);
      if (found.length === 0) throw unreadEverywhere(app, logFile);
      return { lines: found.flat(), cutOff: false };
    },
  };
}

function unreadEverywhere(app: string, logFile: string): WizardError {
  return new WizardError('OperationFailed', `${logFile} could be read on no instance of ${app}`, {
    hint: 'The warnings say why, for each of them. Is the path right (--log-file)?',
  });
}

/** A config file says it of each app. */
function logFileOf(app: string, { inputs, configured }: Session): string | undefined {
  const said = configured?.consumers.find(({ inputs: own }) => {
    const selection = selectionOf(own);
    return selection !== undefined && selectedName(selection) === app;
  });
  return (said?.inputs.logFile ?? inputs.logFile)?.value;
}
