/**
 * The anchor: our security group carries the ARN of each thing of theirs that we change, written before the
 * first change, so that another machine finds everything again by one filter on the group's tags.
 */
import type { Ec2 } from '../../aws/ec2.ts';
import { anchorTag, type AnchoredKind, type Tags } from '../../domain/ownership.ts';
import { memoryText, REFRESH_TAG, type RefreshMemory } from '../../domain/refresh-memory.ts';
import { WizardError } from '../../errors.ts';

/**
 * Several services are changed at the same time, and each takes the next number: one after another, and with what was
 * written in mind, for a read right after it may not show it yet.
 */
interface Writing {
  last: Promise<void>;
  readonly written: Map<string, Tags>;
}

const writings = new WeakMap<Ec2, Writing>();

export function leaveAnchorTag(ec2: Ec2, groupId: string, kind: AnchoredKind, arn: string): Promise<void> {
  const writing = writings.get(ec2) ?? { last: Promise.resolve(), written: new Map<string, Tags>() };
  writings.set(ec2, writing);
  const turn = writing.last.then(() => leaveNext(ec2, groupId, kind, arn, writing.written));
  // Whoever comes next need not know that it failed: its own caller does.
  writing.last = turn.catch(() => undefined);
  return turn;
}

async function leaveNext(
  ec2: Ec2,
  groupId: string,
  kind: AnchoredKind,
  arn: string,
  written: Map<string, Tags>,
): Promise<void> {
  const tags = { ...(await readAnchor(ec2, groupId)), ...written.get(groupId) };
  const prefix = anchorTag(kind, 0).slice(0, -1);
  const anchored = Object.entries(tags).filter(([key]) => key.startsWith(prefix));
  if (anchored.some(([, value]) => value === arn)) return;
  const free = nextNumber(anchored.map(([key]) => Number(key.slice(prefix.length))));
  const tag = { [anchorTag(kind, free)]: arn };
  await ec2.createTags(groupId, tag);
  written.set(groupId, { ...written.get(groupId), ...tag });
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
