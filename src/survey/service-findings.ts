/** Whether the service can be moved to a new revision at all, and by us. */
import type { Deployment } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import { isFailureOf } from '../domain/failed-task.ts';
import { ownerOf } from '../domain/ownership.ts';
import { stickinessObstacle } from '../domain/stickiness.ts';
import type { Finding, Inspection, Situation } from './finding.ts';

export const controller: Inspection = ({ app: { service } }) => {
  if (service.deploymentController === 'ECS') return [];
  const what = service.deploymentController === 'CODE_DEPLOY' ? 'CodeDeploy' : 'an external controller';
  return [
    {
      severity: 'block',
      code: 'deployment-controller',
      message: `${service.serviceName} is deployed by ${what}, which alone can move it to a new revision`,
      hint:
        service.deploymentController === 'CODE_DEPLOY'
          ? 'Add the variable to the task definition in your pipeline and deploy that with CodeDeploy.'
          : 'Add the variable to the task definition of your task sets, and let your controller deploy it.',
    },
  ];
};

export const active: Inspection = ({ app: { service } }) =>
  service.status === 'ACTIVE'
    ? []
    : [
        {
          severity: 'block',
          code: 'service-not-active',
          message: `${service.serviceName} is ${service.status.toLowerCase() || 'in no known state'}, not active`,
          hint: 'Name a service that runs (--service).',
        },
      ];

/**
 * A run of ours that was cut off is gone on with: its deployment is watched to its end. One that has failed never ends
 * by itself, and is what somebody sets up again for: without a circuit breaker it stays IN_PROGRESS for ever.
 */
export const deploymentInProgress: Inspection = async ({ app, settings, aws }) => {
  const { deployments, serviceName } = app.service;
  const moving = deployments.find(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  if (!moving) return [];
  const { tags, family } = app.taskDefinition;
  if (ownerOf(tags, settings.project, family) === 'ours') return [];
  const revision = nameOf(moving.taskDefinitionArn);
  const failures = await countFailures(moving, app, aws);
  if (failures >= ENOUGH_FAILURES && moving.runningCount < moving.desiredCount) {
    return [
      {
        severity: 'warn',
        code: 'deployment-fails',
        message: `The deployment of ${revision} to ${serviceName} fails: ${failures} of its tasks have stopped, and the older ones go on; this one takes its place`,
        hint: 'Where it is not the variables that stop its tasks, put the service back on the revision before it first.',
      },
    ];
  }
  return [
    {
      severity: 'block',
      code: 'deployment-in-progress',
      message: `A deployment of ${serviceName} is in progress: ${moving.runningCount} of ${moving.desiredCount} tasks run ${revision}`,
      hint: 'Wait until it is done, or stop it; then run the same command again.',
    },
  ];
};

/** One task may stop for a reason of its own. */
const ENOUGH_FAILURES = 3;

/** Only a rolling deployment leaves the older tasks what they had. */
async function countFailures(
  { id }: Deployment,
  { ecsCluster, service }: Situation['app'],
  { ecs }: Situation['aws'],
): Promise<number> {
  if (service.strategy !== 'ROLLING') return 0;
  const stopped = await ecs.listTasks(ecsCluster, {
    service: service.serviceName,
    desiredStatus: 'STOPPED',
  });
  const tasks = stopped.length === 0 ? [] : await ecs.describeTasks(ecsCluster, stopped);
  return tasks.filter((task) => isFailureOf(task, id)).length;
}

export const desiredCount: Inspection = ({ app: { service }, settings }) => {
  if (service.desiredCount > 1) return [];
  if (service.desiredCount === 1) {
    return [
      {
        severity: 'note',
        code: 'one-task',
        message: `${service.serviceName} is to run one task only, so refreshes cannot prove that tasks share anything`,
        hint: 'Run two or more tasks for the proof.',
      },
    ];
  }
  const message = `${service.serviceName} is to run no tasks (its desired count is 0), so nothing can be deployed or proven`;
  return settings.proof.verify
    ? [
        {
          severity: 'block',
          code: 'no-tasks',
          message,
          hint: 'Scale it up first, or go on without proof: --no-verify.',
        },
      ]
    : [{ severity: 'warn', code: 'no-tasks', message }];
};

export const managers: Inspection = ({ app }) =>
  app.managers.map(({ name, evidence }) => ({
    severity: 'warn',
    code: 'managed-elsewhere',
    message: `${name} manages ${app.service.serviceName} (${evidence}); its next deploy would undo this`,
    hint: 'Put the variables into its definition too: what to write there is printed at the end.',
  }));

export const stickiness: Inspection = ({ app, settings }) => {
  if (!settings.stickiness.enabled.value) return [];
  const reason = noStickiness(app);
  if (reason === undefined) return [];
  return [
    {
      severity: 'note',
      code: 'no-stickiness',
      message: `Sticky sessions do not apply to ${app.service.serviceName}: ${reason}`,
    },
  ];
};

/** Undefined where one of the target groups can have them. */
function noStickiness({ targetGroups }: Situation['app']): string | undefined {
  if (targetGroups.length === 0) return 'it has no target group';
  const obstacles = targetGroups.map((targetGroup) => {
    const obstacle = stickinessObstacle(targetGroup);
    return obstacle === undefined ? undefined : `${targetGroup.targetGroupName}: ${obstacle}`;
  });
  return obstacles.includes(undefined) ? undefined : obstacles.join('; ');
}

export const latestRevision: Inspection = async ({ app, aws }): Promise<Finding[]> => {
  const { family, taskDefinitionArn } = app.taskDefinition;
  const [latest] = await aws.ecs.listTaskDefinitions(family, 1);
  if (latest === undefined || latest === taskDefinitionArn) return [];
  return [
    {
      severity: 'note',
      code: 'not-latest-revision',
      message: `${app.service.serviceName} runs ${nameOf(taskDefinitionArn)}, not the latest ${nameOf(latest)}; what runs is what is copied`,
    },
  ];
};
