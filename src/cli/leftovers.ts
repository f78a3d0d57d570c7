/** What is there after everything of a project was removed: nothing that is ours, and the last snapshots. */
import { planUndo, type Stages } from '../engine/undo.ts';
import { WizardError } from '../errors.ts';
import { refName } from '../output/kind-names.ts';
import { finalSnapshotPrefix } from '../resources/final-snapshot.ts';
import { readAnchors } from '../survey/project.ts';
import type { Undoing } from './undoing.ts';

/** Names of the latest final snapshot of each cache; no other sign of it is left. */
export async function listKeptSnapshots({ aws, anchors }: Undoing): Promise<string[]> {
  const names = anchors.flatMap(({ cacheName }) => cacheName ?? []);
  const latest = await Promise.all(
    names.map(async (name) =>
      (await aws.elasticache.listSnapshots(name))
        .map(({ snapshotName }) => snapshotName)
        .filter((snapshotName) => snapshotName.startsWith(finalSnapshotPrefix(name)))
        .sort()
        .at(-1),
    ),
  );
  return latest.filter((name) => name !== undefined);
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
