/** The service's tasks that run, as they are now. */
import type { Ecs, Task } from '../../aws/ecs.ts';
import type { RunningService } from '../../domain/app.ts';

export async function readRunningTasks(
  { ecsCluster, service }: Pick<RunningService, 'ecsCluster' | 'service'>,
  ecs: Ecs,
): Promise<Task[]> {
  const by = { service: service.serviceName, desiredStatus: 'RUNNING' } as const;
  const tasks = await ecs.describeTasks(ecsCluster, await ecs.listTasks(ecsCluster, by));
  return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
}
