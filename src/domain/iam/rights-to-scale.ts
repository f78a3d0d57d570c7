/** `scale` is setup of the cache alone, after a look at what CloudWatch has measured of it. */
import { inRegion } from './conditions.ts';
import type { Right } from './right.ts';
import { everything } from './scope.ts';

const SCALE = ['scale'] as const;

export const RIGHTS_TO_SCALE: readonly Right[] = [
  {
    action: 'cloudwatch:ListMetrics',
    commands: SCALE,
    on: everything,
    if: [inRegion],
    why: 'by which dimensions a metric is known',
    feature: 'the metrics',
  },
  {
    action: 'cloudwatch:GetMetricData',
    commands: SCALE,
    on: everything,
    if: [inRegion],
    why: 'whether another size is called for, and the data fits',
    feature: 'the metrics',
  },
];

/** What setup writes that changes a cache which is there; the rest it writes to make one, and to hand it to an app. */
const CHANGING: ReadonlySet<string> = new Set([
  'elasticache:ModifyReplicationGroup',
  'elasticache:IncreaseReplicaCount',
  'elasticache:DecreaseReplicaCount',
  'elasticache:ModifyReplicationGroupShardConfiguration',
  'elasticache:ModifyServerlessCache',
  'elasticache:ModifyCacheCluster',
  'ec2:AuthorizeSecurityGroupIngress',
  // The anchor of a cache that is taken on.
  'ec2:CreateSecurityGroup',
  'ec2:CreateTags',
  // Its proof, from instances.
  'ssm:SendCommand',
  'ssm:CancelCommand',
]);

export function alsoToScale(right: Right): Right {
  const { action, commands, feature } = right;
  if (!commands.includes('setup') || commands.includes('scale')) return right;
  const isRead = /:(Describe|List|Get|Filter|Simulate)/.test(action);
  const isNeeded = isRead || feature !== undefined || CHANGING.has(action);
  return isNeeded ? { ...right, commands: [...commands, 'scale'] } : right;
}
