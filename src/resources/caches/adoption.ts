/** A cache that others have made and the user names: used, changed only as flags say, and never deleted or tagged. */
import type { Blocked } from '../../domain/change.ts';
import type { Aws } from '../../aws/aws.ts';
import type { CacheCluster } from '../../aws/elasticache.ts';
import type { AppNetwork } from '../../domain/app.ts';
import { ADOPTED_TAG } from '../../domain/ownership.ts';
import type { ReplicationGroupSettings } from '../../domain/settings.ts';
import { readAnchor } from '../ownership/anchor.ts';

export const ADOPTED_NOTE = 'was made by others: used as it is, and never deleted';

/** Written before our security group is put on it: by it the way back finds where to take that off again. */
export async function noteAdopted(ec2: Aws['ec2'], groupId: string, arn: string): Promise<void> {
  const noted = (await readAnchor(ec2, groupId))[ADOPTED_TAG];
  if (noted !== arn) await ec2.createTags(groupId, { [ADOPTED_TAG]: arn });
}

/** Our security group can be put on it only inside the VPC of the app, and only there can the app reach it. */
export async function networkObstacle(
  name: string,
  member: CacheCluster | undefined,
  { vpcId }: Pick<AppNetwork, 'vpcId'>,
  { elasticache }: Pick<Aws, 'elasticache'>,
): Promise<Blocked | undefined> {
  const subnetGroup = member?.cacheSubnetGroupName;
  if (subnetGroup === undefined) return undefined;
  const found = await elasticache.readCacheSubnetGroup(subnetGroup);
  if (!found || found.vpcId === vpcId) return undefined;
  return {
    action: 'blocked',
    reason: `${name} is in ${found.vpcId}, and the app in ${vpcId}`,
    hint: 'A cache is reached inside its own VPC. Name another one.',
  };
}

export function nothingToAdopt({ name }: ReplicationGroupSettings): Blocked {
  return {
    action: 'blocked',
    reason: `--adopt names a cache that is there, and there is no ${name}`,
    hint: 'Leave --adopt out to have it made, or name another one with --cache-name.',
  };
}
