/** Parameter groups of ours, and caches that others have made. Both are asked for by a flag, and needed with it alone. */
import { inRegion, ours, taggedOurs } from './conditions.ts';
import type { Right } from './right.ts';
import {
  adoptedCache,
  adoptedCluster,
  changedParameterGroup,
  everything,
  lookedAtParameterGroups,
  ownParameterGroups,
} from './scope.ts';

const SETUP = ['setup'] as const;
const DESTROY = ['destroy'] as const;
const PLANNING = ['setup', 'plan'] as const;
const GIVEN = '--parameter, --maxmemory-policy or --parameter-group is given';
const making = { changes: ['create cacheParameterGroup'] } as const;
const changing = { changes: ['create cacheParameterGroup', 'update cacheParameterGroup'] } as const;

export const RIGHTS_TO_PARAMETER_GROUPS: readonly Right[] = [
  {
    action: 'elasticache:DescribeCacheParameterGroups',
    commands: [...PLANNING, ...DESTROY],
    on: lookedAtParameterGroups,
    if: [inRegion],
    why: 'the parameter groups that there are',
    when: GIVEN,
    ...making,
  },
  ...['DescribeCacheParameters', 'DescribeEngineDefaultParameters'].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: PLANNING,
    on: lookedAtParameterGroups,
    if: [inRegion],
    why: 'which parameters there are, and what they are set to',
    when: GIVEN,
    ...making,
  })),
  {
    action: 'elasticache:CreateCacheParameterGroup',
    commands: SETUP,
    on: ownParameterGroups,
    if: [taggedOurs],
    why: 'the parameters of the cache',
    ...making,
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: SETUP,
    on: ownParameterGroups,
    if: [taggedOurs],
    why: 'its tags: what is not tagged is not known to be ours',
    partOf: 'elasticache:CreateCacheParameterGroup',
    ...making,
  },
  {
    action: 'elasticache:ListTagsForResource',
    commands: [...PLANNING, ...DESTROY],
    on: ownParameterGroups,
    why: 'whether it is ours',
    ...making,
  },
  {
    action: 'elasticache:ModifyCacheParameterGroup',
    commands: SETUP,
    on: ownParameterGroups,
    if: [ours],
    why: 'their values',
    ...changing,
  },
  {
    action: 'elasticache:DeleteCacheParameterGroup',
    commands: DESTROY,
    on: ownParameterGroups,
    if: [ours],
    why: 'the parameters of the cache',
  },
  {
    action: 'elasticache:ModifyReplicationGroup',
    commands: SETUP,
    on: changedParameterGroup,
    why: 'the parameter group that a cache is given',
    when: 'flags ask for another cache than there is',
  },
  {
    action: 'elasticache:ListAllowedNodeTypeModifications',
    commands: PLANNING,
    on: everything,
    if: [inRegion],
    why: 'which node types it may be changed to',
    when: '--cache-node-type asks for another one than there is',
  },

  ...[
    'ModifyReplicationGroup',
    'IncreaseReplicaCount',
    'DecreaseReplicaCount',
    'ModifyReplicationGroupShardConfiguration',
  ].map((operation): Right => ({
    action: `elasticache:${operation}`,
    commands: operation === 'ModifyReplicationGroup' ? [...SETUP, ...DESTROY] : SETUP,
    on: adoptedCache,
    why: 'our security group on a cache that others have made, and what flags ask for',
    when: '--adopt is given',
  })),
  {
    action: 'elasticache:ModifyCacheCluster',
    commands: [...SETUP, ...DESTROY],
    on: adoptedCluster,
    why: 'our security group on a cache that others have made',
    when: '--adopt names a cache cluster of its own',
  },
  {
    action: 'elasticache:ListTagsForResource',
    commands: PLANNING,
    on: adoptedCache,
    why: 'whose it is',
    when: '--adopt is given',
  },
];
