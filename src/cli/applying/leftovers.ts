/** What is there after everything of a project was removed: nothing that is ours, and the last snapshots. */
import { planUndo, type Stages } from '../../engine/undo.ts';
import { WizardError } from '../../errors.ts';
import { refName } from '../../output/kind-names.ts';
import { finalSnapshotPrefix } from '../../resources/caches/final-snapshot.ts';
import { readAnchors } from '../../survey/project.ts';
import type { Session } from '../session.ts';
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

/** What was just deleted may still be shown (EC2 and ECS API references, "eventual consistency"). */
const SHOWN_FOR_MS = 30_000;
const EVERY_MS = 5_000;

/** Snapshots are kept for whoever may want them, and do not count. */
export async function requireNothingLeft(
  removed: Stages,
  undoing: Undoing,
  { clock, signal }: Pick<Session, 'clock' | 'signal'>,
): Promise<void> {
  const giveUpAt = clock.now() + SHOWN_FOR_MS;
  let { left, tagged } = await readLeft(removed, undoing);
  while (left.size > 0 && clock.now() < giveUpAt) {
    await clock.sleep(EVERY_MS, signal);
    ({ left, tagged } = await readLeft(removed, undoing));
  }
  if (left.size === 0) return;
  throw new WizardError('OperationFailed', `Still there after all was removed: ${[...left].join(', ')}`, {
    hint: tagged
      ? 'Run the same command again.'
      : 'The security group by which a run finds them is gone: remove them by hand.',
  });
}

/** `tagged`: a security group among them, by which the next run finds the rest. */
async function readLeft(
  removed: Stages,
  { aws, project, anchors }: Undoing,
): Promise<{ left: Set<string>; tagged: boolean }> {
  const { changes } = await planUndo(removed);
  const planned = changes.filter(({ change }) => change.action !== 'none').map(({ ref }) => refName(ref));
  const groups = new Set(anchors.map(({ groupId }) => groupId));
  const found = (await readAnchors(aws, project)).filter(({ groupId }) => groups.has(groupId));
  const names = found.map(({ groupName: name }) => refName({ kind: 'securityGroup', name }));
  return { left: new Set([...planned, ...names]), tagged: found.length > 0 };
}
