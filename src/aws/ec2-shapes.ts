/** EC2's shapes as ours. */
import type {
  Instance as AwsInstance,
  IpPermission,
  SecurityGroup as AwsSecurityGroup,
  Subnet as AwsSubnet,
} from '@aws-sdk/client-ec2';
import type { Permission } from '../domain/security-rules.ts';
import type { AppHost, Ec2Subnet, IngressSource, Instance, SecurityGroup } from './ec2.ts';
import { fromTagList } from './tag-list.ts';

export function toSubnet(subnet: AwsSubnet): Ec2Subnet {
  return {
    subnetId: subnet.SubnetId ?? '',
    vpcId: subnet.VpcId ?? '',
    availabilityZone: subnet.AvailabilityZone ?? '',
    freeAddresses: subnet.AvailableIpAddressCount ?? 0,
    ipv6Native: subnet.Ipv6Native === true,
    ...(subnet.CidrBlock !== undefined && { cidrBlock: subnet.CidrBlock }),
    ...(subnet.OutpostArn !== undefined && { outpostArn: subnet.OutpostArn }),
  };
}

export function toInstance(instance: AwsInstance): Instance {
  return {
    instanceId: instance.InstanceId ?? '',
    vpcId: instance.VpcId ?? '',
    subnetId: instance.SubnetId ?? '',
    securityGroupIds: (instance.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId),
  };
}

export function toAppHost(instance: AwsInstance): AppHost {
  return {
    ...toInstance(instance),
    name: fromTagList(instance.Tags)['Name'],
    state: instance.State?.Name ?? '',
    privateIpAddress: instance.PrivateIpAddress ?? '',
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    instanceProfileArn: instance.IamInstanceProfile?.Arn,
  };
}

export function toSecurityGroup(group: AwsSecurityGroup): SecurityGroup {
  return {
    groupId: group.GroupId ?? '',
    groupName: group.GroupName ?? '',
    vpcId: group.VpcId ?? '',
    tags: fromTagList(group.Tags),
    ingress: (group.IpPermissions ?? []).flatMap(toPermissions),
    egress: (group.IpPermissionsEgress ?? []).flatMap(toPermissions),
  };
}

/** AWS groups sources under one range of ports; here each source stands alone. */
function toPermissions(permission: IpPermission): Permission[] {
  const ports = {
    protocol: permission.IpProtocol ?? '-1',
    // Absent where the protocol is '-1': every port.
    fromPort: permission.FromPort ?? -1,
    toPort: permission.ToPort ?? -1,
  };
  const from = (source: Permission['source'], description: string | undefined): Permission => ({
    ...ports,
    source,
    ...(description !== undefined && { description }),
  });
  return [
    ...(permission.UserIdGroupPairs ?? []).map((pair) =>
      from({ groupId: pair.GroupId ?? '' }, pair.Description),
    ),
    ...(permission.IpRanges ?? []).map((range) => from({ cidr: range.CidrIp ?? '' }, range.Description)),
    ...(permission.Ipv6Ranges ?? []).map((range) => from({ cidr: range.CidrIpv6 ?? '' }, range.Description)),
    ...(permission.PrefixListIds ?? []).map((list) =>
      from({ prefixListId: list.PrefixListId ?? '' }, list.Description),
    ),
  ];
}

/** A rule as it was read, to be named again. */
export function fromPermission({
  protocol,
  fromPort,
  toPort,
  source,
  description,
}: Permission): IpPermission {
  const Description = description;
  const ports = {
    IpProtocol: protocol,
    ...(protocol === '-1' ? {} : { FromPort: fromPort, ToPort: toPort }),
  };
  if ('groupId' in source) return { ...ports, UserIdGroupPairs: [{ GroupId: source.groupId, Description }] };
  if ('prefixListId' in source) {
    return { ...ports, PrefixListIds: [{ PrefixListId: source.prefixListId, Description }] };
  }
  return source.cidr.includes(':')
    ? { ...ports, Ipv6Ranges: [{ CidrIpv6: source.cidr, Description }] }
    : { ...ports, IpRanges: [{ CidrIp: source.cidr, Description }] };
}

/** One source a rule: a single duplicate in a batch fails the whole call. */
export function toIpPermission(rule: {
  port: number;
  source: IngressSource;
  description?: string;
}): IpPermission {
  const { source, port, description } = rule;
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  return fromPermission({ ...ports, source, ...(description === undefined ? {} : { description }) });
}
