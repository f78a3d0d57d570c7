/** VPCs, subnets and security groups. Expected failures are values. */
import type { Tags } from '../domain/ownership.ts';
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

export type IngressSource = { readonly groupId: string } | { readonly cidr: string };

export interface Ec2 {
  readVpc(
    vpcId: string,
  ): Promise<{ vpcId: string; dnsSupport: boolean; cidrBlocks: readonly string[] } | undefined>;
  describeSubnets(by: { subnetIds: readonly string[] } | { vpcId: string }): Promise<Ec2Subnet[]>;
  /** 'availability-zone', 'local-zone' or 'wavelength-zone' by zone name. */
  describeZoneTypes(): Promise<ReadonlyMap<string, string>>;
  /** The subnets whose route table (their own, else the VPC's main one) leads to an internet gateway. */
  readPublicSubnetIds(vpcId: string): Promise<ReadonlySet<string>>;
  /** Those with no default route to anywhere: no NAT, no gateway, nothing. */
  readClosedSubnetIds(vpcId: string): Promise<ReadonlySet<string>>;
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
  deleteSecurityGroup(groupId: string): Promise<'deleted' | 'gone' | 'busy'>;
  createTags(resourceId: string, tags: Tags): Promise<void>;
  /** Where container instances are: the place of tasks in bridge and host mode. Absent ids are left out. */
  describeInstances(instanceIds: readonly string[]): Promise<Instance[]>;
  /** Those that are gone are left out; none of these: all there are. */
  listInstances(by: {
    readonly ids?: readonly string[];
    readonly names?: readonly string[];
    readonly securityGroupId?: string;
  }): Promise<AppHost[]>;
  /** Descriptions of the interfaces that carry the group: what is in the way of its deletion. */
  describeAttachments(groupId: string): Promise<string[]>;
}
