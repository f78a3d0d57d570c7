/** A drill reads the app, visits it, and asks AWS for a failover, or takes rules of our own security group away for a while. */
import { inRegion, ours, ownTagKeys } from './conditions.ts';
import type { Right } from './right.ts';
import { adoptedCache, cache, everything, securityGroup } from './scope.ts';

const DRILL = ['drill'] as const;
const OUTAGE = 'drill outage';
const CUT_OFF = 'an outage drill was cut off';
/** Of what `verify` reads: the app, and what the probe needs. */
const READS: ReadonlySet<string> = new Set([
  'ecs:ListTaskDefinitions',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ecs:DescribeContainerInstances',
  'ec2:DescribeInstances',
  'ec2:DescribeVpcs',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeSubnets',
  'ec2:DescribeRouteTables',
  'ec2:DescribeAvailabilityZones',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeRules',
  'elasticache:DescribeCacheClusters',
]);

export const RIGHTS_TO_DRILL: readonly Right[] = [
  {
    action: 'elasticache:TestFailover',
    commands: DRILL,
    on: cache,
    if: [ours],
    why: 'the failover',
    when: 'drill failover',
  },
  {
    action: 'elasticache:TestFailover',
    commands: DRILL,
    on: adoptedCache,
    why: 'the failover of a cache that others have made',
    when: 'drill failover',
  },
  {
    action: 'elasticache:DescribeEvents',
    commands: DRILL,
    on: everything,
    if: [inRegion],
    why: 'how far the failover is',
    when: 'drill failover',
  },
  ...['CreateTags', 'DeleteTags'].map((operation): Right => ({
    action: `ec2:${operation}`,
    commands: operation === 'DeleteTags' ? [...DRILL, 'setup', 'rollback'] : DRILL,
    on: securityGroup,
    if: [ours, ownTagKeys],
    why: 'which rules are away, so that whoever comes next can put them back',
    when: operation === 'DeleteTags' ? CUT_OFF : OUTAGE,
  })),
  {
    action: 'ec2:RevokeSecurityGroupIngress',
    commands: DRILL,
    on: securityGroup,
    if: [ours],
    why: 'the cache taken away from the app',
    when: OUTAGE,
  },
  {
    action: 'ec2:AuthorizeSecurityGroupIngress',
    commands: [...DRILL, 'rollback'],
    on: securityGroup,
    if: [ours],
    why: 'and given back',
    when: CUT_OFF,
  },
];

/** The rest of what a drill needs is what `verify` needs for the same, and setup's lease. */
export function alsoToDrill(right: Right): Right {
  const { action, commands, feature } = right;
  const isOfVerify = feature === 'the probe' || feature === 'the logs' || READS.has(action);
  const isNeeded =
    (commands.includes('verify') && isOfVerify) || (commands.includes('setup') && feature === 'the lease');
  return isNeeded && !commands.includes('drill') ? { ...right, commands: [...commands, 'drill'] } : right;
}
