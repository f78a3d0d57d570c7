/** What may go wrong on the way to AWS, and how a run may end that meets it. */
import type { ExitCode } from '../../src/errors.ts';
import type { FaultOptions } from '../../src/sandbox/endpoint/faults.ts';

export interface Kind {
  /** After the action's name: 'ec2:CreateTags is throttled once'. */
  readonly does: string;
  readonly fault: FaultOptions;
}

export interface LastingKind extends Kind {
  /** Where the action cannot be done without. */
  readonly exitCode: ExitCode;
}

/** What every run gets through. */
export const PASSING: readonly Kind[] = [
  { does: 'is throttled once', fault: { kind: 'throttle', nth: 1 } },
  { does: 'fails once with a server error', fault: { kind: 'error', nth: 1 } },
  { does: 'loses its connection once', fault: { kind: 'reset', nth: 1 } },
  { does: 'is done, and its answer lost', fault: { kind: 'lost-response', nth: 1 } },
  { does: 'is answered too late once', fault: { kind: 'slow', nth: 1, delayMs: 1_300 } },
  { does: 'is always slow', fault: { kind: 'slow', delayMs: 20 } },
  { does: 'always answers as of before', fault: { kind: 'stale' } },
];

export const LASTING: readonly LastingKind[] = [
  { does: 'is always throttled', fault: { kind: 'throttle' }, exitCode: 1 },
  { does: 'always fails with a server error', fault: { kind: 'error' }, exitCode: 1 },
  { does: 'never answers', fault: { kind: 'timeout' }, exitCode: 5 },
  { does: 'is not allowed', fault: { kind: 'access-denied' }, exitCode: 3 },
  { does: 'meets expired credentials', fault: { kind: 'expired-token' }, exitCode: 3 },
  { does: 'is answered with a proxy’s page', fault: { kind: 'html' }, exitCode: 1 },
  { does: 'is answered with a log-in page', fault: { kind: 'html', status: 200 }, exitCode: 1 },
];

