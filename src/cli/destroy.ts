/** `destroy`: rollback, then everything that is ours is removed, and seen to be gone. */
import { isConverged } from '../engine/plan.ts';
import { listProbedClusters, probeLeftovers } from '../probe/leftovers.ts';
import { removal, wayBack } from '../resources/way-back.ts';
import { requireMatch, requireNamed } from './approval.ts';
import { keptSnapshotCommands, requireNothingLeft } from './leftovers.ts';
import type { Command, Session } from './session.ts';
import { applyStages, openUndoing, planStages, readEnd, type Undoing } from './undoing.ts';

export const destroy: Command = async (session) => {
  const { inputs } = session;
  const named = inputs.project ?? inputs.service;
  if (named && inputs.confirm) requireMatch(inputs.confirm.value, named.value);
  // --confirm says more than --yes would.
  const undoing = await openUndoing(session, false);
  const removed = removal({
    ...undoing,
    snapshot: inputs.finalSnapshot.value,
    leftovers: (await clustersOf(undoing, session)).map((ecsCluster) =>
      probeLeftovers(undoing.aws.ecs, ecsCluster, undoing.project),
    ),
  });
  const stages = [...wayBack(undoing, { final: true }), ...removed];
  const plan = await planStages(stages, undoing, 'destroy', session);
  if (!isConverged(plan)) {
    await requireNamed(undoing.project, session);
    await applyStages(stages, plan, undoing, session);
    session.record.next = await keptSnapshotCommands(undoing);
  }
  await requireNothingLeft(removed, undoing);
  await readEnd(undoing, session);
  return 0;
};

/** Where the project's probes ran; where a cluster is named, in that one alone. */
async function clustersOf({ aws, project, services }: Undoing, { inputs }: Session): Promise<string[]> {
  const named = inputs.ecsCluster ? [inputs.ecsCluster.value] : await listProbedClusters(aws.ecs, project);
  return [...new Set([...services.map(({ ecsCluster }) => ecsCluster), ...named])];
}
