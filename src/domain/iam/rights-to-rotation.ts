/** `rotate-token` is the part of setup that hands a password over, and the two changes of the AUTH token. */
import { ours } from './conditions.ts';
import type { PlannedKind, Right } from './right.ts';
import { cache, serverlessCache, userGroup } from './scope.ts';

const LETS_IN_EVERYBODY = 'it lets in everybody so far';

export const RIGHTS_TO_ROTATION: readonly Right[] = [
  {
    action: 'elasticache:ModifyReplicationGroup',
    commands: ['rotate-token'],
    on: cache,
    if: [ours],
    why: 'another AUTH token beside the one in use, and at last alone',
    changes: ['update authToken', 'update requiredAuthToken'],
  },
  {
    action: 'elasticache:ModifyReplicationGroup',
    commands: ['rotate-token'],
    on: (scope) => (cache(scope).length > 0 ? userGroup(scope) : []),
    why: 'whom the cache lets in',
    when: LETS_IN_EVERYBODY,
  },
  {
    action: 'elasticache:ModifyServerlessCache',
    commands: ['rotate-token'],
    on: serverlessCache,
    if: [ours],
    why: 'whom the cache lets in',
    when: LETS_IN_EVERYBODY,
  },
];

/** What it may plan; the first password of a cache is made, every other one changed. */
const PLANNED: ReadonlySet<PlannedKind> = new Set([
  ...(['create password', 'update password', 'create secrets', 'update secrets'] as const),
  ...(['create user', 'create userGroup', 'update requiredPassword', 'update authToken'] as const),
  ...(['create executionRolePolicy', 'update executionRolePolicy'] as const),
  ...(['create rehearsal', 'create ping', 'update taskDefinition', 'update service'] as const),
  ...(['update parameters', 'update restart'] as const),
]);

/** Needed in some situations only, of which no plan tells. */
const IN_SITUATIONS: ReadonlySet<string> = new Set([
  'ecs:StopServiceDeployment',
  'ecs:StopTask',
  'ssm:CancelCommand',
]);

/** About caches that are to be made, or to get other nodes. */
const OF_OTHER_CACHES: ReadonlySet<string> = new Set([
  'elasticache:DescribeReservedCacheNodesOfferings',
  'elasticache:ListAllowedNodeTypeModifications',
]);

export function alsoToRotate(right: Right): Right {
  const { commands } = right;
  if (!commands.includes('setup') || commands.includes('rotate-token') || !isNeeded(right)) return right;
  return { ...right, commands: [...commands, 'rotate-token'] };
}

function isNeeded({ action, feature, changes = [], when }: Right): boolean {
  if (OF_OTHER_CACHES.has(action)) return false;
  if (/:(Describe|List|Get|Filter|Simulate)/.test(action) || feature !== undefined) return true;
  if (IN_SITUATIONS.has(action) || when === LETS_IN_EVERYBODY) return true;
  return changes.some((kind) => PLANNED.has(kind));
}
