/** Records by id, and the error that EC2 has for each kind of unknown id (EC2 API reference, "Error codes"). */
import { ServiceError } from '../service.ts';

interface Kind {
  readonly prefix: string;
  readonly code: string;
  readonly noun: string;
}

const KINDS = {
  vpc: { prefix: 'vpc-', code: 'InvalidVpcID.NotFound', noun: 'vpc ID' },
  subnet: { prefix: 'subnet-', code: 'InvalidSubnetID.NotFound', noun: 'subnet ID' },
  routeTable: { prefix: 'rtb-', code: 'InvalidRouteTableID.NotFound', noun: 'routeTable ID' },
  internetGateway: { prefix: 'igw-', code: 'InvalidInternetGatewayID.NotFound', noun: 'internetGateway ID' },
  natGateway: { prefix: 'nat-', code: 'NatGatewayNotFound', noun: 'natGateway ID' },
  networkAcl: { prefix: 'acl-', code: 'InvalidNetworkAclID.NotFound', noun: 'networkAcl ID' },
  securityGroup: { prefix: 'sg-', code: 'InvalidGroup.NotFound', noun: 'security group' },
  securityGroupRule: {
    prefix: 'sgr-',
    code: 'InvalidSecurityGroupRuleId.NotFound',
    noun: 'security group rule ID',
  },
  networkInterface: {
    prefix: 'eni-',
    code: 'InvalidNetworkInterfaceID.NotFound',
    noun: 'networkInterface ID',
  },
  vpcEndpoint: { prefix: 'vpce-', code: 'InvalidVpcEndpointId.NotFound', noun: 'Vpc Endpoint Id' },
  vpcPeering: {
    prefix: 'pcx-',
    code: 'InvalidVpcPeeringConnectionID.NotFound',
    noun: 'vpcPeeringConnection ID',
  },
  prefixList: { prefix: 'pl-', code: 'InvalidPrefixListID.NotFound', noun: 'prefix list ID' },
  instance: { prefix: 'i-', code: 'InvalidInstanceID.NotFound', noun: 'instance ID' },
  launchTemplate: { prefix: 'lt-', code: 'InvalidLaunchTemplateId.NotFound', noun: 'launch template ID' },
} as const satisfies Record<string, Kind>;

export type ResourceKind = keyof typeof KINDS;

export function notFound(kind: ResourceKind, id: string): ServiceError {
  return new ServiceError(KINDS[kind].code, `The ${KINDS[kind].noun} '${id}' does not exist`);
}

export function notFoundByPrefix(id: string): ServiceError {
  const kind = Object.entries(KINDS).find(([, { prefix }]) => id.startsWith(prefix))?.[0];
  return kind
    ? notFound(kind as ResourceKind, id)
    : new ServiceError('InvalidID', `The ID '${id}' is not valid`);
}

export function find<T>(records: ReadonlyMap<string, T>, kind: ResourceKind, id: string | undefined): T {
  if (!id) throw new ServiceError('MissingParameter', `The request must contain the parameter ${kind}Id`);
  const record = records.get(id);
  if (!record) throw notFound(kind, id);
  return record;
}

/** The records that a Describe names; undefined when it names none, which means all. */
export function findNamed<T>(
  records: ReadonlyMap<string, T>,
  kind: ResourceKind,
  ids: readonly string[] | undefined,
): T[] | undefined {
  return ids?.length ? [...new Set(ids)].map((id) => find(records, kind, id)) : undefined;
}
