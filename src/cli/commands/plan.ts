/** `plan`: what setup would do, by reading alone. */
import { blockedBy, isConverged } from '../../engine/plan.ts';
import { examine, makePlan } from '../applying/planning.ts';
import { openProject } from '../opening/project.ts';
import type { Command } from '../session.ts';

export const plan: Command = async (session) => {
  const project = await openProject(session);
  await examine(project, session);
  const planned = await makePlan(project, session);
  const blocked = blockedBy(planned);
  if (blocked) throw blocked;
  return session.inputs.exitCode.value && !isConverged(planned) ? 10 : 0;
};
