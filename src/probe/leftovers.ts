/** What probes of a project have left that were killed: removed with the rest of the project. */
import type { Ecs } from '../aws/ecs.ts';
import type { Undoable } from '../engine/undo.ts';
import { clusterOfProbe, isProbeOf, PROBE_FAMILIES, probeFamily, probeStarter } from './definition.ts';
import { removeProbe } from './probe-task.ts';

/** More than were ever left at a time. */
const LOOKED_THROUGH = 100;

/** ARNs of the probe's revisions that nobody has removed. */
export async function listLeftProbes(ecs: Ecs, ecsCluster: string, project: string): Promise<string[]> {
  const left: string[] = [];
  for (const arn of await ecs.listTaskDefinitions(probeFamily(ecsCluster, project), LOOKED_THROUGH)) {
    const revision = await ecs.readTaskDefinition(arn);
    if (revision && isProbeOf(revision.tags, ecsCluster, project)) left.push(arn);
  }
  return left;
}

/** A run that was killed before it named its service says nowhere else in which cluster that is. */
export async function listProbedClusters(ecs: Ecs, project: string): Promise<string[]> {
  const clusters: string[] = [];
  for (const family of await ecs.listTaskDefinitionFamilies(PROBE_FAMILIES)) {
    const newest = await ecs.readTaskDefinition(family);
    const ecsCluster = newest && clusterOfProbe(newest.tags);
    if (ecsCluster !== undefined && isProbeOf(newest?.tags ?? {}, ecsCluster, project))
      clusters.push(ecsCluster);
  }
  return clusters;
}

export function probeLeftovers(ecs: Ecs, ecsCluster: string, project: string): Undoable {
  const listRevisions = (): Promise<string[]> => listLeftProbes(ecs, ecsCluster, project);

  return {
    kind: 'taskDefinition',
    name: probeFamily(ecsCluster, project),

    async plan() {
      const left = await listRevisions();
      if (left.length === 0) return { action: 'none', outputs: undefined, note: 'no probe is left' };
      return { action: 'delete', details: [{ field: 'probes', to: `${left.length} left, removed` }] };
    },

    async undo() {
      const left = new Set(await listRevisions());
      const by = { startedBy: probeStarter(project), desiredStatus: 'RUNNING' } as const;
      const running = await ecs.describeTasks(ecsCluster, await ecs.listTasks(ecsCluster, by));
      for (const { taskArn, taskDefinitionArn } of running)
        if (left.has(taskDefinitionArn)) await ecs.stopTask(ecsCluster, taskArn, 'The project is destroyed');
      for (const arn of left) await removeProbe(ecs, arn);
    },
  };
}
