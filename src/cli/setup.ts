/** `setup`: plan, one approval, apply, verify. Nothing is asked after the first write. */
import { blockedBy, isConverged } from '../engine/plan.ts';
import { change } from './changing.ts';
import { check } from './checking.ts';
import { shellWord } from '../output/shell-word.ts';
import { examinePermissions } from './permissions.ts';
import { examine, makePlan } from './planning.ts';
import { openProject, readAgain, type Project } from './project.ts';
import type { Command } from './session.ts';

export const setup: Command = async (session) => {
  const project = await openProject(session, true);
  await examine(project, session);
  const plan = await makePlan(project, session);
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  const evidence = isConverged(plan)
    ? { ping: { notWanted: 'nothing was changed; `verify` asks' } }
    : await change(await examinePermissions(project, plan, session), plan, session);
  session.record.next = nextSteps(project);
  await check(project, await readAgain(project), evidence, session);
  return 0;
};

function nextSteps({ app, settings }: Project): string[] {
  const named = `--ecs-cluster ${app.ecsCluster} --service ${app.service.serviceName}`;
  const { verify, refreshPath } = settings.proof;
  return [
    `elasticache-wizard status ${named}`,
    verify && refreshPath === undefined
      ? `elasticache-wizard verify ${named} --refresh-path <path> --refresh-value body   (proves that refreshes agree)`
      : `elasticache-wizard verify ${named}`,
    `elasticache-wizard rollback --project ${shellWord(settings.project)}   (the way back)`,
  ];
}
