/** The ECS clusters there are to choose from. */
import type { Aws } from '../aws/aws.ts';
import { whereAllowed } from './where-allowed.ts';

export interface ClusterChoice {
  readonly name: string;
  /** Absent where the caller may list clusters and not look at them. */
  readonly activeServices?: number;
  readonly runningTasks?: number;
}

/** Those in which something runs first. */
export async function readClusters({ ecs }: Pick<Aws, 'ecs'>): Promise<ClusterChoice[]> {
  const names = await ecs.listClusters();
  const clusters: ClusterChoice[] = await whereAllowed(
    ecs.describeClusters(names),
    names.map((name) => ({ name })),
  );
  return clusters
    .map(({ name, activeServices, runningTasks }) => ({
      name,
      ...(activeServices === undefined ? {} : { activeServices }),
      ...(runningTasks === undefined ? {} : { runningTasks }),
    }))
    .sort(
      (one, other) =>
        Number(hasTasks(other)) - Number(hasTasks(one)) ||
        one.name.localeCompare(other.name, 'en', { numeric: true }),
    );
}

function hasTasks({ runningTasks = 0 }: ClusterChoice): boolean {
  return runningTasks > 0;
}
