/** What probes of a project have left that were killed: removed with the rest of the project. */
import type { Ecs } from '../aws/ecs.ts';
import type { Undoable } from '../engine/undo.ts';
import { isProbeOf, probeFamily, probeStarter } from './definition.ts';
import { removeProbe } from './probe-task.ts';

/** More than were ever left at a time. */
const LOOKED_THROUGH = 100;

export function probeLeftovers(ecs: Ecs, ecsCluster: string, project: string): Undoable {
  const family = probeFamily(ecsCluster, project);

  async function listRevisions(): Promise<string[]> {
    const left: string[] = [];
    for (const arn of await ecs.listTaskDefinitions(family, LOOKED_THROUGH)) {
      const revision = await ecs.readTaskDefinition(arn);
      if (revision && isProbeOf(revision.tags, ecsCluster, project)) left.push(arn);
    }
    return left;
  }

  return {
    kind: 'taskDefinition',
    name: family,

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
