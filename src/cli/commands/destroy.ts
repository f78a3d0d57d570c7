/** `destroy`: rollback, then everything that is ours is removed, and seen to be gone. */
import { isConverged } from '../../engine/plan.ts';
import { WizardError } from '../../errors.ts';
import { listProbedClusters, probeLeftovers } from '../../probe/leftovers.ts';
import { removal, wayBack } from '../../resources/way-back.ts';
import { requireMatch, requireNamed } from '../applying/approval.ts';
import { keptSnapshotCommands, requireNothingLeft } from '../applying/leftovers.ts';
import type { Command, Session } from '../session.ts';
import { applyStages, openUndoing, planStages, readEnd, type Undoing } from '../applying/undoing.ts';

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
  }
  await requireNothingLeft(removed, undoing, session);
  await readResult(undoing, session, !isConverged(plan));
  return 0;
};

/** All is seen to be gone, and no other run finds the project any more: what is read for the result alone cannot fail it. */
async function readResult(undoing: Undoing, session: Session, hasRemoved: boolean): Promise<void> {
  try {
    if (hasRemoved) session.record.next = await keptSnapshotCommands(undoing);
    await readEnd(undoing, session);
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    const message = `Everything is removed, but the result does not say what is there now: ${error.message}`;
    session.emit({ type: 'warning', code: 'end.unread', message });
  }
}

/** Where the project's probes ran; where a cluster is named, in that one alone. */
async function clustersOf({ aws, project, services }: Undoing, { inputs }: Session): Promise<string[]> {
  const named = inputs.ecsCluster ? [inputs.ecsCluster.value] : await listProbedClusters(aws.ecs, project);
  return [...new Set([...services.map(({ ecsCluster }) => ecsCluster), ...named])];
}
