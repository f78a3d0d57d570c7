/** What a role may do: its inline policies, and the managed ones that are attached to it. */
import type {
  AttachRolePolicyRequest,
  DeleteRolePolicyRequest,
  DetachRolePolicyRequest,
  GetRolePolicyRequest,
  GetRolePolicyResponse,
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse,
  ListRolePoliciesRequest,
  ListRolePoliciesResponse,
  PutRolePolicyRequest,
} from '@aws-sdk/client-iam';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { nameInArn } from './arns.ts';
import { findManagedPolicy } from './managed-policies.ts';
import { page } from './paging.ts';
import { encodedDocument, readPolicyText } from './policy-text.ts';
import type { RoleStore } from './role-store.ts';

/** Of all inline policies of a role together, whitespace not counted (IAM quotas). */
const MOST_CHARACTERS = 10_240;

export function rolePolicyOperations(roles: RoleStore): Operations {
  return {
    PutRolePolicy: (input: PutRolePolicyRequest) => {
      const { PolicyName = '', PolicyDocument = '' } = input;
      const { roleName, inline } = roles.get(input.RoleName);
      const document = readPolicyText(PolicyDocument);
      const others = [...inline].filter(([name]) => name !== PolicyName).map(([, { text }]) => text);
      if ([...others, PolicyDocument].join('').replace(/\s/g, '').length > MOST_CHARACTERS) {
        throw new ServiceError(
          'LimitExceededException',
          `Maximum policy size of ${MOST_CHARACTERS} bytes exceeded for role ${roleName}`,
        );
      }
      inline.set(PolicyName, { text: PolicyDocument, document });
      return {};
    },

    GetRolePolicy: ({ RoleName, PolicyName = '' }: GetRolePolicyRequest): GetRolePolicyResponse => {
      const { roleName, inline } = roles.get(RoleName);
      const policy = inline.get(PolicyName);
      if (!policy) throw noPolicy(PolicyName);
      return {
        RoleName: roleName,
        PolicyName,
        PolicyDocument: encodedDocument(policy.text),
      };
    },

    ListRolePolicies: (input: ListRolePoliciesRequest): ListRolePoliciesResponse => {
      const { items, ...next } = page([...roles.get(input.RoleName).inline.keys()].sort(), input);
      return { PolicyNames: items, ...next };
    },

    DeleteRolePolicy: ({ RoleName, PolicyName = '' }: DeleteRolePolicyRequest) => {
      if (!roles.get(RoleName).inline.delete(PolicyName)) throw noPolicy(PolicyName);
      return {};
    },

    AttachRolePolicy: ({ RoleName, PolicyArn = '' }: AttachRolePolicyRequest) => {
      const { attached } = roles.get(RoleName);
      if (!findManagedPolicy(PolicyArn)) {
        throw new ServiceError(
          'NoSuchEntityException',
          `Policy ${PolicyArn} does not exist or is not attachable.`,
        );
      }
      attached.add(PolicyArn);
      return {};
    },

    DetachRolePolicy: ({ RoleName, PolicyArn = '' }: DetachRolePolicyRequest) => {
      if (!roles.get(RoleName).attached.delete(PolicyArn)) {
        throw new ServiceError('NoSuchEntityException', `Policy ${PolicyArn} was not found.`);
      }
      return {};
    },

    ListAttachedRolePolicies: (input: ListAttachedRolePoliciesRequest): ListAttachedRolePoliciesResponse => {
      const { items, ...next } = page([...roles.get(input.RoleName).attached], input);
      return {
        AttachedPolicies: items.map((arn) => ({ PolicyName: nameInArn(arn), PolicyArn: arn })),
        ...next,
      };
    },
  };
}

function noPolicy(name: string): ServiceError {
  return new ServiceError('NoSuchEntityException', `The role policy with name ${name} cannot be found.`);
}
