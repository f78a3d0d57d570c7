/**
 * EC2 (Service Authorization Reference, "Amazon EC2"). The Describe operations have no resources, but for those of
 * one VPC's attributes. Ids come with the thing, so a policy for what is about to be made names `security-group/*`.
 */
import type {
  AssociateRouteTableRequest,
  AttachInternetGatewayRequest,
  CreateNatGatewayRequest,
  CreateTagsRequest,
  CreateVpcPeeringConnectionRequest,
  ReplaceNetworkAclAssociationRequest,
} from '@aws-sdk/client-ec2';
import { made, on, tagged } from './permission.ts';
import type { Needs, Permission, PermissionRules, Place } from './permission.ts';
import type { TagSpecification } from './request-tags.ts';

type Input = Readonly<Record<string, string | undefined>>;

export function ec2Permissions({ region, accountId }: Place): PermissionRules {
  const arn = (type: string, id = '*'): string => `arn:aws:ec2:${region}:${accountId}:${type}/${id}`;
  const about = (type: string, member: string) => (input: Input) => on(arn(type, input[member]));
  const making = (type: string) => () => on(made(arn(type)));
  const makingInVpc = (type: string) => (input: Input) => on(made(arn(type)), arn('vpc', input['VpcId']));
  const tagging = ({ Resources = [] }: CreateTagsRequest): Needs =>
    on(...Resources.map((id) => tagged(arn(typeOf(id), id))));

  return {
    CreateSecurityGroup: makingInVpc('security-group'),
    DeleteSecurityGroup: about('security-group', 'GroupId'),
    AuthorizeSecurityGroupIngress: about('security-group', 'GroupId'),
    AuthorizeSecurityGroupEgress: about('security-group', 'GroupId'),
    RevokeSecurityGroupIngress: about('security-group', 'GroupId'),
    RevokeSecurityGroupEgress: about('security-group', 'GroupId'),
    CreateTags: tagging,
    DeleteTags: tagging,

    CreateVpc: making('vpc'),
    DeleteVpc: about('vpc', 'VpcId'),
    ModifyVpcAttribute: about('vpc', 'VpcId'),
    DescribeVpcAttribute: about('vpc', 'VpcId'),
    CreateSubnet: makingInVpc('subnet'),
    DeleteSubnet: about('subnet', 'SubnetId'),
    ModifySubnetAttribute: about('subnet', 'SubnetId'),
    CreateInternetGateway: making('internet-gateway'),
    AttachInternetGateway: (input: AttachInternetGatewayRequest) =>
      on(arn('internet-gateway', input.InternetGatewayId), arn('vpc', input.VpcId)),
    CreateNatGateway: (input: CreateNatGatewayRequest) =>
      on(made(arn('natgateway')), arn('subnet', input.SubnetId), arn('elastic-ip', input.AllocationId)),
    DeleteNatGateway: about('natgateway', 'NatGatewayId'),
    CreateRouteTable: makingInVpc('route-table'),
    CreateRoute: about('route-table', 'RouteTableId'),
    DeleteRoute: about('route-table', 'RouteTableId'),
    AssociateRouteTable: (input: AssociateRouteTableRequest) =>
      on(arn('route-table', input.RouteTableId), arn('subnet', input.SubnetId)),
    CreateNetworkAcl: makingInVpc('network-acl'),
    CreateNetworkAclEntry: about('network-acl', 'NetworkAclId'),
    ReplaceNetworkAclEntry: about('network-acl', 'NetworkAclId'),
    DeleteNetworkAclEntry: about('network-acl', 'NetworkAclId'),
    ReplaceNetworkAclAssociation: (input: ReplaceNetworkAclAssociationRequest) =>
      on(arn('network-acl', input.NetworkAclId), arn('subnet')),
    CreateVpcEndpoint: makingInVpc('vpc-endpoint'),
    DeleteVpcEndpoints: ({ VpcEndpointIds = [] }: { VpcEndpointIds?: readonly string[] }) =>
      on(...VpcEndpointIds.map((id) => arn('vpc-endpoint', id))),
    CreateVpcPeeringConnection: (input: CreateVpcPeeringConnectionRequest) =>
      on(made(arn('vpc-peering-connection')), arn('vpc', input.VpcId), arn('vpc', input.PeerVpcId)),
    AcceptVpcPeeringConnection: about('vpc-peering-connection', 'VpcPeeringConnectionId'),
    DeleteVpcPeeringConnection: about('vpc-peering-connection', 'VpcPeeringConnectionId'),
    CreateLaunchTemplate: making('launch-template'),
    DeleteLaunchTemplate: about('launch-template', 'LaunchTemplateId'),
    TerminateInstances: ({ InstanceIds = [] }: { InstanceIds?: readonly string[] }) =>
      on(...InstanceIds.map((id) => arn('instance', id))),
    CreateManagedPrefixList: making('prefix-list'),
    GetManagedPrefixListEntries: about('prefix-list', 'PrefixListId'),
  };
}

/** EC2 says for each type of resource that is tagged while it is made which operation makes it. */
export function ec2TaggingOnCreate(place: Place, action: string, input: object): Permission[] {
  const { TagSpecifications = [] } = input as { TagSpecifications?: readonly TagSpecification[] };
  const types = TagSpecifications.filter(({ Tags = [] }) => Tags.length > 0).map(
    ({ ResourceType = '' }) => ResourceType,
  );
  if (types.length === 0) return [];
  return [
    {
      action: 'ec2:CreateTags',
      resources: types.map((type) =>
        made(`arn:aws:ec2:${place.region}:${place.accountId}:${type}/*`, { 'ec2:CreateAction': action }),
      ),
    },
  ];
}

/** Resource types by the beginning of an id. */
const TYPES: Readonly<Record<string, string>> = {
  acl: 'network-acl',
  eni: 'network-interface',
  i: 'instance',
  igw: 'internet-gateway',
  lt: 'launch-template',
  nat: 'natgateway',
  pcx: 'vpc-peering-connection',
  pl: 'prefix-list',
  rtb: 'route-table',
  sg: 'security-group',
  sgr: 'security-group-rule',
  subnet: 'subnet',
  vpc: 'vpc',
  vpce: 'vpc-endpoint',
};

function typeOf(id: string): string {
  return TYPES[id.slice(0, id.indexOf('-'))] ?? '*';
}
