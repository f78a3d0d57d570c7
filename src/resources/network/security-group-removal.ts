/** The cache's security group, deleted last of all: it is the anchor by which the rest is found. */
import type { Ec2, SecurityGroup } from '../../aws/ec2.ts';
import { ownerOf } from '../../domain/ownership.ts';
import type { Step } from '../../engine/resource.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';

export function securityGroupRemoval(
  { groupId, groupName: name }: { readonly groupId: string; readonly groupName: string },
  project: string,
  ec2: Ec2,
): Undoable {
  async function readOurs(): Promise<SecurityGroup | undefined> {
    const [group] = await ec2.describeSecurityGroups({ groupIds: [groupId] });
    return group && ownerOf(group.tags, project, name) === 'ours' ? group : undefined;
  }

  /** Groups of others: their rules are theirs to change. */
  async function readReferring(): Promise<string[]> {
    const groups = await ec2.describeSecurityGroups({ referring: groupId });
    return groups
      .filter((group) => group.groupId !== groupId)
      .map((group) => `${group.groupId} (${group.groupName})`);
  }

  async function readObstacle(): Promise<Probe<undefined>> {
    const referring = await readReferring();
    if (referring.length > 0) {
      const error = new WizardError(
        'Blocked',
        `Deleting the security group ${name} (${groupId}): a rule of ${referring.join(', ')} names it`,
        {
          hint: 'Nothing of theirs is changed: remove that rule, then run the same command again. All else is done.',
        },
      );
      return { state: 'failed', error };
    }
    const attached = (await ec2.describeNetworkInterfaces([groupId])).map(
      ({ description, networkInterfaceId }) => description || networkInterfaceId,
    );
    return { state: 'pending', detail: `still attached to ${attached.join(', ') || 'something'}` };
  }

  function deleted(step: Step): Promise<undefined> {
    return step.wait<undefined>({
      what: `the security group ${name} to be deleted`,
      everyMs: 10_000,
      // The interfaces of a deleted cache vanish some minutes after it.
      timeoutMs: 15 * 60_000,
      probe: async () => {
        const answer = await ec2.deleteSecurityGroup(groupId);
        return answer === 'busy' ? readObstacle() : { state: 'ready', value: undefined };
      },
    });
  }

  /** A group may be listed for a moment after it is deleted, and would then count as left over. */
  function invisible(step: Step): Promise<undefined> {
    return step.wait<undefined>({
      what: `the security group ${name} to be gone`,
      everyMs: 1_000,
      timeoutMs: 60_000,
      probe: async () =>
        (await readOurs())
          ? { state: 'pending', detail: 'still listed' }
          : { state: 'ready', value: undefined },
    });
  }

  return {
    kind: 'securityGroup',
    name,

    async plan() {
      if (!(await readOurs())) return { action: 'none', outputs: undefined, note: 'is gone' };
      const referring = await readReferring();
      const details = referring.map((group) => ({
        field: 'in the way',
        to: `a rule of ${group} names it: remove that when the app is off the cache`,
      }));
      return { action: 'delete', details };
    },

    async undo(step) {
      if (!(await readOurs())) return;
      await deleted(step);
      await invisible(step);
    },
  };
}