/** What giving the lease back needs: one that is not ends by itself. */
const LEASE_KEPT = ['ssm:GetParameter', 'ssm:DeleteParameter'];
/** What is not read is said not to be; the probe and the lease are done without: the run goes on, and proves less. */
const PROBE = ['RunTask', 'DeregisterTaskDefinition', 'DeleteTaskDefinitions'].map((name) => `ecs:${name}`);
const PROBE_ALONE = ['DescribeTasks', 'ListTaskDefinitions', 'ListTasks', 'RegisterTaskDefinition'].map(
  (name) => `ecs:${name}`,
);
/** What the checks alone look at: where nobody may, they are inconclusive, and say so. */
const NETWORK = ['ec2:DescribeNetworkAcls', 'ec2:DescribeNetworkInterfaces'];
const DRIFT = [
  'ec2:DescribeSubnets',
  'ecs:ListTaskDefinitions',
  'elasticache:DescribeCacheSubnetGroups',
  'elasticache:ListTagsForResource',
  'ssm:GetParameter',
];
const DISPENSABLE: Readonly<Record<string, readonly string[]>> = {
  setup: [...PROBE, ...NETWORK, 'iam:SimulatePrincipalPolicy', ...LEASE_KEPT],
  status: DRIFT,
  'status --metrics': DRIFT,
  verify: [
    ...PROBE,
    ...PROBE_ALONE,
    ...NETWORK,
    'elasticache:DescribeCacheSubnetGroups',
    'logs:FilterLogEvents',
  ],
  rollback: LEASE_KEPT,
  destroy: LEASE_KEPT,
  alarms: LEASE_KEPT,
  'snapshot create': LEASE_KEPT,
  'snapshot restore': LEASE_KEPT,
  'snapshot delete': LEASE_KEPT,
  'rotate-token': [...LEASE_KEPT, 'iam:SimulatePrincipalPolicy'],
  scale: [...LEASE_KEPT, 'iam:SimulatePrincipalPolicy', 'cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
};
/** Asked in a wait, which only what will not pass ends: no permission, or a page to log in at. */
const WAITED_OUT: Readonly<Record<string, readonly string[]>> = {
  destroy: ['ec2:DescribeNetworkInterfaces'],
};
const DISPENSABLE_WHERE_NOT_ALLOWED = ['logs:FilterLogEvents', 'ssm:PutParameter'];

export function exitCodeOf(command: string, action: string, { fault, exitCode }: LastingKind): ExitCode {
  // What `logs` is asked for it cannot do without.
  const refused =
    command !== 'logs' && fault.kind === 'access-denied' && DISPENSABLE_WHERE_NOT_ALLOWED.includes(action);
  const mayPass = exitCode !== 3 && fault.status !== 200;
  const waitedOut = mayPass && WAITED_OUT[command]?.includes(action);
  return refused || waitedOut || DISPENSABLE[command]?.includes(action) ? 0 : exitCode;
}

export interface Refusal {
  readonly action: string;
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Error codes as the services' models have them. */
export const REFUSALS: readonly Refusal[] = [
  {
    action: 'elasticache:CreateReplicationGroup',
    code: 'NodeQuotaForCustomerExceededFault',
    message: 'You have exceeded the maximum number of nodes for your account.',
    exitCode: 4,
  },
  {
    action: 'elasticache:CreateReplicationGroup',
    code: 'ClusterQuotaForCustomerExceededFault',
    message:
      'The request cannot be processed because it would exceed the allowed number of clusters per customer.',
    exitCode: 4,
  },
  {
    action: 'elasticache:CreateReplicationGroup',
    code: 'InsufficientCacheClusterCapacityFault',
    message: 'The requested cache node type is not available in the specified Availability Zone.',
    exitCode: 1,
  },
  {
    action: 'elasticache:CreateReplicationGroup',
    code: 'ServiceLinkedRoleNotFoundFault',
    message: 'The specified service linked role (SLR) was not found.',
    exitCode: 3,
  },
  {
    action: 'elasticache:CreateCacheSubnetGroup',
    code: 'CacheSubnetGroupQuotaExceededFault',
    message:
      'The request cannot be processed because it would exceed the allowed number of cache subnet groups.',
    exitCode: 4,
  },
  {
    action: 'elasticache:CreateCacheSubnetGroup',
    code: 'TagQuotaPerResourceExceeded',
    message:
      'The request cannot be processed because it would cause the resource to have more than the allowed number of tags.',
    exitCode: 4,
  },
  {
    action: 'ec2:CreateSecurityGroup',
    code: 'SecurityGroupLimitExceeded',
    message: 'The maximum number of security groups has been reached.',
    exitCode: 4,
  },
  {
    action: 'ec2:AuthorizeSecurityGroupIngress',
    code: 'RulesPerSecurityGroupLimitExceeded',
    message: 'The maximum number of rules per security group has been reached.',
    exitCode: 4,
  },
  {
    action: 'elasticloadbalancing:AddTags',
    code: 'TooManyTagsException',
    message: 'You’ve reached the limit on the number of tags for this resource.',
    exitCode: 4,
  },
  {
    action: 'ecs:UpdateService',
    code: 'PlatformTaskDefinitionIncompatibilityException',
    message:
      'The specified platform version does not satisfy the required capabilities of the task definition.',
    exitCode: 1,
  },
];

export interface Delay {
  /** What was made, and is "not found" for some more calls. */
  readonly action: string;
  readonly code: string;
  readonly times: number;
}

export const NOT_FOUND_YET: readonly Delay[] = [
  { action: 'ec2:AuthorizeSecurityGroupIngress', code: 'InvalidGroup.NotFound', times: 5 },
  { action: 'ec2:CreateTags', code: 'InvalidGroup.NotFound', times: 5 },
  { action: 'elasticache:CreateReplicationGroup', code: 'CacheSubnetGroupNotFoundFault', times: 5 },
  { action: 'elasticache:ListTagsForResource', code: 'CacheSubnetGroupNotFoundFault', times: 2 },
  { action: 'elasticache:ListTagsForResource', code: 'InvalidReplicationGroupStateFault', times: 3 },
];
