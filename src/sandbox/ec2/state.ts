/** What EC2 remembers of one account in one region. Each file of this folder is behaviour over it. */
import type { NetworkAclEntry, RequestLaunchTemplateData, Route } from '@aws-sdk/client-ec2';
import type { Clock } from '../../clock.ts';
import type { InstanceWatcher, NetworkInterface } from '../network/vpc.ts';
import type { Ipv4Block } from './cidr.ts';
import { type IdSource, idSource } from './ids.ts';
import { Tags } from './tags.ts';
import { type Zone, zonesOf } from './zones.ts';

export interface VpcRecord {
  readonly vpcId: string;
  readonly block: Ipv4Block;
  readonly ipv6CidrBlock: string | undefined;
  readonly isDefault: boolean;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
}

export interface SubnetRecord {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: Zone;
  /** Absent in an IPv6-only subnet. */
  readonly block: Ipv4Block | undefined;
  readonly ipv6CidrBlock: string | undefined;
  readonly outpostArn: string | undefined;
  readonly defaultForAz: boolean;
  mapPublicIpOnLaunch: boolean;
  /** How many of its addresses are taken, and where the search for the next free one begins. */
  taken: number;
  cursor: number;
}

export interface RouteTableAssociationRecord {
  readonly associationId: string;
  readonly subnetId: string | undefined;
  readonly main: boolean;
}

export interface RouteTableRecord {
  readonly routeTableId: string;
  readonly vpcId: string;
  routes: Route[];
  associations: RouteTableAssociationRecord[];
}

export interface InternetGatewayRecord {
  readonly internetGatewayId: string;
  vpcId: string | undefined;
}

export interface NatGatewayRecord {
  readonly natGatewayId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly connectivityType: 'public' | 'private';
  readonly allocationId: string | undefined;
  readonly networkInterfaceId: string;
  readonly createTime: Date;
  state: 'available' | 'deleted';
}

export interface NetworkAclRecord {
  readonly networkAclId: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  entries: NetworkAclEntry[];
  associations: { associationId: string; subnetId: string }[];
}

export interface RuleSource {
  readonly kind: 'cidrIpv4' | 'cidrIpv6' | 'prefixList' | 'group';
  readonly value: string;
}

export interface RuleSpecification {
  readonly isEgress: boolean;
  readonly ipProtocol: string;
  /** -1 for both when the protocol is -1, as DescribeSecurityGroupRules shows it. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly source: RuleSource;
  readonly description: string | undefined;
}

export interface SecurityGroupRuleRecord extends RuleSpecification {
  readonly securityGroupRuleId: string;
  readonly groupId: string;
}

export interface SecurityGroupRecord {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly rules: Map<string, SecurityGroupRuleRecord>;
  /** False while reads by id may still miss it. */
  settled: boolean;
}

export interface NetworkInterfaceRecord extends NetworkInterface {
  groupIds: readonly string[];
  readonly attachmentId: string;
  readonly description: string;
  readonly requester: string;
  readonly publicIp: string | undefined;
  readonly attachTime: Date;
  /** The instance whose primary interface it is. */
  readonly instanceId: string | undefined;
}

export interface InstanceRecord {
  readonly instanceId: string;
  readonly reservationId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly instanceProfileArn: string | undefined;
  /** Detached when the instance is terminated; still remembered. */
  readonly networkInterface: NetworkInterfaceRecord;
  readonly launchTime: Date;
  stateName: InstanceStateName;
}

export type InstanceStateName = 'pending' | 'running' | 'shutting-down' | 'terminated';

export interface LaunchTemplateRecord {
  readonly launchTemplateId: string;
  readonly launchTemplateName: string;
  readonly createTime: Date;
  /** The only version of a template here. */
  readonly data: RequestLaunchTemplateData;
}

export interface VpcEndpointRecord {
  readonly vpcEndpointId: string;
  readonly vpcEndpointType: 'Gateway' | 'Interface';
  readonly vpcId: string;
  readonly serviceName: string;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly networkInterfaceIds: readonly string[];
  readonly privateDnsEnabled: boolean;
  readonly policyDocument: string;
  readonly creationTimestamp: Date;
}

export interface VpcPeeringRecord {
  readonly vpcPeeringConnectionId: string;
  readonly requesterVpcId: string;
  readonly accepterVpcId: string;
  status: 'pending-acceptance' | 'active' | 'deleted';
}

export interface PrefixListRecord {
  readonly prefixListId: string;
  readonly prefixListName: string;
  readonly ownerId: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  readonly maxEntries: number | undefined;
  readonly entries: readonly { cidr: string; description: string | undefined }[];
}

export interface Ec2State {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly zones: readonly Zone[];
  readonly newId: IdSource;
  readonly tags: Tags;
  readonly vpcs: Map<string, VpcRecord>;
  readonly subnets: Map<string, SubnetRecord>;
  readonly routeTables: Map<string, RouteTableRecord>;
  readonly internetGateways: Map<string, InternetGatewayRecord>;
  readonly natGateways: Map<string, NatGatewayRecord>;
  readonly networkAcls: Map<string, NetworkAclRecord>;
  readonly securityGroups: Map<string, SecurityGroupRecord>;
  readonly networkInterfaces: Map<string, NetworkInterfaceRecord>;
  /** The same interfaces by private address. */
  readonly addresses: Map<string, NetworkInterfaceRecord>;
  readonly instances: Map<string, InstanceRecord>;
  readonly instanceWatchers: Set<InstanceWatcher>;
  readonly launchTemplates: Map<string, LaunchTemplateRecord>;
  readonly vpcEndpoints: Map<string, VpcEndpointRecord>;
  readonly vpcPeerings: Map<string, VpcPeeringRecord>;
  readonly prefixLists: Map<string, PrefixListRecord>;
  /** How long a new security group is not found by its id. */
  readonly settleMs: number;
}

export interface Ec2Options {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  /**
   * Clock time for which a security group that was just created is InvalidGroup.NotFound by id, for DescribeSecurityGroups,
   * Authorize and Revoke (EC2 API reference, "Eventual consistency"; AWS gives no figure).
   */
  readonly settleMs?: number;
}

const SETTLE_MS = 2_000;

export function createState({ accountId, region, clock, settleMs = SETTLE_MS }: Ec2Options): Ec2State {
  return {
    accountId,
    region,
    clock,
    settleMs,
    zones: zonesOf(region),
    newId: idSource(`${accountId} ${region}`),
    tags: new Tags(),
    vpcs: new Map(),
    subnets: new Map(),
    routeTables: new Map(),
    internetGateways: new Map(),
    natGateways: new Map(),
    networkAcls: new Map(),
    securityGroups: new Map(),
    networkInterfaces: new Map(),
    addresses: new Map(),
    instances: new Map(),
    instanceWatchers: new Set(),
    launchTemplates: new Map(),
    vpcEndpoints: new Map(),
    vpcPeerings: new Map(),
    prefixLists: new Map(),
  };
}

export function arn(state: Ec2State, resource: string): string {
  return `arn:aws:ec2:${state.region}:${state.accountId}:${resource}`;
}
