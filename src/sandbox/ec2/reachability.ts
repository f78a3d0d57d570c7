/** What stands in the way of a packet: the source's egress, the network ACLs of both subnets, the destination's ingress. */
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { Barrier, NetworkInterface, PortRange } from '../network/vpc.ts';
import { cidrContains } from './cidr.ts';
import { networkAclOf } from './network-acls.ts';
import { ALL_PORTS, covers, includesPort, intersect, subtract, unite } from './port-ranges.ts';
import { routeTableOf } from './route-tables.ts';
import { routeTo } from './routes.ts';
import type {
  Ec2State,
  NetworkInterfaceRecord,
  RuleSource,
  SecurityGroupRuleRecord,
  SubnetRecord,
  VpcEndpointRecord,
} from './state.ts';

/** VPC User Guide, "Ephemeral ports": Linux kernels, and what Elastic Load Balancing and NAT gateways use instead. */
const LINUX_EPHEMERAL: PortRange = [32_768, 60_999];
const WIDE_EPHEMERAL: PortRange = [1_024, 65_535];
const WIDE_REQUESTERS: ReadonlySet<string> = new Set(['amazon-elb', 'amazon-nat']);

/** A Fargate task without a route to the internet can start with these (ECR User Guide, "VPC endpoints"). */
const PULL_SERVICES = ['ecr.api', 'ecr.dkr', 'logs'];
const HTTPS = 443;

export function barrier(
  state: Ec2State,
  from: NetworkInterface,
  to: NetworkInterface,
  port: number,
): Barrier | undefined {
  const ends = endsOf(state, from, to);
  if (typeof ends === 'string') return ends;
  for (const [name, open] of obstacles(state, ends.source, ends.destination)) {
    if (!includesPort(open, port)) return name;
  }
  return undefined;
}

export function openPorts(
  state: Ec2State,
  from: NetworkInterface,
  to: NetworkInterface,
): readonly PortRange[] {
  const ends = endsOf(state, from, to);
  if (typeof ends === 'string') return [];
  let open = ALL_PORTS;
  for (const [, ports] of obstacles(state, ends.source, ends.destination)) open = intersect(open, ports);
  return open;
}

interface Ends {
  readonly source: NetworkInterfaceRecord;
  readonly destination: NetworkInterfaceRecord;
}

function endsOf(state: Ec2State, from: NetworkInterface, to: NetworkInterface): Ends | Barrier {
  const source = state.networkInterfaces.get(from.networkInterfaceId);
  const destination = state.networkInterfaces.get(to.networkInterfaceId);
  if (!source) return 'no route';
  // Inside a VPC the local route is always there.
  if (from.vpcId !== to.vpcId && !(crosses(state, from, to) && crosses(state, to, from))) return 'no route';
  return destination ? { source, destination } : 'nothing there';
}

/** Over an active peering connection that the source's route table names; answers need such a route as well. */
function crosses(state: Ec2State, from: NetworkInterface, to: NetworkInterface): boolean {
  const route = routeTo(state, from.subnetId, to.privateIpAddress);
  const peering = state.vpcPeerings.get(route?.VpcPeeringConnectionId ?? '');
  return peering?.status === 'active' && [peering.requesterVpcId, peering.accepterVpcId].includes(to.vpcId);
}

/** In the order in which a packet meets them, with the ports that each lets through. */
function* obstacles(
  state: Ec2State,
  source: NetworkInterfaceRecord,
  destination: NetworkInterfaceRecord,
): Generator<[Barrier, readonly PortRange[]]> {
  // What an interface sends to its own address never leaves the machine.
  if (source === destination) return;
  yield ['egress of the source', groupPorts(state, source, destination, true)];
  // Network ACLs guard the border of a subnet: what stays inside never meets them.
  if (source.subnetId !== destination.subnetId) yield ['network ACL', aclPorts(state, source, destination)];
  yield ['ingress of the destination', groupPorts(state, destination, source, false)];
}

/** Security groups are stateful and only allow: all the rules of all the interface's groups together. */
function groupPorts(
  state: Ec2State,
  guarded: NetworkInterfaceRecord,
  peer: NetworkInterfaceRecord,
  isEgress: boolean,
): PortRange[] {
  const rules = guarded.groupIds
    .flatMap((id) => [...(state.securityGroups.get(id)?.rules.values() ?? [])])
    .filter((rule) => rule.isEgress === isEgress && sourceIncludes(state, rule.source, peer));
  return unite(rules.flatMap(tcpPorts));
}

function tcpPorts(rule: SecurityGroupRuleRecord): readonly PortRange[] {
  if (rule.ipProtocol === '-1') return ALL_PORTS;
  return rule.ipProtocol === 'tcp' ? [[rule.fromPort, rule.toPort]] : [];
}

function sourceIncludes(state: Ec2State, { kind, value }: RuleSource, peer: NetworkInterfaceRecord): boolean {
  switch (kind) {
    case 'cidrIpv4':
      return cidrContains(value, peer.privateIpAddress);
    case 'prefixList':
      return (
        state.prefixLists.get(value)?.entries.some(({ cidr }) => cidrContains(cidr, peer.privateIpAddress)) ??
        false
      );
    case 'group':
      return peer.groupIds.includes(value);
    case 'cidrIpv6':
      return false;
  }
}

