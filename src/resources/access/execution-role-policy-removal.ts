/** Our policy of an execution role of theirs, removed: no task reads a secret of ours any more. */
import type { Aws } from '../../aws/aws.ts';
import { nameOf } from '../../domain/arn.ts';
import { rolePolicyName } from '../../domain/iam/secret-access.ts';
import type { Undoable } from '../../engine/undo.ts';

export function executionRolePolicyRemoval(
  roleArn: string,
  project: string,
  { iam }: Pick<Aws, 'iam'>,
): Undoable {
  const roleName = nameOf(roleArn);
  const policyName = rolePolicyName(project);
  return {
    kind: 'executionRolePolicy',
    name: roleName,

    async plan() {
      const present = await iam.readRolePolicy(roleName, policyName);
      if (present === undefined) return { action: 'none', outputs: undefined, note: 'has no policy of ours' };
      return { action: 'delete', details: [{ field: 'inline policy', to: `${policyName} removed` }] };
    },

    undo: () => iam.deleteRolePolicy(roleName, policyName),
  };
}
