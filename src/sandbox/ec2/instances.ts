/** Instances: RunInstances and DescribeInstances. What runs on one is somebody else's (the ECS agent's tasks). */
import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  Instance,
  Reservation,
  RunInstancesRequest,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type * as network from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { attachInterface, privateDnsName } from './network-interfaces.ts';
import type { Ec2State, InstanceRecord, NetworkInterfaceRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

/** The types that are here, and how many network interfaces each can have (EC2 User Guide, "IP addresses per network interface"). */
const MOST_INTERFACES: Readonly<Record<string, number>> = {
  't3.micro': 2,
  't3.small': 3,
  't3.medium': 3,
  't3.large': 3,
  'm5.large': 3,
  'm5.xlarge': 4,
  'c5.large': 3,
};
/** How long an instance is pending; nobody can use it before. */
const TO_RUN = 15_000;
/** Auto Scaling is not here; whoever plays it tags what it launches as Auto Scaling does, and nobody else may. */
const AUTO_SCALING_TAG = 'aws:autoscaling:groupName';

export function instanceOperations(state: Ec2State) {
  return {
    RunInstances(input: RunInstancesRequest): Reservation {
      const { InstanceType: instanceType = 'm1.small', ImageId: imageId, MaxCount = 1 } = input;
      if (!imageId)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter ImageId');
      if (MOST_INTERFACES[instanceType] === undefined) {
        throw new ServiceError('InvalidParameterValue', `Invalid value '${instanceType}' for InstanceType.`);
      }
      const reservationId = state.newId('r');
      const tags = instanceTags(input.TagSpecifications);
      const records = Array.from({ length: MaxCount }, () => {
        const instanceId = state.newId('i');
        const record: InstanceRecord = {
          instanceId,
          reservationId,
          imageId,
          instanceType,
          instanceProfileArn: input.IamInstanceProfile?.Arn,
          networkInterfaceId: primaryInterface(state, input, instanceId).networkInterfaceId,
          launchTime: new Date(state.clock.now()),
        };
        state.instances.set(instanceId, record);
        state.tags.enter(instanceId, 'instance', tags);
        return record;
      });
      return reservation(state, reservationId, records);
    },

    DescribeInstances(input: DescribeInstancesRequest): DescribeInstancesResult {
      const named = findNamed(state.instances, 'instance', input.InstanceIds);
      const { records, nextToken } = list(state, listing, input, state.instances.values(), named);
      const reservationIds = [...new Set(records.map(({ reservationId }) => reservationId))];
      return {
        Reservations: reservationIds.map((id) =>
          reservation(
            state,
            id,
            records.filter(({ reservationId }) => reservationId === id),
          ),
        ),
        NextToken: nextToken,
      };
    },
  };
}

/** As the other services see it, from the moment it runs. */
export function instanceOf(state: Ec2State, instanceId: string): network.Instance | undefined {
  const record = state.instances.get(instanceId);
  if (!record || !isRunning(state, record)) return undefined;
  const networkInterface = interfaceOf(state, record);
  const { imageId, instanceType } = record;
  return {
    instanceId,
    instanceType,
    imageId,
    networkInterface,
    publicIp: networkInterface.publicIp !== undefined,
    mostInterfaces: MOST_INTERFACES[instanceType] ?? 1,
    autoScalingGroup: state.tags.of(instanceId).get(AUTO_SCALING_TAG),
  };
}

function primaryInterface(
  state: Ec2State,
  input: RunInstancesRequest,
  instanceId: string,
): NetworkInterfaceRecord {
  const [specified] = input.NetworkInterfaces ?? [];
  const subnetId = specified?.SubnetId ?? input.SubnetId;
  const groupIds = specified?.Groups ?? input.SecurityGroupIds ?? [];
  const publicIp =
    specified?.AssociatePublicIpAddress ?? find(state.subnets, 'subnet', subnetId).mapPublicIpOnLaunch;
  return attachInterface(
    state,
    { subnetId: subnetId ?? '', groupIds, description: '', requester: '', publicIp },
    instanceId,
  );
}

function instanceTags(specifications: readonly TagSpecification[] | undefined): Map<string, string> {
  const given = specifications?.filter(({ ResourceType }) => ResourceType === 'instance') ?? [];
  const groups = given.flatMap(({ Tags = [] }) => Tags).filter(({ Key }) => Key === AUTO_SCALING_TAG);
  const others = given.map(({ Tags = [], ResourceType }) => ({
    ResourceType,
    Tags: Tags.filter(({ Key }) => Key !== AUTO_SCALING_TAG),
  }));
  const tags = specifiedTags(others, 'instance');
  for (const { Value = '' } of groups) tags.set(AUTO_SCALING_TAG, Value);
  return tags;
}

const isRunning = (state: Ec2State, { launchTime }: InstanceRecord): boolean =>
  state.clock.now() >= launchTime.getTime() + TO_RUN;

const interfaceOf = (state: Ec2State, { networkInterfaceId }: InstanceRecord): NetworkInterfaceRecord =>
  find(state.networkInterfaces, 'networkInterface', networkInterfaceId);

function reservation(
  state: Ec2State,
  ReservationId: string,
  records: readonly InstanceRecord[],
): Reservation {
  return {
    ReservationId,
    OwnerId: state.accountId,
    Groups: [],
    Instances: records.map((record) => describe(state, record)),
  };
}

function describe(state: Ec2State, record: InstanceRecord): Instance {
  const { instanceId, imageId, launchTime, instanceProfileArn } = record;
  const eni = interfaceOf(state, record);
  const groups = eni.groupIds.map((id) => ({
    GroupId: id,
    GroupName: state.securityGroups.get(id)?.groupName,
  }));
  const running = isRunning(state, record);
  return {
    InstanceId: instanceId,
    ImageId: imageId,
    InstanceType: record.instanceType as Instance['InstanceType'],
    State: running ? { Code: 16, Name: 'running' } : { Code: 0, Name: 'pending' },
    PrivateDnsName: privateDnsName(state, eni),
    PublicDnsName: '',
    PrivateIpAddress: eni.privateIpAddress,
    PublicIpAddress: eni.publicIp,
    SubnetId: eni.subnetId,
    VpcId: eni.vpcId,
    SecurityGroups: groups,
    NetworkInterfaces: [
      {
        NetworkInterfaceId: eni.networkInterfaceId,
        SubnetId: eni.subnetId,
        VpcId: eni.vpcId,
        PrivateIpAddress: eni.privateIpAddress,
        Groups: groups,
        OwnerId: state.accountId,
        Status: 'in-use',
        InterfaceType: 'interface',
        SourceDestCheck: true,
        Attachment: {
          AttachmentId: eni.attachmentId,
          AttachTime: eni.attachTime,
          DeleteOnTermination: true,
          DeviceIndex: 0,
          Status: 'attached',
        },
      },
    ],
    IamInstanceProfile: instanceProfileArn === undefined ? undefined : { Arn: instanceProfileArn },
    LaunchTime: launchTime,
    Placement: { AvailabilityZone: eni.availabilityZone, Tenancy: 'default', GroupName: '' },
    Architecture: 'x86_64',
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    RootDeviceType: 'ebs',
    EbsOptimized: false,
    SourceDestCheck: true,
    Monitoring: { State: 'disabled' },
    AmiLaunchIndex: 0,
    Tags: state.tags.listed(instanceId),
  };
}

const listing: Listing<InstanceRecord> = {
  idOf: ({ instanceId }) => instanceId,
  idsExcludePaging: 'instancesSet',
  filters: {
    architecture: () => 'x86_64',
    'availability-zone': (record, state) => interfaceOf(state, record).availabilityZone,
    'iam-instance-profile.arn': ({ instanceProfileArn }) => instanceProfileArn,
    'image-id': ({ imageId }) => imageId,
    'instance-id': ({ instanceId }) => instanceId,
    'instance-lifecycle': () => [],
    'instance-state-code': (record, state) => (isRunning(state, record) ? 16 : 0),
    'instance-state-name': (record, state) => (isRunning(state, record) ? 'running' : 'pending'),
    'instance-type': ({ instanceType }) => instanceType,
    'instance.group-id': (record, state) => interfaceOf(state, record).groupIds,
    'instance.group-name': (record, state) =>
      interfaceOf(state, record).groupIds.map((id) => state.securityGroups.get(id)?.groupName),
    'ip-address': (record, state) => interfaceOf(state, record).publicIp,
    'key-name': () => [],
    'network-interface.group-id': (record, state) => interfaceOf(state, record).groupIds,
    'network-interface.network-interface-id': ({ networkInterfaceId }) => networkInterfaceId,
    'network-interface.subnet-id': (record, state) => interfaceOf(state, record).subnetId,
    'network-interface.vpc-id': (record, state) => interfaceOf(state, record).vpcId,
    'owner-id': (_record, state) => state.accountId,
    platform: () => [],
    'private-dns-name': (record, state) => privateDnsName(state, interfaceOf(state, record)),
    'private-ip-address': (record, state) => interfaceOf(state, record).privateIpAddress,
    'reservation-id': ({ reservationId }) => reservationId,
    'subnet-id': (record, state) => interfaceOf(state, record).subnetId,
    'vpc-id': (record, state) => interfaceOf(state, record).vpcId,
  },
};
