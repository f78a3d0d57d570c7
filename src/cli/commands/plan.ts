/** `plan`: what setup would do, by reading alone. */
import { isConverged } from '../../engine/plan.ts';
import { planProject } from '../applying/planning.ts';
import { requireSavable, saveProject } from '../applying/saving.ts';
import { openProject } from '../opening/project.ts';
import type { Command } from '../session.ts';

export const plan: Command = async (session) => {
  await requireSavable(session);
  const project = await openProject(session);
  const { inputs } = project.answers;
  const planned = await planProject(project, session, inputs);
  await saveProject(project, inputs, session);
  return session.inputs.exitCode.value && !isConverged(planned) ? 10 : 0;
};
