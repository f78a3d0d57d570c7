/** What a role may not do, in AWS's words: for what ECS and instances do in the name of a role. */
import type { Iam } from './iam/iam.ts';
import { contextOf } from './iam/policy/context.ts';
import { decide } from './iam/policy/evaluation.ts';

export interface RoleUse {
  readonly roleArn: string;
  /** Of the role's session: 'ecs-task', or an instance's id. */
  readonly session: string;
  readonly action: string;
  readonly resource: string;
}

/** Undefined when it may; a role that IAM does not have is not judged: an app may be described without its roles. */
export function roleDenial(
  { iam, accountId, region }: { readonly iam: Iam; readonly accountId: string; readonly region: string },
  { roleArn, session, action, resource }: RoleUse,
): string | undefined {
  const policies = iam.rolePolicies(roleArn);
  if (!policies) return undefined;
  const context = contextOf({ 'aws:RequestedRegion': region, 'aws:PrincipalArn': roleArn });
  const decision = decide(policies, { action, resource, context });
  if (decision === 'allowed') return undefined;
  const reason =
    decision === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const user = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${session}`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}
