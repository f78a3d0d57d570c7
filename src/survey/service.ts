/** The service that was named and the revision that it runs. */
import type { Aws } from '../aws/aws.ts';
import type { EcsService, TaskDefinition } from '../domain/app.ts';
import { WizardError } from '../errors.ts';
import { suggestion } from '../domain/nearest.ts';

export async function readNamedService(aws: Aws, ecsCluster: string, service: string): Promise<EcsService> {
  const doing = `Reading the service ${service}`;
  const found = await aws.ecs.readService(ecsCluster, service);
  if (found === 'no cluster') {
    const hint = suggestion(ecsCluster, await aws.ecs.listClusters());
    throw new WizardError('NotFound', `${doing}: there is no ECS cluster ${ecsCluster} in this region`, {
      hint:
        hint ??
        'There are no ECS clusters here at all: is the region right (--region), and the account (--profile)?',
    });
  }
  if (found === 'no service') {
    const hint = suggestion(service, await aws.ecs.listServices(ecsCluster));
    throw new WizardError('NotFound', `${doing}: the ECS cluster ${ecsCluster} has no service of this name`, {
      hint: hint ?? `There are no services in ${ecsCluster}: is the cluster right (--ecs-cluster)?`,
    });
  }
  return found;
}

/** Of the revision that runs, never the family's latest: that one may be code which nobody has deployed. */
export async function readRunningRevision(aws: Aws, service: EcsService): Promise<TaskDefinition> {
  const revision = await aws.ecs.readTaskDefinition(service.taskDefinitionArn);
  if (revision) return revision;
  throw new WizardError(
    'Blocked',
    `Reading the task definition of ${service.serviceName}: ${service.taskDefinitionArn || 'it'} is not there any more`,
    { hint: 'Deploy the service once with a task definition that exists, then run the same command again.' },
  );
}
