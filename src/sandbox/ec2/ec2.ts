/** EC2 of one account in one region: its operations, and the VPC that the other services see. */
import type { PacketFilter, Vpc } from '../network/vpc.ts';
import { type Handler, type Operations, ServiceError } from '../service.ts';
import { internetGatewayOperations, natGatewayOperations } from './gateways.ts';
import { instanceOf, instanceOperations } from './instances.ts';
import { terminationOperations } from './termination.ts';
import { launchTemplateOperations } from './launch-templates.ts';
import { find } from './lookup.ts';
import { networkAclOperations } from './network-acls.ts';
import {
  acceptedGroups,
  attachInterface,
  detachInterface,
  networkInterfaceOperations,
} from './network-interfaces.ts';
import { prefixListOperations } from './prefix-lists.ts';
import { barrier, openPorts, reachesInternet, reachesService, resolvesNames } from './reachability.ts';
import { routeTableOperations } from './route-tables.ts';
import { securityGroupRuleOperations } from './security-group-rules.ts';
import { securityGroupOperations } from './security-groups.ts';
import { createState, type Ec2Options, type Ec2State } from './state.ts';
import { freeAddresses, subnetOperations } from './subnets.ts';
import { tagOperations } from './tag-operations.ts';
import { vpcEndpointOperations } from './vpc-endpoints.ts';
import { vpcPeeringOperations } from './vpc-peering.ts';
import { vpcOperations } from './vpcs.ts';
import { availabilityZoneOperations } from './zones.ts';

export interface Ec2 {
  readonly operations: Operations;
  readonly vpc: Vpc & PacketFilter;
  /** Ends the wait of all new security groups: for scenarios, which build an account before anybody looks at it. */
  settle(): void;
}

export function createEc2(options: Ec2Options): Ec2 {
  const state = createState(options);
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const operations: Operations = {
    ...vpcOperations(state),
    ...subnetOperations(state),
    ...availabilityZoneOperations(state),
    ...routeTableOperations(state),
    ...internetGatewayOperations(state),
    ...natGatewayOperations(state),
    ...networkAclOperations(state),
    ...securityGroupOperations(state),
    ...securityGroupRuleOperations(state),
    ...networkInterfaceOperations(state),
    ...vpcEndpointOperations(state),
    ...vpcPeeringOperations(state),
    ...prefixListOperations(state),
    ...instanceOperations(state, changed),
    ...terminationOperations(state, changed),
    ...launchTemplateOperations(state),
    ...tagOperations(state),
  };
  return {
    operations: Object.fromEntries(
      Object.entries(operations).map(([action, handler]) => [action, callable(action, handler, changed)]),
    ),
    vpc: vpcOf(state, listeners, changed),
    settle() {
      for (const group of state.securityGroups.values()) group.settled = true;
    },
  };
}

type AnyHandler = Handler<{ DryRun?: boolean } | undefined, unknown>;

/** What all operations have in common: DryRun, and that every write may change who reaches whom. */
function callable(action: string, handler: AnyHandler, changed: () => void): AnyHandler {
  const reads = /^(Describe|Get)/.test(action);
  return async (input, call) => {
    if (input?.DryRun) {
      throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    }
    const output = await handler(input, call);
    if (!reads) changed();
    return output;
  };
}

function vpcOf(state: Ec2State, listeners: Set<() => void>, changed: () => void): Vpc & PacketFilter {
  return {
    attach(request) {
      const eni = attachInterface(state, request);
      changed();
      return eni;
    },
    detach(networkInterfaceId) {
      detachInterface(state, networkInterfaceId);
      changed();
    },
    replaceGroups(networkInterfaceId, groupIds) {
      const eni = find(state.networkInterfaces, 'networkInterface', networkInterfaceId);
      eni.groupIds = acceptedGroups(state, eni.vpcId, groupIds, `interface ${networkInterfaceId}`);
      changed();
    },
    networkInterface: (networkInterfaceId) => state.networkInterfaces.get(networkInterfaceId),
    networkInterfaceAt: (privateIpAddress) => state.addresses.get(privateIpAddress),
    instance: (instanceId) => instanceOf(state, instanceId),
    watchInstances(watcher) {
      state.instanceWatchers.add(watcher);
      return () => state.instanceWatchers.delete(watcher);
    },
    barrier: (from, to, port) => barrier(state, from, to, port),
    openPorts: (from, to) => openPorts(state, from, to),
    reachesInternet: (subnetId, publicIp) => reachesInternet(state, subnetId, publicIp),
    reachesService: (from, publicIp, service) => reachesService(state, from, publicIp, service),
    resolvesNames: (vpcId) => resolvesNames(state, vpcId),
    subnet(subnetId) {
      const subnet = state.subnets.get(subnetId);
      return (
        subnet && {
          vpcId: subnet.vpcId,
          availabilityZone: subnet.zone.zoneName,
          freeAddresses: freeAddresses(subnet),
          ...(subnet.outpostArn ? { outpostArn: subnet.outpostArn } : {}),
        }
      );
    },
    defaultSubnets: () =>
      [...state.subnets.values()].filter((one) => one.defaultForAz).map((one) => one.subnetId),
    securityGroup(groupId) {
      const group = state.securityGroups.get(groupId);
      return group && { groupId: group.groupId, groupName: group.groupName, vpcId: group.vpcId };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
