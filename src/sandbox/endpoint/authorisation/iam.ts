/** IAM itself (Service Authorization Reference, "AWS Identity and Access Management"). */
import type { CreateRoleRequest, GetInstanceProfileRequest, GetRoleResponse } from '@aws-sdk/client-iam';
import { roleArnsOf } from '../../iam/arns.ts';
import { made, on } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

interface Input {
  readonly RoleName?: string;
  readonly PolicyArn?: string;
}

export function iamPermissions({ accountId, look }: Place): PermissionRules {
  const roleArn = roleArnsOf(accountId);
  /** A role's path is part of its ARN and not of the request. */
  const arn = async (RoleName = ''): Promise<string> => {
    const found = (await look('iam', 'GetRole', { RoleName })) as GetRoleResponse | undefined;
    return found?.Role?.Arn ?? roleArn('/', RoleName);
  };
  const role = async ({ RoleName }: Input): Promise<Needs> => on(await arn(RoleName));
  const attachment = async ({ RoleName, PolicyArn }: Input): Promise<Needs> =>
    on({ arn: await arn(RoleName), context: { 'iam:PolicyARN': PolicyArn } });
  const policy = ({ PolicyArn = '' }: Input): Needs => on(PolicyArn);
  return {
    CreateRole: ({ Path = '/', RoleName = '' }: CreateRoleRequest) => on(made(roleArn(Path, RoleName))),
    GetRole: role,
    DeleteRole: role,
    PutRolePolicy: role,
    GetInstanceProfile: ({ InstanceProfileName = '' }: GetInstanceProfileRequest) =>
      on({ arn: `arn:aws:iam::${accountId}:instance-profile/${InstanceProfileName}` }),
    GetRolePolicy: role,
    ListRolePolicies: role,
    DeleteRolePolicy: role,
    AttachRolePolicy: attachment,
    DetachRolePolicy: attachment,
    ListAttachedRolePolicies: role,
    GetPolicy: policy,
    GetPolicyVersion: policy,
    SimulatePrincipalPolicy: ({ PolicySourceArn = '' }: { PolicySourceArn?: string }) => on(PolicySourceArn),
  };
}
