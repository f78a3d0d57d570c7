/** Roles: made, shown, and deleted once nothing hangs on them. */
import { randomBytes } from 'node:crypto';
import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetInstanceProfileRequest,
  GetInstanceProfileResponse,
  GetRoleRequest,
  GetRoleResponse,
  Role,
} from '@aws-sdk/client-iam';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { RoleArn } from './arns.ts';
import { checkTrustPolicyText, encodedDocument } from './policy-text.ts';
import type { RoleStore, StoredRole } from './role-store.ts';

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
const PATH = /^\/$|^\/[!-~]+\/$/;
const HOUR = 3600;

export function roleOperations(roles: RoleStore, roleArn: RoleArn, clock: Clock): Operations {
  return {
    CreateRole: (input: CreateRoleRequest): CreateRoleResponse => {
      const { RoleName = '', Path = '/', AssumeRolePolicyDocument = '' } = input;
      if (!ROLE_NAME.test(RoleName)) throw invalid('roleName', '[\\w+=,.@-]{1,64}');
      if (!PATH.test(Path)) throw invalid('path', '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)');
      checkTrustPolicyText(AssumeRolePolicyDocument);
      const role: StoredRole = {
        roleName: RoleName,
        roleId: `AROA${randomBytes(9).toString('hex').toUpperCase().slice(0, 17)}`,
        arn: roleArn(Path, RoleName),
        path: Path,
        createDate: new Date(clock.now()),
        trustPolicy: AssumeRolePolicyDocument,
        description: input.Description,
        maxSessionDuration: input.MaxSessionDuration ?? HOUR,
        tags: input.Tags ?? [],
        inline: new Map(),
        attached: new Set(),
      };
      roles.add(role);
      return { Role: describeRole(role) };
    },

    GetRole: ({ RoleName }: GetRoleRequest): GetRoleResponse => ({
      Role: { ...describeRole(roles.get(RoleName)), RoleLastUsed: {} },
    }),

    // Each role has one of its own name, as the console makes them; none can be made here.
    GetInstanceProfile: ({ InstanceProfileName }: GetInstanceProfileRequest): GetInstanceProfileResponse => {
      const role = roles.get(InstanceProfileName);
      const { path, roleName, roleId, createDate } = role;
      return {
        InstanceProfile: {
          Path: path,
          InstanceProfileName: roleName,
          InstanceProfileId: roleId.replace('AROA', 'AIPA'),
          Arn: role.arn.replace(':role/', ':instance-profile/'),
          CreateDate: createDate,
          Roles: [describeRole(role)],
        },
      };
    },

    DeleteRole: ({ RoleName }: DeleteRoleRequest) => {
      const { roleName, inline, attached } = roles.get(RoleName);
      if (attached.size > 0) throw conflict('Cannot delete entity, must detach all policies first.');
      if (inline.size > 0) throw conflict('Cannot delete entity, must delete policies first.');
      roles.delete(roleName);
      return {};
    },
  };
}

function describeRole(role: StoredRole): Role {
  const { description, tags } = role;
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: role.createDate,
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: role.maxSessionDuration,
    ...(tags.length > 0 ? { Tags: [...tags] } : {}),
  };
}

function conflict(message: string): ServiceError {
  return new ServiceError('DeleteConflictException', message);
}

function invalid(member: string, pattern: string): ServiceError {
  return new ServiceError(
    'ValidationError',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
  );
}
