/** VPCs, subnets and security groups. Expected failures are values. */
import type { NetworkAcl } from '../domain/network-acl.ts';
import type { Tags } from '../domain/ownership.ts';
import type { RouteTable } from '../domain/route-table.ts';
import type { Permission } from '../domain/security-rules.ts';

export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
  readonly tags: Tags;
  readonly ingress: readonly Permission[];
  readonly egress: readonly Permission[];
}

export interface Ec2Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly freeAddresses: number;
  readonly cidrBlock?: string;
  readonly ipv6Native: boolean;
  readonly outpostArn?: string;
}

export interface Instance {
  readonly instanceId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
}

/** One that an app of its own runs on. */
export interface AppHost extends Instance {
  readonly name: string | undefined;
  /** pending, running, stopped, ... */
  readonly state: string;
  readonly privateIpAddress: string;
  readonly availabilityZone: string;
  readonly instanceProfileArn: string | undefined;
}

export interface NetworkInterface {
  readonly networkInterfaceId: string;
  /** What AWS, or whoever made it, calls it: 'ElastiCache canvas-redis-001'. */
  readonly description: string;
  readonly subnetId: string;
  readonly privateIpAddress: string;
}

export interface VpcPeering {
  readonly vpcPeeringConnectionId: string;
  /** active, pending-acceptance, deleted, ... */
  readonly status: string;
}

export type IngressSource = { readonly groupId: string } | { readonly cidr: string };

export interface Ec2 {
  readVpc(
    vpcId: string,
  ): Promise<{ vpcId: string; dnsSupport: boolean; cidrBlocks: readonly string[] } | undefined>;
  describeSubnets(by: { subnetIds: readonly string[] } | { vpcId: string }): Promise<Ec2Subnet[]>;
  /** 'availability-zone', 'local-zone' or 'wavelength-zone' by zone name. */
  describeZoneTypes(): Promise<ReadonlyMap<string, string>>;
  describeRouteTables(vpcId: string): Promise<RouteTable[]>;
  /** Those of these subnets. */
  describeNetworkAcls(subnetIds: readonly string[]): Promise<NetworkAcl[]>;
  /** Between these two, whichever of them has asked. */
  describeVpcPeerings(vpcId: string, otherVpcId: string): Promise<VpcPeering[]>;
  /** The blocks of addresses in it. */
  readPrefixList(prefixListId: string): Promise<string[]>;
  /** Services that interface endpoints of the VPC lead to: 'com.amazonaws.eu-west-1.secretsmanager'. */
  listInterfaceEndpoints(vpcId: string): Promise<string[]>;
  /**
   * Absent ids are left out of the answer: a group just created may not be there yet. `referring` finds the groups
   * with a rule, in or out, that names that one.
   */
  describeSecurityGroups(
    by:
      | { groupIds: readonly string[] }
      | { vpcId: string; groupName: string }
      | { tags: Tags }
      | { tagKey: string }
      | { referring: string },
  ): Promise<SecurityGroup[]>;
  /** Of that name in any VPC; all there are when absent. */
  listSecurityGroups(groupName?: string): Promise<SecurityGroup[]>;
  createSecurityGroup(group: {
    groupName: string;
    description: string;
    vpcId: string;
    tags: Tags;
  }): Promise<{ created: true; groupId: string } | { created: false }>;
  /** A rule that is there already is success. Waits out the moments in which a new group is not found. */
  authorizeIngress(
    groupId: string,
    rule: { port: number; source: IngressSource; description: string },
  ): Promise<void>;
  /** One rule, whatever its description says. */
  revokeIngress(groupId: string, rule: Permission): Promise<'revoked' | 'gone'>;
  restoreIngress(groupId: string, rule: Permission): Promise<'restored' | 'exists'>;
  deleteSecurityGroup(groupId: string): Promise<'deleted' | 'gone' | 'busy'>;
  createTags(resourceId: string, tags: Tags): Promise<void>;
  deleteTags(resourceId: string, keys: readonly string[]): Promise<void>;
  /** Where container instances are: the place of tasks in bridge and host mode. Absent ids are left out. */
  describeInstances(instanceIds: readonly string[]): Promise<Instance[]>;
  /** Those that are gone are left out; none of these: all there are. */
  listInstances(by: {
    readonly ids?: readonly string[];
    readonly names?: readonly string[];
    readonly securityGroupId?: string;
  }): Promise<AppHost[]>;
  /** Those that carry one of the groups. */
  describeNetworkInterfaces(groupIds: readonly string[]): Promise<NetworkInterface[]>;
}
