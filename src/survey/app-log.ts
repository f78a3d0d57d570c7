/** The log of a service's tasks in CloudWatch Logs: where it is, since when it matters, and what is in it. */
import type { Logs } from '../aws/logs.ts';
import type { RunningService } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import { awslogsOf } from '../domain/container-logs.ts';
import type { JsonObject } from '../domain/json.ts';
import { suggestion } from '../domain/nearest.ts';
import { containerNames, containerOf } from '../domain/task-definition.ts';
import { WizardError } from '../errors.ts';

/** What one question asks for at most: more nobody reads. */
export const MOST_LINES = 10_000;

export interface AppLog {
  readonly app: string;
  readonly container: string;
  readonly logGroupName: string;
  /** Of all tasks, those too that ended long ago; absent: the streams do not say whose they are. */
  readonly logStreamNamePrefix?: string;
  /** When the revision that runs was rolled out; undefined where its controller does not say. */
  readonly rolledOutAt: number | undefined;
}

export interface AppLogLine {
  readonly key: string;
  readonly at: number;
  /** The id of the task. */
  readonly writer: string;
  readonly message: string;
}

/** Throws where the lines go elsewhere than to a log group of this region. */
export function appLogOf(running: RunningService, named: string | undefined): AppLog {
  const { service, taskDefinition } = running;
  const container = named ?? running.container;
  const definition = containerOf(taskDefinition.document, container);
  const app = service.serviceName;
  if (!definition) throw noContainer(container, running);
  const awslogs = awslogsOf(definition);
  if (!awslogs) throw elsewhere(`${container} of ${app} ${otherDriver(definition)}`);
  const here = service.serviceArn.split(':')[3];
  if (awslogs.region !== undefined && awslogs.region !== here) {
    throw new WizardError('Blocked', `${container} of ${app} logs in another region, ${awslogs.region}`, {
      hint: `aws logs tail ${awslogs.logGroupName} --region ${awslogs.region} --since 1h`,
    });
  }
  // The stream of a task is the prefix with the task's id behind it.
  const prefix = awslogs.streamOf(container, '');
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    app,
    container,
    logGroupName: awslogs.logGroupName,
    ...(prefix === undefined ? {} : { logStreamNamePrefix: prefix }),
    rolledOutAt: primary?.createdAt,
  };
}

/** Oldest first. */
export async function readAppLog(
  { logGroupName, logStreamNamePrefix }: AppLog,
  by: { readonly since: number; readonly filterPattern: string | undefined },
  logs: Logs,
): Promise<AppLogLine[]> {
  const { since, filterPattern } = by;
  const events = await logs.filterLogEvents({
    logGroupName,
    since,
    limit: MOST_LINES,
    ...(logStreamNamePrefix === undefined ? {} : { logStreamNamePrefix }),
    ...(filterPattern === undefined ? {} : { filterPattern }),
  });
  return events.map(({ at, logStreamName, message, eventId }) => ({
    key: eventId ?? `${logStreamName} ${at} ${message}`,
    at,
    writer: nameOf(logStreamName),
    message,
  }));
}

/** What a container does that does not log to CloudWatch Logs. */
export function otherDriver({ logConfiguration }: JsonObject): string {
  const driver = (logConfiguration as JsonObject | null | undefined)?.logDriver;
  return typeof driver === 'string' && driver !== 'awslogs'
    ? `logs with the driver ${driver}, which leads elsewhere than to CloudWatch Logs`
    : 'does not log to CloudWatch Logs: it has no log configuration';
}

function elsewhere(message: string): WizardError {
  return new WizardError('Blocked', message, {
    hint: 'Look where that leads, name another container (--container), or give it the awslogs driver in its task definition.',
  });
}

function noContainer(container: string, { service, taskDefinition }: RunningService): WizardError {
  const hint = suggestion(container, containerNames(taskDefinition.document));
  return new WizardError('NotFound', `${service.serviceName} has no container ${container}`, { hint });
}
