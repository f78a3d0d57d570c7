/** Passwords: made, kept in one of two stores, and handed over by reference. */
import { bringsTags, inRegion, ours, taggedOurs } from './conditions.ts';
import type { Right } from './right.ts';
import { everything, executionRole, keptParameters, keptPath, keptSecrets, readingRole } from './scope.ts';

const PLANNING = ['setup', 'plan'] as const;
const LOOKING = ['setup', 'plan', 'verify'] as const;
const GOING_BACK = ['rollback', 'destroy'] as const;
const SETUP = ['setup'] as const;
const DESTROY = ['destroy'] as const;
const FIXING = '--fix-execution-role is given';
const making = { changes: ['create password', 'create secrets'] } as const;

export const RIGHTS_TO_SECRETS: readonly Right[] = [
  // Secrets Manager.
  {
    action: 'secretsmanager:DescribeSecret',
    commands: [...PLANNING, ...DESTROY],
    on: keptSecrets,
    why: 'whose a secret is',
    ...making,
  },
  {
    action: 'secretsmanager:GetSecretValue',
    commands: LOOKING,
    on: keptSecrets,
    why: 'what is kept, to compare it with what should be',
    ...making,
  },
  {
    action: 'secretsmanager:CreateSecret',
    commands: SETUP,
    on: keptSecrets,
    if: [taggedOurs],
    why: 'the password of a cache, and the variables that hold it',
    ...making,
  },
  {
    action: 'secretsmanager:TagResource',
    commands: SETUP,
    on: keptSecrets,
    if: [taggedOurs],
    why: 'their tags: what is not tagged is not known to be ours',
    partOf: 'secretsmanager:CreateSecret',
    ...making,
  },
  ...['PutSecretValue', 'RestoreSecret'].map((operation): Right => ({
    action: `secretsmanager:${operation}`,
    commands: SETUP,
    on: keptSecrets,
    if: [ours],
    why: 'another value, in what is there or was deleted some days ago',
    changes: ['update password', 'update secrets'],
  })),
  {
    action: 'secretsmanager:ListSecrets',
    commands: DESTROY,
    on: everything,
    if: [inRegion],
    why: 'secrets of ours, by their names',
  },
  {
    action: 'secretsmanager:DeleteSecret',
    commands: DESTROY,
    on: keptSecrets,
    if: [ours],
    why: 'secrets of ours',
  },

  // Parameter Store.
  {
    action: 'ssm:GetParameter',
    commands: LOOKING,
    on: keptParameters,
    why: 'what is kept, to compare it with what should be',
    ...making,
  },
  {
    action: 'ssm:PutParameter',
    commands: SETUP,
    on: keptParameters,
    if: [bringsTags],
    why: 'the password of a cache, and the variables that hold it',
    changes: ['create password', 'create secrets', 'update secrets'],
  },
  {
    action: 'ssm:AddTagsToResource',
    commands: SETUP,
    on: keptParameters,
    if: [taggedOurs],
    why: 'their tags: what is not tagged is not known to be ours',
    partOf: 'ssm:PutParameter',
    ...making,
  },
  {
    action: 'ssm:ListTagsForResource',
    commands: [...PLANNING, ...DESTROY],
    on: keptParameters,
    why: 'whose a parameter is',
    ...making,
  },
  {
    action: 'ssm:GetParametersByPath',
    commands: DESTROY,
    on: (scope) => [...keptPath(scope), ...keptParameters(scope)],
    why: 'parameters of ours, by their names',
  },

  // What others keep for the app: that it is there, not what it is.
  ...['secretsmanager:DescribeSecret', 'ssm:DescribeParameters'].map((action): Right => ({
    action,
    commands: ['verify'],
    on: everything,
    if: [inRegion],
    why: 'whether the secrets of the app’s containers are there',
    when: 'its containers are handed secrets',
  })),
  {
    action: 'iam:SimulatePrincipalPolicy',
    commands: ['verify'],
    on: executionRole,
    why: 'whether the execution role can read them',
    feature: 'the check of permissions',
  },
  {
    action: 'iam:GetRole',
    commands: ['verify'],
    on: executionRole,
    why: 'whether that role is there',
    feature: 'the check of permissions',
  },

  // The role that starts the app's tasks, and so reads the secrets for them.
  {
    action: 'iam:SimulatePrincipalPolicy',
    commands: PLANNING,
    on: readingRole,
    why: 'whether the execution role can read the secrets',
    feature: 'the check of permissions',
  },
  {
    action: 'iam:GetRolePolicy',
    commands: [...PLANNING, ...GOING_BACK],
    on: readingRole,
    why: 'our policy of the execution role',
    when: FIXING,
  },
  {
    action: 'iam:PutRolePolicy',
    commands: SETUP,
    on: readingRole,
    why: 'the right to read the secrets, for the execution role',
    changes: ['create executionRolePolicy', 'update executionRolePolicy'],
  },
  {
    action: 'iam:DeleteRolePolicy',
    commands: GOING_BACK,
    on: readingRole,
    why: 'that right, taken away again',
    when: FIXING,
  },
];
