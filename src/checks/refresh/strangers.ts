/** Targets of the app's load balancer that are no tasks of its service: registered by hand, or left by another service. */
import type { Aws } from '../../aws/aws.ts';
import type { App } from '../../domain/app.ts';
import { awsCommand } from '../../domain/mending.ts';
import { commandText } from '../../domain/shell-word.ts';

interface Stranger {
  readonly targetGroupArn: string;
  readonly address: string;
  readonly port: number | undefined;
}

export interface Strangers {
  readonly said: string;
  readonly hint: string;
  readonly means: string;
  readonly fix: string;
}

/** Asked where visitors see different states. Undefined: every target is a task, or nobody can tell. */
export async function strangersAmong(
  { ecsCluster, service, targetGroups }: App,
  { ecs, elbv2 }: Pick<Aws, 'ecs' | 'elbv2'>,
  where: readonly string[],
): Promise<Strangers | undefined> {
  const byAddress = targetGroups.filter(({ targetType }) => targetType === 'ip');
  if (!service.awsvpc || byAddress.length === 0) return undefined;
  const listed = (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
    ecs.listTasks(ecsCluster, { service: service.serviceName, desiredStatus }),
  );
  const arns = (await Promise.all(listed)).flat();
  const tasks = arns.length === 0 ? [] : await ecs.describeTasks(ecsCluster, arns);
  const own = new Set(tasks.flatMap(({ privateIpAddress }) => privateIpAddress ?? []));
  const targets = byAddress.map(async ({ targetGroupArn }) => {
    const all = await elbv2.describeTargetHealth(targetGroupArn);
    return all.flatMap(({ id, port, state }): Stranger[] =>
      state === 'healthy' && !own.has(id) ? [{ targetGroupArn, address: id, port }] : [],
    );
  });
  const strangers = (await Promise.all(targets)).flat();
  if (strangers.length === 0) return undefined;
  const addresses = [...new Set(strangers.map(({ address }) => address))].join(', ');
  return {
    said: `${addresses} answers visitors beside the tasks of ${service.serviceName}, and is none of them`,
    hint: 'Take it from behind the load balancer, unless it belongs there; then give it the cache as well.',
    means: 'What is not of the service has not got its revision, nor the cache that goes with it',
    fix: strangers.map((each) => deregistration(each, where)).join(' && '),
  };
}

function deregistration({ targetGroupArn, address, port }: Stranger, where: readonly string[]): string {
  const target = port === undefined ? `Id=${address}` : `Id=${address},Port=${port}`;
  const words = ['elbv2', 'deregister-targets', '--target-group-arn', targetGroupArn, '--targets', target];
  return commandText(awsCommand(where, ...words));
}
