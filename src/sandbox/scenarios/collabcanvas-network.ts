/** The VPC of CollabCanvas: public and private subnets in three Availability Zones, one more in a Local Zone, security groups. */
import { given, type AwsCalls } from './aws-calls.ts';

export interface Network {
  vpcId: string;
  publicSubnetIds: string[];
  privateSubnetIds: string[];
  loadBalancerGroupId: string;
  tasksGroupId: string;
}

const ZONES = 3;
const ANYWHERE = '0.0.0.0/0';

export async function collabcanvasNetwork(
  aws: AwsCalls,
  { ports, restrictedEgress }: { ports: readonly [first: number, last: number]; restrictedEgress: boolean },
): Promise<Network> {
  const { Vpc } = await aws('ec2:CreateVpc', {
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'collabcanvas' }] }],
  });
  const vpcId = given(Vpc?.VpcId, 'VpcId');
  await aws('ec2:ModifyVpcAttribute', { VpcId: vpcId, EnableDnsHostnames: { Value: true } });

  const { AvailabilityZones = [] } = await aws('ec2:DescribeAvailabilityZones', {});
  const zonesOf = (type: string): string[] =>
    AvailabilityZones.filter(({ ZoneType }) => ZoneType === type).map(({ ZoneName = '' }) => ZoneName);
  const zones = zonesOf('availability-zone').slice(0, ZONES);
  const publicSubnetIds = await createSubnets(aws, vpcId, zones, { name: 'public', firstBlock: 0 });
  const privateSubnetIds = await createSubnets(aws, vpcId, zones, { name: 'private', firstBlock: 10 });
  const localSubnetIds = await createSubnets(aws, vpcId, zonesOf('local-zone').slice(0, 1), {
    name: 'local',
    firstBlock: 20,
  });

  await routeOut(aws, vpcId, publicSubnetIds, [...privateSubnetIds, ...localSubnetIds]);
  return {
    vpcId,
    publicSubnetIds,
    privateSubnetIds,
    ...(await createGroups(aws, vpcId, ports, restrictedEgress)),
  };
}

async function createSubnets(
  aws: AwsCalls,
  vpcId: string,
  zones: readonly string[],
  { name, firstBlock }: { name: string; firstBlock: number },
): Promise<string[]> {
  const subnetIds: string[] = [];
  for (const [index, zone] of zones.entries()) {
    const { Subnet } = await aws('ec2:CreateSubnet', {
      VpcId: vpcId,
      CidrBlock: `10.0.${firstBlock + index}.0/24`,
      AvailabilityZone: zone,
      TagSpecifications: [
        { ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: `collabcanvas-${name}-${zone}` }] },
      ],
    });
    subnetIds.push(given(Subnet?.SubnetId, 'SubnetId'));
  }
  return subnetIds;
}

/** The private subnets go out through one NAT gateway. */
async function routeOut(
  aws: AwsCalls,
  vpcId: string,
  publicSubnetIds: readonly string[],
  privateSubnetIds: readonly string[],
): Promise<void> {
  const { InternetGateway } = await aws('ec2:CreateInternetGateway', {});
  const gatewayId = given(InternetGateway?.InternetGatewayId, 'InternetGatewayId');
  await aws('ec2:AttachInternetGateway', { VpcId: vpcId, InternetGatewayId: gatewayId });
  const { NatGateway } = await aws('ec2:CreateNatGateway', {
    SubnetId: publicSubnetIds[0],
    AllocationId: 'eipalloc-0c011abca11a5c0de',
  });
  const natGatewayId = given(NatGateway?.NatGatewayId, 'NatGatewayId');
  await routeBy(aws, vpcId, publicSubnetIds, { GatewayId: gatewayId });
  await routeBy(aws, vpcId, privateSubnetIds, { NatGatewayId: natGatewayId });
}

async function routeBy(
  aws: AwsCalls,
  vpcId: string,
  subnetIds: readonly string[],
  gateway: { GatewayId: string } | { NatGatewayId: string },
): Promise<void> {
  const { RouteTable } = await aws('ec2:CreateRouteTable', { VpcId: vpcId });
  const routeTableId = given(RouteTable?.RouteTableId, 'RouteTableId');
  await aws('ec2:CreateRoute', { RouteTableId: routeTableId, DestinationCidrBlock: ANYWHERE, ...gateway });
  for (const subnetId of subnetIds) {
    await aws('ec2:AssociateRouteTable', { RouteTableId: routeTableId, SubnetId: subnetId });
  }
}

/** Anybody reaches the load balancer, and only the load balancer reaches the tasks. */
async function createGroups(
  aws: AwsCalls,
  vpcId: string,
  ports: readonly [first: number, last: number],
  restrictedEgress: boolean,
): Promise<Pick<Network, 'loadBalancerGroupId' | 'tasksGroupId'>> {
  const createGroup = async (GroupName: string, Description: string): Promise<string> => {
    const { GroupId } = await aws('ec2:CreateSecurityGroup', { VpcId: vpcId, GroupName, Description });
    return given(GroupId, 'GroupId');
  };
  const tcp = (first: number, last = first): { IpProtocol: string; FromPort: number; ToPort: number } => ({
    IpProtocol: 'tcp',
    FromPort: first,
    ToPort: last,
  });
  const loadBalancerGroupId = await createGroup('collabcanvas-alb-sg', 'CollabCanvas load balancer');
  const tasksGroupId = await createGroup('collabcanvas-tasks-sg', 'CollabCanvas backend tasks');
  await aws('ec2:AuthorizeSecurityGroupIngress', {
    GroupId: loadBalancerGroupId,
    IpPermissions: [{ ...tcp(80), IpRanges: [{ CidrIp: ANYWHERE }] }],
  });
  await aws('ec2:AuthorizeSecurityGroupIngress', {
    GroupId: tasksGroupId,
    IpPermissions: [{ ...tcp(...ports), UserIdGroupPairs: [{ GroupId: loadBalancerGroupId }] }],
  });
  if (restrictedEgress) {
    await aws('ec2:RevokeSecurityGroupEgress', {
      GroupId: tasksGroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }],
    });
    await aws('ec2:AuthorizeSecurityGroupEgress', {
      GroupId: tasksGroupId,
      IpPermissions: [{ ...tcp(443), IpRanges: [{ CidrIp: ANYWHERE }] }],
    });
  }
  return { loadBalancerGroupId, tasksGroupId };
}
