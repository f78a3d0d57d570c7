/** `scale`: what another size costs and what speaks for it, and then `setup` of the cache alone. */
import { isGiven } from '../../domain/settings.ts';
import { blockedBy } from '../../engine/plan.ts';
import { withNeeds } from '../../engine/graph.ts';
import { requireCaches } from '../opening/missing-cache.ts';
import { examine, makePlan } from '../applying/planning.ts';
import { openProject, type Project } from '../opening/project.ts';
import { serverlessLines } from '../../output/format-sizing.ts';
import type { Command, Session } from '../session.ts';
import { carryOut } from './setup.ts';
import { readSizing, requireRoom, showSizing, SIZE_INPUTS } from '../day-two/sizing.ts';

export const scale: Command = async (session) => {
  const isWanted = SIZE_INPUTS.some((name) => {
    const said = session.inputs[name];
    return said !== undefined && isGiven(said);
  });
  const opened = await openProject(session, isWanted);
  await requireCaches(opened);
  await showSizes(opened, session);
  if (!isWanted) {
    session.record.next = NEXT;
    return 0;
  }
  // Nothing but what was asked for is changed: not the app, nor what is before it. New nodes are watched as the others are.
  const isSized = ({ kind }: Project['resources'][number]): boolean => kind === 'cache' || kind === 'alarms';
  const project = { ...opened, resources: withNeeds(opened.resources, isSized) };
  await examine(project, session);
  const plan = await makePlan(project, session);
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  return carryOut(project, plan, session);
};

const NEXT = [
  'the same with --cache-node-type <type>, --replicas <n>, --multi-az or, in cluster mode, --shards <n>',
];

async function showSizes(project: Project, session: Session): Promise<void> {
  for (const cache of project.settings.caches) {
    const sizing = await readSizing(cache, project, session);
    if (sizing) {
      showSizing(sizing, session);
      requireRoom(sizing);
    } else if (!session.inputs.json.value) session.output.show(serverlessLines(cache.name));
  }
}
