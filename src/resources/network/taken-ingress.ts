/** Takes rules out of our security group for a while, and puts back what a drill has taken, also one that was cut off. */
import type { Ec2, SecurityGroup } from '../../aws/ec2.ts';
import type { Tags } from '../../domain/ownership.ts';
import { ruleText } from '../../domain/rule-drift.ts';
import type { Permission } from '../../domain/security-rules.ts';
import { takenKeys, takenRules, unreadableKeys } from '../../domain/taken-ingress.ts';
import type { Undoable } from '../../engine/undo.ts';
import { WizardError } from '../../errors.ts';

type Group = Pick<SecurityGroup, 'groupId' | 'tags'>;

/** `tags`: how they are put back, written first. */
export async function takeIngress(
  { groupId }: Group,
  rules: readonly Permission[],
  tags: Tags,
  ec2: Ec2,
): Promise<void> {
  await ec2.createTags(groupId, tags);
  for (const rule of rules) await ec2.revokeIngress(groupId, rule);
}

/**
 * The tags go last: a run that is cut off in between leaves what still has to be done. Throws for one that tells no
 * rule, which stays where it is.
 */
export async function putBackIngress({ groupId, tags }: Group, ec2: Ec2): Promise<void> {
  const unreadable = unreadableKeys(tags);
  const done = takenKeys(tags).filter((key) => !unreadable.includes(key));
  for (const rule of takenRules(tags)) await ec2.restoreIngress(groupId, rule);
  if (done.length > 0) await ec2.deleteTags(groupId, done);
  const [key] = unreadable;
  if (key !== undefined) throw unreadableTag(groupId, key, tags[key] ?? '');
}

function unreadableTag(groupId: string, key: string, text: string): WizardError {
  return new WizardError(
    'OperationFailed',
    `Putting back what a drill has taken out of ${groupId}: its tag ${key} tells no rule any more: ${JSON.stringify(text)}`,
    {
      hint: `Add the rule by hand, then take the tag away: aws ec2 delete-tags --resources ${groupId} --tags Key=${key}`,
    },
  );
}

/** On the way back: the app is put back behind the rules that it had. */
export function takenIngressWayBack(
  { groupId, groupName: name }: { readonly groupId: string; readonly groupName: string },
  ec2: Ec2,
): Undoable {
  async function read(): Promise<SecurityGroup | undefined> {
    const [group] = await ec2.describeSecurityGroups({ groupIds: [groupId] });
    return group;
  }

  return {
    kind: 'takenIngress',
    name,

    async plan() {
      const group = await read();
      const tags = group?.tags ?? {};
      const rules = takenRules(tags);
      if (takenKeys(tags).length === 0)
        return { action: 'none', outputs: undefined, note: 'nothing is taken away' };
      return { action: 'update', details: takenDetails(rules) };
    },

    async undo() {
      const group = await read();
      if (group) await putBackIngress(group, ec2);
    },
  };
}

export function takenDetails(rules: readonly Permission[]): { field: string; to: string }[] {
  return rules.map((rule) => ({
    field: 'put back',
    to: `${ruleText(rule)}, which a drill that was cut off had taken away`,
  }));
}
