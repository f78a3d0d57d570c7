/** Subnets that cache nodes can be in. ElastiCache takes no Local Zone, Wavelength or Outpost subnets (SubnetNotAllowedFault). */
import type { Aws } from '../aws/aws.ts';
import type { Ec2Subnet } from '../aws/ec2.ts';
import type { AppNetwork, Subnet } from '../domain/app.ts';
import { isPublic, routeTableOf } from '../domain/route-table.ts';

type Choice = Pick<AppNetwork, 'usableSubnets' | 'droppedSubnets'>;

/** All usable ones of the VPC, private ones first, then those with the most room. */
export async function readUsableSubnets(aws: Aws, vpcId: string): Promise<Choice> {
  const [subnets, tables, zoneTypes] = await Promise.all([
    aws.ec2.describeSubnets({ vpcId }),
    aws.ec2.describeRouteTables(vpcId),
    aws.ec2.describeZoneTypes(),
  ]);
  const usableSubnets: Subnet[] = [];
  const droppedSubnets: { subnetId: string; reason: string }[] = [];
  for (const subnet of subnets) {
    const reason = obstacle(subnet, zoneTypes);
    const table = routeTableOf(tables, subnet.subnetId);
    if (reason !== undefined) droppedSubnets.push({ subnetId: subnet.subnetId, reason });
    else usableSubnets.push(toSubnet(subnet, table !== undefined && isPublic(table)));
  }
  usableSubnets.sort(
    (one, other) => Number(one.isPublic) - Number(other.isPublic) || other.freeAddresses - one.freeAddresses,
  );
  return { usableSubnets, droppedSubnets };
}

export function zonesOf(subnets: readonly { readonly availabilityZone: string }[]): string[] {
  return [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
}

function obstacle(subnet: Ec2Subnet, zoneTypes: ReadonlyMap<string, string>): string | undefined {
  const zoneType = zoneTypes.get(subnet.availabilityZone) ?? 'availability-zone';
  if (subnet.outpostArn !== undefined) return 'on an Outpost';
  if (zoneType !== 'availability-zone')
    return `in the ${zoneType.replace('-', ' ')} ${subnet.availabilityZone}`;
  if (subnet.ipv6Native) return 'IPv6 only';
  if (subnet.freeAddresses === 0) return 'no free addresses';
  return undefined;
}

function toSubnet(
  { subnetId, vpcId, availabilityZone, freeAddresses }: Ec2Subnet,
  isPublic: boolean,
): Subnet {
  return { subnetId, vpcId, availabilityZone, freeAddresses, isPublic };
}
