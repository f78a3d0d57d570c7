/** The network that a living cache is in, whatever its kind. */
import type { Aws } from '../aws/aws.ts';
import type { LivingCache } from '../aws/caches.ts';
import type { Ec2Subnet } from '../aws/ec2.ts';
import { WizardError } from '../errors.ts';

export interface CacheNetwork {
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
  /** In which its nodes are, or its endpoints; all that it may use, where AWS does not tell. */
  readonly subnets: readonly Ec2Subnet[];
  /** Blocks that all of it is in: the addresses of its nodes, where they are known, else of its subnets. */
  readonly cidrs: readonly string[];
}

/** Undefined: AWS does not tell yet, or does not any more. */
export async function readCacheNetwork(
  aws: Pick<Aws, 'ec2' | 'elasticache' | 'serverless'>,
  { name, nodes }: LivingCache,
): Promise<CacheNetwork | undefined> {
  if (nodes) return ofNodes(aws, nodes.memberClusters);
  const cache = await aws.serverless.readServerlessCache(name);
  return cache && ofSubnets(aws, cache.subnetIds, cache.securityGroupIds);
}

async function ofNodes(
  { ec2, elasticache }: Pick<Aws, 'ec2' | 'elasticache'>,
  memberClusters: readonly string[],
): Promise<CacheNetwork | undefined> {
  const members = await elasticache.describeCacheClusters(memberClusters);
  const groupName = members.flatMap(({ cacheSubnetGroupName }) => cacheSubnetGroupName ?? [])[0];
  const group = groupName === undefined ? undefined : await elasticache.readCacheSubnetGroup(groupName);
  if (!group) return undefined;
  const securityGroupIds = [...new Set(members.flatMap((member) => member.securityGroupIds))];
  const [network, nodes] = await Promise.all([
    ofSubnets(
      { ec2 },
      group.subnets.map(({ subnetId }) => subnetId),
      securityGroupIds,
    ),
    readNodes({ ec2 }, securityGroupIds, memberClusters),
  ]);
  if (!network || nodes.length === 0) return network;
  return {
    ...network,
    subnets: network.subnets.filter(({ subnetId }) => nodes.some((node) => node.subnetId === subnetId)),
    cidrs: nodes.map(({ privateIpAddress }) => `${privateIpAddress}/32`),
  };
}

async function ofSubnets(
  { ec2 }: Pick<Aws, 'ec2'>,
  subnetIds: readonly string[],
  securityGroupIds: readonly string[],
): Promise<CacheNetwork | undefined> {
  const subnets = await ec2.describeSubnets({ subnetIds });
  const vpcId = subnets[0]?.vpcId;
  if (vpcId === undefined) return undefined;
  return { vpcId, securityGroupIds, subnets, cidrs: subnets.flatMap(({ cidrBlock }) => cidrBlock ?? []) };
}

/** By what ElastiCache calls its nodes' interfaces: 'ElastiCache canvas-redis-001'. Who may not look does without. */
async function readNodes(
  { ec2 }: Pick<Aws, 'ec2'>,
  securityGroupIds: readonly string[],
  memberClusters: readonly string[],
) {
  try {
    const interfaces = await ec2.describeNetworkInterfaces(securityGroupIds);
    return interfaces.filter(
      ({ description }) =>
        description.startsWith('ElastiCache') &&
        memberClusters.some((member) => description.endsWith(member)),
    );
  } catch (error) {
    if (error instanceof WizardError && error.code === 'AccessDenied') return [];
    throw error;
  }
}
