/** Why tasks of a deployment stopped, in AWS's own words and the container's last lines. */
import type { Aws } from '../aws/aws.ts';
import type { Ecs, Task } from '../aws/ecs.ts';
import type { App, Deployment } from '../domain/app.ts';
import { maskPasswords } from '../domain/connection.ts';
import { awslogsOf } from '../domain/container-logs.ts';
import { containerOf } from '../domain/task-definition.ts';

const LAST_LINES = 10;

/** Those that did not stop because the scheduler wanted fewer, oldest first. */
export async function failedTasks(
  ecs: Ecs,
  ecsCluster: string,
  service: string,
  deploymentId: string,
): Promise<Task[]> {
  const taskArns = await ecs.listTasks(ecsCluster, { service, desiredStatus: 'STOPPED' });
  const tasks = taskArns.length === 0 ? [] : await ecs.describeTasks(ecsCluster, taskArns);
  return tasks
    .filter((task) => task.startedBy === deploymentId && isFailure(task))
    .sort((one, other) => (one.stoppedAt ?? 0) - (other.stoppedAt ?? 0));
}

function isFailure(task: Task): boolean {
  if (task.stopCode === 'TaskFailedToStart' || task.stopCode === 'EssentialContainerExited') return true;
  // The scheduler stops a new task for two reasons: scaling in, which is no failure, and failed health checks.
  return task.stopCode === 'ServiceSchedulerInitiated' && /health check/i.test(task.stoppedReason ?? '');
}

/** One sentence about the first failure; its last log lines go to `onLine`. Never throws: the failure itself matters more. */
export async function describeFailure(
  failures: readonly Task[],
  deployment: Deployment,
  app: App,
  aws: Pick<Aws, 'logs'>,
  onLine: (line: string) => void,
): Promise<string> {
  const [first] = failures;
  if (!first) return deployment.rolloutStateReason ?? `${deployment.failedTasks} tasks failed to start`;
  const culprit =
    first.containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0) ??
    first.containers.find(({ reason }) => reason !== undefined);
  const exit =
    culprit?.exitCode === undefined ? '' : `, container ${culprit.name} exited with ${culprit.exitCode}`;
  const reason = culprit?.reason === undefined ? '' : ` (${culprit.reason})`;
  for (const line of await readLastLines(first, culprit?.name ?? app.container, app, aws)) onLine(line);
  return `${first.stoppedReason ?? first.stopCode ?? 'a task stopped'}${exit}${reason}`;
}

async function readLastLines(
  task: Task,
  container: string,
  app: App,
  aws: Pick<Aws, 'logs'>,
): Promise<string[]> {
  const definition = containerOf(app.taskDefinition.document, container);
  const awslogs = definition && awslogsOf(definition);
  const stream = awslogs?.streamOf(container, task.taskArn);
  if (!awslogs || stream === undefined) return [];
  const { logGroupName } = awslogs;
  try {
    const events = await aws.logs.filterLogEvents({
      logGroupName,
      logStreamNames: [stream],
      since: 0,
      limit: 1_000,
    });
    return events.slice(-LAST_LINES).map(({ message }) => `${container}: ${maskPasswords(message)}`);
  } catch {
    // Without the right to read logs the stopped reason still stands.
    return [];
  }
}
