/** A serverless cache: its VPC endpoint is made in the name of whoever makes the cache (ElastiCache user guide, "ElastiCache API permissions"). */
import { bringsTags, inRegion, ours, taggedOurs, whileMakingEndpoints } from './conditions.ts';
import type { Right } from './right.ts';
import { serverlessCache, serverlessSnapshots, userGroup, vpcEndpoint, vpcEndpointParts } from './scope.ts';

const SETUP = ['setup'] as const;
const DESTROY = ['destroy'] as const;
const making = { changes: ['create cache'] } as const;
const CREATING = 'elasticache:CreateServerlessCache';

export const RIGHTS_TO_SERVERLESS: readonly Right[] = [
  {
    action: CREATING,
    commands: SETUP,
    on: serverlessCache,
    if: [taggedOurs],
    why: 'the cache',
    ...making,
  },
  {
    action: CREATING,
    commands: SETUP,
    on: userGroup,
    if: [bringsTags],
    why: 'whom it lets in',
    ...making,
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: SETUP,
    on: serverlessCache,
    if: [taggedOurs],
    why: 'its tags: what is not tagged is not known to be ours',
    partOf: CREATING,
    ...making,
  },
  {
    action: 'ec2:CreateVpcEndpoint',
    commands: SETUP,
    on: (scope) => [...vpcEndpoint(scope), ...vpcEndpointParts(scope)],
    why: 'its endpoint in the VPC of the app',
    partOf: CREATING,
    ...making,
  },
  {
    action: 'ec2:CreateTags',
    commands: SETUP,
    on: vpcEndpoint,
    if: [whileMakingEndpoints],
    why: 'the tags by which ElastiCache finds that endpoint again',
    partOf: CREATING,
    ...making,
  },
  {
    action: 'ec2:DescribeVpcEndpoints',
    commands: SETUP,
    on: (scope) => (scope.serverless === true ? ['*'] : []),
    if: [inRegion],
    why: 'whether that endpoint is there',
    partOf: CREATING,
    ...making,
  },
  {
    action: 'elasticache:ModifyServerlessCache',
    commands: SETUP,
    on: serverlessCache,
    if: [ours],
    why: 'changes of a cache that is there',
    when: 'flags ask for another cache than there is',
  },
  {
    action: 'elasticache:ModifyServerlessCache',
    commands: SETUP,
    on: userGroup,
    why: 'whom a cache that is there lets in',
    when: 'it lets in everybody so far',
  },
  {
    action: 'elasticache:ListTagsForResource',
    commands: ['setup', 'plan', 'status', 'rollback', 'destroy'],
    on: serverlessCache,
    why: 'whether it is ours',
    ...making,
  },
  {
    action: 'elasticache:CreateServerlessCacheSnapshot',
    commands: DESTROY,
    on: (scope) => [...serverlessCache(scope), ...serverlessSnapshots(scope)],
    why: 'the last snapshot, before anything is deleted',
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: DESTROY,
    on: serverlessSnapshots,
    if: [taggedOurs],
    why: 'its tags: yours, where all that is made must carry them',
    partOf: 'elasticache:CreateServerlessCacheSnapshot',
    when: 'the project has tags of yours',
  },
  {
    action: 'elasticache:DescribeServerlessCacheSnapshots',
    commands: DESTROY,
    on: (scope) => [...serverlessCache(scope), ...serverlessSnapshots(scope)],
    why: 'whether the last snapshot is whole',
  },
  {
    action: 'elasticache:DeleteServerlessCache',
    commands: DESTROY,
    on: serverlessCache,
    if: [ours],
    why: 'the cache',
  },
];
