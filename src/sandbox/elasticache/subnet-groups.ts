/** Cache subnet groups: where in the VPC the nodes of a cache may be. */
import type {
  CacheSubnetGroup,
  CreateCacheSubnetGroupMessage,
  DeleteCacheSubnetGroupMessage,
  DescribeCacheSubnetGroupsMessage,
  ModifyCacheSubnetGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { Vpc } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { page } from './paging.ts';
import { identifier, invalidValue } from './rejection.ts';
import type { Tags } from './tags.ts';

const MOST_SUBNETS = 20;

export interface GroupSubnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
}

export interface SubnetGroup {
  readonly name: string;
  readonly vpcId: string;
  description: string;
  subnets: readonly GroupSubnet[];
}

export interface SubnetGroups {
  /** Throws for an unknown name. */
  find(name: string): SubnetGroup;
  readonly operations: Operations;
}

export interface SubnetGroupUse {
  isUsed(name: string): boolean;
  /** Whether a node of such a group has an interface in the subnet. */
  isSubnetUsed(name: string, subnetId: string): boolean;
}

export function createSubnetGroups(
  region: string,
  arn: Arn,
  vpc: Vpc,
  tags: Tags,
  use: SubnetGroupUse,
): SubnetGroups {
  const groups = new Map<string, SubnetGroup>();

  const find = (name: string): SubnetGroup => {
    const group = groups.get(name.toLowerCase());
    if (!group)
      throw new ServiceError('CacheSubnetGroupNotFoundFault', `Cache Subnet Group ${name} does not exist.`);
    return group;
  };

  /** Checks the subnets in the order in which they are asked for. */
  const resolve = (subnetIds: readonly string[] = []): { vpcId: string; subnets: GroupSubnet[] } => {
    const unique = [...new Set(subnetIds)];
    if (unique.length === 0)
      throw invalidValue('The parameter SubnetIds must be provided and must not be blank.');
    if (unique.length > MOST_SUBNETS) {
      throw new ServiceError(
        'CacheSubnetQuotaExceededFault',
        `A cache subnet group can have at most ${MOST_SUBNETS} subnets.`,
      );
    }
    const found = unique.map((subnetId) => {
      const subnet = vpc.subnet(subnetId);
      if (!subnet)
        throw new ServiceError('InvalidSubnet', `Some input subnets in :[${subnetId}] are invalid.`);
      // Zones of Local Zones and Wavelength Zones carry more than a letter after the region: us-east-1-bos-1a.
      if (subnet.outpostArn !== undefined || !/^[a-z]$/.test(subnet.availabilityZone.slice(region.length))) {
        throw new ServiceError(
          'SubnetNotAllowedFault',
          `Subnet ${subnetId} is in ${subnet.outpostArn ?? subnet.availabilityZone}, where a cache of this kind cannot be.`,
        );
      }
      return { subnetId, vpcId: subnet.vpcId, availabilityZone: subnet.availabilityZone };
    });
    const [vpcId = '', ...others] = new Set(found.map((subnet) => subnet.vpcId));
    if (others.length > 0) {
      throw new ServiceError(
        'InvalidSubnet',
        `The subnets belong to different VPCs: ${[vpcId, ...others].join(', ')}.`,
      );
    }
    return {
      vpcId,
      subnets: found.map(({ subnetId, availabilityZone }) => ({ subnetId, availabilityZone })),
    };
  };

  const view = ({ name, description, vpcId, subnets }: SubnetGroup): CacheSubnetGroup => ({
    CacheSubnetGroupName: name,
    CacheSubnetGroupDescription: description,
    VpcId: vpcId,
    Subnets: subnets.map(({ subnetId, availabilityZone }) => ({
      SubnetIdentifier: subnetId,
      SubnetAvailabilityZone: { Name: availabilityZone },
      SupportedNetworkTypes: ['ipv4'],
    })),
    ARN: arn('subnetgroup', name),
    SupportedNetworkTypes: ['ipv4'],
  });

  const operations = {
    CreateCacheSubnetGroup(input: CreateCacheSubnetGroupMessage) {
      const name = identifier('CacheSubnetGroupName', input.CacheSubnetGroupName, 255);
      if (name === 'default') throw invalidValue('The parameter CacheSubnetGroupName must not be "default".');
      if (groups.has(name)) {
        throw new ServiceError(
          'CacheSubnetGroupAlreadyExistsFault',
          `Cache Subnet Group ${name} already exists.`,
        );
      }
      const group = {
        name,
        description: input.CacheSubnetGroupDescription ?? '',
        ...resolve(input.SubnetIds),
      };
      tags.put(arn('subnetgroup', name), input.Tags);
      groups.set(name, group);
      return { CacheSubnetGroup: view(group) };
    },
    DescribeCacheSubnetGroups(input: DescribeCacheSubnetGroupsMessage) {
      const all = input.CacheSubnetGroupName ? [find(input.CacheSubnetGroupName)] : [...groups.values()];
      const { items, Marker } = page(all, input);
      return { Marker, CacheSubnetGroups: items.map(view) };
    },
    ModifyCacheSubnetGroup(input: ModifyCacheSubnetGroupMessage) {
      const group = find(input.CacheSubnetGroupName ?? '');
      if (input.SubnetIds?.length) {
        const { vpcId, subnets } = resolve(input.SubnetIds);
        if (vpcId !== group.vpcId) {
          throw new ServiceError('InvalidSubnet', `The subnets are not in the group's VPC ${group.vpcId}.`);
        }
        const kept = new Set(subnets.map(({ subnetId }) => subnetId));
        for (const { subnetId } of group.subnets) {
          if (!kept.has(subnetId) && use.isSubnetUsed(group.name, subnetId)) {
            throw new ServiceError('SubnetInUse', `The subnet ${subnetId} is in use by a cache cluster.`);
          }
        }
        group.subnets = subnets;
      }
      group.description = input.CacheSubnetGroupDescription ?? group.description;
      return { CacheSubnetGroup: view(group) };
    },
    DeleteCacheSubnetGroup(input: DeleteCacheSubnetGroupMessage) {
      const { name } = find(input.CacheSubnetGroupName ?? '');
      if (use.isUsed(name)) {
        throw new ServiceError(
          'CacheSubnetGroupInUse',
          `Cache subnet group ${name} is currently in use by a cache cluster.`,
        );
      }
      groups.delete(name);
      tags.forget(arn('subnetgroup', name));
      return {};
    },
  } satisfies Operations;

  return { find, operations };
}