/** Stateless: the answers to the source's ephemeral ports must get back, past both ACLs, or nothing passes at all. */
function aclPorts(
  state: Ec2State,
  source: NetworkInterfaceRecord,
  destination: NetworkInterfaceRecord,
): PortRange[] {
  const near = networkAclOf(state, source.subnetId)?.entries ?? [];
  const far = networkAclOf(state, destination.subnetId)?.entries ?? [];
  const ephemeral = WIDE_REQUESTERS.has(source.requester) ? WIDE_EPHEMERAL : LINUX_EPHEMERAL;
  const back = intersect(
    allowedPorts(far, true, source.privateIpAddress),
    allowedPorts(near, false, destination.privateIpAddress),
  );
  if (!covers(back, ephemeral)) return [];
  return intersect(
    allowedPorts(near, true, destination.privateIpAddress),
    allowedPorts(far, false, source.privateIpAddress),
  );
}

/** For each port the entry with the lowest number decides. */
function allowedPorts(
  entries: readonly NetworkAclEntry[],
  egress: boolean,
  peerAddress: string,
): PortRange[] {
  const matching = entries
    .filter((entry) => entry.Egress === egress && cidrContains(entry.CidrBlock ?? '', peerAddress))
    .toSorted((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0));
  let undecided = [...ALL_PORTS];
  const allowed: PortRange[] = [];
  for (const entry of matching) {
    const range = entryPorts(entry);
    if (!range) continue;
    if (entry.RuleAction === 'allow') allowed.push(...intersect(undecided, [range]));
    undecided = subtract(undecided, range);
  }
  return unite(allowed);
}

function entryPorts(entry: NetworkAclEntry): PortRange | undefined {
  if (entry.Protocol === '-1') return [0, 65_535];
  return entry.Protocol === '6' ? [entry.PortRange?.From ?? 0, entry.PortRange?.To ?? 65_535] : undefined;
}

/** Whether images can be pulled from this subnet, and AWS's public endpoints be reached. */
export function reachesInternet(state: Ec2State, subnetId: string, publicIp: boolean): boolean {
  const subnet = state.subnets.get(subnetId);
  if (!subnet || !resolvesNames(state, subnet.vpcId)) return false;
  return (
    hasWayOut(state, subnet, publicIp) ||
    pullsThroughEndpoints(state, subnet.vpcId, routeTableOf(state, subnet).routeTableId)
  );
}

/** Over the internet, or by an interface endpoint whose security groups let it in. */
export function reachesService(
  state: Ec2State,
  from: NetworkInterface,
  publicIp: boolean,
  service: string,
): boolean {
  const subnet = state.subnets.get(from.subnetId);
  if (!subnet || !resolvesNames(state, subnet.vpcId)) return false;
  const endpoints = endpointsOf(state, subnet.vpcId, service).filter(
    (endpoint) => endpoint.privateDnsEnabled,
  );
  // Its private name stands before the public one: an endpoint that lets nobody in is worse than none.
  if (endpoints.length === 0) return hasWayOut(state, subnet, publicIp);
  const interfaces = endpoints
    .flatMap(({ networkInterfaceIds }) => networkInterfaceIds)
    .flatMap((id) => state.networkInterfaces.get(id) ?? []);
  return interfaces.some((to) => barrier(state, from, to, HTTPS) === undefined);
}

/** VPC User Guide, "DNS attributes": without it the resolver of the VPC answers nobody. */
export function resolvesNames(state: Ec2State, vpcId: string): boolean {
  return state.vpcs.get(vpcId)?.enableDnsSupport ?? false;
}

function hasWayOut(state: Ec2State, subnet: SubnetRecord, publicIp: boolean): boolean {
  const { subnetId, vpcId } = subnet;
  const out = routeTableOf(state, subnet).routes.find((route) => route.DestinationCidrBlock === '0.0.0.0/0');
  const gateway = state.internetGateways.get(out?.GatewayId ?? '');
  if (publicIp && gateway?.vpcId === vpcId) return true;
  const nat = state.natGateways.get(out?.NatGatewayId ?? '');
  if (nat?.state !== 'available' || nat.connectivityType !== 'public' || nat.subnetId === subnetId)
    return false;
  // A public NAT gateway works only from a subnet that itself reaches the internet gateway.
  const beyond = state.subnets.get(nat.subnetId);
  return beyond !== undefined && hasWayOut(state, beyond, true);
}

function pullsThroughEndpoints(state: Ec2State, vpcId: string, routeTableId: string): boolean {
  return (
    PULL_SERVICES.every((service) =>
      endpointsOf(state, vpcId, service).some((endpoint) => endpoint.privateDnsEnabled),
    ) && endpointsOf(state, vpcId, 's3').some((endpoint) => endpoint.routeTableIds.includes(routeTableId))
  );
}

function endpointsOf(state: Ec2State, vpcId: string, service: string): VpcEndpointRecord[] {
  return [...state.vpcEndpoints.values()].filter(
    (endpoint) =>
      endpoint.vpcId === vpcId && endpoint.serviceName === `com.amazonaws.${state.region}.${service}`,
  );
}
