/** `snapshot create`: what a cache holds, kept under a name, and seen to be there. */
import type { LivingCache } from '../../aws/caches.ts';
import type { SnapshotSource } from '../../aws/snapshots.ts';
import { canBeBackedUp } from '../../domain/limits.ts';
import { formatSnapshots } from '../../output/format-snapshots.ts';
import { notSupported, snapshot } from '../../resources/snapshots/snapshot.ts';
import { timestamp } from '../../resources/snapshots/available-snapshot.ts';
import { chooseCache, openLiving, type Living } from '../opening/living.ts';
import { operate } from '../applying/operating.ts';
import type { Command, Session } from '../session.ts';
import { toResultSnapshot } from '../day-two/snapshot-reading.ts';

export const snapshotCreate: Command = async (session) => {
  const living = await openLiving(session, true);
  const cache = await chooseCache(living, session);
  if (cache.nodes && !canBeBackedUp(cache.nodes.cacheNodeType)) throw notSupported(cache.name);
  const source = await sourceOf(cache, living);
  const { aws, project, userTags } = living;
  const snapshotName = session.inputs.snapshotName?.value ?? (await nameFor(source, living, session));
  await operate([snapshot({ source, snapshotName, project, userTags, aws })], living, session);
  const made = (await aws.snapshots.listOf(source)).filter((each) => each.snapshotName === snapshotName);
  const snapshots = made.map(toResultSnapshot);
  session.record.snapshots = snapshots;
  session.output.show(formatSnapshots(snapshots));
  session.record.next = [
    `elasticache-wizard snapshot list --cache-name ${cache.name}`,
    `elasticache-wizard snapshot restore --snapshot-name ${snapshotName} --cache-name <new>   (a new cache with its data)`,
  ];
  return 0;
};

/** A replication group is backed up as a whole, from a replica where it has one; a node that stands alone by itself. */
async function sourceOf({ kind, name }: LivingCache, { aws }: Living): Promise<SnapshotSource> {
  if (kind === 'serverless') return { kind, name };
  const group = await aws.elasticache.readReplicationGroup(name);
  return { kind: group ? 'replicationGroup' : 'cacheCluster', name };
}

/** A run that was cut off while its snapshot was being taken goes on with that one. */
async function nameFor(source: SnapshotSource, { aws }: Living, { clock }: Session): Promise<string> {
  const prefix = `${source.name}-`;
  const begun = (await aws.snapshots.listOf(source)).find(
    ({ snapshotName, status }) =>
      status === 'creating' &&
      snapshotName.startsWith(prefix) &&
      /^\d{14}$/.test(snapshotName.slice(prefix.length)),
  );
  return begun?.snapshotName ?? `${prefix}${timestamp(clock.now())}`;
}
