/** `rotate-token`: another password for the caches of a project, and no request that fails. What was begun is brought to its end. */
import { planResources, blockedBy } from '../../engine/plan.ts';
import { WizardError } from '../../errors.ts';
import { firstPasswordResources, rotationResources } from '../../resources/rotation/rotation.ts';
import type { ResourcesOptions } from '../../resources/index.ts';
import { askFrom } from '../checking/asking.ts';
import { change } from '../applying/changing.ts';
import { check } from '../checking/checking.ts';
import { requireCaches } from '../opening/missing-cache.ts';
import { examinePermissions } from '../applying/permissions.ts';
import { examine, longestChain } from '../applying/planning.ts';
import { openProject, readAgain } from '../opening/project.ts';
import {
  appsByHand,
  asConsumersRun,
  changesNothing,
  readAnchorTags,
  readStages,
  requireAllUsers,
  requireEncryption,
  requireNothingElse,
  requireRestarts,
  type RotationStage,
} from '../day-two/rotating.ts';
import type { Command, Session } from '../session.ts';

export const rotateToken: Command = async (session) => {
  const opened = await openProject(session, true);
  await requireCaches(opened);
  await requireEncryption(opened);
  const anchors = await readAnchorTags(opened);
  const stages = await readStages(opened, anchors);
  await requireAllUsers(opened, anchors);
  const isFirst = stages.every((stage) => stage === 'first');
  if (isFirst) requireRestarts(opened);
  else await requireNothingElse(opened, stages);
  const project = { ...opened, consumers: await asConsumersRun(opened) };
  tell(stages, isFirst, session);
  await examine(project, session);

  const { restarted } = session.inputs;
  const resourcesOf = isFirst
    ? firstPasswordResources
    : (options: ResourcesOptions) => rotationResources({ ...options, restarted: restarted.value });
  const resources = resourcesOf(project);
  const plan = await planResources(resources);
  const usualMs = longestChain(resources, plan);
  session.emit({
    type: 'plan.ready',
    changes: plan.changes,
    monthlyUsd: undefined,
    operation: true,
    ...(usualMs > 0 ? { usualMs } : {}),
  });
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  const byHand = isFirst || restarted.value ? [] : appsByHand(project);
  if (changesNothing(plan)) requireEnd(byHand);
  const able = await examinePermissions(project, plan, session);
  const evidence = await change({ ...able, resources }, plan, session, resourcesOf);
  const consumers = await readAgain(project);
  // What was asked before the rollout was asked with the new password too; now it is from what runs with it.
  await check(
    project,
    consumers,
    { ...evidence, askPing: (each) => askFrom(each, project, session) },
    session,
  );
  requireEnd([...new Set([...byHand, ...(evidence.awaitingRestart ?? [])])]);
  return 0;
};

function tell(stages: readonly RotationStage[], isFirst: boolean, { emit }: Session): void {
  const message = isFirst
    ? 'There is no password yet: this is the first one, and clients without one are let in until all apps have it'
    : stages.some((stage) => stage === 'prepared' || stage === 'handed out')
      ? 'An earlier run has begun this rotation: it is brought to its end, with the password that was made for it'
      : 'Both passwords let in until all apps run with the new one; nothing is cut off before';
  emit({ type: 'note', code: 'rotation', message });
}

/** Not done: whoever has the old password is let in still, which is what a rotation is to end. */
function requireEnd(awaited: readonly string[]): void {
  if (awaited.length === 0) return;
  const names = awaited.join(', ');
  throw new WizardError(
    'CheckFailed',
    `The old password still lets in: ${names} runs with it until it is restarted`,
    {
      hint: `The new one waits for it. Restart ${names}, then run the same command again with --restarted: it goes on from here.`,
    },
  );
}
