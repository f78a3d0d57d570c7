/** `scale`: what another size costs and what speaks for it, and then `setup` of the cache alone. */
import { isGiven } from '../../domain/settings.ts';
import { withNeeds } from '../../engine/graph.ts';
import { requireCaches } from '../opening/missing-cache.ts';
import { planProject } from '../applying/planning.ts';
import { openProject, type Project } from '../opening/project.ts';
import { serverlessLines, type Sizing } from '../../output/format-sizing.ts';
import type { Command, Session } from '../session.ts';
import { carryOut } from './setup.ts';
import { readSizing, requireRoom, showSizing, SIZE_INPUTS } from '../day-two/sizing.ts';

export const scale: Command = async (session) => {
  const isWanted = SIZE_INPUTS.some((name) => {
    const said = session.inputs[name];
    // What a file says is how the project is, not what this run is to change.
    return said !== undefined && isGiven(said) && said.origin !== 'config';
  });
  const opened = await openProject(session, isWanted);
  await requireCaches(opened);
  const sizings = await showSizes(opened, session);
  session.record.next = isWanted ? wayBack(sizings) : sizings.length > 0 ? NEXT : [];
  if (!isWanted) return 0;
  // Nothing but what was asked for is changed: not the app, nor what is before it. New nodes are watched as the others are.
  const isSized = ({ kind }: Project['resources'][number]): boolean => kind === 'cache' || kind === 'alarms';
  const project = { ...opened, resources: withNeeds(opened.resources, isSized) };
  return carryOut(project, await planProject(project, session), session);
};

const NEXT = [
  'the same with --cache-node-type <type>, --replicas <n>, --multi-az or, in cluster mode, --shards <n>',
];

/** A rollback would take the cache from the app: what was only made larger is made smaller again. */
function wayBack(sizings: readonly Sizing[]): string[] {
  const [only] = sizings;
  if (!only?.to || sizings.length > 1) return [];
  const { from, to } = only;
  const flags = [
    ...(from.cacheNodeType === to.cacheNodeType ? [] : [`--cache-node-type ${from.cacheNodeType}`]),
    ...(from.shards === to.shards ? [] : [`--shards ${from.shards}`]),
    ...(from.replicas === to.replicas ? [] : [`--replicas ${from.replicas}`]),
    ...(from.multiAz === to.multiAz ? [] : [from.multiAz ? '--multi-az' : '--no-multi-az']),
  ];
  return [`the same with ${flags.join(' ')}   (the way back)`];
}

async function showSizes(project: Project, session: Session): Promise<Sizing[]> {
  const sizings: Sizing[] = [];
  for (const cache of project.settings.caches) {
    const sizing = await readSizing(cache, project, session);
    if (sizing) {
      sizings.push(sizing);
      showSizing(sizing, session);
      requireRoom(sizing);
    } else if (!session.inputs.json.value) session.output.show(serverlessLines(cache.name));
  }
  return sizings;
}
