/** `snapshot list`: what can be restored: of a cache, also of one that is gone; of a project; or of the whole region. */
import type { CacheSnapshot } from '../../aws/snapshots.ts';
import { PROJECT_TAG } from '../../domain/ownership.ts';
import { formatSnapshots } from '../../output/format-snapshots.ts';
import { readAnchors } from '../../survey/project.ts';
import { openLiving } from '../opening/living.ts';
import { openAccount, type Account } from '../opening/account.ts';
import type { Command, Session } from '../session.ts';
import { newestFirst, toResultSnapshot } from '../day-two/snapshot-reading.ts';

export const snapshotList: Command = async (session) => {
  const wanted = await readWanted(session);
  const snapshots = newestFirst(wanted).map(toResultSnapshot);
  session.record.snapshots = snapshots;
  session.output.show(formatSnapshots(snapshots));
  return 0;
};

async function readWanted(session: Session): Promise<CacheSnapshot[]> {
  const { cacheName, project, ecsCluster, service } = session.inputs;
  // A cache that is gone has snapshots, and is not looked for.
  if (!cacheName && ecsCluster && service) {
    const { aws, caches } = await openLiving(session);
    return ofCaches(
      caches.map(({ name }) => name),
      await aws.snapshots.list(),
    );
  }
  const account = await openAccount(session);
  session.record.project = project?.value;
  const all = await account.aws.snapshots.list();
  if (cacheName) return ofCaches([cacheName.value], all);
  return project ? ofProject(project.value, all, account) : all;
}

function ofCaches(names: readonly string[], all: readonly CacheSnapshot[]): CacheSnapshot[] {
  return all.filter(({ cacheName }) => names.includes(cacheName));
}

/** Its caches tell, and after a destroy the tags of its snapshots. */
async function ofProject(
  project: string,
  all: readonly CacheSnapshot[],
  { aws }: Account,
): Promise<CacheSnapshot[]> {
  const names = (await readAnchors(aws, project)).flatMap(({ cacheName }) => cacheName ?? []);
  const ofItsCaches = ofCaches(names, all);
  const others = all.filter((each) => !each.automatic && !ofItsCaches.includes(each));
  const tagged: CacheSnapshot[] = [];
  // One after another: there may be hundreds.
  for (const each of others) {
    const tags = await aws.elasticache.readTags(each.arn);
    if (typeof tags !== 'string' && tags[PROJECT_TAG] === project) tagged.push(each);
  }
  return [...ofItsCaches, ...tagged];
}
