/** A default VPC for an app behind a load balancer: anybody reaches the load balancer, and it alone reaches the app. */
import { given, type AwsCalls } from './aws-calls.ts';

export interface AppNetwork {
  readonly vpcId: string;
  /** Public, in the first zones of the region. */
  readonly subnetIds: readonly string[];
}

const ZONES = 2;
const ANYWHERE = '0.0.0.0/0';

export async function defaultNetwork(aws: AwsCalls): Promise<AppNetwork> {
  const { Vpc } = await aws('ec2:CreateDefaultVpc', {});
  const vpcId = given(Vpc?.VpcId, 'VpcId');
  const { Subnets = [] } = await aws('ec2:DescribeSubnets', {
    Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
  });
  const byZone = Subnets.toSorted((one, other) =>
    (one.AvailabilityZone ?? '').localeCompare(other.AvailabilityZone ?? ''),
  );
  return { vpcId, subnetIds: byZone.slice(0, ZONES).map(({ SubnetId = '' }) => SubnetId) };
}

/** `from`: another group, or anybody. */
export async function securityGroup(
  aws: AwsCalls,
  { vpcId }: AppNetwork,
  { name, port, from }: { name: string; port: number; from?: string },
): Promise<string> {
  const { GroupId } = await aws('ec2:CreateSecurityGroup', {
    VpcId: vpcId,
    GroupName: name,
    Description: name,
    TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'Name', Value: name }] }],
  });
  const source =
    from === undefined ? { IpRanges: [{ CidrIp: ANYWHERE }] } : { UserIdGroupPairs: [{ GroupId: from }] };
  await aws('ec2:AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...source }],
  });
  return given(GroupId, 'GroupId');
}
