/** `destroy`: rollback, then everything that is ours is removed, and seen to be gone. */
import { planUndo } from '../engine/undo.ts';
import { isConverged } from '../engine/plan.ts';
import { WizardError } from '../errors.ts';
import { refName } from '../output/kind-names.ts';
import { probeLeftovers } from '../probe/leftovers.ts';
import { removal, wayBack } from '../resources/way-back.ts';
import { readAnchors } from '../survey/project.ts';
import type { Command, Session } from './session.ts';
import { applyStages, openUndoing, planStages, readEnd, type Undoing } from './undoing.ts';

export const destroy: Command = async (session) => {
  const { inputs } = session;
  requireMatch(inputs.confirm?.value, inputs.project?.value ?? inputs.service?.value);
  // --confirm says more than --yes would.
  const undoing = await openUndoing(session, false);
  const removed = removal({
    ...undoing,
    snapshot: inputs.finalSnapshot.value,
    leftovers: clustersOf(undoing, session).map((ecsCluster) =>
      probeLeftovers(undoing.aws.ecs, ecsCluster, undoing.project),
    ),
  });
  const stages = [...wayBack(undoing), ...removed];
  const plan = await planStages(stages, undoing, 'destroy', session);
  if (!isConverged(plan)) {
    requireMatch(inputs.confirm?.value ?? (await session.asker.type('confirm')), undoing.project);
    await applyStages(stages, plan, undoing, session);
  }
  await requireNothingLeft(removed, undoing);
  await readEnd(undoing, session);
  return 0;
};

function requireMatch(confirmed: string | undefined, project: string | undefined): void {
  if (confirmed === undefined || project === undefined || confirmed === project) return;
  throw new WizardError(
    'InvalidInput',
    `"${confirmed}" is not the name of the project, which is ${project}`,
    {
      hint: 'Nothing was changed. Name it exactly.',
    },
  );
}

function clustersOf({ services }: Undoing, { inputs }: Session): string[] {
  const named = inputs.ecsCluster ? [inputs.ecsCluster.value] : [];
  return [...new Set([...services.map(({ ecsCluster }) => ecsCluster), ...named])];
}

/** Snapshots are kept for whoever may want them, and do not count. */
async function requireNothingLeft(removed: ReturnType<typeof removal>, undoing: Undoing): Promise<void> {
  const { changes } = await planUndo(removed);
  const planned = changes.filter(({ change }) => change.action !== 'none').map(({ ref }) => refName(ref));
  const groups = new Set(undoing.anchors.map(({ groupId }) => groupId));
  const tagged = (await readAnchors(undoing.aws, undoing.project)).filter(({ groupId }) =>
    groups.has(groupId),
  );
  const left = new Set([
    ...planned,
    ...tagged.map(({ groupName: name }) => refName({ kind: 'securityGroup', name })),
  ]);
  if (left.size === 0) return;
  throw new WizardError('OperationFailed', `Still there after all was removed: ${[...left].join(', ')}`, {
    hint: 'Run the same command again.',
  });
}
