/** Does every running task run the revision that hands over the cache's address, and will it stay so? */
import type { Task } from '../../aws/ecs.ts';
import { nameOf } from '../../domain/arn.ts';
import type { CheckResult } from '../../domain/check.ts';
import { maskPasswords } from '../../domain/connection.ts';
import { isFailureOf } from '../../domain/failed-task.ts';
import type { JsonObject } from '../../domain/json.ts';
import { ownerOf } from '../../domain/ownership.ts';
import type { VariableSettings } from '../../domain/settings.ts';
import { commandText } from '../../domain/shell-word.ts';
import { variableOf } from '../../domain/task-definition.ts';
import { newestTrouble, roomTrouble } from '../../resources/services/service-trouble.ts';
import { failureText, stoppedTasks } from '../../resources/services/task-failure.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, warn } from '../question.ts';
import { historyOf, mending } from '../setup-command.ts';
import { readRunningTasks } from './running-tasks.ts';

const NONE_NEW = 'No task of the new revision comes up';

export function revision(
  context: Pick<CheckContext, 'settings' | 'consumer' | 'app' | 'aws' | 'where' | 'wasSurveyed'>,
): Check {
  const { app, aws, settings, where } = context;
  const { service, taskDefinition, ecsCluster } = app;
  const name = nameOf(taskDefinition.taskDefinitionArn);
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const isOurs = ownerOf(taskDefinition.tags, settings.project, taskDefinition.family) === 'ours';

  async function askRevision(): Promise<CheckResult> {
    const isSet = isSetIn(taskDefinition.document);
    const missing = context.consumer.variables
      .filter((variable) => !isSet(variable))
      .map((variable) => variable.name.value);
    if (missing.length > 0) {
      const whose = isOurs ? '' : ', which is not ours,';
      return fail(
        `the service is on ${name}${whose} without ${missing.join(', ')}: the app runs in memory`,
        'Put the service on it: elasticache-wizard setup.',
        await mending(context),
      );
    }
    const [tool] = app.managers;
    if (isOurs && tool) {
      return warn(
        `on ${name}; ${tool.name} manages ${service.serviceName} too (${tool.evidence})`,
        'Put the variables into its definition too: elasticache-wizard plan tells what to write there.',
        { means: 'Its next deployment undoes the variables' },
      );
    }
    const deploys = tool ? `; ${tool.name} deploys it (${tool.evidence})` : '';
    const history = isOurs ? undefined : await historyOf(context);
    if (history === undefined || history === 'theirs') return pass(`on ${name}${deploys}`);
    return warn(
      `the service is on ${name}${deploys}, which is not ours: somebody deployed after us and kept the variables`,
      'Nothing need be done while the other checks pass; the next deployment from elsewhere may lose them.',
    );
  }

  /** In AWS's own words: why tasks of the newest deployment stop, or are not placed. */
  async function readTrouble(): Promise<string | undefined> {
    const stopped = await stoppedTasks(aws.ecs, ecsCluster, service.serviceName);
    const last = stopped.findLast((task) => isFailureOf(task, primary?.id));
    const told =
      last === undefined
        ? primary && (roomTrouble(primary, service) ?? newestTrouble(primary.createdAt, service))
        : failureText(last);
    return told === undefined ? undefined : maskPasswords(told);
  }

  const update = (...words: readonly string[]): string =>
    commandText([
      ...['aws', 'ecs', 'update-service', '--cluster', ecsCluster, '--service', service.serviceName],
      ...words,
      ...where,
    ]);

  async function askStopped(): Promise<CheckResult> {
    const none = `no task of ${service.serviceName} is running`;
    if (service.desiredCount === 0) {
      // Setup is welcome to prepare a service that is to start later.
      const answer = context.wasSurveyed === true ? inconclusive : fail;
      return answer(
        `${none}, and none is wanted (its desired count is 0)`,
        'Set the service’s desired count to 2 or more.',
        { fix: update('--desired-count', '2') },
      );
    }
    const trouble = await readTrouble();
    return trouble === undefined
      ? inconclusive(none, 'Run it again when they do.')
      : fail(`${none}: ${trouble}`, 'Mend what AWS says, then deploy again.', { means: NONE_NEW });
  }

  /** The one revision that serves meanwhile, where it has the variables: the service is put back on it. */
  async function runsWell(tasks: readonly Task[]): Promise<string | undefined> {
    const [arn, ...others] = [...new Set(tasks.map(({ taskDefinitionArn }) => taskDefinitionArn))];
    if (arn === undefined || others.length > 0 || service.deploymentController !== 'ECS') return undefined;
    const found = await aws.ecs.readTaskDefinition(arn);
    const isWhole = found?.status === 'ACTIVE' && context.consumer.variables.every(isSetIn(found.document));
    return isWhole ? nameOf(arn) : undefined;
  }

  function isSetIn(document: JsonObject): (variable: VariableSettings) => boolean {
    return ({ name: variable, container = app.container }) =>
      variableOf(document, container, variable.value) !== undefined;
  }

  async function askOld(old: readonly Task[], count: number): Promise<CheckResult> {
    const names = [...new Set(old.map((task) => nameOf(task.taskDefinitionArn)))].join(', ');
    const trouble = await readTrouble();
    const what = `${old.length} of ${count} running tasks are on ${names}, not on ${name}`;
    if (trouble !== undefined) {
      const back = await runsWell(old);
      return fail(`${what}: ${trouble}`, 'Mend what AWS says, then deploy again.', {
        means: NONE_NEW,
        ...(back === undefined ? {} : { fix: update('--task-definition', back) }),
      });
    }
    return service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
      ? fail(what, 'A deployment is in progress: run this again when it is done.')
      : fail(what, 'Deploy it once more.', { fix: update('--force-new-deployment') });
  }

  return question('revision', async () => {
    const answer = await askRevision();
    if (answer.outcome === 'fail') return answer;
    const tasks = await readRunningTasks(app, aws.ecs);
    if (tasks.length === 0) return askStopped();
    const old = tasks.filter((task) => task.taskDefinitionArn !== taskDefinition.taskDefinitionArn);
    if (old.length > 0) return askOld(old, tasks.length);
    return { ...answer, detail: `${answer.detail}: ${tasks.length} of ${tasks.length} tasks` };
  });
}
