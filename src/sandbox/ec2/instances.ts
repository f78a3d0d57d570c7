/** DescribeInstances of an account whose tasks all run on Fargate: there are none, but requests are judged as ever. */
import type { DescribeInstancesRequest, DescribeInstancesResult } from '@aws-sdk/client-ec2';
import { type Listing, list } from './listing.ts';
import { findNamed } from './lookup.ts';
import type { Ec2State } from './state.ts';

export function instanceOperations(state: Ec2State) {
  return {
    DescribeInstances(input: DescribeInstancesRequest): DescribeInstancesResult {
      const instances = new Map<string, string>();
      const named = findNamed(instances, 'instance', input.InstanceIds);
      list(state, listing, input, instances.values(), named);
      return { Reservations: [] };
    },
  };
}

const FILTER_NAMES = [
  'architecture',
  'availability-zone',
  'iam-instance-profile.arn',
  'image-id',
  'instance-id',
  'instance-lifecycle',
  'instance-state-code',
  'instance-state-name',
  'instance-type',
  'instance.group-id',
  'instance.group-name',
  'ip-address',
  'key-name',
  'network-interface.group-id',
  'network-interface.network-interface-id',
  'network-interface.subnet-id',
  'network-interface.vpc-id',
  'owner-id',
  'platform',
  'private-dns-name',
  'private-ip-address',
  'reservation-id',
  'subnet-id',
  'vpc-id',
];

const listing: Listing<string> = {
  idOf: (instanceId) => instanceId,
  idsExcludePaging: 'instancesSet',
  filters: Object.fromEntries(FILTER_NAMES.map((name) => [name, () => undefined])),
};
