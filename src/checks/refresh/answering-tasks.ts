/** Which tasks answered: told by a header, found by nonce in the tasks' own logs, or assumed of healthy targets. */
import type { Aws } from '../../aws/aws.ts';
import type { Clock } from '../../clock.ts';
import type { App } from '../../domain/app.ts';
import type { InstanceApp } from '../../domain/instance-app.ts';
import { nameOf } from '../../domain/arn.ts';
import { awslogsOf } from '../../domain/container-logs.ts';
import { containerOf } from '../../domain/task-definition.ts';
import { WizardError } from '../../errors.ts';
import type { Page } from './refresh-visit.ts';

export interface AnsweringTasks {
  readonly known: 'by the header' | 'by their logs' | 'assumed from healthy targets';
  readonly count: number;
}

/** Lines reach CloudWatch Logs some seconds after they were written; most apps do not log queries at all. */
const READS = 4;
const BETWEEN_READS_MS = 2_000;

export interface Witness {
  readonly app: App | InstanceApp;
  readonly aws: Pick<Aws, 'logs' | 'elbv2'>;
  readonly clock: Clock;
  readonly since: number;
  readonly signal: AbortSignal;
}

export async function answeringTasks(pages: readonly Page[], witness: Witness): Promise<AnsweringTasks> {
  const named = pages.flatMap(({ task }) => task ?? []);
  if (named.length > 0) return { known: 'by the header', count: new Set(named).size };
  const logged = await readLoggedTasks(pages, witness);
  if (logged.size > 0) return { known: 'by their logs', count: logged.size };
  return { known: 'assumed from healthy targets', count: await readHealthyTargets(witness) };
}

/** The last part of a stream's name is the task's id; a sidecar that logs requests is as good a witness. */
async function readLoggedTasks(
  pages: readonly Page[],
  { app, aws, clock, since, signal }: Witness,
): Promise<Set<string>> {
  // What instances write goes nowhere that is known.
  if (!('service' in app)) return new Set();
  const awslogs = awslogsOf(containerOf(app.taskDefinition.document, app.container) ?? {});
  const tasks = new Map<string, string>();
  const run = pages[0]?.nonce.split('-')[0];
  if (!awslogs || run === undefined) return new Set();
  for (let read = 0; read < READS && tasks.size < pages.length; read += 1) {
    if (read > 0) await clock.sleep(BETWEEN_READS_MS, signal);
    const by = { logGroupName: awslogs.logGroupName, since, limit: 10_000, filterPattern: `"${run}"` };
    const events = await aws.logs.filterLogEvents(by).catch(noneWithoutTheRight);
    for (const { message, logStreamName } of events) {
      const page = pages.find(({ nonce }) => message.includes(nonce));
      if (page) tasks.set(page.nonce, nameOf(logStreamName));
    }
  }
  return new Set(tasks.values());
}

async function readHealthyTargets({ app, aws }: Witness): Promise<number> {
  const counts = await Promise.all(
    app.targetGroups.map(async ({ targetGroupArn }) => {
      const targets = await aws.elbv2.describeTargetHealth(targetGroupArn);
      return targets.filter(({ state }) => state === 'healthy').length;
    }),
  );
  // Of a blue/green pair only one group has the traffic.
  return Math.max(0, ...counts);
}

function noneWithoutTheRight(error: unknown): [] {
  if (error instanceof WizardError && error.code === 'AccessDenied') return [];
  throw error;
}
