/**
 * Who may talk to whom: what the other services ask of the VPC. Implemented over the EC2 state (ec2/), which
 * owns VPCs, subnets, route tables, network ACLs, security groups and network interfaces.
 */

/** Where something is attached to the VPC: a task, a cache node, a load balancer node. */
export interface NetworkInterface {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly privateIpAddress: string;
  readonly groupIds: readonly string[];
}

export interface AttachRequest {
  subnetId: string;
  /** Empty or absent: the VPC's default security group, as AWS does. */
  groupIds?: readonly string[];
  /** Shown by DescribeNetworkInterfaces: 'ElastiCache collabcanvas-redis-001'. */
  description: string;
  /** 'amazon-elasticache', 'amazon-elb', 'ecs' ...: the service that manages it. */
  requester: string;
  publicIp?: boolean;
}

/** An EC2 instance, as the services see it that run something on it or send something to it. */
export interface Instance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly networkInterface: NetworkInterface;
  readonly publicIp: boolean;
  /** How many network interfaces its type can have, its own included. */
  readonly mostInterfaces: number;
  /** The Auto Scaling group that launched it. */
  readonly autoScalingGroup: string | undefined;
  readonly instanceProfileArn: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** Who plays what runs on instances. */
export interface InstanceWatcher {
  running(instance: Instance): void;
  /** It is being terminated. */
  ending(instanceId: string): void;
}

/** What stops a packet. */
export type Barrier =
  'egress of the source' | 'network ACL' | 'ingress of the destination' | 'no route' | 'nothing there';

/** First and last TCP port, both included. */
export type PortRange = readonly [number, number];

/** All the ports that `barrier` lets through: for who must know before the packet comes. */
export interface PacketFilter {
  openPorts(from: NetworkInterface, to: NetworkInterface): readonly PortRange[];
}

export interface Vpc {
  /** Throws the EC2 error of an unknown subnet or group, or of a subnet without free addresses. */
  attach(request: AttachRequest): NetworkInterface;
  /** Unknown ids are ignored: an interface is released once, by whoever comes first. */
  detach(networkInterfaceId: string): void;
  /** ModifyNetworkInterfaceAttribute, as a service does it that manages the interface (the address stays). */
  replaceGroups?(networkInterfaceId: string, groupIds: readonly string[]): void;
  networkInterface(networkInterfaceId: string): NetworkInterface | undefined;
  networkInterfaceAt(privateIpAddress: string): NetworkInterface | undefined;
  /** A running instance. */
  instance?(instanceId: string): Instance | undefined;
  /** Returns how to stop watching. */
  watchInstances?(watcher: InstanceWatcher): () => void;
  /** Undefined when a TCP packet would arrive; judged on the rules as they stand now. */
  barrier(from: NetworkInterface, to: NetworkInterface, port: number): Barrier | undefined;
  /** Whether an interface in this subnet can pull images and reach AWS's public endpoints. */
  reachesInternet(subnetId: string, publicIp: boolean): boolean;
  /** Whether an interface reaches one of AWS's services, by its endpoint's short name: 'secretsmanager'. */
  reachesService?(from: NetworkInterface, publicIp: boolean, service: string): boolean;
  /** Whether the VPC's resolver answers what is in it. */
  resolvesNames?(vpcId: string): boolean;
  subnet(
    subnetId: string,
  ): { vpcId: string; availabilityZone: string; freeAddresses: number; outpostArn?: string } | undefined;
  /** Of the default VPC, one in each Availability Zone; none without a default VPC. */
  defaultSubnets?(): readonly string[];
  securityGroup(groupId: string): { groupId: string; groupName: string; vpcId: string } | undefined;
  /** Called after any change that may alter what `barrier` answers; returns how to stop listening. */
  onChange(listener: () => void): () => void;
}
