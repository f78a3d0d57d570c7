/** Instances: RunInstances and DescribeInstances. What runs on one is somebody else's: the ECS agent's tasks, or a machine image's programs. */
import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  Instance,
  InstanceState,
  Reservation,
  RunInstancesRequest,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type * as network from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import { withLaunchTemplate } from './launch-templates.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import { attachInterface, privateDnsName } from './network-interfaces.ts';
import type { Ec2State, InstanceRecord, InstanceStateName, NetworkInterfaceRecord } from './state.ts';
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
/** Auto Scaling tags what it launches, and so does whoever plays it; nobody else may. */
const AUTO_SCALING_TAG = 'aws:autoscaling:groupName';

export function instanceOperations(state: Ec2State, changed: () => void) {
  return {
    RunInstances(input: RunInstancesRequest): Reservation {
      const asked = withLaunchTemplate(state, input);
      const { InstanceType: instanceType = 'm1.small', ImageId: imageId, MaxCount = 1 } = asked;
      if (!imageId)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter ImageId');
      if (MOST_INTERFACES[instanceType] === undefined) {
        throw new ServiceError('InvalidParameterValue', `Invalid value '${instanceType}' for InstanceType.`);
      }
      const reservationId = state.newId('r');
      const tags = instanceTags(asked.TagSpecifications);
      const records = Array.from({ length: MaxCount }, () => {
        const instanceId = state.newId('i');
        const record: InstanceRecord = {
          instanceId,
          reservationId,
          imageId,
          instanceType,
          instanceProfileArn: profileArn(state, asked),
          networkInterface: primaryInterface(state, asked, instanceId),
          launchTime: new Date(state.clock.now()),
          stateName: 'pending',
        };
        state.instances.set(instanceId, record);
        state.tags.enter(instanceId, 'instance', tags);
        state.clock.after(TO_RUN, () => run(state, record, changed));
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

function run(state: Ec2State, record: InstanceRecord, changed: () => void): void {
  if (record.stateName !== 'pending') return;
  record.stateName = 'running';
  changed();
  const instance = instanceOf(state, record.instanceId);
  if (instance) for (const watcher of state.instanceWatchers) watcher.running(instance);
}

/** As the other services see it, from the moment it runs. */
export function instanceOf(state: Ec2State, instanceId: string): network.Instance | undefined {
  const record = state.instances.get(instanceId);
  if (record?.stateName !== 'running') return undefined;
  const { imageId, instanceType, networkInterface, instanceProfileArn } = record;
  return {
    instanceId,
    instanceType,
    imageId,
    networkInterface,
    publicIp: networkInterface.publicIp !== undefined,
    mostInterfaces: MOST_INTERFACES[instanceType] ?? 1,
    autoScalingGroup: state.tags.of(instanceId).get(AUTO_SCALING_TAG),
    instanceProfileArn,
    tags: state.tags.of(instanceId),
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

function profileArn(
  state: Ec2State,
  { IamInstanceProfile: profile }: RunInstancesRequest,
): string | undefined {
  if (!profile?.Name) return profile?.Arn;
  return `arn:aws:iam::${state.accountId}:instance-profile/${profile.Name}`;
}

/** Instance.State of the EC2 API reference: the low byte of the code. */
const STATE_CODES: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
};

export function instanceState({ stateName }: InstanceRecord): InstanceState {
  return { Code: STATE_CODES[stateName], Name: stateName };
}

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

/** What a terminated instance no longer shows. */
function addressed(state: Ec2State, eni: NetworkInterfaceRecord): Partial<Instance> {
  return {
    PrivateDnsName: privateDnsName(state, eni),
    PrivateIpAddress: eni.privateIpAddress,
    PublicIpAddress: eni.publicIp,
    SubnetId: eni.subnetId,
    VpcId: eni.vpcId,
  };
}

function describe(state: Ec2State, record: InstanceRecord): Instance {
  const { instanceId, imageId, launchTime, instanceProfileArn } = record;
  const { networkInterface: eni } = record;
  const isThere = record.stateName !== 'terminated';
  const groups = eni.groupIds.map((id) => ({
    GroupId: id,
    GroupName: state.securityGroups.get(id)?.groupName,
  }));
  return {
    InstanceId: instanceId,
    ImageId: imageId,
    InstanceType: record.instanceType as Instance['InstanceType'],
    State: instanceState(record),
    ...(isThere ? addressed(state, eni) : { PrivateDnsName: '' }),
    PublicDnsName: '',
    SecurityGroups: isThere ? groups : [],
    NetworkInterfaces: !isThere
      ? []
      : [
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
    'availability-zone': (record) => record.networkInterface.availabilityZone,
    'iam-instance-profile.arn': ({ instanceProfileArn }) => instanceProfileArn,
    'image-id': ({ imageId }) => imageId,
    'instance-id': ({ instanceId }) => instanceId,
    'instance-lifecycle': () => [],
    'instance-state-code': ({ stateName }) => STATE_CODES[stateName],
    'instance-state-name': ({ stateName }) => stateName,
    'instance-type': ({ instanceType }) => instanceType,
    'instance.group-id': (record) => record.networkInterface.groupIds,
    'instance.group-name': (record, state) =>
      record.networkInterface.groupIds.map((id) => state.securityGroups.get(id)?.groupName),
    'ip-address': (record) => record.networkInterface.publicIp,
    'key-name': () => [],
    'network-interface.group-id': (record) => record.networkInterface.groupIds,
    'network-interface.network-interface-id': ({ networkInterface }) => networkInterface.networkInterfaceId,
    'network-interface.subnet-id': (record) => record.networkInterface.subnetId,
    'network-interface.vpc-id': (record) => record.networkInterface.vpcId,
    'owner-id': (_record, state) => state.accountId,
    platform: () => [],
    'private-dns-name': (record, state) => privateDnsName(state, record.networkInterface),
    'private-ip-address': (record) => record.networkInterface.privateIpAddress,
    'reservation-id': ({ reservationId }) => reservationId,
    'subnet-id': (record) => record.networkInterface.subnetId,
    'vpc-id': (record) => record.networkInterface.vpcId,
  },
};
