/** `snapshot delete`: one that is named, and no other. */
import type { CacheSnapshot } from '../../aws/snapshots.ts';
import { PROJECT_TAG } from '../../domain/ownership.ts';
import { WizardError } from '../../errors.ts';
import { snapshotRemoval } from '../../resources/snapshots/snapshot-removal.ts';
import { operateBack } from '../applying/operating.ts';
import { openAccount, type Account } from '../opening/account.ts';
import type { Command, Session } from '../session.ts';
import { requireSnapshot } from '../day-two/snapshot-reading.ts';

export const snapshotDelete: Command = async (session) => {
  const { aws, identity } = await openAccount(session, true);
  const snapshot = await requireSnapshot(aws.snapshots, session);
  requireManual(snapshot);
  const project = await projectOf(snapshot, { aws, identity }, session);
  session.record.project = project;
  await operateBack(
    [[snapshotRemoval(snapshot, aws.snapshots)]],
    { aws, identity, project, userTags: {} },
    session,
  );
  return 0;
};

/** AWS would delete it, and it may be the only one of last night: whoever means it says so to AWS. */
function requireManual({ automatic, snapshotName, kind }: CacheSnapshot): void {
  if (!automatic) return;
  const command =
    kind === 'serverless'
      ? `delete-serverless-cache-snapshot --serverless-cache-snapshot-name ${snapshotName}`
      : `delete-snapshot --snapshot-name ${snapshotName}`;
  throw new WizardError(
    'Blocked',
    `${snapshotName} was taken by AWS itself, which deletes it when its days are over`,
    {
      hint: `Nothing was changed. Fewer days: setup --snapshot-retention. To delete this one all the same: aws elasticache ${command}.`,
    },
  );
}

/** Whose lease is held meanwhile. */
async function projectOf(
  { arn, cacheName }: CacheSnapshot,
  { aws }: Account,
  { inputs }: Session,
): Promise<string> {
  const tags = await aws.elasticache.readTags(arn);
  return inputs.project?.value ?? (typeof tags === 'string' ? undefined : tags[PROJECT_TAG]) ?? cacheName;
}
