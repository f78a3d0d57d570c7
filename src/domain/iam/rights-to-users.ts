/** The user of a cache that asks for a password without tokens, and its user group. */
import { bringsTags, inRegion, ours, taggedOurs } from './conditions.ts';
import type { Right } from './right.ts';
import { anyUser, cache, everything, user, userGroup } from './scope.ts';

const LOOKING = ['setup', 'plan', 'destroy'] as const;
const SETUP = ['setup'] as const;
const DESTROY = ['destroy'] as const;

export const RIGHTS_TO_USERS: readonly Right[] = [
  ...['DescribeUsers', 'DescribeUserGroups'].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: ['verify'],
    on: everything,
    if: [inRegion],
    why: 'whether anybody is let in without a password',
    when: 'the cache has users, and the app is handed no password',
  })),
  ...['DescribeUsers', 'DescribeUserGroups'].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: LOOKING,
    on: anyUser,
    if: [inRegion],
    why: 'the user of the cache, and its group',
    changes: ['create user', 'create userGroup'],
  })),
  {
    action: 'elasticache:ListTagsForResource',
    commands: LOOKING,
    on: (scope) => [...user(scope), ...userGroup(scope)],
    why: 'whether they are ours',
    changes: ['create user', 'create userGroup'],
  },
  {
    action: 'elasticache:CreateUser',
    commands: SETUP,
    on: user,
    if: [taggedOurs],
    why: 'the user that the cache lets in',
    changes: ['create user'],
  },
  {
    action: 'elasticache:CreateUserGroup',
    commands: SETUP,
    on: userGroup,
    if: [taggedOurs],
    why: 'the group that the user is in',
    changes: ['create userGroup'],
  },
  {
    action: 'elasticache:CreateUserGroup',
    commands: SETUP,
    on: user,
    if: [bringsTags],
    why: 'whom that group consists of',
    changes: ['create userGroup'],
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: SETUP,
    on: (scope) => [...user(scope), ...userGroup(scope)],
    if: [taggedOurs],
    why: 'their tags: what is not tagged is not known to be ours',
    partOf: 'elasticache:CreateUser',
    changes: ['create user', 'create userGroup'],
  },
  ...['CreateReplicationGroup', 'ModifyReplicationGroup'].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: SETUP,
    // Of a cache with nodes; a serverless one has calls of its own.
    on: (scope) => (cache(scope).length > 0 ? userGroup(scope) : []),
    why: 'whom the cache lets in',
    ...(operation === 'CreateReplicationGroup'
      ? { if: [bringsTags], changes: ['create cache'] as const }
      : {}),
  })),
  {
    action: 'elasticache:ModifyUser',
    commands: SETUP,
    on: user,
    if: [ours],
    why: 'its password, where it was open before',
    changes: ['update requiredPassword'],
  },
  ...['DeleteUserGroup', 'DeleteUser'].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: DESTROY,
    on: operation === 'DeleteUser' ? user : (scope) => [...userGroup(scope), ...user(scope)],
    if: [ours],
    why: 'the user of the cache, and its group',
  })),
];
