/** How a load balancer reaches a target: from its node in the target's Availability Zone, else from its first one. */
import type { Fabric, LoopbackEndpoint } from '../network/fabric.ts';
import type { NetworkInterface, Vpc } from '../network/vpc.ts';
import type { LoadBalancer } from './registry.ts';

/** 'refused': the packet arrives where nothing listens. 'lost': no answer ever comes. */
export type Reach = LoopbackEndpoint | 'refused' | 'lost';

export type TargetPath = (loadBalancer: LoadBalancer, targetId: string, port: number) => Reach;

export function targetPath(vpc: Vpc, fabric: Fabric): TargetPath {
  return (loadBalancer, targetId, port) => {
    const to = interfaceOf(vpc, targetId);
    const node =
      loadBalancer.nodes.find(({ availabilityZone }) => availabilityZone === to?.availabilityZone) ??
      loadBalancer.nodes[0];
    if (!node || !to) return 'lost';
    const endpoint = fabric.route(node, to.privateIpAddress, port);
    if (endpoint) return endpoint;
    return vpc.barrier(node, to, port) === undefined ? 'refused' : 'lost';
  };
}

/** A target is registered by its address, or by its instance's id: then it is that instance's primary interface. */
export function interfaceOf(vpc: Vpc, targetId: string): NetworkInterface | undefined {
  return vpc.instance?.(targetId)?.networkInterface ?? vpc.networkInterfaceAt(targetId);
}
