/** EC2 behind its interface. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2';
import type {
  EC2ClientResolvedConfig,
  Filter,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import type { Clock } from '../clock.ts';
import type { Send } from './api.ts';
import { chunks, inParallel, pages } from './batches.ts';
import { toNetworkAcl, toNetworkInterface, toRouteTable } from './ec2-network-shapes.ts';
import { ruleCalls } from './ec2-rules.ts';
import { toAppHost, toInstance, toIpPermission, toSecurityGroup, toSubnet } from './ec2-shapes.ts';
import type { Ec2, Ec2Subnet } from './ec2.ts';
import { isFailure } from './failures.ts';
import { untilVisible } from './new-things.ts';
import { toTagList } from './tag-list.ts';

/** The most values that one filter takes. */
const VALUES_A_FILTER = 200;

type SendEc2 = Send<ServiceInputTypes, ServiceOutputTypes, EC2ClientResolvedConfig>;

export function ec2Gateway(send: SendEc2, clock: Clock): Ec2 {
  const onceVisible = <T>(call: () => Promise<T>): Promise<T> =>
    untilVisible(call, clock, 'security group not found');

  /** By filter everywhere: an id that is not there is then left out, where asking for it by name fails the call. */
  const filteredBy = <T>(
    name: string,
    values: readonly string[],
    read: (filter: Filter) => Promise<T[]>,
  ): Promise<T[]> =>
    inParallel(chunks(values, VALUES_A_FILTER), (some) => read(filter(name, ...some))).then((found) =>
      found.flat(),
    );

  const describeSubnets = async (by: Filter): Promise<Ec2Subnet[]> => {
    const subnets = await pages(async (NextToken) => {
      const page = await send(
        'Reading the subnets',
        new DescribeSubnetsCommand({ Filters: [by], NextToken }),
      );
      return { items: page.Subnets ?? [], next: page.NextToken };
    });
    return subnets.map(toSubnet);
  };

  const describeSecurityGroups = async (Filters: Filter[]) => {
    const groups = await pages(async (NextToken) => {
      const page = await send(
        'Reading the security groups',
        new DescribeSecurityGroupsCommand({ Filters, NextToken }),
      );
      return { items: page.SecurityGroups ?? [], next: page.NextToken };
    });
    return groups.map(toSecurityGroup);
  };

  return {
    async readVpc(vpcId) {
      const doing = `Reading the VPC ${vpcId}`;
      try {
        const [{ Vpcs = [] }, support] = await Promise.all([
          send(doing, new DescribeVpcsCommand({ VpcIds: [vpcId] })),
          send(doing, new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsSupport' })),
        ]);
        const [vpc] = Vpcs;
        if (!vpc) return undefined;
        const associated = vpc.CidrBlockAssociationSet?.map(({ CidrBlock }) => CidrBlock) ?? [];
        return {
          vpcId,
          dnsSupport: support.EnableDnsSupport?.Value === true,
          cidrBlocks: [...new Set([vpc.CidrBlock, ...associated])].filter((cidr) => cidr !== undefined),
        };
      } catch (error) {
        if (isFailure(error, 'vpc not found')) return undefined;
        throw error;
      }
    },

    describeSubnets: (by) =>
      'vpcId' in by
        ? describeSubnets(filter('vpc-id', by.vpcId))
        : filteredBy('subnet-id', by.subnetIds, describeSubnets),

    async describeZoneTypes() {
      const answer = await send('Reading the availability zones', new DescribeAvailabilityZonesCommand({}));
      const zones = answer.AvailabilityZones ?? [];
      return new Map(zones.map(({ ZoneName = '', ZoneType = 'availability-zone' }) => [ZoneName, ZoneType]));
    },

    async describeRouteTables(vpcId) {
      const tables = await pages(async (NextToken) => {
        const command = new DescribeRouteTablesCommand({ Filters: [filter('vpc-id', vpcId)], NextToken });
        const page = await send(`Reading the route tables of ${vpcId}`, command);
        return { items: page.RouteTables ?? [], next: page.NextToken };
      });
      return tables.map(toRouteTable);
    },

    async describeNetworkAcls(subnetIds) {
      const acls = await filteredBy('association.subnet-id', subnetIds, (ids) =>
        pages(async (NextToken) => {
          const command = new DescribeNetworkAclsCommand({ Filters: [ids], NextToken });
          const page = await send('Reading the network ACLs', command);
          return { items: page.NetworkAcls ?? [], next: page.NextToken };
        }),
      );
      return acls.map(toNetworkAcl);
    },

    async describeVpcPeerings(...vpcIds) {
      // A VPC is never its own peer: this leaves those between the two.
      const Filters = [
        filter('requester-vpc-info.vpc-id', ...vpcIds),
        filter('accepter-vpc-info.vpc-id', ...vpcIds),
      ];
      const peerings = await pages(async (NextToken) => {
        const command = new DescribeVpcPeeringConnectionsCommand({ Filters, NextToken });
        const page = await send(`Reading what leads from ${vpcIds.join(' to ')}`, command);
        return { items: page.VpcPeeringConnections ?? [], next: page.NextToken };
      });
      return peerings.map(({ VpcPeeringConnectionId = '', Status }) => ({
        vpcPeeringConnectionId: VpcPeeringConnectionId,
        status: Status?.Code ?? '',
      }));
    },

    async readPrefixList(PrefixListId) {
      const entries = await pages(async (NextToken) => {
        const command = new GetManagedPrefixListEntriesCommand({ PrefixListId, NextToken });
        const page = await send(`Reading the prefix list ${PrefixListId}`, command);
        return { items: page.Entries ?? [], next: page.NextToken };
      });
      return entries.flatMap(({ Cidr }) => Cidr ?? []);
    },

    async listInterfaceEndpoints(vpcId) {
      const Filters = [filter('vpc-id', vpcId), filter('vpc-endpoint-type', 'Interface')];
      const endpoints = await pages(async (NextToken) => {
        const command = new DescribeVpcEndpointsCommand({ Filters, NextToken });
        const page = await send(`Reading the endpoints of ${vpcId}`, command);
        return { items: page.VpcEndpoints ?? [], next: page.NextToken };
      });
      return endpoints.flatMap(({ ServiceName }) => ServiceName ?? []);
    },

    async describeSecurityGroups(by) {
      if ('referring' in by) {
        // Filters of one call must all match, and either direction is enough.
        const found = await inParallel(
          ['ip-permission.group-id', 'egress.ip-permission.group-id'],
          (direction) => describeSecurityGroups([filter(direction, by.referring)]),
        );
        return [...new Map(found.flat().map((group) => [group.groupId, group])).values()];
      }
      if ('tagKey' in by) return describeSecurityGroups([filter('tag-key', by.tagKey)]);
      if ('groupIds' in by)
        return filteredBy('group-id', by.groupIds, (ids) => describeSecurityGroups([ids]));
      if ('vpcId' in by) {
        return describeSecurityGroups([filter('vpc-id', by.vpcId), filter('group-name', by.groupName)]);
      }
      return describeSecurityGroups(
        Object.entries(by.tags).map(([key, value]) => filter(`tag:${key}`, value)),
      );
    },

    listSecurityGroups(groupName) {
      return describeSecurityGroups(groupName === undefined ? [] : [filter('group-name', groupName)]);
    },

    async createSecurityGroup({ groupName, description, vpcId, tags }) {
      const command = new CreateSecurityGroupCommand({
        GroupName: groupName,
        Description: description,
        VpcId: vpcId,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: toTagList(tags) }],
      });
      try {
        const { GroupId = '' } = await send(`Creating the security group ${groupName}`, command);
        return { created: true, groupId: GroupId };
      } catch (error) {
        if (isFailure(error, 'security group exists')) return { created: false };
        throw error;
      }
    },

    async authorizeIngress(GroupId, rule) {
      const doing = `Allowing TCP ${rule.port} into ${GroupId}`;
      const IpPermissions = [toIpPermission(rule)];
      try {
        await onceVisible(() =>
          send(doing, new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
        );
      } catch (error) {
        if (!isFailure(error, 'rule exists')) throw error;
      }
    },

    ...ruleCalls(send),

    async deleteSecurityGroup(GroupId) {
      try {
        await send(`Deleting the security group ${GroupId}`, new DeleteSecurityGroupCommand({ GroupId }));
        return 'deleted';
      } catch (error) {
        if (isFailure(error, 'security group not found')) return 'gone';
        if (isFailure(error, 'dependency violation')) return 'busy';
        throw error;
      }
    },

    async createTags(resourceId, tags) {
      const input = { Resources: [resourceId], Tags: toTagList(tags) };
      await onceVisible(() => send(`Tagging ${resourceId}`, new CreateTagsCommand(input)));
    },

    async describeInstances(instanceIds) {
      const reservations = await filteredBy('instance-id', instanceIds, (ids) =>
        pages(async (NextToken) => {
          const command = new DescribeInstancesCommand({ Filters: [ids], NextToken });
          const page = await send('Reading the container instances', command);
          return { items: page.Reservations ?? [], next: page.NextToken };
        }),
      );
      return reservations.flatMap(({ Instances = [] }) => Instances).map(toInstance);
    },

    async listInstances({ ids, names, securityGroupId }) {
      const Filters = [
        ...(ids ? [filter('instance-id', ...ids)] : []),
        ...(names ? [filter('tag:Name', ...names)] : []),
        ...(securityGroupId === undefined ? [] : [filter('instance.group-id', securityGroupId)]),
      ];
      const reservations = await pages(async (NextToken) => {
        const page = await send(
          'Reading the instances',
          new DescribeInstancesCommand({ ...(Filters.length > 0 ? { Filters } : {}), NextToken }),
        );
        return { items: page.Reservations ?? [], next: page.NextToken };
      });
      const gone = ['shutting-down', 'terminated'];
      return reservations
        .flatMap(({ Instances = [] }) => Instances)
        .map(toAppHost)
        .filter(({ state }) => !gone.includes(state));
    },

    async describeNetworkInterfaces(groupIds) {
      const interfaces = await filteredBy('group-id', groupIds, (ids) =>
        pages(async (NextToken) => {
          const command = new DescribeNetworkInterfacesCommand({ Filters: [ids], NextToken });
          const page = await send(`Reading what uses ${groupIds.join(', ')}`, command);
          return { items: page.NetworkInterfaces ?? [], next: page.NextToken };
        }),
      );
      return interfaces.map(toNetworkInterface);
    },
  };
}

/** In a filter's value `*` and `?` stand for anything, and names may contain them. */
function filter(Name: string, ...values: string[]): Filter {
  return { Name, Values: values.map((value) => value.replace(/[*?\\]/g, '\\$&')) };
}
