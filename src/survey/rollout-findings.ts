/** Whether a deployment of the service can move, and be watched. */
import type { EcsService } from '../domain/app.ts';
import type { Inspection } from './finding.ts';

/** DescribeTasks takes no empty list, and answers for an id that nobody has that it is missing. */
const NO_TASK = '0'.repeat(32);

/**
 * What only the watching of a deployment calls, called once: a role that may not would find out after the service
 * had been updated, and leave it unwatched.
 */
export const watching: Inspection = async ({ app, aws }) => {
  const { ecsCluster, service, targetGroups } = app;
  const [targetGroup] = targetGroups;
  await Promise.all([
    aws.ecs.listTasks(ecsCluster, { service: service.serviceName, desiredStatus: 'STOPPED' }),
    aws.ecs.describeTasks(ecsCluster, [NO_TASK]),
    ...(targetGroup ? [aws.elbv2.describeTargetHealth(targetGroup.targetGroupArn)] : []),
  ]);
  return [];
};

/** The floor is rounded up and the ceiling down (ECS API reference, DeploymentConfiguration). */
export const percentages: Inspection = ({ app: { service } }) => {
  const { serviceName, desiredCount, minimumHealthyPercent: min, maximumPercent: max } = service;
  if (!isRolling(service) || desiredCount === 0) return [];
  const floor = Math.ceil((desiredCount * min) / 100);
  const ceiling = Math.floor((desiredCount * max) / 100);
  const tasks = desiredCount === 1 ? 'its one task' : `its ${desiredCount} tasks`;
  if (floor >= desiredCount && ceiling <= desiredCount) {
    return [
      {
        severity: 'block',
        code: 'deployment-stuck',
        message: `No deployment of ${serviceName} can ever move: with a minimum of ${min} % and a maximum of ${max} %, ECS may neither stop nor add to ${tasks}`,
        hint: 'Set the service’s maximumPercent to 200, or its minimumHealthyPercent to 0 where a gap is no harm; then run the same command again.',
      },
    ];
  }
  if (floor > 0) return [];
  return [
    {
      severity: 'warn',
      code: 'deployment-gap',
      message: `The minimumHealthyPercent of ${serviceName} is ${min}, so a deployment may stop ${tasks} before a new one is healthy: requests will fail for a moment`,
      hint: 'Raise it to 100 (with a maximumPercent of 200) if they must not.',
    },
  ];
};

export const strategy: Inspection = ({ app: { service } }) =>
  service.deploymentController !== 'ECS' || service.strategy === 'ROLLING'
    ? []
    : [
        {
          severity: 'note',
          code: 'deployment-strategy',
          message: `${service.serviceName} is deployed by the strategy ${service.strategy}: the new tasks get their traffic in steps, and the deployment ends after its bake time`,
        },
      ];

function isRolling({ deploymentController, strategy: how }: EcsService): boolean {
  return deploymentController === 'ECS' && how === 'ROLLING';
}
