/** AWS Identity and Access Management. */
import {
  AttachRolePolicy$,
  CreateRole$,
  DeleteRole$,
  DeleteRolePolicy$,
  DetachRolePolicy$,
  GetInstanceProfile$,
  GetPolicy$,
  GetPolicyVersion$,
  GetRole$,
  GetRolePolicy$,
  ListAttachedRolePolicies$,
  ListRolePolicies$,
  PutRolePolicy$,
  SimulatePrincipalPolicy$,
} from '@aws-sdk/client-iam';
import { awsQuery } from '../aws-query.ts';
import { serviceModel } from '../service-model.ts';

export const iam = serviceModel(
  'iam',
  awsQuery({ version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/' }),
  [
    AttachRolePolicy$,
    CreateRole$,
    DeleteRole$,
    DeleteRolePolicy$,
    DetachRolePolicy$,
    GetInstanceProfile$,
    GetPolicy$,
    GetPolicyVersion$,
    GetRole$,
    GetRolePolicy$,
    ListAttachedRolePolicies$,
    ListRolePolicies$,
    PutRolePolicy$,
    SimulatePrincipalPolicy$,
  ],
);
