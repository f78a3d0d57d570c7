/** In which subnets the nodes of a cache come to lie, and behind which security groups. */
import type { Vpc } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import { invalidCombination, invalidValue } from './rejection.ts';
import type { GroupSubnet, SubnetGroup } from './subnet-groups.ts';

export interface Placement {
  /** One subnet a node. `taken` counts the nodes that lie already; `zones` names those of the new ones, if any. */
  place(group: SubnetGroup, count: number, zones: readonly string[], taken: number): GroupSubnet[];
  checkSecurityGroups(group: SubnetGroup, groupIds: readonly string[]): void;
}

export function createPlacement(vpc: Vpc): Placement {
  return {
    place(group, count, zones, taken) {
      if (zones.length > 0 && zones.length !== count) {
        throw invalidCombination(
          `The number of preferred availability zones (${zones.length}) must be the number of cache clusters (${count}).`,
        );
      }
      const available = [...new Set(group.subnets.map(({ availabilityZone }) => availabilityZone))];
      const free = new Map(group.subnets.map((one) => [one, vpc.subnet(one.subnetId)?.freeAddresses ?? 0]));
      return Array.from({ length: count }, (_, index) => {
        const zone = zones[index] ?? available[(taken + index) % available.length] ?? '';
        if (!available.includes(zone)) {
          throw invalidValue(`The subnet group ${group.name} does not cover availability zone ${zone}.`);
        }
        const subnet = group.subnets.find((one) => one.availabilityZone === zone && (free.get(one) ?? 0) > 0);
        if (!subnet) {
          throw new ServiceError(
            'InvalidVPCNetworkStateFault',
            `The subnets of ${group.name} in ${zone} do not have enough free addresses.`,
          );
        }
        free.set(subnet, (free.get(subnet) ?? 0) - 1);
        return subnet;
      });
    },
    checkSecurityGroups(group, groupIds) {
      for (const groupId of groupIds) {
        const found = vpc.securityGroup(groupId);
        if (!found) throw invalidValue(`Invalid security group: ${groupId} does not exist.`);
        if (found.vpcId !== group.vpcId) {
          throw invalidValue(
            `Security group ${groupId} is in ${found.vpcId}, but subnet group ${group.name} is in ${group.vpcId}.`,
          );
        }
      }
    },
  };
}
