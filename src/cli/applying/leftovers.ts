/** What is there after everything of a project was removed: nothing that is ours, and the last snapshots. */
import { planUndo, type Stages } from '../../engine/undo.ts';
import { WizardError } from '../../errors.ts';
import { refName } from '../../output/kind-names.ts';
import { finalSnapshotPrefix } from '../../resources/caches/final-snapshot.ts';
import { readAnchors } from '../../survey/project.ts';
import type { Undoing } from './undoing.ts';

/** How to see the latest final snapshot of each cache; no other sign of it is left. */
export async function keptSnapshotCommands({ aws, anchors }: Undoing): Promise<string[]> {
  const commands = await Promise.all(
    anchors.map(async ({ cacheName: name, serverless }) => {
      if (name === undefined) return [];
      const kind = serverless ? 'serverless' : 'replicationGroup';
      const snapshots = await aws.snapshots.listOf({ kind, name });
      const latest = snapshots
        .map(({ snapshotName }) => snapshotName)
        .filter((snapshotName) => snapshotName.startsWith(finalSnapshotPrefix(name)))
        .sort()
        .at(-1);
      if (latest === undefined) return [];
      return serverless
        ? [`describe-serverless-cache-snapshots --serverless-cache-snapshot-name ${latest}`]
        : [`describe-snapshots --snapshot-name ${latest}`];
    }),
  );
  return commands.flat().map((command) => `aws elasticache ${command}   (what the cache held, kept)`);
}

/** Snapshots are kept for whoever may want them, and do not count. */
export async function requireNothingLeft(removed: Stages, undoing: Undoing): Promise<void> {
  const { changes } = await planUndo(removed);
  const planned = changes.filter(({ change }) => change.action !== 'none').map(({ ref }) => refName(ref));
  const groups = new Set(undoing.anchors.map(({ groupId }) => groupId));
  const tagged = (await readAnchors(undoing.aws, undoing.project)).filter(({ groupId }) =>
    groups.has(groupId),
  );
  const left = new Set([
    ...planned,
    ...tagged.map(({ groupName: name }) => refName({ kind: 'securityGroup', name })),
  ]);
  if (left.size === 0) return;
  throw new WizardError('OperationFailed', `Still there after all was removed: ${[...left].join(', ')}`, {
    hint: 'Run the same command again.',
  });
}
