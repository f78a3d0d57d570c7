/** How a load balancer reaches a target: from its node in the target's Availability Zone, else from its first one. */
import type { Fabric, LoopbackEndpoint } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';
import type { LoadBalancer } from './registry.ts';

/** 'refused': the packet arrives where nothing listens. 'lost': no answer ever comes. */
export type Reach = LoopbackEndpoint | 'refused' | 'lost';

export type TargetPath = (loadBalancer: LoadBalancer, privateIpAddress: string, port: number) => Reach;

export function targetPath(vpc: Vpc, fabric: Fabric): TargetPath {
  return (loadBalancer, privateIpAddress, port) => {
    const to = vpc.networkInterfaceAt(privateIpAddress);
    const node =
      loadBalancer.nodes.find(({ availabilityZone }) => availabilityZone === to?.availabilityZone) ??
      loadBalancer.nodes[0];
    if (!node || !to) return 'lost';
    const endpoint = fabric.route(node, privateIpAddress, port);
    if (endpoint) return endpoint;
    return vpc.barrier(node, to, port) === undefined ? 'refused' : 'lost';
  };
}
