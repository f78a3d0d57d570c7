/** Does every running task run the revision of ours that hands over the cache's address? */
import { nameOf } from '../domain/arn.ts';
import type { Task } from '../aws/ecs.ts';
import type { CheckResult } from '../domain/check.ts';
import { ownerOf } from '../domain/ownership.ts';
import { variableOf } from '../domain/task-definition.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { fail, inconclusive, pass, question, warn } from './question.ts';

const SETUP = 'Put the service on it: elasticache-wizard setup.';

export function revision(context: Pick<CheckContext, 'settings' | 'consumer' | 'app' | 'aws'>): Check {
  const { app, aws, settings } = context;
  const { service, taskDefinition, ecsCluster } = app;
  const name = nameOf(taskDefinition.taskDefinitionArn);

  function askRevision(): CheckResult {
    const missing = context.consumer.variables
      .filter(
        ({ name: variable, container = app.container }) =>
          variableOf(taskDefinition.document, container, variable.value) === undefined,
      )
      .map((variable) => variable.name.value);
    const owner = ownerOf(taskDefinition.tags, settings.project, taskDefinition.family);
    if (missing.length > 0) {
      const whose = owner === 'ours' ? '' : ', which is not ours,';
      return fail(
        `the service is on ${name}${whose} without ${missing.join(', ')}: the app runs in memory`,
        SETUP,
      );
    }
    if (owner === 'ours') return pass(`on ${name}`);
    return warn(
      `the service is on ${name}, which is not ours: somebody deployed after us and kept the variables`,
      'Nothing need be done while the other checks pass; the next deployment from elsewhere may lose them.',
    );
  }

  async function readRunning(): Promise<Task[]> {
    const taskArns = await aws.ecs.listTasks(ecsCluster, {
      service: service.serviceName,
      desiredStatus: 'RUNNING',
    });
    const tasks = taskArns.length === 0 ? [] : await aws.ecs.describeTasks(ecsCluster, taskArns);
    return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  }

  return question('revision', async () => {
    const answer = askRevision();
    if (answer.outcome === 'fail') return answer;
    const tasks = await readRunning();
    if (tasks.length === 0) {
      return inconclusive(
        `no task of ${service.serviceName} is running`,
        'Set the service’s desired count to 2 or more.',
      );
    }
    const others = tasks.filter((task) => task.taskDefinitionArn !== taskDefinition.taskDefinitionArn);
    if (others.length === 0)
      return { ...answer, detail: `${answer.detail}: ${tasks.length} of ${tasks.length} tasks` };
    const old = [...new Set(others.map((task) => nameOf(task.taskDefinitionArn)))].join(', ');
    const deploying = service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
    return fail(
      `${others.length} of ${tasks.length} running tasks are on ${old}, not on ${name}`,
      deploying ? 'A deployment is in progress: run this again when it is done.' : SETUP,
    );
  });
}
