/** In which subnets the nodes of a cache come to lie, and behind which security groups. */
import type { Vpc } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import { isOffered } from './node-types.ts';
import { invalidValue } from './rejection.ts';
import type { GroupSubnet, SubnetGroup } from './subnet-groups.ts';

export interface PlacementWish {
  readonly zone: string | undefined;
  /** Without a zone: neighbours in number come to lie in different ones. */
  readonly turn: number;
}

export interface Placement {
  /** One subnet for each. */
  place(group: SubnetGroup, cacheNodeType: string, wishes: readonly PlacementWish[]): GroupSubnet[];
  checkSecurityGroups(group: SubnetGroup, groupIds: readonly string[]): void;
}

export function createPlacement(vpc: Vpc): Placement {
  return {
    place(group, cacheNodeType, wishes) {
      const covered = [...new Set(group.subnets.map(({ availabilityZone }) => availabilityZone))];
      const offering = covered.filter((zone) => isOffered(cacheNodeType, zone));
      const free = new Map(group.subnets.map((one) => [one, vpc.subnet(one.subnetId)?.freeAddresses ?? 0]));
      return wishes.map((wish) => {
        const zone = wish.zone ?? offering[wish.turn % offering.length] ?? covered[0] ?? '';
        if (!covered.includes(zone)) {
          throw invalidValue(`The subnet group ${group.name} does not cover availability zone ${zone}.`);
        }
        if (!offering.includes(zone)) {
          throw invalidValue(`The node type ${cacheNodeType} is not available in availability zone ${zone}.`);
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
