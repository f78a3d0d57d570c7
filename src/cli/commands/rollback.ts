/** `rollback`: the app back to what it was before us. The cache stays. */
import { isConverged } from '../../engine/plan.ts';
import { wayBackCommand } from '../../output/way-back-command.ts';
import { staying, wayBack } from '../../resources/way-back.ts';
import { requireApproval } from '../applying/approval.ts';
import type { Command } from '../session.ts';
import { restartsByHand } from '../opening/instance-apps.ts';
import { saidAgain } from '../opening/said-again.ts';
import { applyStages, openUndoing, planStages, readEnd } from '../applying/undoing.ts';

export const rollback: Command = async (session) => {
  const undoing = await openUndoing(session, true);
  const stages = [...wayBack(undoing, { final: false }), ...staying(undoing)];
  const plan = await planStages(stages, undoing, 'rollback', session);
  if (!isConverged(plan)) {
    await requireApproval(session);
    await applyStages(stages, plan, undoing, session);
  }
  await readEnd(undoing, session);
  const { project, identity, instanceApps } = undoing;
  const again = saidAgain(session.inputs, instanceApps.length > 0);
  session.record.next = [
    ...(await restartsByHand(instanceApps, session)),
    `${wayBackCommand('destroy', project, identity.region, again)}   (removes the cache too)`,
  ];
  return 0;
};
