/** `plan`: what setup would do, by reading alone. */
import { isConverged } from '../../engine/plan.ts';
import { planProject } from '../applying/planning.ts';
import { openProject } from '../opening/project.ts';
import type { Command } from '../session.ts';

export const plan: Command = async (session) => {
  const project = await openProject(session);
  const planned = await planProject(project, session);
  return session.inputs.exitCode.value && !isConverged(planned) ? 10 : 0;
};
