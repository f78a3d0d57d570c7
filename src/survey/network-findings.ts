/** Whether a cache can be put where the app is, and be reached from there. */
import type { Aws } from '../aws/aws.ts';
import type { SecurityGroup } from '../aws/ec2.ts';
import { portsOf, type CacheSettings } from '../domain/settings.ts';
import { letsOut, restrictedGroups } from './egress.ts';
import type { Finding, Inspection, NetworkSituation } from './finding.ts';
import { readPlacement } from './placement.ts';
import { zonesOf } from './usable-subnets.ts';

export const subnets = async ({ app, aws, settings }: NetworkSituation): Promise<Finding[]> => {
  const found = await Promise.all(
    settings.caches.map(async (cache) => {
      if (cache.kind === 'replicationGroup') {
        const group = await aws.elasticache.readCacheSubnetGroup(cache.subnetGroupName);
        if (group) return [];
      }
      if (cache.kind === 'serverless' && (await aws.caches.read(cache.name))) return [];
      return cache.subnetIds ? namedSubnets(aws, app, cache.subnetIds.value) : usableSubnets(app);
    }),
  );
  // Caches of one project share the app's subnets, and what is wrong with them.
  return [...new Map(found.flat().map((finding) => [finding.message, finding])).values()];
};

async function namedSubnets(
  aws: Aws,
  app: NetworkSituation['app'],
  subnetIds: readonly string[],
): Promise<Finding[]> {
  const { vpcId, usableSubnets: usable, droppedSubnets } = app.network;
  const known = await aws.ec2.describeSubnets({ subnetIds });
  const problems = subnetIds.flatMap((subnetId) => {
    const subnet = known.find((each) => each.subnetId === subnetId);
    if (!subnet) return `${subnetId} is not there`;
    if (subnet.vpcId !== vpcId) return `${subnetId} is in ${subnet.vpcId}, the app in ${vpcId}`;
    const dropped = droppedSubnets.find((each) => each.subnetId === subnetId);
    return dropped ? `${subnetId} cannot have a cache (${dropped.reason})` : [];
  });
  if (problems.length === 0 && zonesOf(known).length < 2) problems.push('they are all in one zone');
  if (problems.length === 0) return [];
  const usableIds = usable.map(({ subnetId, availabilityZone }) => `${subnetId} (${availabilityZone})`);
  return [
    {
      severity: 'block',
      code: 'subnets-not-usable',
      errorCode: 'InvalidInput',
      message: `The subnets that were named cannot be used: ${problems.join('; ')}`,
      hint: `Name two or more in different zones of ${vpcId}: ${usableIds.join(', ') || 'there are none'}.`,
    },
  ];
}

function usableSubnets({ network }: NetworkSituation['app']): Finding[] {
  const { usableSubnets: usable, droppedSubnets: dropped, vpcId } = network;
  const zones = zonesOf(usable);
  if (zones.length >= 2) return [];
  const there = zones.length === 0 ? 'no usable subnet' : `usable subnets in ${zones[0] ?? ''} alone`;
  const left = dropped.map(({ subnetId, reason }) => `${subnetId} ${reason}`).join(', ');
  return [
    {
      severity: 'block',
      code: 'too-few-subnets',
      message: `${vpcId} has ${there}, and a cache takes two zones${left === '' ? '' : ` (left out: ${left})`}`,
      hint: 'Add a subnet in another zone to the VPC, then run the same command again.',
    },
  ];
}

export const dns = ({ app: { network } }: NetworkSituation): Finding[] =>
  network.dnsSupport
    ? []
    : [
        {
          severity: 'block',
          code: 'vpc-dns-off',
          message: `DNS resolution is switched off in ${network.vpcId}, so the app could not resolve the cache's name`,
          hint: `Switch it on: aws ec2 modify-vpc-attribute --vpc-id ${network.vpcId} --enable-dns-support Value=true`,
        },
      ];

/** Asked again for each cache's own port, and with its security group, to which a rule may lead already. */
export const egress: Inspection = async (situation) => {
  const { app, aws } = situation;
  const { interfaces } = await readPlacement(aws, app.service, app.taskDefinition);
  return egressOf(interfaces, situation);
};

/** `interfaces`: the groups of each network interface that the app speaks through. */
export async function egressOf(
  interfaces: readonly (readonly string[])[],
  { app, aws, settings }: NetworkSituation,
): Promise<Finding[]> {
  const { vpcId } = app.network;
  const [groups, vpc] = await Promise.all([
    aws.ec2.describeSecurityGroups({ groupIds: [...new Set(interfaces.flat())] }),
    aws.ec2.readVpc(vpcId),
  ]);
  const findings = settings.caches.map(async (cache) => {
    const [living, ofCache] = await Promise.all([
      aws.caches.read(cache.name),
      aws.ec2.describeSecurityGroups({ vpcId, groupName: cache.securityGroupName }),
    ]);
    const ports = living?.nodes && living.endpoint ? [living.endpoint.port] : portsOf(cache);
    const cacheGroups = ofCache.map(({ groupId }) => groupId);
    return ports.flatMap((port) => {
      const restricted = restrictedGroups(interfaces, groups, (group) =>
        letsOut(group, port, vpc?.cidrBlocks ?? [], cacheGroups),
      );
      return restricted.map((group) => egressFinding(group, port, cache, cacheGroups[0]));
    });
  });
  return (await Promise.all(findings)).flat();
}

function egressFinding(
  { groupId, groupName }: SecurityGroup,
  port: number,
  cache: CacheSettings,
  cacheGroupId: string | undefined,
): Finding {
  const to = cacheGroupId ?? `<the id of ${cache.securityGroupName}>`;
  const rule = `IpProtocol=tcp,FromPort=${port},ToPort=${port},UserIdGroupPairs=[{GroupId=${to}}]`;
  return {
    severity: 'warn',
    code: 'restricted-egress',
    message: `The app's security group ${groupId} (${groupName}) lets no TCP ${port} out, so ${cache.name} could not be reached`,
    hint: `Add a rule to it: aws ec2 authorize-security-group-egress --group-id ${groupId} --ip-permissions '${rule}'`,
  };
}

export const openToAll = ({ settings }: Pick<NetworkSituation, 'settings'>): Finding[] =>
  settings.caches.flatMap((cache) =>
    cache.allowCidrs
      .filter((cidr) => cidr.endsWith('/0'))
      .map((cidr) => ({
        severity: 'warn' as const,
        code: 'open-to-all',
        message: `TCP ${portsOf(cache).join(' and ')} of ${cache.name} will be open to ${cidr}: to everything that can reach the VPC`,
        hint: "Leave --allow-cidr out: the app's own security groups are allowed anyway.",
      })),
  );
