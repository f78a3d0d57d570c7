/** How many of a deployment's tasks its load balancers find healthy. */
import type { Aws } from '../../aws/aws.ts';
import type { Deployment, RunningService } from '../../domain/app.ts';

export interface Targets {
  readonly healthy: number;
  readonly wanted: number;
}

/** In the target group that has the fewest. Only targets by address can be told from those of other deployments. */
export async function countTargets(
  ours: Deployment,
  app: RunningService,
  { ecs, elbv2 }: Pick<Aws, 'ecs' | 'elbv2'>,
): Promise<Targets> {
  const byAddress = new Set(
    app.targetGroups.flatMap(({ targetType, loadBalancer, targetGroupArn }) =>
      targetType === 'ip' && loadBalancer ? [targetGroupArn] : [],
    ),
  );
  // Native blue/green has our tasks in either group of a pair.
  const pairs = app.service.loadBalancers
    .map(({ targetGroupArn, alternateTargetGroupArn }) => [targetGroupArn, alternateTargetGroupArn])
    .map((pair) => pair.filter((arn): arn is string => arn !== undefined && byAddress.has(arn)))
    .filter((pair) => pair.length > 0);
  if (pairs.length === 0) return { healthy: 0, wanted: 0 };
  const taskArns = await ecs.listTasks(app.ecsCluster, {
    service: app.service.serviceName,
    desiredStatus: 'RUNNING',
  });
  const tasks = (await ecs.describeTasks(app.ecsCluster, taskArns)).filter(
    ({ startedBy }) => startedBy === ours.id,
  );
  const addresses = new Set(tasks.flatMap(({ privateIpAddress }) => privateIpAddress ?? []));
  const healthyIn = async (targetGroupArn: string): Promise<number> =>
    (await elbv2.describeTargetHealth(targetGroupArn)).filter(
      ({ id, state }) => addresses.has(id) && state === 'healthy',
    ).length;
  const healthy = await Promise.all(
    pairs.map(async (pair) => Math.max(...(await Promise.all(pair.map(healthyIn))))),
  );
  return { healthy: Math.min(...healthy), wanted: addresses.size };
}
