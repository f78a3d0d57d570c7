/**
 * The anchor: our security group carries the ARN of each thing of theirs that we change, written before the
 * first change, so that another machine finds everything again by one filter on the group's tags.
 */
import type { Ec2 } from '../aws/ec2.ts';
import { anchorTag, type AnchoredKind, type Tags } from '../domain/ownership.ts';
import { memoryText, REFRESH_TAG, type RefreshMemory } from '../domain/refresh-memory.ts';
import { WizardError } from '../errors.ts';

export async function leaveAnchorTag(
  ec2: Ec2,
  groupId: string,
  kind: AnchoredKind,
  arn: string,
): Promise<void> {
  const tags = await readAnchor(ec2, groupId);
  const prefix = anchorTag(kind, 0).slice(0, -1);
  const anchored = Object.entries(tags).filter(([key]) => key.startsWith(prefix));
  if (anchored.some(([, value]) => value === arn)) return;
  const free = nextNumber(anchored.map(([key]) => Number(key.slice(prefix.length))));
  await ec2.createTags(groupId, { [anchorTag(kind, free)]: arn });
}

/** Written once: what a later run sees is no longer how it was before us. */
export async function rememberRefreshes(
  ec2: Ec2,
  groupId: string,
  memory: RefreshMemory | undefined,
): Promise<void> {
  const text = memory && memoryText(memory);
  if (text === undefined) return;
  const tags = await readAnchor(ec2, groupId);
  if (tags[REFRESH_TAG] === undefined) await ec2.createTags(groupId, { [REFRESH_TAG]: text });
}

export async function readAnchor(ec2: Ec2, groupId: string): Promise<Tags> {
  const [group] = await ec2.describeSecurityGroups({ groupIds: [groupId] });
  if (!group)
    throw new WizardError('OperationFailed', `The security group ${groupId} is gone while it was in use`);
  return group.tags;
}

function nextNumber(taken: readonly number[]): number {
  return Math.max(0, ...taken) + 1;
}
