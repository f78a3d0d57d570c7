/**
 * Snapshots: taken, listed, deleted. A restore is a setup of a new cache: it takes the rights of `setup` besides, and of
 * the policy that is printed for `snapshot` alone those to begin with a snapshot.
 */
import { inRegion, ours, taggedOurs } from './conditions.ts';
import type { Right } from './right.ts';
import {
  cache,
  everything,
  leases,
  nodes,
  serverlessCache,
  serverlessSnapshots,
  snapshots,
} from './scope.ts';

const SNAPSHOT = ['snapshot'] as const;
const IN_REGION = [inRegion];
const restoring = { when: 'a cache is made of it' } as const;
const TAKING = 'elasticache:CreateSnapshot';
const TAKING_OF_SERVERLESS = 'elasticache:CreateServerlessCacheSnapshot';

export const RIGHTS_TO_SNAPSHOTS: readonly Right[] = [
  {
    action: 'elasticache:DescribeSnapshots',
    commands: SNAPSHOT,
    on: everything,
    if: IN_REGION,
    why: 'the snapshots that there are',
  },
  {
    action: 'elasticache:DescribeServerlessCacheSnapshots',
    commands: SNAPSHOT,
    on: everything,
    if: IN_REGION,
    why: 'the snapshots that there are',
  },
  {
    action: 'elasticache:DescribeCacheClusters',
    commands: SNAPSHOT,
    on: everything,
    if: IN_REGION,
    why: 'a cache that is a single node, and the version of its engine',
  },
  {
    action: 'elasticache:ListTagsForResource',
    commands: SNAPSHOT,
    on: (scope) => [...snapshots(scope), ...serverlessSnapshots(scope)],
    why: 'of which project they are',
  },
  {
    action: TAKING,
    commands: SNAPSHOT,
    on: (scope) => [...cache(scope), ...nodes(scope), ...snapshots(scope)],
    why: 'the snapshot',
  },
  {
    action: TAKING_OF_SERVERLESS,
    commands: SNAPSHOT,
    on: (scope) => [...serverlessCache(scope), ...serverlessSnapshots(scope)],
    why: 'the snapshot',
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: SNAPSHOT,
    on: snapshots,
    if: [taggedOurs],
    why: 'its tags',
    partOf: TAKING,
  },
  {
    action: 'elasticache:AddTagsToResource',
    commands: SNAPSHOT,
    on: serverlessSnapshots,
    if: [taggedOurs],
    why: 'its tags',
    partOf: TAKING_OF_SERVERLESS,
  },
  {
    action: 'elasticache:DeleteSnapshot',
    commands: SNAPSHOT,
    on: snapshots,
    if: [ours],
    why: 'one that is named',
  },
  {
    action: 'elasticache:DeleteServerlessCacheSnapshot',
    commands: SNAPSHOT,
    on: serverlessSnapshots,
    if: [ours],
    why: 'one that is named',
  },
  {
    action: 'elasticache:CreateReplicationGroup',
    commands: SNAPSHOT,
    on: (scope) => [...snapshots(scope), ...serverlessSnapshots(scope)],
    why: 'what the new cache begins with',
    ...restoring,
  },
  {
    action: 'elasticache:CreateServerlessCache',
    commands: SNAPSHOT,
    on: (scope) =>
      serverlessCache(scope).length > 0
        ? [...snapshots({ ...scope, serverless: false }), ...serverlessSnapshots(scope)]
        : [],
    why: 'what the new cache begins with',
    ...restoring,
  },
  ...['GetParameter', 'PutParameter', 'DeleteParameter'].map((operation): Right => ({
    action: `ssm:${operation}`,
    commands: SNAPSHOT,
    on: leases,
    why: 'one run at a time',
    feature: 'the lease',
  })),
];
