/**
 * The anchor: our security group carries the ARN of each thing of theirs that we change, written before the
 * first change, so that another machine finds everything again by one filter on the group's tags.
 */
import type { Ec2 } from '../aws/ec2.ts';
import { anchorTag } from '../domain/ownership.ts';
import { WizardError } from '../errors.ts';

export async function leaveAnchorTag(
  ec2: Ec2,
  groupId: string,
  kind: 'service' | 'target-group',
  arn: string,
): Promise<void> {
  const [group] = await ec2.describeSecurityGroups({ groupIds: [groupId] });
  if (!group)
    throw new WizardError('OperationFailed', `The security group ${groupId} is gone while it was in use`);
  const prefix = anchorTag(kind, 0).slice(0, -1);
  const anchored = Object.entries(group.tags).filter(([key]) => key.startsWith(prefix));
  if (anchored.some(([, value]) => value === arn)) return;
  const free = nextNumber(anchored.map(([key]) => Number(key.slice(prefix.length))));
  await ec2.createTags(groupId, { [anchorTag(kind, free)]: arn });
}

function nextNumber(taken: readonly number[]): number {
  return Math.max(0, ...taken) + 1;
}
