/** Why tasks of a deployment stopped, in AWS's own words and the container's last lines. */
import type { Aws } from '../../aws/aws.ts';
import type { Ecs, Task } from '../../aws/ecs.ts';
import type { RunningService } from '../../domain/app.ts';
import { maskPasswords } from '../../domain/connection.ts';
import { awslogsOf } from '../../domain/container-logs.ts';
import type { Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import type { LogEvent } from '../../aws/logs.ts';
import { containerOf } from '../../domain/task-definition.ts';

const LAST_LINES = 10;
const LAST_MINUTES_MS = 2 * 60_000;
const LOG_TRIES = 4;

/** Those that are to stop: the gone ones, oldest first, then those that still drain. */
export async function stoppedTasks(ecs: Ecs, ecsCluster: string, service: string): Promise<Task[]> {
  const taskArns = await ecs.listTasks(ecsCluster, { service, desiredStatus: 'STOPPED' });
  const tasks = taskArns.length === 0 ? [] : await ecs.describeTasks(ecsCluster, taskArns);
  return tasks.sort((one, other) => endOf(one) - endOf(other));
}

function endOf({ stoppedAt }: Task): number {
  return stoppedAt ?? Number.MAX_SAFE_INTEGER;
}

/** It is to stop and still holds its ports and memory. */
export function isDraining({ lastStatus }: Task): boolean {
  return lastStatus !== 'STOPPED';
}

/** SIGTERM: when one essential container ends, ECS stops the others, and they may come first in the list. */
const TOLD_TO_END = 143;

/** One sentence about the first failure; its last log lines are warnings. Never throws: the failure itself matters more. */
export async function describeFailure(
  failures: readonly Task[],
  app: RunningService,
  aws: Pick<Aws, 'logs'>,
  step: Pick<Step, 'warn' | 'wait'>,
): Promise<string> {
  const [first] = failures;
  if (!first) return 'a task stopped';
  const container = culpritOf(first)?.name ?? app.container;
  for (const line of await readLastLines(first, container, app, aws, step)) step.warn('task.log', line);
  return failureText(first);
}

export function failureText(task: Task): string {
  const culprit = culpritOf(task);
  const exit =
    culprit?.exitCode === undefined ? '' : `, container ${culprit.name} exited with ${culprit.exitCode}`;
  const reason = culprit?.reason === undefined ? '' : ` (${culprit.reason})`;
  return `${task.stoppedReason ?? task.stopCode ?? 'a task stopped'}${exit}${reason}`;
}

function culpritOf({ containers }: Task): Task['containers'][number] | undefined {
  const ended = containers.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
  return (
    ended.find(({ exitCode }) => exitCode !== TOLD_TO_END) ??
    ended[0] ??
    containers.find(({ reason }) => reason !== undefined)
  );
}

async function readLastLines(
  task: Task,
  container: string,
  app: RunningService,
  { logs }: Pick<Aws, 'logs'>,
  step: Pick<Step, 'wait'>,
): Promise<string[]> {
  const definition = containerOf(app.taskDefinition.document, container);
  const awslogs = definition && awslogsOf(definition);
  const stream = awslogs?.streamOf(container, task.taskArn);
  if (!awslogs || stream === undefined) return [];
  const since = Math.max(0, (task.stoppedAt ?? 0) - LAST_MINUTES_MS);
  const query = { logGroupName: awslogs.logGroupName, logStreamNames: [stream], since, limit: 1_000 };
  try {
    const events = await step.wait({
      what: `the last lines of ${container}`,
      everyMs: 3_000,
      timeoutMs: 60_000,
      probe: readPatiently(() => logs.filterLogEvents(query)),
    });
    return events.slice(-LAST_LINES).map(({ message }) => `${container}: ${maskPasswords(message)}`);
  } catch {
    // Without the right to read logs the stopped reason still stands.
    return [];
  }
}

/** Lines arrive some seconds after they were written; a container may also have written none. */
function readPatiently(read: () => Promise<LogEvent[]>): () => Promise<Probe<LogEvent[]>> {
  let tries = 0;
  return async () => {
    const events = await read();
    tries += 1;
    if (events.length > 0 || tries === LOG_TRIES) return { state: 'ready', value: events };
    return { state: 'pending', detail: 'reading the log of the task that stopped' };
  };
}
